"""Canonical JSON messages as clinical facts."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from schemas.clinical import (
    Act,
    ActName,
    Coverage,
    Culture,
    DrugClass,
    Link,
    Medication,
    Merge,
    Observation,
    Patient,
    Quantity,
    Specimen,
    Visit,
    VisitStep,
)
from schemas.rejection import Accepted, Ignored, Rejected
from schemas.translate import translate

TEN = "2026-01-05T10:00:00+00:00"
TEN_THIRTY = "2026-01-05T10:30:00+00:00"
ELEVEN = "2026-01-05T11:00:00+00:00"


def at(text):
    return datetime.fromisoformat(text)


def message(schema, **fields):
    told = {
        "schema": f"raw.{schema}/1",
        "message_id": "m1",
        "source": "feed",
        "facility_id": "north",
        "patient_id": "p1",
        "encounter_id": "e1",
    }
    return told | fields


def adt(event, **fields):
    return message("adt", event=event, **{"happened_at": TEN} | fields)


def lactate(**fields):
    return message("lab", **{"code": "2524-7", "value": 3.1, "unit": "mmol/L", "collected_at": TEN} | fields)


def vital(code="heart_rate", value=120, unit="/min", **fields):
    return message("vitals", code=code, value=value, unit=unit, **{"measured_at": TEN} | fields)


def dose(code="ceftriaxone", **fields):
    return message("medication", code=code, **{"route": "IV", "started_at": TEN} | fields)


def told(value, received_at=None):
    result = translate("raw", json.dumps(value), received_at)
    assert isinstance(result, Accepted), result
    return result.facts


def fact(value, received_at=None):
    (only,) = told(value, received_at)
    return only


def refused(value, received_at=None):
    result = translate("raw", json.dumps(value), received_at)
    assert isinstance(result, Rejected), result
    return result.reason, result.detail


def ignored(value):
    result = translate("raw", json.dumps(value), None)
    assert isinstance(result, Ignored), result
    return result.reason


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


def test_a_result_keeps_all_its_times():
    result = fact(lactate(ordered_at="2026-01-05T09:50:00+00:00", resulted_at=TEN_THIRTY, recorded_at=ELEVEN))

    assert isinstance(result, Observation)
    assert (result.quantity, result.value) == (Quantity.LACTATE, 3.1)
    assert (result.ordered_at, result.collected_at) == (at("2026-01-05T09:50:00+00:00"), at(TEN))
    assert (result.resulted_at, result.recorded_at, result.received_at) == (at(TEN_THIRTY), at(ELEVEN), at(ELEVEN))


@pytest.mark.parametrize(
    ("code", "value", "unit", "expected"),
    [
        ("2524-7", 18, "mg/dL", 1.998),
        ("2160-0", 177, "umol/L", 2.00187),
        ("6690-2", 12500, "/uL", 12.5),
        ("1988-5", "9.5", "mg/dL", 95),
        ("5895-7", "1.6", None, 1.6),
        ("777-3", "<5", "K/uL", 5),
        ("777-3", "LESS THAN 5", "K/uL", 5),
        ("804-5", ".9", "10^9/L", 0.9),
        ("2524-7", None, None, None),
        ("2524-7", " ", None, None),
    ],
)
def test_a_result_is_told_in_the_quantitys_own_unit(code, value, unit, expected):
    result = fact(lactate(code=code, value=value, unit=unit))

    assert result.value == (None if expected is None else pytest.approx(expected))


def test_a_result_is_known_by_its_name_too():
    assert fact(lactate(code=" Lactate ", code_system="Name")).quantity is Quantity.LACTATE


@pytest.mark.parametrize(
    ("code", "value", "unit", "expected"),
    [
        ("temperature", 101.3, "degF", 38.5),
        ("temperature", 38.5, "Cel", 38.5),
        ("weight", 22.05, "lb", 10.0017117),
        ("weight", 3200, "g", 3.2),
        ("systolic_bp", 12, "kPa", 90.00744),
        ("gcs_total", 14, None, 14),
    ],
)
def test_a_vital_sign_is_told_in_the_quantitys_own_unit(code, value, unit, expected):
    assert fact(vital(code, value, unit)).value == pytest.approx(expected)


@pytest.mark.parametrize(
    ("value", "unit", "reason"),
    [
        (3.1, "furlong", "unknown_unit"),
        (3.1, None, "unknown_unit"),
        (900, "mmol/L", "implausible_value"),
        (-1, "mmol/L", "implausible_value"),
        ("haemolysed", "mmol/L", "bad_value"),
        ("1e999", "mmol/L", "bad_value"),
        (float("nan"), "mmol/L", "bad_value"),
        (float("inf"), "mmol/L", "bad_value"),
    ],
)
def test_a_value_that_cannot_be_true_is_rejected_with_its_reason(value, unit, reason):
    assert refused(lactate(value=value, unit=unit))[0] == reason


def test_the_reason_for_a_unit_says_which_one_is_kept():
    assert refused(lactate(unit="stone")) == ("unknown_unit", "lactate is kept in mmol/L")


@pytest.mark.parametrize(
    "value",
    [
        lactate(code="99999-9"),
        lactate(code_system="local", code="LACT"),
        vital(code="aura"),
        dose("paracetamol"),
        dose("11124", code_system="rxnorm"),
    ],
)
def test_an_unknown_code_is_put_aside_for_the_unmapped_code_report(value):
    assert ignored(value) == "unmapped_code"


def test_an_order_for_a_result_is_put_aside_until_it_is_drawn():
    assert ignored(lactate(collected_at=None, ordered_at=TEN, value=None)) == "not_collected"


def test_a_result_without_a_collection_time_is_rejected():
    assert refused(lactate(collected_at=None, resulted_at=TEN)) == ("missing_time", "collected_at")
    assert refused(lactate(collected_at=None, recorded_at=TEN)) == ("missing_time", "collected_at")


def test_a_vital_sign_without_a_value_says_nothing():
    assert ignored(vital(value=None)) == "no_value"


def test_a_vital_sign_entered_in_error_may_have_lost_its_value():
    assert fact(vital(value=None, status="entered_in_error", fact_id="v")).retracted


@pytest.mark.parametrize(
    ("fields", "specimen"),
    [
        ({"code": "600-7"}, Specimen.BLOOD),
        ({"code": "606-4"}, Specimen.STERILE),
        ({"code": "630-4"}, Specimen.OTHER),
        ({"code": "Blood Culture", "code_system": "name"}, Specimen.BLOOD),
        ({"code": "culture", "code_system": "name", "specimen": "blood"}, Specimen.BLOOD),
        ({"code": "culture", "code_system": "name", "specimen": "left shoe"}, Specimen.OTHER),
    ],
)
def test_a_culture_says_what_it_was_taken_from(fields, specimen):
    culture = fact(message("lab", collected_at=TEN, **fields))

    assert isinstance(culture, Culture)
    assert (culture.specimen, culture.collected_at) == (specimen, at(TEN))


def test_a_culture_that_is_ordered_is_not_drawn():
    culture = fact(message("lab", code="600-7", ordered_at=TEN))

    assert (culture.ordered_at, culture.collected_at) == (at(TEN), None)


def test_a_culture_neither_ordered_nor_drawn_is_rejected():
    assert refused(message("lab", code="600-7", recorded_at=TEN)) == ("missing_time", "collected_at")


@pytest.mark.parametrize(
    ("code", "substance", "drug_class"),
    [
        ("Zosyn", "piperacillin_tazobactam", DrugClass.ANTIBACTERIAL),
        ("Levofloxacin 750", "levofloxacin", DrugClass.ANTIBACTERIAL),
        ("normal saline", "sodium_chloride_0_9", DrugClass.CRYSTALLOID),
        ("Levophed", "norepinephrine", DrugClass.VASOPRESSOR),
    ],
)
def test_brand_and_order_labels_mean_the_substance(code, substance, drug_class):
    given = fact(dose(code))

    assert isinstance(given, Medication)
    assert (given.substance, given.drug_class, given.route) == (substance, drug_class, "iv")


def test_an_infusion_keeps_order_start_end_and_volume():
    given = fact(dose("LR", volume=0.5, volume_unit="L", ordered_at=TEN, started_at=TEN_THIRTY, completed_at=ELEVEN))

    assert (given.ordered_at, given.started_at, given.completed_at) == (at(TEN), at(TEN_THIRTY), at(ELEVEN))
    assert given.volume_ml == 500
    assert given.received_at == at(ELEVEN)


def test_the_volume_of_a_drug_is_of_no_use():
    assert fact(dose(volume=50, volume_unit="spoons")).volume_ml is None


def test_a_fluid_may_come_without_its_volume():
    assert fact(dose("LR")).volume_ml is None


@pytest.mark.parametrize(
    ("volume", "unit", "reason"),
    [(500, "spoons", "unknown_unit"), (500, None, "unknown_unit"), (-1, "mL", "implausible_value")],
)
def test_a_volume_that_cannot_be_read_is_rejected(volume, unit, reason):
    assert refused(dose("LR", volume=volume, volume_unit=unit))[0] == reason


@pytest.mark.parametrize(
    ("sent", "route"), [("PO", "oral"), ("Intraosseous", "io"), ("by kite", "by kite"), (None, None), ("", None)]
)
def test_a_route_is_told_in_our_words_or_as_sent(sent, route):
    assert fact(dose(route=sent)).route == route


def test_an_antifungal_is_no_antibacterial():
    assert ignored(dose("Fluconazole")) == "not_antibacterial"


def test_a_drug_neither_ordered_nor_started_is_rejected():
    assert refused(dose(started_at=None, recorded_at=TEN)) == ("missing_time", "started_at")


def test_an_act_is_told_with_who_and_why():
    act = fact(message("act", act="pews", happened_at=TEN, value=7, reason="score", actor="nurse"))

    assert isinstance(act, Act)
    assert (act.act, act.value, act.reason, act.actor) == (ActName.PEWS, 7, "score", "nurse")


def test_an_act_needs_no_value_and_no_endless_one():
    assert fact(message("act", act="protocol_started", happened_at=TEN)).value is None
    assert refused(message("act", act="pews", happened_at=TEN, value=float("inf"))) == ("bad_value", "value")


@pytest.mark.parametrize(
    ("status", "version", "retracted", "expected"),
    [
        ("final", 0, False, 0),
        ("corrected", 0, False, 1),
        ("corrected", 4, False, 4),
        ("entered_in_error", 0, True, 1),
        ("cancelled", 7, True, 7),
    ],
)
def test_a_later_message_about_a_fact_is_a_version_of_it(status, version, retracted, expected):
    later = fact(lactate(fact_id="draw", status=status, version=version))

    assert (later.fact_id, later.event_id) == ("feed:draw", "feed:m1")
    assert (later.version, later.retracted) == (expected, retracted)


def test_a_received_at_that_is_carried_wins():
    assert fact(lactate(received_at=TEN_THIRTY), at(ELEVEN)).received_at == at(TEN_THIRTY)


def test_a_received_at_ahead_of_our_clock_is_believed_to_the_second_that_the_profile_allows():
    """It would move the patient's clock on, and close every window before its time."""
    ahead = at(TEN_THIRTY) - timedelta(minutes=5)

    assert fact(lactate(received_at=TEN_THIRTY), ahead).received_at == at(TEN_THIRTY)
    assert refused(lactate(received_at=TEN_THIRTY), ahead - timedelta(seconds=1)) == ("future_time", "received_at")


