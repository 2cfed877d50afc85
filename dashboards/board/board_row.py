"""One row of the board: a case of one measure, with what is due next."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from dashboards.board.case_links import CaseLinks
from dashboards.board.settings import PatientLabel
from dashboards.board.words import (
    element_name,
    reason_in_words,
    rule_in_words,
    sentence_in_words,
    split_measure,
    status_in_words,
)
from schemas.case_record import CaseRecord, CaseStatus
from schemas.strict_model import Instant, StrictModel
from schemas.verdict import OUTCOMES, Element, ElementStatus, Verdict

RUNNING = frozenset({ElementStatus.OPEN, ElementStatus.DUE_SOON})
LAST_DIGITS = 4


class RowGroup(StrEnum):
    """Where on the board a row stands, in order from the top."""

    RUNNING = "running"
    """A clock is running."""
    OVERDUE = "overdue"
    """No clock runs, a window has closed, and charting may still come."""
    WAITING = "waiting"
    """Nothing is due: an element may still open, or has until the stay ends."""
    SETTLED = "settled"
    """Folded away."""
    OUTCOME = "outcome"
    """Only what became of the patient: nothing to do, so no row; the drawer and the rates have it."""


class ElementCell(StrictModel):
    """One element of a row."""

    element: Element
    name: str
    status: ElementStatus
    word: str
    reason: str | None
    time_zero: Instant | None
    due_at: Instant | None
    closes_at: Instant | None
    settles_at: Instant | None
    done_at: Instant | None
    sentence: str


class Lingering(StrictModel):
    """A settled case that stays among the rows for a while."""

    word: str
    until: Instant
    group: RowGroup
    """Where it stood, and stays."""
    sort_at: Instant | None
    """By what it stands there among the others."""


class BoardRow(StrictModel):
    """What the board shows of one case of one measure without opening it."""

    id: str
    case: str
    """Opaque name of the case; rows of the same case under other measures share it."""
    facility: str
    unit: str | None
    label: str
    measure: str
    measure_name: str
    measure_version: str
    group: RowGroup
    case_status: str
    reason: str | None
    time_zero: Instant | None
    time_zero_rule: str | None
    time_zero_sentence: str
    next: ElementCell | None
    """The element whose clock stands on the left: the soonest due, else the soonest to settle."""
    elements: tuple[ElementCell, ...]
    bundle: ElementCell | None
    data_at: Instant | None
    """When the newest fact of the case was received."""
    closed_at: Instant | None
    revision: int
    lingers: Lingering | None = None
    """Set once a case that was on the board has settled; it folds away at `until`."""


@dataclass(frozen=True, slots=True)
class RowMaker:
    """Turns case records into rows, with the board's links, labels and zone."""

    links: CaseLinks
    label: PatientLabel = PatientLabel.FULL
    zone: ZoneInfo | None = None

    def name_of(self, encounter_id: str) -> str:
        """Name a patient as the board is set to."""
        if self.label is PatientLabel.LAST_DIGITS and len(encounter_id) > LAST_DIGITS:
            return f"…{encounter_id[-LAST_DIGITS:]}"
        return encounter_id

    def at(self, instant: datetime | None) -> datetime | None:
        """Put a time into the zone the board shows; without one it stays as the record has it."""
        if instant is None or self.zone is None:
            return instant
        return instant.astimezone(self.zone)

    def cell(self, verdict: Verdict) -> ElementCell:
        """Make the cell of one element."""
        return ElementCell(
            element=verdict.element,
            name=element_name(verdict.element),
            status=verdict.status,
            word=status_in_words(verdict.element, verdict.status),
            reason=None if verdict.reason is None else reason_in_words(verdict.reason),
            time_zero=self.at(verdict.time_zero),
            due_at=self.at(verdict.due_at),
            closes_at=self.at(verdict.closes_at),
            settles_at=self.at(verdict.settles_at),
            done_at=self.at(verdict.done_at),
            sentence=sentence_in_words(verdict.sentence),
        )

    def row(self, record: CaseRecord) -> BoardRow:
        """Make the row of one record."""
        cells = [self.cell(verdict) for verdict in record.elements]
        elements = tuple(cell for cell in cells if cell.element is not Element.BUNDLE)
        name, version = split_measure(record.measure)
        return BoardRow(
            id=self.links.hashed("row", record.key),
            case=self.links.case(record.facility_id, record.case_id),
            facility=record.facility_id,
            unit=record.unit,
            label=self.name_of(record.encounter_id),
            measure=record.measure,
            measure_name=name,
            measure_version=version,
            group=group_of(record),
            case_status=record.status,
            reason=None if record.reason is None else reason_in_words(record.reason),
            time_zero=self.at(record.time_zero),
            time_zero_rule=None if record.time_zero_rule is None else rule_in_words(record.time_zero_rule),
            time_zero_sentence=sentence_in_words(record.time_zero_sentence),
            next=find_next(elements),
            elements=elements,
            bundle=next((cell for cell in cells if cell.element is Element.BUNDLE), None),
            data_at=self.at(newest_fact(record)),
            closed_at=self.at(record.closed_at),
            revision=record.revision,
        )


def newest_fact(record: CaseRecord) -> datetime:
    """Tell when the newest fact of a case was received; a case without facts: when it was judged."""
    return max((entry.received_at for entry in record.timeline), default=record.as_of)


def group_of(record: CaseRecord) -> RowGroup:
    """Tell where on the board a case belongs."""
    asked = [verdict for verdict in record.elements if verdict.element is not Element.BUNDLE]
    if all(verdict.element in OUTCOMES for verdict in asked):
        return RowGroup.OUTCOME
    if record.settled or record.status is not CaseStatus.DENOMINATOR:
        return RowGroup.SETTLED
    if any(verdict.status in RUNNING and verdict.due_at is not None for verdict in asked):
        return RowGroup.RUNNING
    if any(verdict.status is ElementStatus.OVERDUE for verdict in asked):
        return RowGroup.OVERDUE
    return RowGroup.WAITING


def find_next(elements: tuple[ElementCell, ...]) -> ElementCell | None:
    """Find the element to count down to: the soonest due that runs, else the soonest of the overdue to settle."""
    running = [(cell.due_at, cell) for cell in elements if cell.status in RUNNING and cell.due_at is not None]
    if running:
        return min(running, key=lambda pair: pair[0])[1]
    overdue = [
        (cell.settles_at, cell)
        for cell in elements
        if cell.status is ElementStatus.OVERDUE and cell.settles_at is not None
    ]
    return min(overdue, key=lambda pair: pair[0])[1] if overdue else None
