"""The tables of codes (`schemas/codes/*.toml`), indexed for look-up."""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from schemas.clinical import DrugClass, Quantity, Specimen

_Table = dict[str, Any]


@dataclass(frozen=True, slots=True)
class QuantityCodes:
    """How values of one quantity are read.

    Attributes:
        quantity: What is measured.
        lowest: Smallest plausible value, in the quantity's own unit.
        highest: Largest plausible value.
        factors: By unit as sent (lower case): factor to the quantity's own unit.
        offsets: By unit as sent: what is taken off first (Fahrenheit: 32).
        unit_if_none: Unit of a value sent without one; None: a unit must be sent.
    """

    quantity: Quantity
    lowest: float
    highest: float
    factors: Mapping[str, float]
    offsets: Mapping[str, float]
    unit_if_none: str | None


@dataclass(frozen=True, slots=True)
class Drug:
    """A substance that measures ask for."""

    substance: str
    drug_class: DrugClass


@dataclass(frozen=True, slots=True)
class MeasuredItem:
    """A MIMIC-III item and what it measures: its unit where none is charted, or its kind of delay."""

    codes: QuantityCodes
    note: str


@dataclass(frozen=True, slots=True)
class Codebook:
    """Everything the translators look up. Codes are spelled as sent; names are in lower case."""

    labs: dict[tuple[str, str], QuantityCodes]
    vitals: dict[tuple[str, str], QuantityCodes]
    cultures: dict[tuple[str, str], Specimen]
    drugs: dict[str, Drug]
    not_antibacterial: frozenset[str]
    routes: dict[str, str]
    volume_factors: dict[str, float]
    xes_labs: dict[str, tuple[QuantityCodes, str]]
    mimic3: "Mimic3Codes"


@dataclass(frozen=True, slots=True)
class Mimic3Codes:
    """What MIMIC-III's item numbers and labels mean."""

    labs: dict[str, MeasuredItem]
    labs_not_used: frozenset[str]
    charted: dict[str, MeasuredItem]
    charted_not_used: frozenset[str]
    calculated_duplicate: frozenset[str]
    copy_of_lab_result: frozenset[str]
    comfort_care: dict[str, frozenset[str]]
    specimens: dict[str, Specimen]
    not_a_culture: frozenset[str]
    procedures: dict[str, Specimen]
    ventilation: frozenset[str]
    procedures_not_used: frozenset[str]
    drugs: dict[str, Drug]
    drugs_not_used: frozenset[str]
    not_antibacterial: frozenset[str]
    order_routes: dict[str, str]
    main_component: str
    fluid_categories: frozenset[str]
    additives: frozenset[str]
    main_order_type: str
    transferred_in: frozenset[str]
    discharge_status: dict[str, str]


_SPACES = re.compile(r"\s+")


def plain(text: str) -> str:
    """A name as the tables spell it: lower case, single spaces, no space around it."""
    return _SPACES.sub(" ", text.strip().lower())


@cache
def codebook() -> Codebook:
    """The shipped tables of codes, read once."""
    return build_codebook(_read)


def _read(name: str) -> _Table:
    return tomllib.loads((files("schemas") / "codes" / f"{name}.toml").read_text("utf-8"))


def build_codebook(read: Callable[[str], _Table]) -> Codebook:
    """Index tables of codes; `read` gives the content of a table by its name."""
    tables = {name: read(name) for name in ("labs", "vitals", "cultures", "drugs", "routes", "visits")}
    lab_codes, vital_codes = (_codes_by_name(tables[name]["quantity"]) for name in ("labs", "vitals"))
    drugs = tables["drugs"]
    return Codebook(
        labs=_by_system(tables["labs"]["quantity"], lab_codes),
        vitals=_by_system(tables["vitals"]["quantity"], vital_codes),
        cultures=_cultures_by_system(tables["cultures"]),
        drugs=_drugs(drugs, "names"),
        not_antibacterial=frozenset(drugs["not_antibacterial"]["names"]),
        routes=_by_spelling(tables["routes"]["routes"]),
        volume_factors=drugs["volume_ml"]["factors"],
        xes_labs={name: (lab_codes[entry["name"]], entry["unit"]) for name, entry in tables["labs"]["xes"].items()},
        mimic3=_mimic3_codes(tables, lab_codes, vital_codes),
    )


