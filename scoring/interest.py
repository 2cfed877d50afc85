"""Which facts can change what of a measure: a fact that cannot is kept, and nothing is judged anew."""

from typing import assert_never

from schemas.clinical import (
    Act,
    ActName,
    AnyFact,
    Culture,
    DrugClass,
    Medication,
    Observation,
    Quantity,
    Specimen,
    Visit,
    VisitStep,
)
from scoring.measure import (
    Criterion,
    ElementAct,
    FirstEntryAct,
    Measure,
    ProtocolElseFirstContact,
    SevereSepsisCriteria,
)

CONTACTS = frozenset({VisitStep.ARRIVED, VisitStep.TRIAGED, VisitStep.ADMITTED})
SHOWN_QUANTITIES = frozenset({Quantity.LACTATE, Quantity.WEIGHT})
"""Quantities that an element or the timeline uses at any time of the stay, not only up to time zero."""
INFECTION_SPECIMENS = frozenset({Specimen.BLOOD, Specimen.STERILE})


def _meets_a_criterion(fact: Observation, rule: SevereSepsisCriteria) -> bool:
    value = fact.value
    return value is not None and any(
        criterion.quantity is fact.quantity and criterion.is_met_by(value) for criterion in _criteria(rule)
    )


def _criteria(rule: SevereSepsisCriteria) -> tuple[Criterion, ...]:
    return (*rule.sirs, *rule.organ_dysfunction)


def _is_sepsis_sign(fact: AnyFact, rule: SevereSepsisCriteria) -> bool:
    match fact:
        case Observation():
            return _meets_a_criterion(fact, rule)
        case Culture():
            return fact.specimen in INFECTION_SPECIMENS
        case Medication():
            return fact.drug_class is DrugClass.ANTIBACTERIAL
        case Act():
            return any(criterion.act is fact.act for criterion in _criteria(rule))
        case _:
            return False


def moves_time_zero(measure: Measure, fact: AnyFact) -> bool:
    """Whether the fact may have a say in the measure's time zero."""
    if isinstance(fact, Act) and (fact.act in measure.entry.acts or fact.act is ActName.SEPSIS_RULED_OUT):
        return True
    match measure.time_zero:
        case FirstEntryAct():
            return False
        case ProtocolElseFirstContact():
            return isinstance(fact, Visit) and fact.step in CONTACTS
        case SevereSepsisCriteria() as rule:
            return _is_sepsis_sign(fact, rule)
        case _:
            assert_never(measure.time_zero)


def _weighs_fluids(measure: Measure) -> bool:
    return any(rule.act is ElementAct.WEIGHT_BASED_CRYSTALLOID for rule in measure.elements.values())


def touches(measure: Measure, fact: AnyFact) -> bool:
    """Whether the fact may change anything the measure says or its timeline shows."""
    match fact:
        case Medication():
            return fact.drug_class is DrugClass.ANTIBACTERIAL or (
                fact.drug_class is DrugClass.CRYSTALLOID and _weighs_fluids(measure)
            )
        case Observation(quantity=Quantity.LACTATE):
            return True
        case Observation(quantity=Quantity.WEIGHT):
            return _weighs_fluids(measure)
        case Observation():
            return moves_time_zero(measure, fact)
        case _:
            return True
