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
    Specimen,
    Visit,
)
from scoring.measure import Measure
from scoring.number import Criterion
from scoring.time_zero_rule import CONTACTS, FirstKnown, Moment, SevereSepsisCriteria

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


def _is_moment(fact: AnyFact, rule: FirstKnown) -> bool:
    """Whether the fact may be one of the moments of a rule."""
    moments = {moment for group in rule.first_known for moment in group}
    match fact:
        case Visit():
            return bool(moments & CONTACTS)
        case Act():
            return fact.act in {moment.value for moment in moments}
        case Medication(drug_class=DrugClass.ANTIBACTERIAL):
            return Moment.ANTIBIOTIC in moments
        case Medication(drug_class=DrugClass.CRYSTALLOID):
            return Moment.CRYSTALLOID in moments
        case _:
            return False


def moves_time_zero(measure: Measure, fact: AnyFact) -> bool:
    """Whether the fact may have a say in the measure's time zero."""
    if isinstance(fact, Act) and (fact.act in measure.entry.acts or fact.act is ActName.SEPSIS_RULED_OUT):
        return True
    match measure.time_zero:
        case FirstKnown() as rule:
            return _is_moment(fact, rule)
        case SevereSepsisCriteria() as rule:
            return _is_sepsis_sign(fact, rule)
        case _:
            assert_never(measure.time_zero)


def touches(measure: Measure, fact: AnyFact) -> bool:
    """Whether the fact may change anything the measure says or its timeline shows."""
    match fact:
        case Medication():
            return fact.drug_class in measure.watched_drugs
        case Observation():
            return fact.quantity in measure.watched_quantities or moves_time_zero(measure, fact)
        case _:
            return True
