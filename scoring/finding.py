"""What the chart holds for one element: where to look, and what was found."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from schemas.clinical import AnyFact
from scoring.act_time import act_time
from scoring.bundle_clock import BundleClock
from scoring.case_view import CaseView
from scoring.chart import Timed
from scoring.element_rule import ElementRule, Lactate, RepeatLactate
from scoring.initial_lactate import lactates_since
from scoring.number import Duration

Rule = TypeVar("Rule", bound=ElementRule)


@dataclass(frozen=True, slots=True)
class Search(Generic[Rule]):
    """Where to look for an act.

    Attributes:
        start: The start of the element's clock, cut to the measure's resolution.
    """

    view: CaseView
    rule: Rule
    start: datetime

    @property
    def since(self) -> datetime | None:
        """The first instant at which an act may count; None where there is no lower bound.

        A lactate counts from the look-back of the initial one on.
        """
        if isinstance(self.rule, Lactate | RepeatLactate):
            return lactates_since(self.view)
        return self.back_to(self.rule.look_back)

    def back_to(self, look_back: Duration | None) -> datetime | None:
        """So long before the start of the clock; None where there is no lower bound."""
        return None if look_back is None else self.start - look_back.delta

    def from_look_back(self, entries: list[Timed]) -> list[Timed]:
        """Entries from the look-back on."""
        since = self.since
        return entries if since is None else [each for each in entries if self.view.cut(each.moment) >= since]


@dataclass(frozen=True, slots=True)
class Finding:
    """What the chart says of one element.

    Attributes:
        done_at: When the act that counts was done, by its clocked time; None where none is charted.
        facts: The facts that decided it, the act that counts first.
        known_at: When we received the act that counts.
        applies: False where the element's condition is not met.
        waits: The condition cannot be told yet.
        reason: Why it does not apply, or cannot be assessed.
        doubt: Why an element that is not done cannot be called missed, from its settling on.
        blocked: Why it cannot be assessed at all once its window has closed.
        condition_known_at: When the condition that switched it on became known.
        so_far: What of it is charted, in words: `500 of 1755 mL`; None where nothing is, or it is done.
    """

    done_at: datetime | None = None
    facts: tuple[AnyFact, ...] = ()
    known_at: datetime | None = None
    applies: bool = True
    waits: bool = False
    reason: str | None = None
    doubt: str | None = None
    blocked: str | None = None
    condition_known_at: datetime | None = None
    so_far: str | None = None

    def with_facts(self, *more: AnyFact) -> "Finding":
        """With further facts that decided it."""
        return replace(self, facts=(*self.facts, *more))


def _is_possible(entry: Timed, since: datetime | None, clock: BundleClock) -> bool:
    """Whether some minute of a day-only act's day lies in the window; any other act need only come before its end."""
    return entry.moment < clock.closes_at and (since is None or entry.moment + timedelta(days=1) > since)


def _surely_in(entry: Timed, since: datetime | None, clock: BundleClock) -> bool:
    """Whether every minute of a day-only act's day lies in the window."""
    return entry.moment + timedelta(days=1) <= clock.closes_at and (since is None or entry.moment >= since)


def first_done(search: Search[Rule], entries: list[Timed], clock: BundleClock) -> Finding:
    """The first act from the look-back on; an act known by its day counts only where all of that day would do."""
    doubt = None
    for entry in entries:
        if entry.fact.day_only and not _surely_in(entry, search.since, clock):
            doubt = "day_only" if _is_possible(entry, search.since, clock) else doubt
        elif entry in search.from_look_back([entry]):
            return replace(done(search, entry.fact), doubt=doubt)
    return Finding(doubt=doubt)


def counting(search: Search[Rule], entries: list[Timed], clock: BundleClock) -> list[Timed]:
    """Acts from the look-back on; one known by its day only where every minute of that day lies in the window."""
    return [
        each
        for each in search.from_look_back(entries)
        if not each.fact.day_only or _surely_in(each, search.since, clock)
    ]


def perhaps_in_time(search: Search[Rule], entries: list[Timed], clock: BundleClock) -> list[Timed]:
    """Acts that lie in the window, and days of which some minute does."""
    return [
        each
        for each in entries
        if _is_possible(each, search.since, clock) and (each.fact.day_only or search.from_look_back([each]))
    ]


def day_doubt(search: Search[Rule], entries: list[Timed], clock: BundleClock) -> str | None:
    """Why an element that needs several acts cannot be called missed: one, known by its day, may lie in the window."""
    days = [entry for entry in entries if entry.fact.day_only and _is_possible(entry, search.since, clock)]
    return "day_only" if days else None


def done(search: Search[Rule], fact: AnyFact, clocked: Callable[[AnyFact], datetime | None] = act_time) -> Finding:
    """The element was done by this fact, at the time by which it is clocked."""
    known_at = search.view.known_at(fact, clocked)
    return Finding(clocked(fact), (fact,), known_at, reason="day_only" if fact.day_only else None)
