"""Rival time zeros in a real browser, and a person's word on its way from the drawer to the log and back."""

import re
from datetime import timedelta

import httpx
import orjson
import pytest
from playwright.sync_api import expect

from board_read_models import ReadModels
from board_server import running_board
from dashboards.board.settings import BoardSettings
from schemas.read_model import SAID_ACTS_FIELD, SAID_ACTS_STREAM
from storyteller import DAY, play

DATABASE = 9
PED = "nys-ped-1h/spec-2015"
STORY = """
    07:00    born 2020-03-02
    08:00    arrived to ED
    08:05    triaged
    08:10    heart rate 150
    08:30    infection suspected
    09:00    protocol
    09:00    weight 20
    09:20    blood culture
    09:25    ceftriaxone
"""


@pytest.fixture
def models(valkey_url):
    models = ReadModels(valkey_url.removesuffix("/0") + f"/{DATABASE}")
    models.redis.flushdb()
    models.clock(DAY + timedelta(hours=9, minutes=30))
    models.cases(*play(PED, STORY).records.values())
    return models


@pytest.fixture
def board(models, valkey_url):
    assert models.redis.ping()
    with running_board(BoardSettings(redis_url=valkey_url.removesuffix("/0") + f"/{DATABASE}")) as url:
        yield url


@pytest.fixture
def drawer(board, page):
    page.goto(board)
    page.locator("#live .open-case").first.click()
    return page.get_by_role("dialog")


def waiting(models):
    """What waits for a worker."""
    return [orjson.loads(fields[SAID_ACTS_FIELD.encode()]) for _, fields in models.redis.xrange(SAID_ACTS_STREAM)]


def say(drawer, time_zero, *, who="N. Jones, RN", why="seen by the rapid response team"):
    drawer.locator(".rival-times > summary").click()
    drawer.locator(".say > summary").click()
    drawer.get_by_label("Time zero was").fill(time_zero)
    drawer.get_by_label("Who says so").fill(who)
    drawer.get_by_label("Reason").fill(why)
    drawer.get_by_role("button", name="Say it").click()


def test_rivals_stand_side_by_side_with_what_each_would_mean(drawer, page):
    drawer.locator(".rival-times > summary").click()
    lines = drawer.locator(".rival-table tbody tr")

    expect(lines.locator("th")).to_have_text(["08:00", "08:00", "08:05", "08:10", "08:30", "09:00", "09:00", "09:00"])
    in_force = drawer.locator(".rival-table tr.in-force")
    expect(in_force).to_have_count(1)
    expect(in_force).to_contain_text("The measure's own rule")
    expect(in_force.locator("[data-element=antibiotics]")).to_have_text("Antibiotics met, +25 min")
    expect(in_force.locator("[data-element=fluids]")).to_have_text("Fluids open, due 10:00")
    triage = lines.filter(has=page.get_by_text("Triage", exact=True))
    expect(triage.locator("[data-element=antibiotics]")).to_have_text("Antibiotics met late, +80 min")
    expect(triage.locator("[data-element=fluids]")).to_have_text("Fluids missed, due 09:05")
    expect(triage).to_contain_text("triaged 08:05")


def test_what_a_person_says_waits_for_a_worker_as_an_act(models, drawer):
    say(drawer, "2026-03-02T08:40")

    expect(drawer.locator(".said-answer")).to_have_text("Said. The case changes once the engine has heard it.")
    (act,) = waiting(models)
    assert (act["schema"], act["act"], act["source"]) == ("raw.act/1", "time_zero_overridden", "board")
    assert (act["patient_id"], act["encounter_id"], act["measure"]) == ("P1", "E1", PED)
    assert (act["time_zero"], act["actor"]) == ("2026-03-02T08:40:00+00:00", "N. Jones, RN")
    assert act["happened_at"].startswith("2026-03-02T09:3")


def test_a_time_in_the_future_is_refused_in_words(models, drawer):
    say(drawer, "2026-03-02T23:00")

    expect(drawer.locator(".said-answer")).to_have_text("A time zero cannot lie in the future.")
    assert waiting(models) == []


def test_a_word_in_force_is_shown_beside_the_computed_time_zero_and_can_be_taken_back(models, drawer):
    told = play(PED, f"{STORY}\n 09:31 time zero was 08:40 by Jones because seen_by_the_team").records.values()
    ours = [
        record.model_copy(
            update={"revision": 99, "override": record.override.model_copy(update={"fact_id": "board:abc"})}
        )
        for record in told
    ]
    models.cases(*ours)

    expect(drawer.locator(".said-word")).to_have_text(
        "Jones, 09:31, for every measure: seen_by_the_team. The measure's own rule says 09:00."
    )
    expect(drawer.locator(".rival-table tr.in-force th")).to_have_text("08:40")
    drawer.locator(".say > summary").click()
    drawer.get_by_label("Who says so").fill("Jones")
    drawer.get_by_label("Reason").fill("wrong patient")
    drawer.get_by_role("button", name="Take the word back").click()
    expect(drawer.locator(".said-answer")).to_have_text(re.compile("^Said"))
    (act,) = waiting(models)
    assert (act["fact_id"], act["version"], act["status"]) == ("abc", 1, "entered_in_error")


def form(**more):
    return {"measure": PED, "time_zero": "2026-03-02T08:40:00+00:00", "reason": "seen", "actor": "Jones"} | more


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (form(), {}, 202),
        (form(measure=""), {}, 202),
        (form(), {"origin": "https://elsewhere.example"}, 403),
        (form(), {"sec-fetch-site": "cross-site"}, 403),
        (form(), {"content-type": "text/plain"}, 415),
        (form(time_zero="2026-03-02T08:40:00"), {}, 422),
        (form(time_zero="2026-01-02T08:40:00+00:00"), {}, 422),
        (form(time_zero=None), {}, 422),
        (form(measure="sep-9/1"), {}, 422),
        (form(reason=" "), {}, 422),
        (form(reason="    "), {}, 422),
        (form(actor="x" * 81), {}, 422),
        (form(more="x"), {}, 422),
        ("[]", {}, 422),
    ],
)
def test_what_is_sent_is_checked(models, board, page, body, headers, status):
    page.goto(board)
    case = page.locator("#live .open-case").first.get_attribute("href").removeprefix("#")
    content = body if isinstance(body, str) else orjson.dumps(body)
    address = f"{board}/api/cases/{case}/time-zero"
    answer = httpx.post(address, content=content, headers={"content-type": "application/json"} | headers)

    assert answer.status_code == status
    assert len(waiting(models)) == (status == 202)


def test_the_same_word_in_the_same_second_is_the_same_message(models, board, page):
    models.clock(DAY + timedelta(hours=9, minutes=30), speed=0.0001)
    page.goto(board)
    case = page.locator("#live .open-case").first.get_attribute("href").removeprefix("#")
    answers = [httpx.post(f"{board}/api/cases/{case}/time-zero", json=form()) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [202, 202]
    assert len({act["message_id"] for act in waiting(models)}) == 1
