"""Rows of the MIMIC-III tables as clinical facts. Every row here is made up."""

from datetime import UTC, date, datetime

import pytest

from schemas.clinical import (
    Act,
    ActName,
    Coverage,
    Culture,
    Domain,
    DrugClass,
    Medication,
    Observation,
    Patient,
    Quantity,
    Specimen,
    Visit,
    VisitStep,
)
from schemas.rejection import Accepted, Ignored, Rejected
from schemas.translate import translate
from schemas.translate.mimic3_row import columns_of

PERSON = {"subject_id": "7", "hadm_id": "70"}


def clock(text):
    return datetime.fromisoformat(f"2130-01-05 {text}").replace(tzinfo=UTC)


def day(text):
    return f"2130-01-05 {text}:00"


def row_of(table, **fields):
    """A row of a table: every column blank but those told."""
    blank = dict.fromkeys(columns_of(table), "")
    return blank | {name: told for name, told in PERSON.items() if name in blank} | fields


def raw(table, phase="row", received_at=None, **fields):
    return {
        "format": "mimic3/1",
        "table": table,
        "phase": phase,
        "received_at": received_at,
        "row": row_of(table, **fields),
    }


def told(value):
    result = translate("raw.any", value, None)
    assert isinstance(result, Accepted), result
    return result.facts


def fact(value):
    (only,) = told(value)
    return only


def ignored(value):
    result = translate("raw.any", value, None)
    assert isinstance(result, Ignored), result
    return result.reason


def refused(value):
    result = translate("raw.any", value, None)
    assert isinstance(result, Rejected), result
    return result.reason, result.detail


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


def lab(itemid, value, unit, **fields):
    return raw("labevents", row_id="5", itemid=itemid, value=value, valueuom=unit, charttime=day("10:00"), **fields)


@pytest.mark.parametrize(
    ("itemid", "value", "unit", "quantity", "known"),
    [
        ("50813", "4.1", "mmol/L", Quantity.LACTATE, "10:03"),
        ("51301", "12.5", "K/uL", Quantity.WBC, "11:10"),
        ("51237", "1.6", "", Quantity.INR, "11:10"),
    ],
)
def test_a_laboratory_result_is_known_after_its_stated_delay(itemid, value, unit, quantity, known):
    result = fact(lab(itemid, value, unit))

    assert isinstance(result, Observation)
    assert (result.quantity, result.value, result.collected_at) == (quantity, float(value), clock("10:00"))
    assert (result.received_at, result.recorded_at, result.resulted_at) == (clock(known), None, None)


def test_a_laboratory_result_may_come_without_a_stay():
    assert fact(lab("50813", "4.1", "mmol/L", hadm_id="")).encounter_id is None


def test_laboratory_items_are_not_used_or_unmapped():
    assert ignored(lab("50882", "24", "mEq/L")) == "not_used"
    assert ignored(lab("77777", "24", "mEq/L")) == "unmapped_code"


def chart(itemid="220045", valuenum="90", unit="bpm", phase="row", **fields):
    told_of = {"row_id": "6", "charttime": day("10:00"), "storetime": day("10:25"), "value": valuenum}
    return raw("chartevents", phase, itemid=itemid, valuenum=valuenum, valueuom=unit, **told_of | fields)


@pytest.mark.parametrize(
    ("itemid", "valuenum", "unit", "quantity", "value"),
    [
        ("220045", "90", "bpm", Quantity.HEART_RATE, 90),
        ("678", "101.3", "Deg. F", Quantity.TEMPERATURE, 38.5),
        ("678", "101.3", "", Quantity.TEMPERATURE, 38.5),
        ("223762", "38.5", "?C", Quantity.TEMPERATURE, 38.5),
        ("226531", "220", "", Quantity.WEIGHT, 99.7903214),
    ],
)
def test_a_charted_sign_is_known_when_it_was_stored(itemid, valuenum, unit, quantity, value):
    sign = fact(chart(itemid, valuenum, unit))

    assert (sign.quantity, sign.value) == (quantity, pytest.approx(value))
    assert (sign.collected_at, sign.recorded_at, sign.received_at) == (clock("10:00"), clock("10:25"), clock("10:25"))