def test_how_far_a_time_lies_ahead_is_told_and_written_down_nowhere():
    rejected = translate("raw.lab", lactate(received_at=ELEVEN), at(TEN_THIRTY))

    assert rejected == Rejected("future_time", "received_at", timedelta(minutes=30))


def test_a_recorded_feed_has_a_clock_of_its_own():
    assert fact(lactate(source="simulated", received_at=ELEVEN), at(TEN)).received_at == at(ELEVEN)


def test_our_ingest_says_when_it_was_received_where_nothing_is_carried():
    assert fact(lactate(), at(ELEVEN)).received_at == at(ELEVEN)


def test_with_neither_it_is_derived_from_the_latest_time_told():
    assert fact(lactate(recorded_at=TEN_THIRTY)).received_at == at(TEN_THIRTY)
    assert fact(lactate(resulted_at=ELEVEN, recorded_at=TEN_THIRTY)).received_at == at(ELEVEN)


def test_a_message_without_any_time_is_rejected():
    assert refused(adt("register", happened_at=None, mrn="77")) == ("missing_time", "received_at")


@pytest.mark.parametrize("name", ["collected_at", "resulted_at", "recorded_at", "ordered_at"])
def test_a_time_that_has_not_come_is_rejected_by_name(name):
    assert refused(lactate(**{name: ELEVEN}), at(TEN_THIRTY)) == ("future_time", name)


