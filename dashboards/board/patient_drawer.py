"""The opened case: every measure of it, with evidence, timeline and what was said about it."""

from collections.abc import Iterable, Mapping, Sequence

from dashboards.board.alert_line import AlertLine, make_alert_lines
from dashboards.board.board_row import BoardRow, ElementCell, RowMaker
from dashboards.board.delivery_line import DeliveryLine
from dashboards.board.evidence_line import EvidenceLine, charting_lag_min, make_evidence_line
from dashboards.board.history_line import HistoryLine, is_no_bundle, make_history
from dashboards.board.rival_times import RivalTable, make_rival_table
from dashboards.board.words import in_words
from schemas.alert import Alert
from schemas.belief import Belief
from schemas.case_record import CaseRecord
from schemas.measure_words import MeasureWords, RuleLine
from schemas.strict_model import Instant, StrictModel
from schemas.verdict import Evidence, Verdict, find_time_zero_evidence, own_evidence


class JudgedElement(StrictModel):
    """One element with all that stands behind it."""

    cell: ElementCell
    known_at: Instant | None
    evidence: tuple[EvidenceLine, ...]
    rule: RuleLine | None
    """What the measure asks for; none for the bundle, which is made up of the others."""


class JudgedMeasure(StrictModel):
    """One measure of the case."""

    row: BoardRow
    time_zero_known_at: Instant | None
    time_zero_evidence: tuple[EvidenceLine, ...]
    """What time zero rests on; said once, not again under every element."""
    rivals: RivalTable
    elements: tuple[JudgedElement, ...]
    """The bundle first: the whole before its parts."""
    rules: MeasureWords | None
    """None: no worker has said in words what it judges by."""
    history: tuple[HistoryLine, ...]
    """What was believed when, oldest first."""


class TimelineLine(StrictModel):
    """One fact of the case, with its three times."""

    type: str
    what: str
    happened_at: Instant | None
    recorded_at: Instant | None
    received_at: Instant | None
    charting_lag_min: float | None
    value: float | None
    unit: str | None


class PatientDrawer(StrictModel):
    """What opens when a row is chosen."""

    case: str
    label: str
    unit: str | None
    facility: str
    measures: tuple[JudgedMeasure, ...]
    timeline: tuple[TimelineLine, ...]
    alerts: tuple[AlertLine, ...]
    """Oldest first, as they went out."""


def make_patient_drawer(
    records: Sequence[CaseRecord],
    alerts: Iterable[Alert],
    maker: RowMaker,
    deliveries: Mapping[str, DeliveryLine] | None = None,
    *,
    words: Mapping[str, MeasureWords] | None = None,
    beliefs: Mapping[str, Sequence[Belief]] | None = None,
) -> PatientDrawer:
    """Put one case together from its records, one a measure and at least one.

    Args:
        records: The case under each measure.
        alerts: All that was said of it.
        maker: Links, labels and zone of the board.
        deliveries: Alert id -> what became of it on its way.
        words: Measure -> its rules in words.
        beliefs: Case key -> what was held of it.
    """
    first = max(records, key=lambda record: record.as_of)
    said = sorted(alerts, key=lambda alert: (alert.sent_at, alert.alert_id))
    case = maker.links.case(first.facility_id, first.case_id)
    units = {} if first.unit is None else {case: first.unit}
    return PatientDrawer(
        case=case,
        label=maker.name_of(first.encounter_id),
        unit=first.unit,
        facility=first.facility_id,
        measures=tuple(
            _measure(record, maker, (words or {}).get(record.measure), (beliefs or {}).get(record.key, ()))
            for record in sorted(records, key=lambda record: record.measure)
        ),
        timeline=_timeline(records, maker),
        alerts=make_alert_lines(said, said, maker, units, deliveries),
    )


def _measure(
    record: CaseRecord, maker: RowMaker, rules: MeasureWords | None, beliefs: Sequence[Belief]
) -> JudgedMeasure:
    bundle_first = [*record.elements[-1:], *record.elements[:-1]]
    shown = [each for each in bundle_first if not is_no_bundle(each.element, each.status)]
    of_time_zero = find_time_zero_evidence(record.elements)
    return JudgedMeasure(
        row=maker.row(record),
        time_zero_known_at=maker.at(record.time_zero_known_at),
        time_zero_evidence=_lines(of_time_zero, maker),
        elements=tuple(_element(verdict, of_time_zero, maker, rules) for verdict in shown),
        rules=rules,
        history=make_history(beliefs, maker),
        rivals=make_rival_table(record, maker),
    )


def _element(
    verdict: Verdict, of_time_zero: tuple[Evidence, ...], maker: RowMaker, rules: MeasureWords | None
) -> JudgedElement:
    return JudgedElement(
        cell=maker.cell(verdict),
        known_at=maker.at(verdict.known_at),
        evidence=_lines(own_evidence(verdict, of_time_zero), maker),
        rule=None if rules is None else rules.line_of(verdict.element),
    )


def _lines(evidence: Iterable[Evidence], maker: RowMaker) -> tuple[EvidenceLine, ...]:
    return tuple(make_evidence_line(fact, maker) for fact in evidence)


def _timeline(records: Iterable[CaseRecord], maker: RowMaker) -> tuple[TimelineLine, ...]:
    """Merge the timelines of all measures; a fact that several carry stands once, newest first."""
    facts = {entry.event_id: entry for record in records for entry in record.timeline}
    ordered = sorted(facts.values(), key=lambda entry: (entry.happened_at, entry.event_id), reverse=True)
    return tuple(
        TimelineLine(
            type=in_words(entry.type),
            what=entry.what,
            happened_at=maker.at(entry.happened_at),
            recorded_at=maker.at(entry.recorded_at),
            received_at=maker.at(entry.received_at),
            charting_lag_min=charting_lag_min(entry),
            value=entry.value,
            unit=entry.unit,
        )
        for entry in ordered
    )
