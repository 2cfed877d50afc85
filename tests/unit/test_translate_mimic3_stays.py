"""Admissions, transfers and intensive-care stays of MIMIC-III as clinical facts. Every row here is made up."""

from datetime import date

import pytest

from mimic3_message import clock, day, fact, ignored, raw, refused, told
from schemas.clinical import Coverage, Domain, Patient, Visit, VisitStep


def admission(phase="row", **fields):
    times = {
        "edregtime": day("08:00"),
        "admittime": day("10:00"),
        "deathtime": day("20:00"),
        "dischtime": day("21:00"),
        "discharge_location": "DEAD/EXPIRED",
        "admission_location": "EMERGENCY ROOM ADMIT",
    }
    return raw("admissions", phase, **times | fields)


@pytest.mark.parametrize(
    ("phase", "step", "at"),
    [
        ("row", VisitStep.ARRIVED, "08:00"),
        ("admitted", VisitStep.ADMITTED, "10:00"),
        ("died", VisitStep.DIED, "20:00"),
        ("completed", VisitStep.DISCHARGED, "21:00"),
    ],
)
def test_an_admission_is_told_step_by_step_as_each_is_known(phase, step, at):
    visit = fact(admission(phase))

    assert isinstance(visit, Visit)
    assert (visit.step, visit.happened_at, visit.received_at) == (step, clock(at), clock(at))
    assert (visit.fact_id, visit.event_id, visit.version) == (f"mimic3:admissions:70:{step}",) * 2 + (0,)
    assert visit.discharge_status == ("20" if step is VisitStep.DISCHARGED else None)


def test_an_admission_that_came_by_no_emergency_department_starts_with_itself():
    admitted = fact(admission(edregtime="", admission_location="TRANSFER FROM HOSP/EXTRAM"))

    assert admitted.step is VisitStep.ADMITTED
    assert admitted.happened_at == admitted.received_at == clock("10:00")


def test_that_a_stay_began_in_another_hospital_is_known_when_it_ends():
    discharged, transferred = told(admission("completed", admission_location="TRANSFER FROM HOSP/EXTRAM"))

    assert (discharged.step, transferred.step) == (VisitStep.DISCHARGED, VisitStep.TRANSFERRED_IN)
    assert (transferred.happened_at, transferred.received_at) == (clock("10:00"), clock("21:00"))


def test_a_stay_is_never_taken_back():
    assert refused(admission("retracted", received_at="2130-01-05T22:00:00Z")) == ("bad_schema", "phase")


def test_a_patient_is_born_when_the_row_says_even_300_years_early():
    patient = fact(raw("patients", dob="1830-05-06 00:00:00", received_at="2130-01-05T08:00:00+00:00"))

    assert isinstance(patient, Patient)
    assert (patient.birth_date, patient.encounter_id) == (date(1830, 5, 6), None)


def test_a_birth_date_may_be_blank_but_not_wrong():
    known = {"received_at": "2130-01-05T08:00:00+00:00"}

    assert fact(raw("patients", dob="", **known)).birth_date is None
    assert refused(raw("patients", dob="spring", **known)) == ("bad_time", "dob")


def test_a_patient_whom_nobody_has_heard_of_cannot_be_placed():
    assert refused(raw("patients", dob="2100-01-01 00:00:00")) == ("missing_time", "received_at")


def test_a_transfer_is_a_move_to_a_named_unit_or_a_numbered_ward():
    unit = fact(raw("transfers", row_id="1", intime=day("09:00"), curr_careunit="MICU", curr_wardid="52"))
    ward = fact(raw("transfers", row_id="2", intime=day("11:00"), curr_wardid="45"))

    assert (unit.step, unit.unit, unit.happened_at) == (VisitStep.MOVED, "MICU", clock("09:00"))
    assert ward.unit == "ward 45"


def test_a_transfer_to_nowhere_is_the_discharge_told_elsewhere():
    assert ignored(raw("transfers", row_id="1", eventtype="discharge", intime=day("09:00"))) == "no_careunit"


def icu_stay(phase="row", dbsource="metavision"):
    return raw("icustays", phase, icustay_id="9", dbsource=dbsource, intime=day("12:00"), outtime=day("18:00"))


def test_a_metavision_stay_covers_medications_and_its_end_is_told_when_it_comes():
    begun, ended = told(icu_stay()), told(icu_stay("completed"))

    assert {one.domain for one in begun} == {Domain.FLUIDS, Domain.VITALS, Domain.MEDICATIONS}
    assert all(isinstance(one, Coverage) and one.completed_at is None for one in begun)
    assert {one.completed_at for one in ended} == {clock("18:00")} == {one.received_at for one in ended}
    assert [one.fact_id for one in begun] == [one.fact_id for one in ended]
    assert {one.version for one in ended} == {1}


def test_a_carevue_stay_covers_no_antibiotics():
    assert {one.domain for one in told(icu_stay(dbsource="carevue"))} == {Domain.FLUIDS, Domain.VITALS}
