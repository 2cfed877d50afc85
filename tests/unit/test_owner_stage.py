"""The owner's stage concludes a batch in time: at once when partitions go, and before too many patients are in it."""

import asyncio
from collections import Counter
from contextlib import asynccontextmanager

import pytest

from schemas.topics import Topic
from streams.batched.outgoing import Outgoing
from streams.owner import Lived
from streams.records import Record
from streams.stage_handlers import OwnerStage
from streams.wake_ups import WakeUps
from streams.worker_metrics import WorkerMetrics


class Owner:
    """Lives through everything, and has nothing to say."""

    def __init__(self):
        self.kept, self.lived = [], []

    def live(self, records, handled):
        for record in records:
            self.lived.append(record.offset)
            lived = handled.setdefault(record.key, Lived(record.key))
            lived.records.append(record)
            lived.events += 1

    def conclude(self, lived):
        return lived

    def keep(self, handled):
        self.kept += [(lived.key, lived.events) for lived in handled]


class Outbox:
    async def send_for(self, parts):
        assert not any(parts.values())


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


def lived(patients, *, each=2, hurries=lambda _lived: False):
    """The offsets of records of so many patients in turn, in the order in which they were lived through."""
    owner, cap = Owner(), Cap()
    stage = OwnerStage(owner, Table(), Outbox(), WakeUps(), WorkerMetrics(), cap, lambda: hurries(owner.lived))
    records = [Record("log", 0, at, f"p{at % patients}".encode(), b"") for at in range(each * patients)]
    count = asyncio.run(stage.handle(records))
    assert sum(events for _, events in owner.kept) == cap.told["encounter.events", False] == count
    assert sorted(owner.lived) == list(range(count))
    return owner.lived


@pytest.mark.parametrize(("patients", "count"), [(1, 2), (499, 998), (501, 500)])
def test_a_batch_is_concluded_after_so_many_patients(patients, count):
    assert len(lived(patients)) == count


def test_a_batch_is_concluded_at_once_when_partitions_are_taken_away():
    assert lived(3, hurries=lambda _lived: True) == [0]


def test_a_batch_is_lived_through_patient_by_patient_each_in_his_order():
    assert lived(2, each=3) == [0, 2, 4, 1, 3, 5]


def test_when_partitions_are_taken_away_a_stretch_is_gone_through_and_none_begun():
    """What is finished must be the first of the batch."""
    assert len(lived(2, each=500, hurries=lambda lived: len(lived) >= 3)) == 50


class Handing(Owner):
    """Hands a fact on to another number, and takes back a case."""

    def conclude(self, lived):
        lived.outgoing += [Outgoing(Topic.ENCOUNTER_EVENTS, b"p2", b"fact"), Outgoing(Topic.CASES, b"c", None)]
        return lived


class Sent:
    def __init__(self):
        self.topics, self.owned = [], []

    async def send_for(self, parts):
        self.owned += parts
        self.topics += [each.topic for outgoing in parts.values() for each in outgoing]
        self.topics.append("acknowledged")


def test_what_is_taken_back_is_acknowledged_before_anything_is_handed_on():
    """The other number says the same case under the same key."""
    outbox = Sent()
    stage = OwnerStage(Handing(), Table(), outbox, WakeUps(), WorkerMetrics(), Cap(), lambda: False)
    asyncio.run(stage.handle([Record("log", 0, 0, b"p1", b"")]))

    assert outbox.topics == [Topic.CASES, "acknowledged", Topic.ENCOUNTER_EVENTS, "acknowledged"]


def test_what_is_sent_of_a_patient_is_sent_for_the_partition_that_the_owner_has_him_from():
    outbox = Sent()
    stage = OwnerStage(Handing(), Table(), outbox, WakeUps(), WorkerMetrics(), Cap(), lambda: False)
    asyncio.run(stage.handle([Record("log", 1, 0, b"p1", b""), Record("log", 3, 0, b"p2", b"")]))

    assert outbox.owned == [("log", 1), ("log", 3)] * 2
