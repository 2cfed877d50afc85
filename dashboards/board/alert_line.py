"""One line of the alerts panel: what was said, and whether it was taken back since."""

from collections.abc import Iterable

from dashboards.board.board_row import RowMaker
from dashboards.board.words import ALERT_WORDS, element_name, in_words
from schemas.alert import Alert, AlertKind
from schemas.strict_model import Instant, StrictModel
from schemas.verdict import Element


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
    label: str
    sent_at: Instant | None
    due_at: Instant | None
    sentence: str
    superseded: Supersession | None
    """Withdrawn or amended by a later alert of its thread."""


def newest_first(alert: Alert) -> tuple[float, str]:
    """Sort key: the newest alert first, and a fixed order within one instant."""
    return -alert.sent_at.timestamp(), alert.alert_id


def make_alert_lines(alerts: Iterable[Alert], known: Iterable[Alert], maker: RowMaker) -> tuple[AlertLine, ...]:
    """Make lines of `alerts`, in their order.

    Args:
        alerts: The alerts to show.
        known: All that may supersede one of them.
        maker: Links, labels and zone of the board.
    """
    later = {alert.supersedes: alert for alert in known if alert.supersedes is not None}
    return tuple(_line(alert, later.get(alert.alert_id), maker) for alert in alerts)


def _line(alert: Alert, later: Alert | None, maker: RowMaker) -> AlertLine:
    return AlertLine(
        id=maker.links.hashed("alert", alert.alert_id),
        case=maker.links.case(alert.facility_id, alert.case_id),
        kind=alert.kind,
        word=ALERT_WORDS[alert.kind],
        reason=None if alert.reason is None else in_words(alert.reason),
        measure=alert.measure,
        element=alert.element,
        element_name=element_name(alert.element),
        unit=alert.unit,
        label=maker.name_of(alert.encounter_id),
        sent_at=maker.at(alert.sent_at),
        due_at=maker.at(alert.due_at),
        sentence=alert.sentence,
        superseded=None if later is None else _supersession(later, maker),
    )


def _supersession(later: Alert, maker: RowMaker) -> Supersession:
    return Supersession(
        kind=later.kind,
        reason=None if later.reason is None else in_words(later.reason),
        at=maker.at(later.sent_at),
        sentence=later.sentence,
    )
