"""The tables of codes agree with each other and with the words."""

import json

import pytest

from schemas.clinical import QUANTITY_UNITS, DrugClass, Quantity
from schemas.translate.codebook import codebook, plain


def test_every_quantity_can_be_read_from_some_code():
    read = {codes.quantity for codes in (*codebook().labs.values(), *codebook().vitals.values())}

    assert read == set(Quantity)


def test_every_quantity_is_read_in_its_own_unit_unchanged():
    for codes in (*codebook().labs.values(), *codebook().vitals.values()):
        assert codes.factors[QUANTITY_UNITS[codes.quantity].lower()] == 1.0


def test_units_and_names_are_spelled_as_they_are_looked_up():
    for codes in (*codebook().labs.values(), *codebook().vitals.values()):
        assert all(unit == plain(unit) for unit in (*codes.factors, *codes.offsets))
        assert codes.offsets.keys() <= codes.factors.keys()
    for names in (codebook().drugs, codebook().routes, codebook().volume_factors):
        assert all(name == plain(name) for name in names)


def test_every_antibacterial_of_the_shared_list_is_known(shared_data):
    listed = json.loads((shared_data / "antibiotics.json").read_text())
    known = {name for name, drug in codebook().drugs.items() if drug.drug_class is DrugClass.ANTIBACTERIAL}

    assert set(listed["antibacterial"]["names"]) <= known
    assert set(listed["not_antibacterial"]) <= codebook().not_antibacterial
    assert not known & codebook().not_antibacterial


@pytest.mark.parametrize(
    ("used", "not_used"),
    [("labs", "labs_not_used"), ("charted", "charted_not_used"), ("drugs", "drugs_not_used")],
)
def test_no_mimic3_item_is_both_used_and_not_used(used, not_used):
    codes = codebook().mimic3

    assert not getattr(codes, used).keys() & getattr(codes, not_used)
