"""The board in a real browser: what a coordinator sees, hears and does."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from board_morning import figures, flows, tell_morning
from board_read_models import fresh_models
from board_server import kept_port, running_board
from board_story import NOW, alert, at, believed, case, child, delivery, words_of
from dashboards.board.settings import BoardSettings
from schemas.verdict import Evidence

DATABASE = 8
MISSED = "No blood culture charted; window closed 11:01."
IN_TIME = "Blood culture drawn 10:20, charted 11:20: in time after all."


@pytest.fixture
def models(valkey_url):
    return fresh_models(valkey_url, DATABASE)


@pytest.fixture
def board(models, valkey_url):
    with running_board(BoardSettings(redis_url=valkey_url.removesuffix("/0") + f"/{DATABASE}")) as url:
        models.beat(NOW + timedelta(minutes=5))
        yield url


def row(page, label):
    return page.locator("tr", has=page.get_by_text(label, exact=True))


def seconds_left(page, label):
    minutes, seconds = row(page, label).locator(".digits").inner_text().split(":")
    return 60 * int(minutes) + int(seconds)


def test_a_case_counts_down_on_the_engines_clock(models, board, page):
    models.cases(child())
    page.goto(board)
    shown = row(page, "enc-c1")

    expect(shown.locator(".unit")).to_have_text("ED Peds")
    expect(shown.locator(".digits")).to_have_text(re.compile(r"^19:\d\d$"))
    expect(shown.locator(".next")).to_have_text(re.compile("due 11:00"))
    expect(shown.locator(".zero-line")).to_have_text("10:00triage")
    before = seconds_left(page, "enc-c1")
    page.wait_for_function(f"() => !document.querySelector('.digits').textContent.endsWith('{before % 60:02}')")
    assert seconds_left(page, "enc-c1") < before


def test_a_scaled_clock_counts_down_faster_than_the_wall(models, board, page):
    models.clock(speed=60)
    models.cases(child())
    page.goto(board)

    expect(page.locator("#speed")).to_have_text(re.compile(r"^\D60$"))
    expect(row(page, "enc-c1").locator(".digits")).to_have_text(re.compile("^1[5-8]:"))
    expect(row(page, "enc-c1").locator(".digits")).to_have_text(re.compile("^1[0-4]:"), timeout=10_000)


def test_an_element_charted_late_goes_from_overdue_to_met_and_its_alert_is_taken_back(models, board, page):
    models.clock(at("11:05"))
    models.cases(child(culture=("overdue", {"due": "11:00"})))
    models.alerts(alert("m1", "missed", "blood_culture", "11:01", MISSED, due_at=at("11:00")))
    page.goto(board)
    culture = row(page, "enc-c1").locator("[data-element=blood_culture]")

    expect(culture).to_have_attribute("data-status", "overdue")
    expect(culture).to_contain_text("overdue, possibly uncharted")
    expect(page.locator("[data-kind=missed] .alert-sentence")).to_have_text(MISSED)
    expect(page.locator("[data-kind=missed] s")).to_have_count(0)

    charted = ("met", {"due": "11:00", "done": "10:20", "charted": "11:20", "known": "11:20"})
    models.cases(child(culture=charted, revision=2))
    models.alerts(alert("m2", "withdrawn", "blood_culture", "11:20", IN_TIME, reason="met_in_time", supersedes="m1"))

    expect(culture).to_have_attribute("data-status", "met")
    expect(culture).to_contain_text("met 10:20")
    expect(page.locator("[data-kind=missed] s")).to_have_text(MISSED)
    expect(page.locator("[data-kind=missed] .alert-back")).to_have_text("taken back 11:20: met in time")
    expect(page.locator("#announcer")).to_contain_text(IN_TIME)


def test_the_drawer_opens_with_evidence_and_follows_what_changes(models, board, page):
    models.cases(child())
    page.goto(board)
    row(page, "enc-c1").locator(".unit").click()
    drawer = page.get_by_role("dialog")

    expect(drawer).to_contain_text("Encounter enc-c1")
    expect(drawer.locator("[data-element=antibiotics] .evidence")).to_contain_text("charted 10:332 min later")
    expect(drawer.locator(".timeline")).to_contain_text("148/min")
    assert re.fullmatch(re.escape(board) + r"/#[0-9a-f]{20}", page.url)

    models.cases(child(culture=("overdue", {"due": "11:00"}), revision=2))
    expect(drawer.locator("[data-element=blood_culture]")).to_contain_text("overdue, possibly uncharted")


def test_the_drawer_says_why_when_asked_by_the_keyboard(models, board, page):
    models.words(words_of())
    models.cases(child())
    page.goto(board)
    row(page, "enc-c1").locator(".unit").click()
    why = page.get_by_role("dialog").locator("[data-element=antibiotics] .why")
    rule = why.get_by_text("An antibacterial starts within the hour.")
    expect(rule).to_be_hidden()
    why.locator("summary").focus()
    page.keyboard.press("Enter")

    expect(rule).to_be_visible()
    expect(why).to_contain_text("Source: page 4; page 5")
    expect(why.locator(".evidence")).to_contain_text("happened 10:31")
    expect(why.locator(".clocked")).to_contain_text("the measure goes by this time")
    expect(page.locator("[data-fold$=scope]")).to_contain_text("Left out: age of 18 years or more.")


def test_an_unfolded_history_stays_so_and_grows_while_the_case_changes(models, board, page):
    record = child()
    models.cases(record)
    models.beliefs(believed(record, "10:00", ("antibiotics", "open", "Antibiotics due by 11:00, nothing charted.")))
    page.goto(board)
    row(page, "enc-c1").locator(".unit").click()
    history = page.get_by_role("dialog").locator("[data-fold$=history]")
    history.locator("summary").click()
    expect(history.locator("li time")).to_have_text(["10:00"])
    dose = Evidence(event_id="d1", type="antibacterial", what="ceftriaxone", started_at=at("10:31"))
    models.beliefs(believed(record, "10:33", ("antibiotics", "met", "Antibiotics 10:31."), because=dose))

    expect(history.locator("summary")).to_have_text("What was believed when (2)")
    expect(history.locator("li time")).to_have_text(["10:00", "10:33"])
    expect(history.locator(".history > li").last).to_contain_text("ceftriaxone started 10:31")
    expect(history.locator(".history > li").last).to_contain_text("met Antibiotics 10:31.")
    expect(history.locator(".history > li").last).to_be_visible()
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_a_case_that_could_not_be_read_is_asked_for_again(models, board, page):
    models.cases(child())
    page.goto(board)
    page.route("**/api/cases/*", lambda route: route.abort(), times=1)
    row(page, "enc-c1").locator(".unit").click()
    drawer = page.get_by_role("dialog")

    expect(drawer).to_contain_text("The board cannot be reached just now.")
    expect(drawer).to_contain_text("Encounter enc-c1")


def test_an_opened_case_stays_readable_while_it_cannot_be_asked_for_again(models, board, page):
    models.cases(child())
    page.goto(board)
    row(page, "enc-c1").locator(".unit").click()
    drawer = page.get_by_role("dialog")
    expect(drawer).to_contain_text("Encounter enc-c1")
    page.route("**/api/cases/*", lambda route: route.abort())
    models.cases(child(culture=("overdue", {"due": "11:00"}), revision=2))

    expect(drawer.get_by_role("status")).to_have_text("Not refreshed just now; the board tries again.")
    expect(drawer).to_contain_text("Encounter enc-c1")
    page.unroute("**/api/cases/*")
    expect(drawer.locator("[data-element=blood_culture]")).to_contain_text("overdue, possibly uncharted")
    expect(drawer.get_by_role("status")).to_have_count(0)


def test_the_drawer_says_what_became_of_an_alert_on_its_way(models, board, page):
    models.cases(child())
    models.alerts(alert("m1", "missed", "fluids", "10:20", "Window closed 10:20."))
    models.deliveries(delivery("m1", "retrying", NOW, attempts=2))
    page.goto(board)
    row(page, "enc-c1").locator(".unit").click()
    where = page.get_by_role("dialog").locator("[data-kind=missed] .alert-where")

    expect(where).to_have_text("nys-ped-1h/spec-2015 · waiting, 2 tries so far")
    models.deliveries(delivery("m1", "given_up", NOW, attempts=3))
    expect(where).to_have_text("nys-ped-1h/spec-2015 · given up after 3 tries")


def test_a_case_that_settles_stays_in_its_place_is_marked_and_then_folds(models, board, page):
    due_first = ("fluids", "open", {"due": "10:50"})
    models.cases(case("c1", "ED Peds", [due_first]), child("c2", "PICU"))
    page.goto(board)
    expect(page.locator("#live .open-case")).to_have_text(["enc-c1", "enc-c2"])
    models.cases(case("c1", "ED Peds", [("fluids", "met", {"due": "10:50", "done": "10:40"})], revision=2))

    expect(row(page, "enc-c1").locator(".just")).to_have_text("just settled")
    expect(page.locator("#live .open-case")).to_have_text(["enc-c1", "enc-c2"])
    expect(page.locator("#settled-fold")).to_be_hidden()
    models.clock(NOW + timedelta(minutes=15))
    models.beat(NOW + timedelta(minutes=25))
    expect(page.locator("#live .open-case")).to_have_text(["enc-c2"])
    expect(page.locator("#settled-count")).to_have_text("Settled: 1 case")


def test_the_keyboard_alone_reaches_opens_and_closes_a_case(models, board, page):
    models.cases(child(), child("c2", "PICU"))
    page.goto(board)
    expect(page.locator("#live tbody tr")).to_have_count(2)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    chosen = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Enter")

    expect(page.get_by_role("dialog")).to_contain_text(f"Encounter {chosen}")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.evaluate("document.activeElement.textContent") == chosen


def test_focus_stays_on_its_row_while_the_order_changes(models, board, page):
    models.cases(child(), case("c2", "PICU", [("fluids", "open", {"due": "10:50"})]))
    page.goto(board)
    expect(page.locator("#live tbody tr").first).to_contain_text("enc-c2")
    page.get_by_text("enc-c1", exact=True).focus()
    models.cases(case("c2", "PICU", [("fluids", "open", {"due": "11:50"})], revision=2))

    expect(page.locator("#live tbody tr").first).to_contain_text("enc-c1")
    assert page.evaluate("document.activeElement.textContent") == "enc-c1"


def test_running_clocks_come_first_by_time_left_then_overdue_then_waiting_and_settled_is_folded(models, board, page):
    tell_morning(models)
    models.beat(NOW + timedelta(minutes=5))
    page.goto(board)
    expect(page.locator("#live tbody tr")).to_have_count(8)

    assert page.locator("#live .open-case").all_inner_texts() == [
        "enc-20417", "enc-20421", "enc-20423", "enc-20388", "enc-20388", "enc-20402", "enc-20364", "enc-20391",
    ]  # fmt: skip
    expect(page.locator("#settled-count")).to_have_text("Settled: 3 cases")
    expect(page.get_by_text("enc-20350")).not_to_be_visible()
    page.locator("#settled-count").click()
    expect(page.get_by_text("enc-20350")).to_be_visible()
    expect(page.locator("#count-open")).to_have_text("8")
    expect(page.locator("#count-due-soon")).to_have_text("2")
    expect(page.locator("#count-overdue")).to_have_text("3")
    expect(page.locator("#count-missed")).to_have_text("2")


def test_the_filter_is_kept_in_the_address_and_holds_after_a_reload(models, board, page):
    tell_morning(models)
    page.goto(board)
    page.get_by_label("Unit").first.select_option("MICU")

    expect(page.locator("#live tbody tr")).to_have_count(1)
    assert page.url == f"{board}/?unit=MICU"
    page.reload()
    expect(page.locator("#live tbody tr")).to_have_count(1)
    expect(page.get_by_label("Unit").first).to_have_value("MICU")


def test_a_lost_connection_is_said_out_loud_and_mends_itself(models, valkey_url, page):
    """The engine beats on throughout: only the connection is lost, and only that is said."""
    models.cases(child())
    models.beat(NOW + timedelta(minutes=5))
    settings = BoardSettings(redis_url=valkey_url.removesuffix("/0") + f"/{DATABASE}")
    with kept_port() as port:
        with running_board(settings, port):
            page.goto(f"http://127.0.0.1:{port}")
            expect(page.locator("#link")).to_have_text("live")

        expect(page.locator(".notice.old")).to_contain_text("the connection to the board is lost", timeout=20_000)
        expect(page.locator("#link")).to_have_text("not current")

        with running_board(settings, port):
            expect(page.locator("#link")).to_have_text("live", timeout=20_000)
            expect(page.locator(".notice")).to_have_count(0)


def test_an_engine_that_never_reported_does_not_look_like_calm(models, board, page):
    models.redis.flushdb()
    models.say("clock")
    page.goto(board)

    expect(page.locator(".notice.old")).to_have_text(
        "No engine has reported yet. An empty board does not mean that nothing is due."
    )
    expect(page.locator("#empty")).to_have_text("It is not known whether anything is due: see the notice above.")


def test_compliance_shows_small_pending_and_unassessable_figures_apart(models, board, page):
    models.rates(**figures())
    page.goto(f"{board}/?view=compliance")
    bundle = page.locator(".compliance-measure").first.locator("[data-element=bundle] [data-window='24h']")

    expect(bundle).to_contain_text("55.6 %")
    expect(bundle).to_contain_text("5 of 9")
    expect(bundle).to_contain_text("small numbers")
    expect(bundle).to_contain_text("2 pending: provisional")
    page.get_by_label("Unit").last.select_option("MICU")
    expect(page.locator(".compliance-measure")).to_have_count(1)
    expect(page.locator("[data-element=bundle] [data-window='24h']")).to_contain_text("4 cannot assess")


def test_a_source_whose_clock_runs_ahead_is_named_in_the_feeds(models, board, page):
    lab = next(each for each in flows() if each.topic == "raw.lab")
    models.feeds(lab.model_copy(update={"ahead_s": 840.0, "ahead_seen_at": NOW}))
    page.goto(board)

    expect(page.locator("[data-feed='raw.lab|mimic3'] .feed-clock")).to_have_text(
        "Its clock was seen 14 min ahead of ours."
    )
    expect(page.locator(".feed-clock")).to_have_count(1)


def test_markup_in_a_feed_stays_text(models, board, page):
    models.cases(child("c1", "<img src=x onerror=alert(1)>"))
    page.goto(board)

    expect(page.locator(".unit")).to_have_text("<img src=x onerror=alert(1)>")
    assert page.locator("img").count() == 0


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 768), (390, 844)])
def test_nothing_is_cut_off_at_the_side(models, board, page, width, height):
    tell_morning(models)
    page.set_viewport_size({"width": width, "height": height})
    page.goto(board)
    expect(page.locator("#live tbody tr")).to_have_count(8)

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    cut = page.locator(".element, .digits, .next, .measure, .age").evaluate_all(
        "all => all.filter(one => one.clientWidth && one.scrollWidth > one.clientWidth + 1).map(one => one.className)"
    )
    assert cut == []


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("old", [False, True])
def test_every_text_has_the_contrast_that_wcag_asks_for(models, board, page, colours, old):
    """WCAG 2.2, 1.4.3: at least 4.5 to 1 for text of this size, also while the picture is marked as old."""
    tell_morning(models)
    models.words(words_of())
    models.beliefs(believed(child("20421", "ED Peds"), "10:00", ("antibiotics", "open", "Nothing charted.")))
    models.beat(NOW - timedelta(hours=1) if old else NOW + timedelta(minutes=5))
    page.emulate_media(color_scheme=colours, reduced_motion="reduce")
    page.goto(board)
    expect(page.locator("#live tbody tr")).to_have_count(8)
    page.locator("#settled-count").click()
    expect(page.locator("#link")).to_have_text("not current" if old else "live")
    row(page, "enc-20421").locator(".unit").click()
    expect(page.get_by_role("dialog")).to_contain_text("What was believed when (1)")
    for summary in page.locator(".why > summary").all():
        summary.click()
    expect(page.locator(".history .with-badge")).to_be_visible()

    faint = page.evaluate(CONTRAST)
    assert faint == []


CONTRAST = """() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const flat = (colour, under) => {
    canvas.fillStyle = `rgb(${under.join(' ')})`; canvas.fillRect(0, 0, 1, 1);
    canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const behind = (element) => element === null ? [255, 255, 255]
    : flat(getComputedStyle(element).backgroundColor, behind(element.parentElement));
  const light = (rgb) => {
    const [r, g, b] = rgb.map((c) => c / 255).map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const faint = new Set();
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!own || !element.checkVisibility() || element.closest('.unseen, option, noscript')) continue;
    const under = behind(element);
    const [a, b] = [light(flat(getComputedStyle(element).color, under)), light(under)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) faint.add(`${element.className || element.tagName} ${ratio.toFixed(2)}`);
  }
  return [...faint];
}"""
