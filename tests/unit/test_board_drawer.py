"""The opened case: nothing said twice, nothing left out, alerts in the order they went out."""

from board_story import NOW, PED, alert, at, case, child, delivery
from dashboards.board.board_row import RowMaker
from dashboards.board.case_links import CaseLinks
from dashboards.board.delivery_line import make_delivery_line
from dashboards.board.engine_time import read_engine_time
from dashboards.board.evidence_line import charting_lag_min
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
