"""Read models: what the board, the metrics and the web pages read from Redis, and under which keys.

Writers are idempotent: a record is written only if its revision is higher than the stored one,
and Redis may be wiped at any time and is rebuilt from the compacted topics.
"""

from datetime import timedelta
from enum import StrEnum

from pydantic import Field

from schemas.strict_model import Instant, StrictModel

CASES_HASH = "timezero:cases"
"""Hash: case key -> `CaseRecord` JSON."""
ALERTS_HASH = "timezero:alerts"
"""Hash: alert_id -> `Alert` JSON."""
ALERTS_BY_TIME = "timezero:alerts:by_time"
"""Sorted set of alert_id by sent_at (epoch seconds); the newest `ALERTS_KEPT` are kept."""
ALERTS_KEPT = 5000
BELIEFS_OF_CASE = "timezero:beliefs:"
"""Prefix of a case key; sorted set of `Belief` JSON by as_of (epoch seconds): the history of that case of that measure.

The newest `BELIEFS_KEPT` are kept, also of a case that is no more; all of them stand in `encounter.beliefs`.
"""
BELIEFS_KEPT = 300
MEASURES_HASH = "timezero:measures"
"""Hash: measure -> `MeasureWords` JSON, of every measure that a worker judges by."""
FEEDS_HASH = "timezero:feeds"
"""Hash: topic|source -> `FeedStatus` JSON."""
RATES_HASH = "timezero:rates"
"""Hash: partition -> JSON list of `Rate` counts of the cases of that partition; readers add them up."""
CLOCK_KEY = "timezero:clock"
"""String: `EngineClock` JSON, so that browser and worker count on one clock."""
HEARTBEAT_KEY = "timezero:heartbeat"
"""String: `EngineHeartbeat` JSON, written at every pass of the ticker: no alerts must never look like no engine."""
DELIVERIES_HASH = "timezero:deliveries"
"""Hash: alert_id -> `Delivery` JSON."""
DELIVERIES_BY_TIME = "timezero:deliveries:by_time"
"""Sorted set of alert_id by the last try (epoch seconds, wall time); the newest `ALERTS_KEPT` are kept."""
SAID_ACTS_STREAM = "timezero:said_acts"
"""Stream: acts said on the board, oldest first. The worker sends each to `raw.act`, and deletes it once the broker has
it; a repeat has the same message id and changes nothing."""
SAID_ACTS_FIELD = "message"
"""Field of an entry of that stream: `RawAct` JSON."""
SAID_ACTS_KEPT = 1000
"""How many may wait; the board takes no more until a worker has fetched them."""
BOARD_SOURCE = "board"
"""Source of what is said on the board."""
CHANGES_CHANNEL = "timezero:changes"
"""Pub/sub: a case key, `alert:<id>` , `feeds`, `rates` or `clock` whenever that changed."""


class Window(StrEnum):
    """Rolling windows of compliance, by time zero."""

    DAY = "24h"
    WEEK = "7d"
    MONTH = "30d"


class FeedStatus(StrictModel):
    """How fresh one feed is, and what became of its messages."""

    topic: str
    source: str
    last_received_at: Instant | None = None
    """Engine time of the newest message."""
    last_happened_at: Instant | None = None
    """Newest time at which something in it happened."""
    ahead_s: float = 0
    """How far its clock was seen to run ahead of ours lately, in seconds; 0 where it was not."""
    ahead_seen_at: Instant | None = None
    """Engine time at which it was."""
    accepted: int = 0
    ignored: int = 0
    rejected: int = 0


AHEAD_FOR = timedelta(minutes=15)
"""So long what was seen of a source's clock stands, by the engine's time, unless it is seen further ahead."""


class Rate(StrictModel):
    """Counts of one element of one measure in one window, facility and unit."""

    measure: str
    element: str
    window: Window
    facility_id: str
    unit: str
    """Unit where the case stood at its record, or `unknown`."""
    denominator: int = Field(default=0, ge=0)
    """Settled or met, and applicable: `met + met_late + missed + cannot_assess`."""
    met: int = Field(default=0, ge=0)
    met_late: int = Field(default=0, ge=0)
    missed: int = Field(default=0, ge=0)
    cannot_assess: int = Field(default=0, ge=0)
    """In the denominator, not met, and shown apart."""
    pending: int = Field(default=0, ge=0)
    """Still running or within the charting grace: not in the denominator yet."""
    excluded: int = Field(default=0, ge=0)


class EngineClock(StrictModel):
    """One clock for feed, worker, ticker and board: engine time = start + (wall - wall_start) * speed."""

    started_at: Instant
    wall_started_at: Instant
    speed: float = Field(gt=0)


class EngineHeartbeat(StrictModel):
    """Proof that somebody judges: written after a pass that really ran, never on a timer of its own."""

    ticked_at: Instant
    """Engine time of the latest completed pass."""


class DeliveryStatus(StrEnum):
    """What became of an alert on its way to the webhook."""

    RETRYING = "retrying"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


class Delivery(StrictModel):
    """One alert's way to the webhook."""

    alert_id: str
    status: DeliveryStatus
    attempts: int = Field(ge=0)
    last_status: int | None = None
    """HTTP status of the last answer; none where there was no answer."""
    last_error: str | None = None
    """Type of what went wrong where there was no answer."""
    first_tried_at: Instant
    """Wall time, as `last_tried_at`."""
    last_tried_at: Instant
    late: bool = False
    """First tried so long after it was raised that it was marked."""
