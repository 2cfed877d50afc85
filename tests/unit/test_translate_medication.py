"""Canonical messages about drugs and fluids as clinical facts."""

import pytest

from canonical_message import ELEVEN, TEN, TEN_THIRTY, at, dose, fact, ignored, refused
from schemas.clinical import DrugClass, Medication


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