def _by_spelling(routes: dict[str, list[str]]) -> dict[str, str]:
    return {spelling: route for route, spellings in routes.items() for spelling in spellings}


def _codes_by_name(entries: _Table) -> dict[str, QuantityCodes]:
    return {name: _quantity_codes(name, entry) for name, entry in entries.items()}


def _quantity_codes(name: str, entry: dict[str, Any]) -> QuantityCodes:
    return QuantityCodes(
        quantity=Quantity(name),
        lowest=entry["plausible"]["min"],
        highest=entry["plausible"]["max"],
        factors=entry["factors"],
        offsets=entry.get("offsets", {}),
        unit_if_none=entry.get("unit_if_none"),
    )


def _by_system(
    entries: dict[str, dict[str, Any]], codes: dict[str, QuantityCodes]
) -> dict[tuple[str, str], QuantityCodes]:
    loinc = {("loinc", code): codes[name] for name, entry in entries.items() for code in entry["loinc"]}
    names = {("name", label): codes[name] for name, entry in entries.items() for label in entry["names"]}
    return loinc | names


def _cultures_by_system(cultures: dict[str, Any]) -> dict[tuple[str, str], Specimen]:
    return {
        (system, code): Specimen(specimen)
        for system, table in (("loinc", "loinc"), ("name", "names"))
        for specimen, codes in cultures[table].items()
        for code in codes
    }


def _drugs(drugs: dict[str, Any], column: str) -> dict[str, Drug]:
    return {
        code: Drug(substance, drug_class)
        for drug_class in DrugClass
        for substance, entry in drugs[drug_class.value].items()
        for code in entry[column]
    }


def _items(
    entries: dict[str, dict[str, Any]], codes: dict[str, QuantityCodes], note: Callable[[Any], str]
) -> dict[str, MeasuredItem]:
    return {
        item: MeasuredItem(codes[name], note(told))
        for name, entry in entries.items()
        for item, told in entry["mimic3"].items()
    }


def _specimens(table: dict[str, list[str]]) -> dict[str, Specimen]:
    return {item: specimen for specimen in Specimen for item in table[specimen.value]}


def _mimic3_codes(
    tables: dict[str, _Table], lab_codes: dict[str, QuantityCodes], vital_codes: dict[str, QuantityCodes]
) -> Mimic3Codes:
    labs, vitals, cultures, drugs = (tables[name] for name in ("labs", "vitals", "cultures", "drugs"))
    stays = tables["visits"]["mimic3"]
    return Mimic3Codes(
        labs=_items(labs["quantity"], lab_codes, lambda told: told["delay"]),
        labs_not_used=frozenset(labs["not_used"]["mimic3"]),
        charted=_items(vitals["quantity"], vital_codes, str),
        charted_not_used=frozenset(vitals["not_used"]["mimic3"]),
        calculated_duplicate=frozenset(vitals["calculated_duplicate"]["mimic3"]),
        copy_of_lab_result=frozenset(vitals["copy_of_lab_result"]["mimic3"]),
        comfort_care={item: frozenset(values) for item, values in vitals["comfort_care"]["mimic3"].items()},
        specimens=_specimens(cultures["mimic3_specimens"]),
        not_a_culture=frozenset(
            cultures["mimic3_specimens"]["not_a_culture"] + cultures["mimic3_procedures"]["not_a_culture"]
        ),
        procedures=_specimens(cultures["mimic3_procedures"]),
        ventilation=frozenset(cultures["mimic3_ventilation"]["items"]),
        procedures_not_used=frozenset(cultures["mimic3_procedures_not_used"]["items"]),
        drugs=_drugs(drugs, "mimic3"),
        drugs_not_used=frozenset(drugs["not_used"]["mimic3"]),
        not_antibacterial=frozenset(drugs["not_antibacterial"]["mimic3"]),
        order_routes=tables["routes"]["mimic3_order_categories"],
        main_component=drugs["mimic3_fluids"]["main_component"],
        fluid_categories=frozenset(drugs["mimic3_fluids"]["order_categories"]),
        additives=frozenset(drugs["mimic3_fluids"]["additives"]),
        main_order_type=drugs["mimic3_orders"]["main_type"],
        transferred_in=frozenset(stays["transferred_in"]),
        discharge_status=stays["discharge_status"],
    )
