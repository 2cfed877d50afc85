"""Which results, drugs and cultures an element looks at: by what is none of them it stands as it stood.

Acts, steps of the visit, demographics and coverage are not told apart: every element may look at them.
"""

from schemas.clinical import AnyFact, Culture, DrugClass, Medication, Observation, Quantity
from schemas.verdict import Element
from scoring.element_rule import CountsFrom, ElementRule, Statement, VitalSigns
from scoring.measure import Measure

CULTURE = "culture"
Kind = Quantity | DrugClass | str
"""Of a result its quantity, of a drug its class; cultures are all of one kind."""

_FLUIDS: frozenset[Kind] = frozenset({DrugClass.CRYSTALLOID, Quantity.WEIGHT})
_BY_ACT: dict[str, frozenset[Kind]] = {
    "antibiotic": frozenset({DrugClass.ANTIBACTERIAL}),
    "broad_spectrum": frozenset({DrugClass.ANTIBACTERIAL}),
    "blood_culture": frozenset({DrugClass.ANTIBACTERIAL, CULTURE}),
    "lactate": frozenset({Quantity.LACTATE}),
    "repeat_lactate": frozenset({Quantity.LACTATE}),
    "crystalloid_volume": _FLUIDS,
    "bolus": _FLUIDS,
    "vasopressor": frozenset({DrugClass.VASOPRESSOR}),
    "death": frozenset(),
}
"""By act; of statements and vital signs the rule itself says more."""


def kind_of(fact: AnyFact) -> Kind | None:
    """What a result, a drug or a culture is told apart by; None of every other fact."""
    match fact:
        case Observation():
            return fact.quantity
        case Medication():
            return fact.drug_class
        case Culture():
            return CULTURE
        case _:
            return None


def watched_in_circulation(measure: Measure) -> frozenset[Kind]:
    """What low blood pressure and septic shock are told by."""
    low = measure.hypotension.low if measure.hypotension else ()
    pressures = {each.quantity for each in low if each.quantity is not None}
    return frozenset({*pressures, *_FLUIDS, Quantity.LACTATE})


def watched_by(measure: Measure, element: Element) -> frozenset[Kind]:
    """What an element may look at: for itself, for what switches it on, or for the start of its clock."""
    rule = measure.elements[element]
    kinds = _own(rule) | (watched_in_circulation(measure) if rule.applies_when else frozenset())
    match rule.counts_from:
        case CountsFrom.TIME_ZERO:
            return kinds
        case CountsFrom.INITIAL_LACTATE:
            return kinds | {Quantity.LACTATE}
        case _:
            # Septic shock may leave out those who had been on antibacterials for long.
            return kinds | watched_in_circulation(measure) | {DrugClass.ANTIBACTERIAL}


def _own(rule: ElementRule) -> frozenset[Kind]:
    match rule:
        case Statement():
            return frozenset({DrugClass.CRYSTALLOID}) if rule.after_fluids else frozenset()
        case VitalSigns():
            return frozenset(quantity for group in rule.full_set for quantity in group)
        case _:
            return _BY_ACT[rule.act]
