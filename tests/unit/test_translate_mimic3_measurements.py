"""Results, signs, cultures and procedures of MIMIC-III as clinical facts. Every row here is made up."""

import pytest

from mimic3_message import chart, clock, day, fact, ignored, raw
from schemas.clinical import Act, ActName, Culture, Observation, Quantity, Specimen


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
