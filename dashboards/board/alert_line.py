"""One line of the alerts panel: what was said, and whether it was taken back since."""

from collections.abc import Iterable, Mapping

from dashboards.board.board_row import RowMaker
from dashboards.board.delivery_line import DeliveryLine
from dashboards.board.words import ALERT_WORDS, element_name, in_words, sentence_in_words
from schemas.alert import Alert, AlertKind
from schemas.strict_model import Instant, StrictModel
from schemas.verdict import Element

TAKEN_BACK = "Taken back: "
"""How the sentence of a withdrawn alert starts; the line's own word says it already."""


class Supersession(StrictModel):
    """What became of an alert after it was sent."""

    kind: AlertKind
    reason: str | None
    at: Instant | None
    sentence: str


class AlertLine(StrictModel):
    """One alert as the board shows it."""

    id: str
    case: str
    kind: AlertKind
    word: str
    reason: str | None
    measure: str
    element: Element
    element_name: str
    unit: str | None
    """Where the patient was; where that was not known then, where the case is now."""
    label: str
    sent_at: Instant | None
    due_at: Instant | None
    sentence: str
    superseded: Supersession | None
    """Withdrawn or amended by a later alert of its thread."""
    delivery: DeliveryLine | None
    """None: no delivery is recorded, or none was asked for."""


def newest_first(alert: Alert) -> tuple[float, str]:
    """Sort key: the newest alert first, and a fixed order within one instant."""
    return -alert.sent_at.timestamp(), alert.alert_id


def make_alert_lines(
    alerts: Iterable[Alert],
    known: Iterable[Alert],
    maker: RowMaker,
    units: Mapping[str, str],
    deliveries: Mapping[str, DeliveryLine] | None = None,
) -> tuple[AlertLine, ...]:
    """Make lines of `alerts`, in their order.

    Args:
        alerts: The alerts to show.
        known: All that may supersede one of them.
        maker: Links, labels and zone of the board.
        units: Opaque case name -> where the case is now.
        deliveries: Alert id -> what became of it on its way.
    """
    later = {alert.supersedes: alert for alert in known if alert.supersedes is not None}
    lines = (_line(alert, later.get(alert.alert_id), maker, units) for alert in alerts)
    if not deliveries:
        return tuple(lines)
    delivered = {maker.links.hashed("alert", alert_id): line for alert_id, line in deliveries.items()}
    return tuple(line.model_copy(update={"delivery": delivered.get(line.id)}) for line in lines)


def _line(alert: Alert, later: Alert | None, maker: RowMaker, units: Mapping[str, str]) -> AlertLine:
    case = maker.links.case(alert.facility_id, alert.case_id)
    return AlertLine(
        id=maker.links.hashed("alert", alert.alert_id),
        case=case,
        kind=alert.kind,
        word=ALERT_WORDS[alert.kind],
        reason=None if alert.reason is None else in_words(alert.reason),
        measure=alert.measure,
        element=alert.element,
        element_name=element_name(alert.element),
        unit=alert.unit or units.get(case),
        label=maker.name_of(alert.encounter_id),
        sent_at=maker.at(alert.sent_at),
        due_at=maker.at(alert.due_at),
        sentence=say(alert),
        superseded=None if later is None else _supersession(later, maker),
        delivery=None,
    )


def say(alert: Alert) -> str:
    """Say what the alert says, in the board's words, without what stands above it as its kind."""
    sentence = sentence_in_words(alert.sentence)
    said = sentence.removeprefix(TAKEN_BACK)
    return sentence if said == sentence else said[:1].upper() + said[1:]


def _supersession(later: Alert, maker: RowMaker) -> Supersession:
    return Supersession(
        kind=later.kind,
        reason=None if later.reason is None else in_words(later.reason),
        at=maker.at(later.sent_at),
        sentence=say(later),
    )
