"""Canonical messages about results, vital signs and cultures as clinical facts."""

import pytest

from canonical_message import ELEVEN, TEN, TEN_THIRTY, at, dose, fact, ignored, lactate, message, refused
from schemas.clinical import Culture, Observation, Quantity, Specimen


def vital(code="heart_rate", value=120, unit="/min", **fields):
    return message("vitals", code=code, value=value, unit=unit, **{"measured_at": TEN} | fields)


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