def test_a_sign_charted_ahead_is_known_when_it_happens():
    assert fact(chart(storetime=day("09:40"))).received_at == clock("10:00")


def test_a_sign_without_a_store_time_is_known_when_it_happens():
    sign = fact(chart(storetime=""))

    assert (sign.received_at, sign.recorded_at) == (clock("10:00"), None)


def test_an_erroneous_sign_is_taken_back_at_its_time():
    wrong = fact(chart(phase="retracted", error="1", received_at="2130-01-05T10:55:00+00:00"))

    assert (wrong.retracted, wrong.version, wrong.received_at) == (True, 2, clock("10:55"))
    assert (wrong.fact_id, wrong.event_id) == ("mimic3:chartevents:6", "mimic3:chartevents:6:retracted")


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (chart("679", "98", "Deg. F"), "calculated_duplicate"),
        (chart("225668", "2.2", "mmol/L"), "copy_of_lab_result"),
        (chart("220739", "4", ""), "not_used"),
        (chart("128", "", "", value="Full Code"), "not_used"),
        (chart("99", "4", ""), "unmapped_code"),
        (chart(valuenum=""), "no_value"),
    ],
)
def test_a_charted_row_of_no_use_says_why(value, reason):
    assert ignored(value) == reason


def test_comfort_measures_are_an_act():
    act = fact(chart("128", "", "", value="Comfort Measures"))

    assert isinstance(act, Act)
    assert (act.act, act.happened_at, act.received_at) == (ActName.COMFORT_CARE, clock("10:00"), clock("10:25"))


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (chart("220179", "11647", "mmHg"), ("implausible_value", "systolic_bp")),
        (chart("220045", "90", "knots"), ("unknown_unit", "heart_rate is kept in /min")),
        (chart("220045", "many", "bpm"), ("bad_value", "value")),
        (chart(charttime=""), ("missing_time", "charttime")),
        (chart(charttime="noon"), ("bad_time", "charttime")),
        (chart(charttime="1999-01-01 00:00:00"), ("implausible_time", "charttime")),
        (chart(subject_id=""), ("no_patient", "subject_id")),
        (chart(row_id=""), ("missing_field", "row_id")),
        (chart(itemid=None), ("bad_row", "itemid")),
        (chart(_extra=["1", "2"]), ("bad_row", "more fields than columns")),
        (chart(received_at="2130-01-05T09:54:00+00:00"), ("future_time", "charttime")),
        (raw("labevents") | {"table": "caregivers"}, ("unknown_table", "table")),
    ],
)
def test_a_row_that_cannot_be_read_is_rejected_with_its_reason(value, reason):
    assert refused(value) == reason


def test_urine_is_told_and_other_outputs_are_not():
    output = {"row_id": "8", "charttime": day("10:00"), "storetime": day("10:05"), "value": "39", "valueuom": "ml"}

    urine = fact(raw("outputevents", itemid="40055", **output))

    assert (urine.quantity, urine.value, urine.received_at) == (Quantity.URINE_OUTPUT, 39, clock("10:05"))
    assert ignored(raw("outputevents", itemid="226579", **output)) == "not_used"


def culture(**fields):
    return raw("microbiologyevents", **{"spec_itemid": "70012", "chartdate": "2130-01-05 00:00:00"} | fields)


def test_every_row_of_a_culture_tells_the_same_fact():
    first = fact(culture(charttime=day("10:00"), org_name="A"))
    second = fact(culture(charttime=day("10:00"), org_name="B"))

    assert isinstance(first, Culture)
    assert first == second
    assert (first.specimen, first.collected_at, first.day_only) == (Specimen.BLOOD, clock("10:00"), False)


def test_a_culture_with_a_date_only_says_so():
    dated = fact(culture(hadm_id="", spec_itemid="70026"))

    assert (dated.specimen, dated.day_only, dated.collected_at) == (Specimen.STERILE, True, clock("00:00"))
    assert dated.fact_id == "mimic3:microbiologyevents:7:70026:2130-01-05 00:00:00"


