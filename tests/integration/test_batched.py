"""The batched path on Apache Kafka: nothing is lost, nothing counted twice, and no commit passes the changelog."""

import asyncio
import time
from collections import Counter

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import ProducerFenced

from real_parts.eventually import eventually
from running_batched import changelog, committed, counting, counts, events, former_owner, made_topics, sent
from running_worker import records_of, without_topics
from streams.batched.outgoing import Outgoing

EVENTS = 20_000


@pytest.fixture
def bootstrap(kafka):
    """The broker, without the topics of other tests."""
    without_topics(kafka)
    return kafka


def told(bootstrap, folder, **more):
    return {"bootstrap": bootstrap, "topic": "events", "app_id": f"b-{folder.name[-20:]}".lower()} | more


def expected(outgoing):
    return Counter(each.key for each in outgoing)


def test_every_record_is_counted_once_although_the_worker_is_killed_and_comes_back(bootstrap, tmp_path):
    made_topics(bootstrap, "events", "counted")
    settings = told(bootstrap, tmp_path)
    feed = events("events", EVENTS)
    sent(bootstrap, feed)

    with counting(tmp_path, **settings) as job:
        for share in (0.1, 0.5):
            eventually(
                lambda enough=share * EVENTS: sum(committed(bootstrap, settings["app_id"], "events")) > enough,
                within=60,
                what="some of the feed",
            )
            job.kill()
            job.start()
        eventually(
            lambda: sum(committed(bootstrap, settings["app_id"], "events")) == EVENTS, within=60, what="all committed"
        )
        assert job.stop() == 0

    assert counts(bootstrap, settings["app_id"]) == expected(feed)
    assert {each.value for each in records_of(bootstrap, "counted")} == {each.value for each in feed}


def test_what_was_stored_is_there_again_before_the_first_record_comes(bootstrap, tmp_path):
    made_topics(bootstrap, "events", "counted")
    settings = told(bootstrap, tmp_path)
    sent(bootstrap, events("events", 2000))

    with counting(tmp_path, **settings) as job:
        eventually(
            lambda: sum(committed(bootstrap, settings["app_id"], "events")) == 2000, within=60, what="all committed"
        )
        assert job.stop() == 0
        job.start()
        eventually(lambda: job.status().get("stored") == 50 and job.status()["owned"], within=60, what="the states")
        sent(bootstrap, [Outgoing("events", b"K7", b"again")])
        eventually(
            lambda: counts(bootstrap, settings["app_id"])[b"K7"] == 2000 / 50 + 1, within=30, what="one more of K7"
        )


def test_once_the_job_has_written_there_nobody_who_owned_its_changelog_before_can(bootstrap, tmp_path):
    made_topics(bootstrap, "events", "counted")
    settings = told(bootstrap, tmp_path)
    changelog_topic = f"{settings['app_id']}-counts-changelog"
    made_topics(bootstrap, changelog_topic)
    feed = events("events", 2000)
    sent(bootstrap, feed)

    before = former_owner(bootstrap, settings["app_id"], changelog_topic)
    with before as former, counting(tmp_path, **settings) as job:
        eventually(
            lambda: sum(committed(bootstrap, settings["app_id"], "events")) == 2000, within=60, what="all committed"
        )
        with pytest.raises(ProducerFenced):
            former.writes(b"K7", b"older")
        assert job.stop() == 0

    assert counts(bootstrap, settings["app_id"]) == expected(feed)


def test_a_job_that_was_fenced_and_owns_its_partitions_all_the_same_goes_on(bootstrap, tmp_path):
    """By one who asked for an epoch though he did not own them."""
    made_topics(bootstrap, "events", "counted")
    settings = told(bootstrap, tmp_path)
    feed = events("events", 2000)
    sent(bootstrap, feed)

    with counting(tmp_path, **settings) as job:
        eventually(
            lambda: sum(committed(bootstrap, settings["app_id"], "events")) == 2000, within=60, what="all committed"
        )
        with former_owner(bootstrap, settings["app_id"], f"{settings['app_id']}-counts-changelog") as intruder:
            intruder.writes(b"another", b'{"count": 1}')
            sent(bootstrap, feed)
            eventually(
                lambda: sum(committed(bootstrap, settings["app_id"], "events")) == 4000, within=60, what="all committed"
            )
        assert job.status()["failed"] > 0
        assert job.stop() == 0

    assert counts(bootstrap, settings["app_id"]) == expected(feed + feed) | {b"another": 1}


