"""What a worker tells Prometheus: how much, how late, what failed; never about whom."""

from __future__ import annotations

from collections import Counter as TopicCounter
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, start_http_server

from streams.worker_log import WorkerLog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from streams.batched.fetched import Fetched

_log = WorkerLog("metrics")


class WorkerMetrics:
    """The worker's counters and gauges, in a registry of their own."""

    def __init__(self) -> None:
        """Begin at nothing."""
        self.registry = CollectorRegistry()
        self._records = Counter(
            "timezero_records", "Records finished, by stage and topic.", ["stage", "topic"], registry=self.registry
        )
        self._messages = Counter(
            "timezero_messages", "Raw messages, by topic and outcome.", ["topic", "outcome"], registry=self.registry
        )
        self._rejected = Counter(
            "timezero_rejected", "Records sent to rejected.messages, by reason.", ["reason"], registry=self.registry
        )
        self._events = Counter("timezero_events", "Events lived through by the owner.", registry=self.registry)
        self._failed = Counter(
            "timezero_failed_batches", "Batches to be handled again, by stage and error.", ["stage", "error"],
            registry=self.registry,
        )  # fmt: skip
        self._ticks = Counter("timezero_ticks", "Ticks sent.", registry=self.registry)
        self._lag = Gauge(
            "timezero_lag_records", "Records waiting, by topic and partition.", ["topic", "partition"],
            registry=self.registry,
        )  # fmt: skip
        self._held = Gauge(
            "timezero_held", "Whether a topic is held since too much of it was rejected: 1 or 0.", ["topic"],
            registry=self.registry,
        )  # fmt: skip
        self._well = Gauge("timezero_worker_well", "Whether what waits moves on: 1 or 0.", registry=self.registry)
        self._age = Gauge(
            "timezero_worker_age_seconds", "Wall seconds since the worker last looked at itself.",
            registry=self.registry,
        )  # fmt: skip

    def finished(self, stage: str, records: Sequence[Fetched]) -> None:
        """A stage has finished these."""
        for topic, count in TopicCounter(record.topic for record in records).items():
            self._records.labels(stage, topic).inc(count)

    def failed(self, stage: str, error: Exception) -> None:
        """A stage must handle a batch again."""
        self._failed.labels(stage, type(error).__name__).inc()

    def took(self, topic: str, outcome: str) -> None:
        """A raw message was accepted, ignored or rejected."""
        self._messages.labels(topic, outcome).inc()

    def rejected(self, reason: str) -> None:
        """A record went to `rejected.messages`."""
        self._rejected.labels(reason).inc()

    def lived_through(self, count: int) -> None:
        """The owner lived through so many events."""
        self._events.inc(count)

    def ticked(self, count: int) -> None:
        """So many ticks were sent."""
        self._ticks.inc(count)

    def waiting(self, lags: Iterable[tuple[str, int, int]]) -> None:
        """Records waiting, as topic, partition and count."""
        for topic, partition, count in lags:
            self._lag.labels(topic, str(partition)).set(count)

    def held(self, topic: str, *, held: bool) -> None:
        """Whether a topic is held."""
        self._held.labels(topic).set(held)

    def is_well(self, *, well: bool) -> None:
        """Whether what waits moves on."""
        self._well.set(well)

    def watch(self, age_s: Callable[[], float]) -> None:
        """Ask `age_s`, from a thread of the page's own, how long ago the worker last looked at itself."""
        self._age.set_function(age_s)

    def serve(self, host: str, port: int) -> int:
        """Open the page; returns its port.

        Raises:
            OSError: the port is taken.
        """
        server, _ = start_http_server(port, addr=host, registry=self.registry)
        _log.info("metrics_page_open", port=server.server_port)
        return int(server.server_port)