def test_the_sources_skew_is_allowed_to_the_second():
    skewed = at(TEN) - timedelta(minutes=5)

    assert fact(lactate(), skewed).received_at == skewed
    assert refused(lactate(), skewed - timedelta(seconds=1)) == ("future_time", "collected_at")


def test_a_naive_time_from_a_source_without_a_zone_is_rejected():
    assert refused(lactate(collected_at="2026-01-05T10:00:00")) == ("naive_time", "collected_at")


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01T10:00:00Z", "2026-01-05T10:00:00+99:00", "0000-00-00"])
def test_a_time_that_cannot_be_read_is_rejected(text):
    assert refused(lactate(collected_at=text)) == ("bad_time", "collected_at")


@pytest.mark.parametrize("text", ["1066-10-14T09:00:00Z", "2999-01-01T00:00:00Z"])
def test_a_year_out_of_all_reason_is_rejected(text):
    assert refused(lactate(collected_at=text)) == ("implausible_time", "collected_at")


def test_a_birth_date_that_cannot_be_read_is_rejected():
    assert refused(adt("register", birth_date="long ago")) == ("bad_time", "birth_date")


@pytest.mark.parametrize(
    ("local", "instant", "flags"),
    [
        ("2026-01-05T05:00:00", "2026-01-05T10:00:00+00:00", ()),
        ("2026-07-05T05:00:00", "2026-07-05T09:00:00+00:00", ()),
        # The hour from 01:00 comes twice on the first Sunday of November: the first one is meant.
        ("2026-11-01T01:30:00", "2026-11-01T05:30:00+00:00", ("ambiguous",)),
        # The hour from 02:00 never comes on the second Sunday of March: 02:30 is read as before the change.
        ("2026-03-08T02:30:00", "2026-03-08T07:30:00+00:00", ("imaginary",)),
        ("2026-11-01T01:30:00-05:00", "2026-11-01T06:30:00+00:00", ()),
    ],
)
def test_local_times_are_read_by_the_rules_of_the_sources_zone(local, instant, flags):
    result = fact(lactate(source="simulated", collected_at=local))

    assert (result.collected_at, result.time_flags) == (at(instant), flags)


def test_local_times_come_out_with_a_fixed_offset():
    """A sum of zoned times would run on the wall clock and jump with daylight saving."""
    result = fact(lactate(source="simulated", collected_at="2026-10-31T20:00:00"))

    day_later = result.collected_at + timedelta(hours=24)
    assert (day_later - at("2026-11-01T00:00:00+00:00")).total_seconds() == 24 * 3600
    assert result.collected_at.utcoffset() == timedelta(hours=-4)


def test_a_day_without_a_time_is_told_as_a_day():
    culture = fact(message("lab", source="simulated", code="600-7", collected_at="2026-01-05"))

    assert culture.day_only
    assert culture.collected_at == datetime(2026, 1, 5, 5, tzinfo=UTC)
