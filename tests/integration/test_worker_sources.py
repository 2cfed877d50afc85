"""A worker reads the feed of a hospital's own source as its profile says."""

import asyncio

from own_source import local_act, local_visit, own_source
from real_parts.eventually import eventually
from running_worker import cases_in, fresh, records_of, running_worker
from schemas.read_model import EngineClock
from sepsis_feed import ENDS_AT
from streams.clock import wall_clock
from streams.produce import send_messages
from streams.sources import SourceMessage


def sent(value):
    return SourceMessage(value["schema"][:-2], f"F1|{value['patient_id']}", value, None, value["schema"][:-2])


def test_local_times_of_an_own_source_are_read_and_those_of_another_are_rejected(embedded_broker, valkey_url, tmp_path):
    own_source(tmp_path / "site")
    clock = EngineClock(started_at=ENDS_AT, wall_started_at=wall_clock(), speed=1)
    settings = fresh(embedded_broker, valkey_url, tmp_path, clock=clock, measures_dir=tmp_path / "site")
    feed = [local_visit(1), local_act(1), local_act(2, source="another-lab")]

    with running_worker(settings) as worker:
        eventually(worker.is_well, within=60, what="a worker")
        asyncio.run(send_messages(embedded_broker, [sent(value) for value in feed]))
        eventually(lambda: records_of(embedded_broker, "rejected.messages"), within=60, what="a rejected message")
        cases = eventually(lambda: cases_in(valkey_url), within=60, what="a case")
        rejected = [record.value for record in records_of(embedded_broker, "rejected.messages")]
        assert worker.stop() == 0

    assert {case["patient_id"] for case in cases.values()} == {"P1"}
    assert len(rejected) == 1
    assert b"naive_time" in rejected[0]
