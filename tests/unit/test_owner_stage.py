"""The owner's stage concludes a batch in time: at once when partitions go, and before too many patients are in it."""

import asyncio
from collections import Counter
from contextlib import asynccontextmanager

import pytest

from streams.owner import Lived
from streams.records import Record
from streams.stage_handlers import OwnerStage
from streams.wake_ups import WakeUps
from streams.worker_metrics import WorkerMetrics


class Owner:
    """Lives through everything, and has nothing to say."""

    def __init__(self):
        self.kept = []

    def live(self, records, handled):
        for record in records:
            handled.setdefault(record.key, Lived(record.key)).events += 1

    def conclude(self, lived):
        return lived

    def keep(self, handled):
        self.kept += [(lived.key, lived.events) for lived in handled]


class Outbox:
    async def send(self, outgoing):
        assert outgoing == []


class Table:
    async def write(self, changes):
        assert changes == {}


class Cap:
    def __init__(self):
        self.told = Counter()

    @asynccontextmanager
    async def letting_through(self, outcomes):
        self.told += outcomes
        yield


def lived(patients, *, hurries=False):
    """How many records of so many patients, two each, were lived through; and what was kept of them."""
    owner, cap = Owner(), Cap()
    stage = OwnerStage(owner, Table(), Outbox(), WakeUps(), WorkerMetrics(), cap, lambda: hurries)
    records = [Record("log", 0, at, f"p{at % patients}".encode(), b"") for at in range(2 * patients)]
    count = asyncio.run(stage.handle(records))
    assert sum(events for _, events in owner.kept) == cap.told["encounter.events", False] == count
    return count


@pytest.mark.parametrize(("patients", "count"), [(1, 2), (499, 998), (501, 500)])
def test_a_batch_is_concluded_after_so_many_patients(patients, count):
    assert lived(patients) == count


def test_a_batch_is_concluded_at_once_when_partitions_are_taken_away():
    assert lived(3, hurries=True) == 1
