"""What the notifier tells Prometheus: how many were tried, delivered, given up; never about whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, start_http_server

from schemas.alert import AlertKind
from schemas.read_model import DeliveryStatus

if TYPE_CHECKING:
    from collections.abc import Callable

_SETTLED = (DeliveryStatus.DELIVERED, DeliveryStatus.GIVEN_UP)


class NotifierMetrics:
    """The notifier's counters and gauge, in a registry of their own."""

    def __init__(self) -> None:
        """Begin at nothing, with every kind and outcome there: an alerting rule sees the first one too."""
        self.registry = CollectorRegistry()
        self._settled = Counter(
            "timezero_deliveries", "Alerts delivered or given up, by kind.", ["kind", "outcome"], registry=self.registry
        )
        self._tries = Counter(
            "timezero_delivery_tries", "Tries, by status of the answer or type of error.", ["answer"],
            registry=self.registry,
        )  # fmt: skip
        self._beats = Counter(
            "timezero_heartbeats", "Heartbeats by what became of them: sent, a status, a type of error.", ["outcome"],
            registry=self.registry,
        )  # fmt: skip
        self._chain = Gauge(
            "timezero_chain_well", "Whether the last heartbeat said that all is well.", registry=self.registry
        )
        self.given_up = 0
        """Alerts given up since the start."""
        self._waiting = Gauge("timezero_deliveries_in_flight", "Alerts under way.", registry=self.registry)
        for kind in AlertKind:
            for outcome in _SETTLED:
                self._settled.labels(kind, outcome)

    def settled(self, kind: AlertKind, outcome: DeliveryStatus) -> None:
        """An alert was delivered or given up."""
        self._settled.labels(kind, outcome).inc()
        self.given_up += outcome is DeliveryStatus.GIVEN_UP

    def beat(self, outcome: str) -> None:
        """A heartbeat was sent, or ended in this status or error."""
        self._beats.labels(outcome).inc()

    def chain_is_well(self, *, well: bool) -> None:
        """What the heartbeat says."""
        self._chain.set(well)

    def tried(self, answer: str) -> None:
        """One try was answered by this status, or ended in an error of this type."""
        self._tries.labels(answer).inc()

    def in_flight(self, count: Callable[[], int]) -> None:
        """Ask `count` for the alerts under way whenever the page is read."""
        self._waiting.set_function(count)

    def serve(self, host: str, port: int) -> int:
        """Open the page; returns its port.

        Raises:
            OSError: the port is taken.
        """
        server, _ = start_http_server(port, addr=host, registry=self.registry)
        return int(server.server_port)