def test_a_specimen_that_is_no_culture_is_ignored():
    assert ignored(culture(spec_itemid="70091")) == "not_a_culture"
    assert ignored(culture(spec_itemid="1")) == "unmapped_code"


def procedure(itemid, phase="row", **fields):
    return raw(
        "procedureevents_mv", phase, row_id="4", itemid=itemid, starttime=day("10:00"), storetime=day("10:07"), **fields
    )


def test_a_bedside_culture_and_an_intubation_are_told():
    blood, ventilation = fact(procedure("225401")), fact(procedure("224385"))

    assert (blood.specimen, blood.collected_at, blood.received_at) == (Specimen.BLOOD, clock("10:00"), clock("10:07"))
    assert (ventilation.act, ventilation.happened_at) == (ActName.MECHANICAL_VENTILATION, clock("10:00"))


@pytest.mark.parametrize(
    ("itemid", "reason"), [("225966", "not_a_culture"), ("225459", "not_used"), ("1", "unmapped_code")]
)
def test_a_procedure_of_no_use_says_why(itemid, reason):
    assert ignored(procedure(itemid)) == reason


def given(itemid="225851", phase="row", **fields):
    told_of = {
        "row_id": "3",
        "starttime": day("10:00"),
        "endtime": day("11:00"),
        "storetime": day("10:30"),
        "ordercategoryname": "08-Antibiotics (IV)",
        "ordercomponenttypedescription": "Main order parameter",
        "amount": "1",
        "amountuom": "dose",
    }
    return raw("inputevents_mv", phase, itemid=itemid, **told_of | fields)


def test_the_end_of_an_infusion_is_told_once_it_has_come():
    begun, ended = fact(given()), fact(given(phase="completed"))

    assert isinstance(begun, Medication)
    assert (begun.substance, begun.drug_class, begun.route) == ("cefepime", DrugClass.ANTIBACTERIAL, "iv")
    assert (begun.started_at, begun.completed_at, begun.received_at) == (clock("10:00"), None, clock("10:30"))
    assert (ended.completed_at, ended.received_at, ended.version) == (clock("11:00"), clock("11:00"), 1)


def test_an_infusion_stored_after_its_end_is_told_whole():
    assert fact(given(storetime=day("12:00"))).completed_at == clock("11:00")


def test_an_infusion_without_an_end_has_none():
    assert fact(given(endtime="")).completed_at is None


def test_the_amount_of_a_drug_is_no_volume():
    assert fact(given()).volume_ml is None


def test_a_fluid_is_told_with_its_volume_where_it_is_the_order():
    fluid = {"amount": "500.0", "amountuom": "ml", "ordercategoryname": "03-IV Fluid Bolus"}

    bolus = fact(given("225158", **fluid))

    assert (bolus.substance, bolus.volume_ml) == ("sodium_chloride_0_9", 500)
    assert ignored(given("225158", **fluid | {"ordercomponenttypedescription": "Mixed solution"})) == "carrier_fluid"
    assert ignored(given("225158", **fluid | {"ordercategoryname": "01-Drips"})) == "carrier_fluid"


def test_parts_of_one_order_are_one_infusion_each_with_what_it_gave():
    """Hung at 10:00, paused at 10:40, hung again at 11:00; the row of a first guess was rewritten."""
    fluid = {"ordercategoryname": "02-Fluids (Crystalloids)", "amountuom": "ml", "linkorderid": "55"}
    paused = given("225158", endtime=day("10:40"), amount="400", statusdescription="Paused", **fluid)
    resumed = given("225158", row_id="5", starttime=day("11:00"), endtime=day("12:00"), amount="600", **fluid)
    rewritten = given(
        "225158", "retracted", row_id="4", received_at="2130-01-05T10:50:00+00:00", amount="1000", **fluid
    )

    parts = [fact(part) for part in (paused, resumed, rewritten)]

    assert {part.infusion_id for part in parts} == {"mimic3:inputevents_mv:55"}
    assert [(part.volume_ml, part.retracted) for part in parts] == [(400, False), (600, False), (1000, True)]


