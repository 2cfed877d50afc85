"""Which stretches of a stay hold a case: sepsis that is ruled out and suspected again is another one."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from schemas.clinical import ActName
from streams.simulator.course import Course, Statement
from streams.simulator.texts import texts
from streams.simulator.truth import Case, Deed, Outcome, Standing

NYS_ADULT_ACTS = (
    ActName.PROTOCOL_STARTED,
    ActName.ORDER_SET_STARTED,
    ActName.SEPSIS_DOCUMENTED,
    ActName.SEVERE_SEPSIS_DOCUMENTED,
    ActName.SEPTIC_SHOCK_DOCUMENTED,
    ActName.BEST_PRACTICE_ALERT,
)
"""What opens a case of New York State's measures of adults."""
NYS_CHILD_ACTS = (*NYS_ADULT_ACTS, ActName.PEWS)
"""What opens a case of New York State's measures of children, and of the CHA's."""

Elements = Mapping[str, Callable[[datetime], Deed]]
"""By element, how it is judged from time zero, cut to the resolution."""


@dataclass(frozen=True, slots=True)
class Span:
    """After one rule-out, up to and including the next."""

    after: datetime | None
    until: datetime | None

    def holds(self, at: datetime) -> bool:
        """Whether a moment lies in it."""
        return (self.after is None or at > self.after) and (self.until is None or at <= self.until)


@dataclass(frozen=True, slots=True)
class Opened:
    """A case that somebody opened.

    Attributes:
        number: 1 for the first of the stay.
        acts: What opened it, and what was said after that, in time order.
    """

    number: int
    span: Span
    acts: tuple[Statement, ...]

    @property
    def first(self) -> Statement:
        """The act that opened it."""
        return self.acts[0]

    @property
    def ruled_out(self) -> bool:
        """Whether sepsis was ruled out after that."""
        return self.span.until is not None

    @property
    def after_rule_out(self) -> bool:
        """Whether it follows on a rule-out."""
        return self.span.after is not None

    def protocol_at(self) -> datetime | None:
        """When the protocol was started in this case."""
        return next((each.at for each in self.acts if each.act is ActName.PROTOCOL_STARTED), None)


def spans(course: Course) -> Iterator[Span]:
    """The stretches of a stay, in time order."""
    after = None
    for ruled_out in course.said(ActName.SEPSIS_RULED_OUT):
        yield Span(after, ruled_out.at)
        after = ruled_out.at
    yield Span(after, None)


def opens(statement: Statement) -> bool:
    """A PEWS opens a case from its threshold on; anything else does anyway."""
    threshold = texts().opening.pews_at_least
    return statement.act is not ActName.PEWS or (statement.value is not None and statement.value >= threshold)


def opened(course: Course, acts: tuple[ActName, ...]) -> Iterator[Opened]:
    """The cases that one of these acts opened."""
    number = 0
    for span in spans(course):
        said = tuple(each for each in course.said(*acts) if span.holds(each.at) and opens(each))
        if said:
            number += 1
            yield Opened(number, span, said)


def judged(
    measure: str,
    number: int,
    zero: datetime | None,
    placed: tuple[Standing, str | None],
    elements: Elements,
    *,
    has_bundle: bool = True,
) -> Case:
    """A case with its elements; one that is not judged has them in name only."""
    standing, reason = placed
    if standing is Standing.DENOMINATOR and zero is not None:
        deeds = {name: judge(zero) for name, judge in elements.items()}
    else:
        deeds = dict.fromkeys(elements, Deed(Outcome.MISSED))
    return Case(measure, number, zero, standing, reason, deeds, has_bundle)
