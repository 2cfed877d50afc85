"""Events of the Sepsis Cases log as clinical facts."""

from datetime import datetime

import pytest

from schemas.clinical import Act, ActName, DrugClass, Medication, Observation, Quantity, Visit, VisitStep
from schemas.rejection import Accepted, Ignored, Rejected
from schemas.translate import translate

TEN = "2014-10-22T10:00:00.000+02:00"


def event(activity, *, position=3, case_id="A", received_at=None, repeated=False, **attributes):
    row = {"concept:name": activity, "time:timestamp": TEN, "lifecycle:transition": "complete"} | attributes
    told = {"format": "xes/1", "table": "event", "case_id": case_id, "position": position, "row": row}
    return told | {"repeated": repeated, "received_at": received_at}


def fact(value):
    result = translate("raw.adt", value, None)
    assert isinstance(result, Accepted), result
    (only,) = result.facts
    return only


def refused(value):
    result = translate("raw.adt", value, None)
    assert isinstance(result, Rejected), result
    return result.reason, result.detail


@pytest.mark.parametrize(
    ("activity", "step", "unit"),
    [
        ("ER Registration", VisitStep.ARRIVED, "emergency"),
        ("ER Triage", VisitStep.TRIAGED, "emergency"),
        ("Admission NC", VisitStep.ADMITTED, "normal_care"),
        ("Admission IC", VisitStep.ADMITTED, "intensive_care"),
        ("Release A", VisitStep.DISCHARGED, None),
        ("Release E", VisitStep.DISCHARGED, None),
    ],
)
def test_a_step_of_the_visit_is_known_when_it_happens(activity, step, unit):
    visit = fact(event(activity))

    assert isinstance(visit, Visit)
    assert (visit.step, visit.unit) == (step, unit)
    assert visit.happened_at == visit.received_at == datetime.fromisoformat(TEN)
    assert (visit.facility_id, visit.patient_id, visit.encounter_id, visit.event_id) == ("xes", "A", "A", "xes:A:3")


def test_an_admission_after_the_first_is_a_move():
    assert fact(event("Admission IC", repeated=True)).step is VisitStep.MOVED


def test_the_sepsis_triage_form_is_an_act():
    act = fact(event("ER Sepsis Triage"))

    assert isinstance(act, Act)
    assert act.act is ActName.SEPSIS_TRIAGE_FORM


@pytest.mark.parametrize(
    ("activity", "drug_class"), [("IV Antibiotics", DrugClass.ANTIBACTERIAL), ("IV Liquid", DrugClass.CRYSTALLOID)]
)
def test_an_infusion_is_started_and_which_one_is_not_said(activity, drug_class):
    given = fact(event(activity))

    assert isinstance(given, Medication)
    assert (given.drug_class, given.route, given.completed_at) == (drug_class, "iv", None)
    assert given.started_at == datetime.fromisoformat(TEN)
    assert given.substance.startswith("unspecified_")


@pytest.mark.parametrize(
    ("activity", "quantity", "value"),
    [
        ("LacticAcid", Quantity.LACTATE, 2.2),
        ("Leucocytes", Quantity.WBC, 381.3),
        ("CRP", Quantity.CRP, 573.0),
    ],
)
def test_a_laboratory_event_carries_its_value(activity, quantity, value):
    result = fact(event(activity, **{activity: str(value)}))

    assert isinstance(result, Observation)
    assert (result.quantity, result.value, result.resulted_at) == (quantity, value, None)


def test_a_laboratory_event_without_a_value_was_still_done():
    assert fact(event("LacticAcid")).value is None


def test_a_return_is_a_later_visit_and_ignored():
    assert translate("raw.adt", event("Return ER"), None) == Ignored("later_visit")


def test_an_unknown_activity_is_unmapped():
    assert translate("raw.adt", event("Lunch"), None) == Ignored("unmapped_code")


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (event("LacticAcid", LacticAcid="much"), ("bad_value", "value")),
        (event("ER Triage", case_id=None), ("no_patient", "case_id")),
        (event("ER Triage", position=None), ("missing_field", "position")),
        (event(None), ("missing_field", "concept:name")),
        (event("ER Triage", **{"time:timestamp": None}), ("missing_time", "time:timestamp")),
        (event("ER Triage", **{"time:timestamp": "noon"}), ("bad_time", "time:timestamp")),
        (event("ER Triage", **{"time:timestamp": 3}), ("bad_time", "time:timestamp")),
        (event("ER Triage", received_at="2014-10-22T09:00:00+02:00"), ("future_time", "time:timestamp")),
    ],
)
def test_an_event_that_cannot_be_read_is_rejected_with_its_reason(value, reason):
    assert refused(value) == reason


def test_a_time_of_receipt_given_by_our_ingest_is_kept():
    later = datetime.fromisoformat("2014-10-22T12:00:00+02:00")

    result = translate("raw.adt", event("ER Triage"), later)

    assert isinstance(result, Accepted)
    assert result.facts[0].received_at == later
