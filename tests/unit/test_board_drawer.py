"""The opened case: nothing said twice, nothing left out, alerts in the order they went out."""

from board_story import PED, alert, at, case, child
from dashboards.board.board_row import RowMaker
from dashboards.board.case_links import CaseLinks
from dashboards.board.patient_drawer import charting_lag_min, make_patient_drawer
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
