"""One alert's way to the webhook: tries, waits, and an end that is on record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import stamina

from schemas.read_model import Delivery, DeliveryStatus
from streams.clock import wall_clock
from streams.webhook import Failure, NotDeliveredError
from streams.webhook_body import body_of
from streams.worker_log import WorkerLog

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from schemas.alert import Alert
    from streams.notifier_ledger import Ledger
    from streams.notifier_metrics import NotifierMetrics
    from streams.notifier_settings import NotifierSettings
    from streams.webhook import Webhook

_log = WorkerLog("notify")


@dataclass(frozen=True, slots=True)
class Courier:
    """Delivers alerts one at a time; safe to use for many at once."""

    settings: NotifierSettings
    webhook: Webhook
    ledger: Ledger
    metrics: NotifierMetrics
    link: Callable[[str, str], str]
    """Makes the opaque name of a case from facility and case."""

    async def deliver(self, alert: Alert, raised_at: datetime | None) -> None:
        """Try until the alert is delivered or given up, and record which; one settled before is left out.

        Args:
            alert: What to deliver.
            raised_at: Wall time at which the broker took it; None where it does not say.
        """
        if await self.ledger.is_settled(alert.alert_id):
            return
        trying = _Trying(self, alert.alert_id, wall_clock(), late=self._is_late(raised_at))
        try:
            body = body_of(alert, self.link, late=trying.late, encounter_ids=self.settings.encounter_ids)
            await self._retrying()(_next_step(self.settings.first_wait_s), trying.send, body)
        except NotDeliveredError as error:
            await self._give_up(alert, trying, error.failure)
        except Exception as error:  # noqa: BLE001 - one alert must never stop the others; its type is on record
            await self._give_up(alert, trying, Failure(None, type(error).__name__, None))
        else:
            self.metrics.settled(alert.kind, DeliveryStatus.DELIVERED)

    async def _give_up(self, alert: Alert, trying: _Trying, failure: Failure) -> None:
        _log.error("given_up", attempt=trying.attempts, error=str(failure.status or failure.error))
        await self.ledger.insist(trying.delivery(DeliveryStatus.GIVEN_UP, failure))
        self.metrics.settled(alert.kind, DeliveryStatus.GIVEN_UP)

    def _is_late(self, raised_at: datetime | None) -> bool:
        return raised_at is not None and (wall_clock() - raised_at).total_seconds() > self.settings.late_after_s

    def _retrying(self) -> stamina.AsyncRetryingCaller:
        return stamina.AsyncRetryingCaller(
            attempts=self.settings.attempts,
            timeout=None,
            wait_initial=self.settings.first_wait_s,
            wait_max=self.settings.longest_wait_s,
            wait_jitter=self.settings.first_wait_s,
        )


class _Trying:
    """The tries of one alert, counted and noted in the ledger."""

    def __init__(self, courier: Courier, alert_id: str, first_tried_at: datetime, *, late: bool) -> None:
        self._courier = courier
        self._alert_id = alert_id
        self._first_tried_at = first_tried_at
        self.late = late
        self.attempts = 0

    async def send(self, body: bytes) -> None:
        """Try once, and note how it went."""
        self.attempts += 1
        try:
            status = await self._courier.webhook.send(self._alert_id, body)
        except NotDeliveredError as error:
            self._courier.metrics.tried(str(error))
            await self._courier.ledger.note(self.delivery(DeliveryStatus.RETRYING, error.failure))
            raise
        self._courier.metrics.tried(str(status))
        await self._courier.ledger.note(self.delivery(DeliveryStatus.DELIVERED, None, status))

    def delivery(self, status: DeliveryStatus, failure: Failure | None, answered: int | None = None) -> Delivery:
        return Delivery(
            alert_id=self._alert_id,
            status=status,
            attempts=self.attempts,
            last_status=answered if failure is None else failure.status,
            last_error=None if failure is None else failure.error,
            first_tried_at=self._first_tried_at,
            last_tried_at=wall_clock(),
            late=self.late,
        )


def _next_step(shortest_wait_s: float) -> Callable[[Exception], bool | float]:
    """What follows a failed try: no other one, one after the usual wait, or one after so many seconds."""

    def after(error: Exception) -> bool | float:
        if not isinstance(error, NotDeliveredError) or error.failure.is_final:
            return False
        asked = error.failure.retry_after_s
        return True if asked is None else max(asked, shortest_wait_s)

    return after
