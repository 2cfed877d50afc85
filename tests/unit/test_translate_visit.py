"""Canonical messages about visits and patients as clinical facts."""

from datetime import date

import pytest

from canonical_message import ELEVEN, TEN, adt, at, fact, refused, told
from schemas.clinical import Coverage, Link, Merge, Patient, Visit, VisitStep


@pytest.mark.parametrize(
    ("event", "step"),
    [
        ("arrive", VisitStep.ARRIVED),
        ("triage", VisitStep.TRIAGED),
        ("admit", VisitStep.ADMITTED),
        ("move", VisitStep.MOVED),
        ("discharge", VisitStep.DISCHARGED),
        ("died", VisitStep.DIED),
        ("transfer_in", VisitStep.TRANSFERRED_IN),
        ("transfer_out", VisitStep.TRANSFERRED_OUT),
    ],
)
def test_every_step_of_a_visit_is_told(event, step):
    visit = fact(adt(event, unit="emergency", discharge_status="01"))

    assert isinstance(visit, Visit)
    assert (visit.step, visit.happened_at, visit.unit, visit.discharge_status) == (step, at(TEN), "emergency", "01")
    assert (visit.event_id, visit.fact_id, visit.version, visit.retracted) == ("feed:m1", "feed:m1", 0, False)
    assert visit.key == "north|p1"


def test_an_arrival_that_says_who_the_patient_is_is_two_facts():
    visit, patient = told(adt("arrive", birth_date="2019-03-01", mrn="77", pcn="88", upi="99"))

    assert isinstance(visit, Visit)
    assert isinstance(patient, Patient)
    assert (patient.birth_date, patient.mrn, patient.pcn, patient.upi) == (date(2019, 3, 1), "77", "88", "99")
    assert patient.fact_id == "feed:m1:patient"


def test_a_cancelled_admission_never_was_but_the_patient_stays_known():
    visit, patient = told(adt("admit", fact_id="a", status="cancelled", mrn="77"))

    assert (visit.fact_id, visit.retracted, visit.version) == ("feed:a", True, 1)
    assert not patient.retracted


def test_a_registration_says_who_and_nothing_else():
    patient = fact(adt("register", birth_date="2019-03-01", happened_at=None, recorded_at=TEN, encounter_id=None))

    assert isinstance(patient, Patient)
    assert (patient.birth_date, patient.received_at, patient.encounter_id) == (date(2019, 3, 1), at(TEN), None)


def test_a_registration_needs_no_birth_date():
    assert fact(adt("register", mrn="77")).birth_date is None


def test_a_merge_names_the_patient_who_stays():
    merge = fact(adt("merge", into_patient_id="p2", encounter_id=None))

    assert isinstance(merge, Merge)
    assert (merge.into_patient_id, merge.happened_at) == ("p2", at(TEN))


def test_a_link_names_the_encounter_that_goes_on():
    link = fact(adt("link", into_encounter_id="e2"))

    assert isinstance(link, Link)
    assert (link.encounter_id, link.into_encounter_id) == ("e1", "e2")


def test_coverage_may_reach_into_the_future():
    coverage = fact(adt("coverage", domain="medications", covered_until=ELEVEN, received_at=TEN))

    assert isinstance(coverage, Coverage)
    assert (coverage.started_at, coverage.completed_at) == (at(TEN), at(ELEVEN))


@pytest.mark.parametrize(
    ("event", "lacking", "reason"),
    [
        ("merge", "into_patient_id", "missing_field"),
        ("link", "into_encounter_id", "missing_field"),
        ("coverage", "domain", "missing_field"),
        ("arrive", "encounter_id", "no_encounter"),
        ("link", "encounter_id", "missing_field"),
        ("coverage", "encounter_id", "missing_field"),
        ("arrive", "happened_at", "missing_time"),
    ],
)
def test_an_adt_event_without_what_it_needs_is_rejected_by_name(event, lacking, reason):
    whole = {"into_patient_id": "p2", "into_encounter_id": "e2", "domain": "labs", "recorded_at": TEN}

    assert refused(adt(event, **whole | {lacking: None})) == (reason, lacking)


@pytest.mark.parametrize("patient_id", [None, "", "  "])
def test_a_message_without_a_patient_is_rejected(patient_id):
    assert refused(adt("arrive", patient_id=patient_id))[0] in {"no_patient", "bad_schema"}
