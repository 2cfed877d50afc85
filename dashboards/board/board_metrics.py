"""Prometheus metrics of the picture: rolling compliance, clocks, alerts, feeds; never a patient in a label."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from dashboards.board.picture import Picture
from schemas.read_model import Rate

RATE_LABELS = ("measure", "element", "facility", "unit", "window")
COUNTS = {
    "met": "numerator",
    "denominator": "denominator",
    "cannot_assess": "cannot_assess",
    "pending": "pending",
    "excluded": "excluded",
}
UNKNOWN = "unknown"


@dataclass(slots=True, eq=False)
class PictureCollector(Collector):
    """Collects the picture at the moment of the scrape; while the cache is lost, only that it is lost."""

    picture: Picture
    now_s: float
    """Monotonic seconds of the scrape."""

    def collect(self) -> Iterator[Metric]:
        """Yield every metric family."""
        lost = self.picture.cache_lost_at_s is not None
        yield _gauge("timezero_board_cache_up", "Whether the board can read its read models.", 0.0 if lost else 1.0)
        if not lost:
            yield from self._compliance()
            yield self._elements()
            yield self._alerts()
            yield from self._feeds()
            yield from self._engine()

    def _compliance(self) -> Iterator[Metric]:
        for count, name in COUNTS.items():
            help_text = f"Rolling compliance: {name} (internal: small numbers are not suppressed)."
            family = GaugeMetricFamily(f"timezero_compliance_{name}", help_text, labels=RATE_LABELS)
            for rate in self.picture.rates:
                family.add_metric(_labels(rate), getattr(rate, count))
            yield family
        share = GaugeMetricFamily(
            "timezero_compliance_rate", "Rolling compliance: numerator of denominator, 0 to 1.", labels=RATE_LABELS
        )
        for rate in self.picture.rates:
            if rate.denominator:
                share.add_metric(_labels(rate), rate.met / rate.denominator)
        yield share

    def _elements(self) -> Metric:
        family = GaugeMetricFamily(
            "timezero_elements",
            "Elements of the cases on the board by status; open and due_soon have a clock running.",
            labels=("measure", "element", "facility", "unit", "status"),
        )
        counts = Counter(
            (row.measure, cell.element.value, row.facility, row.unit or UNKNOWN, cell.status.value)
            for row in self.picture.rows.values()
            for cell in row.elements
        )
        for labels, count in sorted(counts.items()):
            family.add_metric(labels, count)
        return family

    def _alerts(self) -> Metric:
        family = GaugeMetricFamily(
            "timezero_alerts_kept",
            "Alerts among those kept, by kind and reason.",
            labels=("kind", "reason", "measure", "element", "facility", "unit"),
        )
        counts = Counter(
            (
                alert.kind.value,
                "" if alert.reason is None else alert.reason.value,
                alert.measure,
                alert.element.value,
                alert.facility_id,
                alert.unit or UNKNOWN,
            )
            for alert in self.picture.alerts.values()
        )
        for labels, count in sorted(counts.items()):
            family.add_metric(labels, count)
        return family

    def _feeds(self) -> Iterator[Metric]:
        age = GaugeMetricFamily(
            "timezero_feed_age_seconds", "Engine seconds since the newest message.", labels=("topic", "source")
        )
        messages = GaugeMetricFamily(
            "timezero_feed_messages", "Messages by what became of them.", labels=("topic", "source", "outcome")
        )
        ahead = GaugeMetricFamily(
            "timezero_feed_ahead_seconds",
            "How far the source's clock was seen ahead of ours in the last quarter of an hour.",
            labels=("topic", "source"),
        )
        now = None if self.picture.time is None else self.picture.time.at(self.now_s)
        for feed in self.picture.feeds.values():
            if now is not None and feed.last_received_at is not None:
                age.add_metric((feed.topic, feed.source), (now - feed.last_received_at).total_seconds())
            ahead.add_metric((feed.topic, feed.source), self.picture.clock_ahead_s(feed, self.now_s))
            for outcome in ("accepted", "ignored", "rejected"):
                messages.add_metric((feed.topic, feed.source, outcome), getattr(feed, outcome))
        yield age
        yield ahead
        yield messages

    def _engine(self) -> Iterator[Metric]:
        age_s = self.picture.engine_age_s(self.now_s)
        if age_s is not None:
            yield _gauge("timezero_engine_age_seconds", "Wall seconds since the engine was last known to work.", age_s)
        yield _gauge("timezero_board_unreadable", "Stored records that cannot be read.", len(self.picture.unreadable))


def _labels(rate: Rate) -> tuple[str, ...]:
    return rate.measure, rate.element, rate.facility_id, rate.unit, rate.window.value


def _gauge(name: str, documentation: str, value: float) -> Metric:
    family = GaugeMetricFamily(name, documentation)
    family.add_metric((), value)
    return family
