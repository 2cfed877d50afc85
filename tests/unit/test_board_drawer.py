"""The opened case: nothing said twice, nothing left out, alerts in the order they went out."""

from zoneinfo import ZoneInfo

from board_story import NOW, PED, alert, at, believed, case, child, delivery, words_of
from dashboards.board.board_row import RowMaker
from dashboards.board.case_links import CaseLinks
from dashboards.board.delivery_line import make_delivery_line
from dashboards.board.engine_time import read_engine_time
from dashboards.board.evidence_line import charting_lag_min, make_evidence_line
from dashboards.board.patient_drawer import make_patient_drawer
from schemas.read_model import EngineClock
from schemas.verdict import Evidence

MAKER = RowMaker(CaseLinks(b"a secret"))
TRIAGE = Evidence(event_id="t1", type="triaged", happened_at=at("10:00"))
DOSE = Evidence(event_id="d1", type="antibiotics", happened_at=at("10:31"), recorded_at=at("11:46"))


def with_evidence(record, **evidence):
    elements = [
        one.model_copy(update={"evidence": evidence.get(one.element.value, one.evidence)}) for one in record.elements
    ]
    return record.model_copy(update={"elements": tuple(elements)})


def evidence_of(drawer, element):
    (measure,) = drawer.measures
    judged = next(one for one in measure.elements if one.cell.element == element)
    return [line.what for line in judged.evidence]


def test_what_time_zero_rests_on_is_said_once():
    record = with_evidence(
        child(), bundle=(TRIAGE,), antibiotics=(DOSE, TRIAGE), fluids=(TRIAGE,), blood_culture=(DOSE,)
    )
    drawer = make_patient_drawer([record], [], MAKER)

    assert [line.what for line in drawer.measures[0].time_zero_evidence] == ["triaged"]
    assert evidence_of(drawer, "antibiotics") == ["antibiotics"]
    assert evidence_of(drawer, "fluids") == []
    assert evidence_of(drawer, "blood_culture") == ["antibiotics"]
    assert evidence_of(drawer, "bundle") == []


def test_charting_lag_is_told_in_minutes_and_only_where_both_times_are_known():
    assert charting_lag_min(DOSE) == 75.0
    assert charting_lag_min(TRIAGE) is None


def test_the_bundle_stands_before_its_elements():
    drawer = make_patient_drawer([child()], [], MAKER)

    assert [one.cell.element for one in drawer.measures[0].elements] == [
        "bundle",
        "blood_culture",
        "antibiotics",
        "fluids",
    ]


def test_a_fact_that_two_measures_carry_stands_once_on_the_timeline_newest_first():
    other = case("c1", "ED Peds", [("lactate", "met", {"due": "13:00", "done": "10:12"})], measure="sep1-like/1")
    drawer = make_patient_drawer([child(), other], [], MAKER)

    assert [line.what for line in drawer.timeline] == ["Antibiotics", "Lactate", "Heart rate", "Triage"]
    assert [one.row.measure for one in drawer.measures] == [PED, "sep1-like/1"]


def test_alerts_stand_in_the_order_they_went_out_with_what_became_of_them():
    missed = alert("m1", "missed", "blood_culture", "11:01", "Window closed 11:01.")
    back = alert("m2", "withdrawn", "blood_culture", "11:20", "In time.", reason="met_in_time", supersedes="m1")
    lines = make_patient_drawer([child()], [back, missed], MAKER).alerts

    assert [line.kind for line in lines] == ["missed", "withdrawn"]
    assert (lines[0].superseded.kind, lines[0].superseded.reason) == ("withdrawn", "met in time")
    assert lines[1].superseded is None


def test_a_withdrawn_alert_says_once_that_it_is_taken_back():
    sentence = "Taken back: blood culture 10:20, in time."
    back = alert("m2", "withdrawn", "blood_culture", "11:20", sentence, reason="met_in_time", supersedes="m1")
    (line,) = make_patient_drawer([child()], [back], MAKER).alerts

    assert (line.word, line.sentence) == ("taken back", "Blood culture 10:20, in time.")


