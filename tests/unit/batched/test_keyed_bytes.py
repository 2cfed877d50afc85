"""A table of bytes writes what has changed, once, and holds nothing that its changelog does not have."""

import pytest
from aiokafka.errors import KafkaTimeoutError, MessageSizeTooLargeError
from aiokafka.structs import ConsumerRecord
from faust.types import TP

from streams.batched.app import BatchedApp
from streams.batched.producer_epochs import EpochOverError

CHANGELOG = "job-states-changelog"


class Producer:
    """Takes records, or finds them too large, or fails."""

    def __init__(self):
        self.taken, self.too_large, self.fails, self.fails_for = [], False, None, {0, 1}
        self.next_offset, self.owned = 0, []

    async def send(self, outgoing, on_written, owned):
        self.owned.append(owned)
        if self.fails and {each.partition for each in outgoing} & self.fails_for:
            raise self.fails
        if outgoing:
            on_written(self.next_offset, self.next_offset + len(outgoing) - 1)
            self.next_offset += len(outgoing)
        self.taken += [(each.topic, each.partition, each.key, each.value) for each in outgoing]
        return list(outgoing) if self.too_large else []


@pytest.fixture
def table(tmp_path):
    """A table of an application that has no broker; what it sends is kept."""
    app = BatchedApp("job", "nobody:9092", datadir=tmp_path)
    app.producer_of_batches = Producer()
    return app.keyed_bytes("states")


def told(offset, key, value):
    return ConsumerRecord(CHANGELOG, 1, offset, 0, 0, key, value, None, 0, 0, ())


async def test_what_is_stored_already_is_not_written_again(table):
    await table.write({1: {b"a": b"1", b"b": b"1", b"never": None}})
    await table.write({1: {b"a": b"1", b"b": b"2", b"never": None}})

    assert table.app.producer_of_batches.taken == [
        (CHANGELOG, 1, b"a", b"1"),
        (CHANGELOG, 1, b"b", b"1"),
        (CHANGELOG, 1, b"never", None),
        (CHANGELOG, 1, b"b", b"2"),
    ]
    assert table.stored == {b"a": b"1", b"b": b"2"}


async def test_what_was_only_read_is_written_once_though_it_is_the_same(table):
    """What a former owner had sent may have arrived since, and would stand."""
    table.restore(1, [told(0, b"a", b"1")])
    await table.write({1: {b"a": b"1", b"gone": None}})
    await table.write({1: {b"a": b"1", b"gone": None}})

    assert table.app.producer_of_batches.taken == [(CHANGELOG, 1, b"a", b"1"), (CHANGELOG, 1, b"gone", None)]


async def test_what_we_wrote_before_partitions_were_handed_out_anew_is_written_once_more(table):
    await table.write({1: {b"a": b"1"}})
    await table.on_recovery_completed({TP(CHANGELOG, 1)}, set())
    await table.write({1: {b"a": b"1"}})

    assert table.app.producer_of_batches.taken == [(CHANGELOG, 1, b"a", b"1")] * 2


async def test_after_a_change_that_failed_what_is_stored_is_written_once_more(table):
    """The change may arrive yet."""
    await table.write({1: {b"a": b"1"}})
    table.app.producer_of_batches.fails = KafkaTimeoutError()
    with pytest.raises(KafkaTimeoutError):
        await table.write({1: {b"a": b"2"}})
    table.app.producer_of_batches.fails = None
    await table.write({1: {b"a": b"1"}})

    assert table.app.producer_of_batches.taken == [(CHANGELOG, 1, b"a", b"1")] * 2


async def test_where_somebody_elses_sending_failed_the_next_epoch_takes_the_change(table):
    """Six stages count in one table."""
    producer = table.app.producer_of_batches
    send = producer.send

    async def over_once(*_told):
        producer.send = send
        raise EpochOverError

    producer.send = over_once
    await table.write({1: {b"a": b"1"}})

    assert producer.taken == [(CHANGELOG, 1, b"a", b"1")]
    assert table.stored == {b"a": b"1"}


async def test_what_is_written_of_a_partition_is_written_for_its_owner(table):
    await table.write({1: {b"a": b"1"}, 3: {b"b": b"1"}})

    assert table.app.producer_of_batches.owned == [(CHANGELOG, 1), (CHANGELOG, 3)]


async def test_a_key_that_is_deleted_is_a_tombstone_in_the_changelog(table):
    await table.write({1: {b"a": b"1"}})
    await table.write({1: {b"a": None}})

    assert table.app.producer_of_batches.taken[-1] == (CHANGELOG, 1, b"a", None)
    assert table.stored == {}


async def test_what_the_changelog_did_not_take_is_not_stored(table):
    table.app.producer_of_batches.fails = KafkaTimeoutError()

    with pytest.raises(KafkaTimeoutError):
        await table.write({1: {b"a": b"1"}})
    assert table.stored == {}


async def test_what_the_changelog_took_of_another_partition_is_stored(table):
    table.app.producer_of_batches.fails, table.app.producer_of_batches.fails_for = KafkaTimeoutError(), {0}

    with pytest.raises(KafkaTimeoutError):
        await table.write({0: {b"a": b"1"}, 1: {b"b": b"1"}})
    assert table.stored == {b"b": b"1"}
    assert table.persisted_offset(TP(CHANGELOG, 1)) == 0


async def test_a_value_that_is_too_large_for_the_changelog_is_an_error_and_not_stored(table):
    table.app.producer_of_batches.too_large = True

    with pytest.raises(MessageSizeTooLargeError, match="states"):
        await table.write({1: {b"a": b"1"}})
    assert table.stored == {}


async def test_a_changelog_is_taken_over_in_its_order(table):
    table.restore(1, [told(0, b"a", b"1"), told(1, b"b", b"1"), told(5, b"a", b"2"), told(6, b"b", None)])

    assert table.stored == {b"a": b"2"}


async def test_the_keys_of_partitions_that_went_are_forgotten_when_a_recovery_ends(table):
    await table.write({0: {b"ours": b"1"}})
    await table.write({1: {b"theirs": b"1"}})
    await table.on_recovery_completed({(CHANGELOG, 0)}, set())

    assert table.stored == {b"ours": b"1"}


async def test_the_keys_of_partitions_that_are_read_along_stay(table):
    table.restore(0, [told(0, b"ours", b"1")])
    table.restore(1, [told(0, b"read along", b"1")])
    await table.on_recovery_completed({TP(CHANGELOG, 0)}, {TP(CHANGELOG, 1)})

    assert table.stored == {b"ours": b"1", b"read along": b"1"}
    assert table.persisted_offset(TP(CHANGELOG, 1)) == 0


async def test_what_was_read_and_written_need_not_be_read_again(table):
    table.restore(1, [told(3, b"a", b"1"), told(6, b"b", b"1")])
    table.app.producer_of_batches.next_offset = 7
    await table.write({1: {b"a": b"2", b"b": b"2"}})

    assert table.persisted_offset(TP(CHANGELOG, 1)) == 8


async def test_what_another_wrote_in_between_is_read_again(table):
    table.restore(1, [told(6, b"a", b"1")])
    table.app.producer_of_batches.next_offset = 8
    await table.write({1: {b"a": b"3"}})

    assert table.persisted_offset(TP(CHANGELOG, 1)) == 6


async def test_of_a_partition_that_went_all_is_read_again(table):
    table.restore(1, [told(6, b"a", b"1")])
    await table.on_recovery_completed({TP(CHANGELOG, 0)}, set())

    assert table.persisted_offset(TP(CHANGELOG, 1)) is None