def test_partitions_that_move_in_the_middle_of_a_batch_are_taken_up_where_they_were_committed(bootstrap, tmp_path):
    made_topics(bootstrap, "events", "counted")
    gate = tmp_path / "open"
    settings = told(bootstrap, tmp_path)
    feed = events("events", EVENTS)
    sent(bootstrap, feed[: EVENTS // 2])

    with counting(tmp_path, "one", **settings, gate=str(gate)) as one:
        eventually(lambda: one.status().get("under_way", 0) >= 200, within=60, what="a batch held at the gate")
        with counting(tmp_path, "two", **settings) as two:
            eventually(lambda: len(two.status()["owned"]) == 2, within=60, what="a shared group")
            gate.touch()
            sent(bootstrap, feed[EVENTS // 2 :])
            eventually(
                lambda: sum(committed(bootstrap, settings["app_id"], "events")) == EVENTS,
                within=90,
                what="all committed",
            )
            assert two.status()["handled"] > 0
            assert (one.stop(), two.stop()) == (0, 0)

    assert counts(bootstrap, settings["app_id"]) == expected(feed)


def test_a_standby_has_every_state_before_it_takes_over_and_counts_on_from_there(bootstrap, tmp_path):
    made_topics(bootstrap, "events", "counted")
    settings = told(bootstrap, tmp_path, standby_replicas=1, session_timeout=2)
    feed = events("events", EVENTS)

    with counting(tmp_path, "one", **settings) as one, counting(tmp_path, "two", **settings) as two:
        eventually(lambda: len(one.status()["owned"]) == len(two.status()["owned"]) == 2, within=60, what="a group")
        sent(bootstrap, feed[: EVENTS // 2])
        eventually(lambda: one.status()["stored"] == two.status()["stored"] == 50, within=60, what="all states twice")
        one.kill()
        sent(bootstrap, feed[EVENTS // 2 :])
        eventually(
            lambda: sum(committed(bootstrap, settings["app_id"], "events")) == EVENTS, within=90, what="all committed"
        )
        assert two.stop() == 0

    assert counts(bootstrap, settings["app_id"]) == expected(feed)


def test_a_stage_that_lags_is_given_no_more_than_it_may_hold_and_stays_in_the_group(bootstrap, tmp_path):
    made_topics(bootstrap, "events", "counted")
    gate = tmp_path / "open"
    settings = told(bootstrap, tmp_path, session_timeout=2)
    feed = events("events", EVENTS)
    sent(bootstrap, feed)

    with counting(tmp_path, **settings, gate=str(gate)) as job:
        eventually(lambda: job.status().get("under_way", 0) >= 4 * 400, within=60, what="four full partitions")
        full_at = time.monotonic()
        eventually(lambda: time.monotonic() > full_at + 5, what="two sessions gone by")
        assert len(job.status()["owned"]) == 4
        sent(bootstrap, [Outgoing("events", b"K0", b"late")])
        gate.touch()
        eventually(
            lambda: sum(committed(bootstrap, settings["app_id"], "events")) == EVENTS + 1,
            within=60,
            what="all committed",
        )
        most = job.status()["most_under_way"]

    assert 4 * 400 <= most <= 4 * (400 + 200)


def test_no_commit_passes_what_the_changelog_did_not_take(bootstrap, tmp_path):
    """The state of one key is too large for the changelog: what comes after it stays uncommitted."""
    made_topics(bootstrap, "events", partitions=1)
    made_topics(bootstrap, "counted")
    settings = told(bootstrap, tmp_path, partitions=1, batch_records=10, most_waiting_records=20)
    sent(bootstrap, [*events("events", 25), Outgoing("events", b"huge", b"."), *events("events", 25)])

    with counting(tmp_path, **settings) as job:
        eventually(lambda: job.status().get("failed", 0) >= 3, within=60, what="a batch tried again")

        assert committed(bootstrap, settings["app_id"], "events", partitions=1)[0] <= 25


def test_holes_that_compaction_and_transactions_left_are_passed(bootstrap, tmp_path):
    made_topics(
        bootstrap, "events", partitions=1,
        cleanup_policy="compact", segment_ms=100, min_cleanable_dirty_ratio=0.01, max_compaction_lag_ms=100,
    )  # fmt: skip
    made_topics(bootstrap, "counted")
    settings = told(bootstrap, tmp_path, partitions=1)
    sent(bootstrap, events("events", 3000, keys=10))
    asyncio.run(in_transactions(bootstrap, events("events", 20, keys=5)))
    eventually(lambda: _sealed(bootstrap) < 200, within=60, what="a compacted log")
    there = records_of(bootstrap, "events")

    with counting(tmp_path, **settings) as job:
        eventually(
            lambda: committed(bootstrap, settings["app_id"], "events", partitions=1)[0] > there[-1].offset,
            within=60,
            what="all committed",
        )
        assert job.stop() == 0

    # The broker may have gone on compacting while the job read.
    counted, left = counts(bootstrap, settings["app_id"]), records_of(bootstrap, "events")
    assert len(there) < there[-1].offset
    assert Counter(record.key for record in left) <= Counter(counted) <= Counter(record.key for record in there)


def _sealed(bootstrap):
    """Seal the segment by one more record, and count what is left."""
    sent(bootstrap, [Outgoing("events", b"seal", b".")])
    return len(records_of(bootstrap, "events"))


async def in_transactions(bootstrap, outgoing):
    """Each record in a transaction of its own: its mark takes an offset that no reader sees."""
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, transactional_id="t") as producer:
        for each in outgoing:
            async with producer.transaction():
                await producer.send_and_wait(each.topic, each.value, each.key)


def test_a_worker_that_was_halted_past_its_session_writes_no_older_state(bootstrap, tmp_path):
    made_topics(bootstrap, "events", "counted")
    gate = tmp_path / "open"
    settings = told(bootstrap, tmp_path, session_timeout=2)
    feed = events("events", 5000)
    sent(bootstrap, feed)

    with counting(tmp_path, "halted", **settings, gate=str(gate)) as halted:
        eventually(lambda: halted.status().get("under_way", 0) >= 200, within=60, what="a batch held at the gate")
        halted.halt()
        with counting(tmp_path, "other", **settings) as other:
            eventually(
                lambda: sum(committed(bootstrap, settings["app_id"], "events")) == 5000, within=90, what="all committed"
            )
            gate.touch()
            halted.go_on()
            eventually(lambda: len(halted.status()["owned"]) == 2, within=60, what="a member again")
            assert (halted.stop(), other.stop()) == (0, 0)
        told_by_key = changelog(bootstrap, settings["app_id"])

    assert all(state["by"] == "other" for states in told_by_key.values() for state in states)
    assert counts(bootstrap, settings["app_id"]) == expected(feed)
