"""A bad deploy or a bad feed does not empty a topic into the rejected messages; what was held is lost by nobody."""

import asyncio
from collections import Counter

import httpx
from aiokafka import AIOKafkaProducer

from command_line import run
from real_parts.eventually import eventually
from running_worker import cases_in, committed, fresh, records_of, running_worker
from schemas.read_model import EngineClock
from schemas.rejection import RejectedMessage
from schemas.topics import Topic
from sepsis_feed import ENDS_AT, sepsis_feed
from streams.clock import wall_clock
from streams.produce import send_messages
from streams.worker_health import health
from timezero.server_process import free_port

BAD, LEAST, PATIENTS = 150, 50, 5


def settings_for(bootstrap, redis_url, folder, **settings):
    clock = EngineClock(started_at=ENDS_AT, wall_started_at=wall_clock(), speed=1)
    return fresh(bootstrap, redis_url, folder, clock=clock, rejected_least=LEAST, **settings)


def send_bad(bootstrap, count):
    async def send():
        async with AIOKafkaProducer(bootstrap_servers=bootstrap) as producer:
            for number in range(count):
                await producer.send_and_wait(Topic.RAW_LAB, b"{", key=b"%d" % number)

    asyncio.run(send())


def rejected_of(bootstrap):
    return Counter(
        RejectedMessage.model_validate_json(each.value).topic for each in records_of(bootstrap, Topic.REJECTED_MESSAGES)
    )


def is_held(settings, topic):
    well, sentence = health(settings.datadir)
    return not well and f"holds {topic} (" in sentence


def test_a_topic_that_would_be_rejected_is_held_while_others_go_on_until_it_is_released(kafka, redis_url, tmp_path):
    settings = settings_for(kafka, redis_url, tmp_path, metrics_port=free_port())
    environment = {"PATH": "", "TIMEZERO_REDIS_URL": redis_url}

    with running_worker(settings) as worker:
        eventually(worker.is_well, within=60, what="a worker")
        send_bad(kafka, BAD)
        eventually(lambda: is_held(settings, Topic.RAW_LAB), what="a held topic")
        asyncio.run(send_messages(kafka, sepsis_feed(PATIENTS)))
        eventually(lambda: len(cases_in(redis_url)) == PATIENTS, what="the other feeds' patients")
        page = httpx.get(f"http://127.0.0.1:{settings.metrics_port}/metrics").text
        held = rejected_of(kafka)[Topic.RAW_LAB]
        finished, there = committed(settings, Topic.RAW_LAB)
        said = run("release", "raw.lab", env=environment)
        eventually(lambda: rejected_of(kafka)[Topic.RAW_LAB] == BAD, what="the rest, rejected")
        eventually(lambda: committed(settings, Topic.RAW_LAB) == (BAD, BAD), what="everything committed")
        eventually(worker.is_well, what="a worker that is well again")
        assert worker.stop() == 0

    assert held < LEAST
    assert (finished <= held, there) == (True, BAD)
    assert 'timezero_held{topic="raw.lab"} 1.0' in page
    assert (said.returncode, said.stdout) == (0, "raw.lab is let through for 60 min.\n")


def test_an_engine_that_fails_on_everything_holds_the_log_and_a_mended_one_takes_what_waited(
    kafka, redis_url, tmp_path
):
    settings = settings_for(kafka, redis_url, tmp_path)
    feed = sepsis_feed(2 * LEAST)
    poisoned = [each for each in feed if each.topic == Topic.RAW_ACT]
    for each in poisoned:
        each.value["reason"] = "poison"

    with running_worker(settings) as worker:
        eventually(worker.is_well, within=60, what="a worker")
        asyncio.run(send_messages(kafka, poisoned))
        eventually(lambda: is_held(settings, Topic.ENCOUNTER_EVENTS), what="a held log")
        assert worker.stop() == 0
        lost = rejected_of(kafka)[Topic.ENCOUNTER_EVENTS]
        worker.engine = "mended"
        worker.start()
        eventually(lambda: len(cases_in(redis_url)) == len(poisoned) - lost, within=60, what="every case that waited")
        assert worker.stop() == 0

    assert lost < LEAST