def test_an_input_without_an_order_is_part_of_no_infusion():
    assert fact(given()).infusion_id is None


@pytest.mark.parametrize(
    ("itemid", "reason"), [("225837", "not_antibacterial"), ("221668", "not_used"), ("1", "unmapped_code")]
)
def test_an_input_of_no_use_says_why(itemid, reason):
    assert ignored(given(itemid)) == reason


def test_a_rewritten_dose_may_be_taken_back_before_it_was_due():
    early = fact(given(phase="retracted", received_at="2130-01-05T09:00:00+00:00"))

    assert early.retracted
    assert early.received_at == clock("09:00")


def hourly(itemid="30018", amount="250", unit="ml", **fields):
    told_of = {"row_id": "2", "charttime": day("10:00"), "storetime": day("10:10"), "originalroute": "Intravenous Push"}
    return raw("inputevents_cv", itemid=itemid, amount=amount, amountuom=unit, **told_of | fields)


def test_a_carevue_fluid_is_given_by_the_time_it_is_charted():
    fluid = fact(hourly(linkorderid="66"))

    assert (fluid.substance, fluid.volume_ml, fluid.route) == ("sodium_chloride_0_9", 250, "iv")
    assert fluid.started_at == fluid.completed_at == clock("10:00")
    assert fluid.infusion_id == "mimic3:inputevents_cv:66"


def test_saline_that_a_drug_is_dissolved_in_is_no_fluid_and_the_drug_is_told():
    pressor = fact(hourly("30120", amount="2", unit="mg") | {"carrier": True})

    assert pressor.substance == "norepinephrine"
    assert ignored(hourly() | {"carrier": True}) == "carrier_fluid"


def test_a_carevue_vasopressor_runs_on():
    pressor = fact(hourly("30120", "", "", rate="0.1"))

    assert (pressor.substance, pressor.drug_class, pressor.completed_at) == (
        "norepinephrine",
        DrugClass.VASOPRESSOR,
        None,
    )


@pytest.mark.parametrize("value", [hourly(amount=""), hourly(amount="0"), hourly("30120", "", "", rate="0")])
def test_a_carevue_row_without_an_amount_gave_nothing(value):
    assert ignored(value) == "nothing_given"


def order(drug, **fields):
    told_of = {"row_id": "1", "startdate": "2130-01-05 00:00:00", "drug_type": "MAIN", "route": "IV"}
    return raw("prescriptions", drug=drug, **told_of | fields)


def test_an_order_by_the_day_is_ordered_and_never_started():
    ordered = fact(order("CefePIME"))

    assert (ordered.substance, ordered.route, ordered.day_only) == ("cefepime", "iv", True)
    assert (ordered.ordered_at, ordered.started_at) == (clock("00:00"), None)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (order("CefePIME", drug_type="BASE"), "carrier_fluid"),
        (order("Fluconazole"), "not_antibacterial"),
        (order("Bisacodyl"), "not_used"),
        (order("Norepinephrine"), "not_used"),
    ],
)
def test_an_order_of_no_use_says_why(value, reason):
    assert ignored(value) == reason


def test_the_route_of_an_order_may_be_blank():
    assert fact(order("Vancomycin", route="")).route is None


@pytest.mark.parametrize("table", ["services", "diagnoses_icd", "d_items", "d_labitems"])
def test_tables_that_no_measure_asks_for_are_ignored(table):
    assert ignored(raw(table)) == "not_used"


def test_a_phase_that_a_row_does_not_have_cannot_be_placed():
    assert refused(given(phase="died")) == ("missing_time", "received_at")


def test_a_time_of_receipt_given_by_our_ingest_is_kept():
    result = translate("raw.vitals", chart(), clock("13:00"))

    assert isinstance(result, Accepted)
    assert result.facts[0].received_at == clock("13:00")
