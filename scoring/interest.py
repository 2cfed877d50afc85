"""Which facts can change what of a measure: a fact that cannot is kept, and nothing is judged anew."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import assert_never

from schemas.clinical import (
    Act,
    ActName,
    AnyFact,
    Culture,
    DrugClass,
    Medication,
    Observation,
    Patient,
    Quantity,
    Specimen,
    Visit,
)
from scoring.abnormal_vitals import limits
from scoring.act_time import act_time
from scoring.age import birth_date, has_reached
from scoring.chart import Chart
from scoring.measure import Measure
from scoring.number import Criterion
from scoring.override import overrides
from scoring.phoenix_rule import Phoenix, quantities
from scoring.presentation import is_near_infection, reaches_back
from scoring.time_zero_rule import (
    CONTACTS,
    AbnormalVitals,
    FirstKnown,
    InfectionRule,
    Moment,
    SepticShock,
    SevereSepsisCriteria,
    infection_rule,
    moments,
)

INFECTION_SPECIMENS = frozenset({Specimen.BLOOD, Specimen.STERILE})


def _meets(fact: Observation, criteria: Iterable[Criterion]) -> bool:
    value = fact.value
    return value is not None and any(
        criterion.quantity is fact.quantity and criterion.is_met_by(value) for criterion in criteria
    )


def _is_infection_sign(fact: AnyFact) -> bool:
    match fact:
        case Culture():
            return fact.specimen in INFECTION_SPECIMENS
        case Medication():
            return fact.drug_class is DrugClass.ANTIBACTERIAL
        case _:
            return False


def _is_severe_sign(fact: AnyFact, rule: SevereSepsisCriteria) -> bool:
    """Whether the fact may be a sign of infection, or meet a criterion."""
    criteria = (*rule.sirs, *rule.organ_dysfunction)
    match fact:
        case Observation():
            return _meets(fact, criteria)
        case Act():
            return fact.act in rule.documented_by or any(criterion.act is fact.act for criterion in criteria)
        case _:
            return _is_infection_sign(fact)


def _is_abnormal(fact: AnyFact, rule: AbnormalVitals) -> bool:
    """Whether the fact is a sign that the look-back counts from, or abnormal at any age, or tells the age."""
    match fact:
        case Observation():
            return _meets(fact, limits(rule))
        case Patient():
            return True
        case _:
            return _is_named(fact, moments(rule))


def _is_phoenix_sign(fact: AnyFact, rule: Phoenix) -> bool:
    """Whether the fact may be a sign of infection, or give points, or tells the age."""
    match fact:
        case Observation():
            return fact.quantity in quantities(rule)
        case Medication(drug_class=DrugClass.VASOPRESSOR):
            return fact.substance in rule.vasoactives
        case Act():
            return fact.act is ActName.MECHANICAL_VENTILATION or any(line.act is fact.act for line in rule.acts)
        case Patient():
            return True
        case _:
            return _is_infection_sign(fact)


def _is_shock_sign(fact: AnyFact, measure: Measure, rule: SepticShock) -> bool:
    """Whether the fact may make severe sepsis, or shock of it."""
    match fact:
        case Observation() if fact.quantity in measure.watched_quantities:
            return True
        case Medication(drug_class=DrugClass.CRYSTALLOID):
            return True
        case Act() if measure.shock is not None:
            lesser = measure.shock.target.lesser_volume_by
            shock = fact.act in measure.shock.documented_by or fact.act is lesser
            return shock or _is_severe_sign(fact, rule.severe_sepsis)
        case _:
            return _is_severe_sign(fact, rule.severe_sepsis)


def _is_named(fact: AnyFact, named: frozenset[Moment]) -> bool:
    """Whether the fact may be one of some moments."""
    match fact:
        case Visit():
            return bool(named & CONTACTS)
        case Act():
            return fact.act in {moment.value for moment in named}
        case Medication(drug_class=DrugClass.ANTIBACTERIAL):
            return Moment.ANTIBIOTIC in named
        case Medication(drug_class=DrugClass.CRYSTALLOID):
            return Moment.CRYSTALLOID in named
        case _:
            return False


def moves_time_zero(measure: Measure, fact: AnyFact) -> bool:
    """Whether the fact may have a say in the measure's time zero."""
    if isinstance(fact, Observation):
        return fact.quantity in measure.moving_quantities and _concerns_rule(measure, fact)
    if isinstance(fact, Act) and (fact.act in measure.entry.acts or fact.act is ActName.SEPSIS_RULED_OUT):
        return True
    return overrides(fact, measure) or _concerns_rule(measure, fact)


