"""Done in time, charted late: from Kafka through the worker and Redis to the page, which is never reloaded."""

import os
import re
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from schemas.read_model import EngineClock
from streams.clock import wall_clock
from streams.feed_message import FeedMessage
from streams.simulator.department import Plan, simulate
from streams.sources import open_source
from timezero.demo_stays import demo_tables
from whole_way import installation

MEASURE = "nys-ped-1h/spec-2015"
IN_A_MOMENT = 30_000
"""Milliseconds within which a change must have come from the broker to the page, on a machine under load."""
BEFORE_CLOSED = 30_000
"""Milliseconds of the wall for which a window may be open yet when the wait for its end begins."""


@pytest.fixture
def start(kafka, redis_url, tmp_path):
    """Start an installation whose clock shows an instant now and runs ten times as fast."""

    @contextmanager
    def started(at, measure):
        clock = EngineClock(started_at=at, wall_started_at=wall_clock(), speed=10)
        with installation(kafka, redis_url, tmp_path, clock, [measure]) as running:
            yield running

    return started


def row_of(page, label):
    return page.locator("tr", has=page.get_by_text(label, exact=True))


def expect_overdue(page, label):
    """Overdue, possibly uncharted, with a missed alert that stands."""
    antibiotics = row_of(page, label).locator("[data-element=antibiotics]")
    expect(antibiotics).to_have_attribute("data-status", "overdue", timeout=BEFORE_CLOSED + IN_A_MOMENT)
    expect(antibiotics).to_contain_text("overdue, possibly uncharted")
    expect(missed_alert(page)).to_have_count(1, timeout=IN_A_MOMENT)
    expect(missed_alert(page).locator("s")).to_have_count(0)
    return missed_alert(page).locator(".alert-sentence").inner_text()


def expect_taken_back(page, label, missed):
    """Met, on the page as it was opened, and the same alert struck through with the reason."""
    antibiotics = row_of(page, label).locator("[data-element=antibiotics]")
    expect(antibiotics).to_have_attribute("data-status", "met", timeout=IN_A_MOMENT)
    if not antibiotics.is_visible():
        page.locator("#settled-count").click()
    expect(antibiotics).to_be_visible()
    assert page.evaluate("window.opened === true")
    expect(missed_alert(page).locator("s")).to_have_text(missed, timeout=IN_A_MOMENT)
    expect(missed_alert(page).locator(".alert-back")).to_have_text(re.compile(r"^taken back \d\d:\d\d: met in time$"))


def open_board(page, running):
    """Open the board, with a mark that a reload would wipe."""
    page.goto(f"http://{running.board}/")
    page.evaluate("window.opened = true")


def missed_alert(page):
    return page.locator("#alerts [data-kind=missed]").filter(has_text=re.compile("antibiotic", re.IGNORECASE))


def keep_picture(page, name):
    """A screenshot where somebody wants to look."""
    if folder := os.environ.get("PAGE_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def child_charted_late():
    """A simulated child whose antibiotic was given in time and reached the feed only after its window."""
    for stay in simulate(Plan(seed=3, children=400, adults=0)):
        lines = {truth.element: truth for truth in stay.truths if truth.measure == MEASURE}
        if lines and is_told(lines) and is_plain(stay, lines["antibiotics"].time_zero):
            return stay, lines["antibiotics"].time_zero + timedelta(hours=1, minutes=1)
    raise AssertionError


def is_told(lines):
    """The dose was charted late, and the culture, whose alert would name it too, in time."""
    culture = lines["blood_culture"]
    return lines["antibiotics"].charted_late and culture.outcome == "met" and not culture.charted_late


def is_plain(stay, time_zero):
    """One protocol and one dose, written down once; one number; nothing changes what the board shows in between."""
    facts = [message.value["fact_id"].split(":")[1] for message in stay.messages]
    numbers = {message.value.get("encounter_id") for message in stay.messages}
    protocol = [m for m in stay.messages if m.field("act") == "protocol_started"]
    doses = [
        m for m in stay.messages if m.field("started_at") and m.topic == "raw.medication" and not m.field("volume")
    ]
    given = [m for m in doses if datetime.fromisoformat(m.field("started_at")) < time_zero + timedelta(hours=3)]
    return (
        len(numbers) == len(protocol) == len(given) == 1
        and given[0].field("fact_id").endswith(":antibiotic")
        and protocol[0].received_at < time_zero + timedelta(minutes=30)
        and "wrong-patient" not in facts
        and "cancelled-admit" not in facts
        and all("T" in text for m in stay.messages for name, text in m.value.items() if name.endswith("_at"))
    )


def moved(message, shift):
    """The message with all its times moved."""
    value = {
        name: (datetime.fromisoformat(field) + shift).isoformat() if name.endswith("_at") else field
        for name, field in message.value.items()
    }
    return replace(message, received_at=message.received_at + shift, value=value)


def charted_at(message, now):
    """The message with an entry made, and received, at `now`."""
    value = message.value | {"recorded_at": now.isoformat(), "received_at": now.isoformat()}
    return replace(message, received_at=now, value=value)


def seconds_left(row):
    minutes, seconds = row.locator(".digits").inner_text().split(":")
    return 60 * int(minutes) + int(seconds)


def test_a_childs_antibiotic_charted_late_turns_from_overdue_to_met_and_its_alert_is_taken_back(start, page):
    stay, closes_at = child_charted_late()
    encounter = stay.messages[0].field("encounter_id")
    with start(datetime(2026, 5, 4, 9, tzinfo=UTC), MEASURE) as running:
        open_board(page, running)
        # Half a minute of the wall from here, the window closes: a slow machine sees it run before.
        shift = running.clock.now() + timedelta(minutes=5) - closes_at
        entries = [moved(message, shift) for message in stay.messages]
        dose = next(
            entry for entry in entries if entry.field("fact_id").endswith(":antibiotic") and entry.field("started_at")
        )
        running.play(entry for entry in entries if entry.received_at <= running.clock.now())
        row = row_of(page, encounter)

        expect(row.locator("[data-element=antibiotics]")).to_have_attribute("data-status", "due_soon")
        before = seconds_left(row)
        keep_picture(page, "child-running")
        page.wait_for_function(
            "(before) => { const [m, s] = document.querySelector('#live .digits').textContent.split(':');"
            " return 60 * m + +s < before; }",
            arg=before,
        )
        missed = expect_overdue(page, encounter)
        keep_picture(page, "child-overdue")
        running.play([charted_at(dose, running.clock.now())])
        expect_taken_back(page, encounter, missed)
        keep_picture(page, "child-met")


def test_the_real_stay_101361_turns_from_overdue_to_met_at_its_own_published_times(start, page):
    """Its window closes at 00:01 with nothing charted; the dose of midnight is charted at 00:10."""
    closes_at, charted = datetime(2145, 12, 2, 0, 1, tzinfo=UTC), datetime(2145, 12, 2, 0, 10, tzinfo=UTC)
    rows = [
        FeedMessage(message.received_at, message.topic, message.key, dict(message.value))
        for message in open_source([demo_tables()], "mimic3")
        if message.key == "mimic3|41914"
    ]
    with start(closes_at - timedelta(seconds=30), "sep1-like/1") as running:
        open_board(page, running)
        running.play(row for row in rows if row.received_at < closes_at)

        missed = expect_overdue(page, "101361")
        keep_picture(page, "real-overdue")
        running.play(row for row in rows if closes_at <= row.received_at <= charted)
        expect_taken_back(page, "101361", missed)
        keep_picture(page, "real-met")
