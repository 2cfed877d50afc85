"""A fact in words: what it is called, and its value with unit."""

from datetime import date

from schemas.clinical import QUANTITY_UNITS, Act, AnyFact, Culture, Medication, Observation, Patient, Visit


def describe(fact: AnyFact) -> tuple[str, str, float | None, str | None]:
    """A fact in words: its type, what it was, value and unit."""
    match fact:
        case Visit():
            return fact.step, f"{fact.step.replace('_', ' ')}{f', {fact.unit}' if fact.unit else ''}", None, None
        case Act():
            return fact.act, fact.act.replace("_", " "), fact.value, None
        case Observation():
            return fact.quantity, fact.quantity.replace("_", " "), fact.value, QUANTITY_UNITS[fact.quantity]
        case Culture():
            return f"{fact.specimen}_culture", f"{fact.specimen} culture", None, None
        case Medication():
            unit = "mL" if fact.volume_ml is not None else None
            return fact.drug_class, fact.substance.replace("_", " "), fact.volume_ml, unit
        case Patient(birth_date=date() as born):
            return fact.kind, f"born {born}", None, None
        case _:
            return fact.kind, fact.kind, None, None