def _concerns_rule(measure: Measure, fact: AnyFact) -> bool:
    rule = measure.time_zero
    match rule:
        case FirstKnown():
            return _is_named(fact, moments(rule))
        case AbnormalVitals():
            return _is_abnormal(fact, rule)
        case SevereSepsisCriteria():
            return _is_severe_sign(fact, rule)
        case Phoenix():
            return _is_phoenix_sign(fact, rule)
        case SepticShock():
            return _is_shock_sign(fact, measure, rule)
        case _:
            assert_never(rule)


def movable_until(measure: Measure, time_zero: datetime) -> datetime:
    """Until when a result must be collected to move a time zero that is confirmed.

    What comes first gives the time, so nothing later moves it; but a documented infection may yet take its place,
    whose criteria are met no further from it than they may lie apart.
    """
    rule = infection_rule(measure.time_zero)
    return time_zero if rule is None else time_zero + rule.within.delta + measure.resolution.unit


def comes_too_late(measure: Measure, fact: AnyFact, time_zero: datetime) -> bool:
    """Whether a fact comes too long after a confirmed time zero to move it; a weight can, by the target volume.

    A culture or an antibacterial that pairs with none of before time zero makes presentations after it only.
    """
    if isinstance(fact, Observation):
        return fact.quantity is not Quantity.WEIGHT and fact.collected_at > movable_until(measure, time_zero)
    rule, moment = infection_rule(measure.time_zero), act_time(fact)
    if rule is None or moment is None or not _is_infection_sign(fact):
        return False
    return moment > time_zero + _pairs_within(rule) + measure.resolution.unit


def shock_until(measure: Measure, severe_sepsis: datetime) -> datetime:
    """Until when pressures, lactates and fluids may say that septic shock followed a severe sepsis."""
    low, shock, unit = measure.hypotension, measure.shock, measure.resolution.unit
    return severe_sepsis + max(low.after.delta if low else unit, shock.within.delta if shock else unit) + unit


def is_beside_infection(measure: Measure, chart: Chart, fact: AnyFact) -> bool:
    """Whether no presentation is made of the fact: a result too far from any infection, or who it is of is too old."""
    rule = infection_rule(measure.time_zero)
    if rule is None or not isinstance(fact, Observation | Medication | Culture):
        return False
    moment = act_time(fact)
    if moment is not None and isinstance(rule, Phoenix) and _is_past_age(chart, rule, moment):
        return True
    return isinstance(fact, Observation) and not is_near_infection(
        chart, rule, measure.entry.acts, measure.resolution, fact.collected_at
    )


def _is_past_age(chart: Chart, rule: Phoenix, moment: datetime) -> bool:
    """Whether the patient is too old for a score by any onset that a fact of this moment makes, or counts for."""
    born = birth_date(chart)
    since = moment - _pairs_within(rule) - reaches_back(rule) - timedelta(days=1)
    return born is not None and has_reached(rule.age_below, born, since.date())


def _pairs_within(rule: InfectionRule) -> timedelta:
    """How far from each other a culture and an antibacterial are a pair, at most; one may be known by its day."""
    return max(rule.antibiotic_before_culture.delta, rule.antibiotic_after_culture.delta) + timedelta(days=1)


def is_beside_case(measure: Measure, chart: Chart, fact: AnyFact) -> bool:
    """Whether the fact is a result of which no case is made; septic shock may be told by one far from infection."""
    return not isinstance(measure.time_zero, SepticShock) and is_beside_infection(measure, chart, fact)


def opens(measure: Measure, chart: Chart, fact: AnyFact) -> bool:
    """Whether the fact may open a case where there is none: by itself, or by the criteria of an infection rule."""
    if infection_rule(measure.time_zero) is not None:
        return moves_time_zero(measure, fact) and not is_beside_case(measure, chart, fact)
    return isinstance(fact, Act) and (fact.act in measure.entry.acts or fact.act is ActName.SEPSIS_RULED_OUT)


def touches(measure: Measure, fact: AnyFact) -> bool:
    """Whether the fact may change anything the measure says or its timeline shows."""
    match fact:
        case Medication():
            return fact.drug_class in measure.watched_drugs
        case Observation():
            return fact.quantity in measure.watched_quantities or moves_time_zero(measure, fact)
        case _:
            return True