def test_an_alert_raised_before_the_unit_was_known_stands_where_the_case_is_now():
    before = alert("m1", "missed", "blood_culture", "11:01", "Window closed 11:01.", unit=None)
    after = alert("m2", "missed", "fluids", "11:01", "Window closed 11:01.", unit="ED Triage")
    lines = make_patient_drawer([child("c1", "PICU")], [before, after], MAKER).alerts

    assert [line.unit for line in lines] == ["PICU", "ED Triage"]


def test_a_delivery_stands_at_its_alert_on_the_engines_clock():
    clock = EngineClock(started_at=at("10:00"), wall_started_at=NOW, speed=60)
    time = read_engine_time(clock, cache_time=NOW.replace(second=30), monotonic_s=0.0)
    tried = make_delivery_line(delivery("m1", "delivered", NOW.replace(second=21)), time, MAKER)
    alerts = [alert(name, "missed", "fluids", "10:20", "Window closed 10:20.") for name in ("m1", "m2")]
    first, second = make_patient_drawer([child()], alerts, MAKER, {"m1": tried}).alerts

    assert (first.delivery.status, first.delivery.at, first.delivery.attempts) == ("delivered", at("10:21"), 1)
    assert second.delivery is None


def test_an_element_has_the_rule_of_its_measure_and_the_bundle_has_none():
    drawer = make_patient_drawer([child()], [], MAKER, words={PED: words_of()})
    rules = {one.cell.element: one.rule for one in drawer.measures[0].elements}

    assert rules["antibiotics"].line == "An antibacterial starts within the hour."
    assert (rules["bundle"], rules["fluids"]) == (None, None)
    assert drawer.measures[0].rules.time_zero.line == "Time zero is triage."


def test_a_measure_that_no_worker_has_told_in_words_is_shown_without_rules():
    (measure,) = make_patient_drawer([child()], [], MAKER).measures

    assert measure.rules is None
    assert {one.rule for one in measure.elements} == {None}
    assert measure.history == ()


def test_the_history_says_what_was_new_when_and_by_what_in_the_zone_of_the_board():
    record = child()
    beliefs = [
        believed(record, "10:00", ("antibiotics", "open", "Nothing charted."), ("bundle", "open", "Bundle open.")),
        believed(record, "10:33", ("antibiotics", "met", "Antibiotics 10:31."), because=DOSE),
        believed(record, "10:40", because=DOSE, status=None, reason="corrected", taken_back=True),
    ]
    maker = RowMaker(CaseLinks(b"a secret"), zone=ZoneInfo("America/New_York"))
    opened, given, ended = make_patient_drawer([record], [], maker, beliefs={record.key: beliefs}).measures[0].history

    assert (opened.because, opened.time_zero_sentence) == (None, "Time zero 10:00.")
    assert [(one.name, one.word) for one in opened.elements] == [("Antibiotics", "open"), ("Bundle", "open")]
    assert (given.because.what, given.time_zero_sentence, given.taken_back) == ("antibiotics", None, False)
    assert given.as_of.isoformat() == "2026-03-14T06:33:00-04:00"
    assert {time.word: time.at.isoformat()[11:16] for time in given.because.times} == {
        "happened": "06:31", "charted": "07:46"
    }  # fmt: skip
    assert (ended.ended, ended.taken_back, ended.elements) == ("corrected", True, ())


def test_the_time_that_the_measure_goes_by_is_marked_and_never_that_of_a_note():
    at_once = DOSE.model_copy(update={"recorded_at": DOSE.happened_at, "started_at": DOSE.happened_at})
    line = make_evidence_line(at_once, MAKER)

    assert [(time.word, time.clocked) for time in line.times] == [("started", True), ("charted", False)]
