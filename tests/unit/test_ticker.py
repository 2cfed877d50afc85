"""The ticker: those who are due are ticked; what could not be sent is sent again, and not at once."""

from datetime import UTC, datetime, timedelta

import orjson

from schemas.read_model import EngineClock
from streams.clock import Clock, wall_clock
from streams.ticker import LONGEST_PAUSE, Ticker
from streams.wake_ups import WakeUps

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PAST = NOW - timedelta(hours=1)


class Outbox:
    """Takes what is sent, or refuses it."""

    def __init__(self):
        self.takes, self.sent = True, []

    async def send(self, outgoing):
        if not self.takes:
            raise ConnectionError
        self.sent += [orjson.loads(each.value)["patient_id"] for each in outgoing]


def ticker(outbox, *wake_ups):
    """On a clock that shows noon, and moves on by next to nothing."""
    clock = Clock(EngineClock(started_at=NOW, wall_started_at=wall_clock(), speed=1e-9))
    waiting = WakeUps()
    waiting.start_anew(wake_ups)
    return Ticker(clock, waiting, outbox, lambda _count: None)


async def test_after_a_pass_that_failed_the_next_one_waits_as_long_as_it_may_and_ticks_the_same_patients():
    outbox = Outbox()
    one = ticker(outbox, (b"F1|P1", PAST), (b"F1|P2", PAST))
    outbox.takes = False

    assert await one.try_pass() == LONGEST_PAUSE
    assert one.passed_at is None

    outbox.takes = True
    await one.try_pass()

    assert sorted(outbox.sent) == ["P1", "P2"]
