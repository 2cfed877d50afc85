"""A time zero said in the drawer: by Redis to the worker, through the log, and back to the page; and taken back."""

import re
from datetime import UTC, datetime, timedelta

import orjson
from playwright.sync_api import expect
from redis import Redis

from running_worker import records_of
from schemas.read_model import SAID_ACTS_STREAM, EngineClock
from schemas.topics import Topic
from streams.clock import wall_clock
from streams.feed_message import FeedMessage
from whole_way import apart, installation

MEASURE = "nys-ped-1h/spec-2015"
NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)
STARTED_AT = NOW - timedelta(minutes=10)
SAID = NOW - timedelta(minutes=25)
IN_A_MOMENT = 30_000


def protocol():
    """A child whose protocol was started ten minutes ago."""
    value = {
        "schema": "raw.act/1", "message_id": "m1", "source": "test", "facility_id": "F1", "patient_id": "P1",
        "encounter_id": "E1", "act": "protocol_started", "happened_at": STARTED_AT.isoformat(),
    }  # fmt: skip
    return FeedMessage(STARTED_AT, "raw.act", "F1|P1", value)


def fill(drawer, button, **fields):
    for label, text in ({"Who says so": "N. Jones, RN", "Reason": "seen by the team"} | fields).items():
        drawer.get_by_label(label).fill(text)
    drawer.get_by_role("button", name=button).click()
    expect(drawer.locator(".said-answer")).to_have_text(re.compile("^Said"))


def acts_in_the_log(running):
    return [orjson.loads(each.value) for each in apart(records_of, running.bootstrap, Topic.RAW_ACT)]


def test_a_word_said_in_the_drawer_changes_the_case_and_taking_it_back_restores_it(kafka, redis_url, tmp_path, page):
    clock = EngineClock(started_at=NOW, wall_started_at=wall_clock(), speed=1)
    with installation(kafka, redis_url, tmp_path, clock, [MEASURE]) as running, Redis.from_url(redis_url) as redis:
        running.play([protocol()])
        page.goto(f"http://{running.board}/")
        page.locator("#live .open-case").first.click(timeout=IN_A_MOMENT)
        drawer = page.get_by_role("dialog")
        in_force = drawer.locator(".rival-table tr.in-force th")
        drawer.locator(".rival-times > summary").click()
        drawer.locator(".say > summary").click()
        expect(in_force).to_have_text(STARTED_AT.strftime("%H:%M"))

        fill(drawer, "Say it", **{"Time zero was": SAID.strftime("%Y-%m-%dT%H:%M")})
        expect(drawer.locator(".said-word")).to_contain_text("N. Jones, RN", timeout=IN_A_MOMENT)
        expect(in_force).to_have_text(SAID.strftime("%H:%M"))
        fill(drawer, "Take the word back")
        expect(drawer.locator(".said-word")).to_have_count(0, timeout=IN_A_MOMENT)
        expect(in_force).to_have_text(STARTED_AT.strftime("%H:%M"))

        assert [each["act"] for each in acts_in_the_log(running)] == ["protocol_started", *["time_zero_overridden"] * 2]
        assert redis.xlen(SAID_ACTS_STREAM) == 0
