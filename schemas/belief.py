"""Beliefs: what was held of a case from when on, one line a change; together its history."""

from collections.abc import Iterable, Iterator

from pydantic import Field

from schemas.case_record import CaseStatus
from schemas.strict_model import Identifier, Instant, StrictModel
from schemas.topics import joined_key, patient_key
from schemas.verdict import Element, ElementStatus, Evidence

MERGED = "merged"
"""Reason why a case is no more: the patient's facts have gone to another number."""


class BelievedElement(StrictModel):
    """How one element was believed to stand."""

    element: Element
    status: ElementStatus
    reason: str | None = None
    due_at: Instant | None = None
    sentence: str


class Belief(StrictModel):
    """What was held of one case of one measure from `as_of` on, and what led to it."""

    facility_id: Identifier
    patient_id: Identifier
    case_id: Identifier
    measure: str
    revision: int = Field(ge=0)
    """How many changes the patient had lived through; it tells apart the beliefs of a patient's case by one measure."""
    as_of: Instant
    """The engine's time from which it was held."""
    status: CaseStatus | None = None
    """None: the case is no more, and `reason` says why (`merged`, `corrected`)."""
    reason: str | None = None
    time_zero: Instant | None = None
    time_zero_rule: str | None = None
    time_zero_sentence: str = ""
    elements: tuple[BelievedElement, ...] = ()
    """Those whose verdict or evidence is not what it was in the belief before."""
    because: Evidence | None = None
    """The version of a fact that led to it; None: the clock alone did."""
    taken_back: bool = False
    """That version says the fact never was."""

    @property
    def key(self) -> str:
        """Key in `encounter.beliefs`: all of a patient's beliefs in one order."""
        return patient_key(self.facility_id, self.patient_id)

    @property
    def is_merged(self) -> bool:
        """Whether it says that the case is no more under this patient number, and the facts went to another."""
        return self.status is None and self.reason == MERGED

    @property
    def case_key(self) -> str:
        """Key of the case record it is a belief about."""
        return joined_key(self.facility_id, self.case_id, self.measure)


class BeliefChange(StrictModel):
    """A belief beside the one before it."""

    belief: Belief
    time_zero_is_new: bool
    """When or why the measure counts was not so before."""
    elements: tuple[BelievedElement, ...]
    """Those that stand otherwise than before; none where other evidence says the same."""


def in_order(beliefs: Iterable[Belief]) -> list[Belief]:
    """Sort the beliefs of one case, oldest first.

    After a merge two patient numbers have held some: that the first holds the case no more is left out where it
    goes on under the other.
    """
    told = sorted(beliefs, key=lambda each: (each.as_of, each.patient_id, each.revision))
    holders = {each.patient_id for each in told}
    return [each for each in told if not (each.is_merged and holders - {each.patient_id})]


def changes(beliefs: Iterable[Belief]) -> Iterator[BeliefChange]:
    """Tell the history of one case: each belief, oldest first, with what is new in it."""
    held: dict[Element, BelievedElement] = {}
    zero: tuple[object, ...] | None = None
    for belief in in_order(beliefs):
        new = tuple(each for each in belief.elements if held.get(each.element) != each)
        before, zero = zero, (belief.time_zero, belief.time_zero_rule, belief.time_zero_sentence)
        is_new = belief.status is not None and zero != before
        yield BeliefChange(belief=belief, time_zero_is_new=is_new, elements=new)
        held |= {each.element: each for each in new}
        if belief.status is None:
            held, zero = {}, None
