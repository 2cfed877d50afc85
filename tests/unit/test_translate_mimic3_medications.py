"""Drugs and fluids of MIMIC-III as clinical facts. Every row here is made up."""

import pytest

from mimic3_message import clock, day, fact, given, ignored, raw
from schemas.clinical import DrugClass, Medication


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
