"""When a fact happened, by the one time of it that places it in a stay."""

from datetime import datetime
from typing import assert_never

from schemas.clinical import Act, AnyFact, Coverage, Culture, Link, Medication, Merge, Observation, Patient, Visit


def act_time(fact: AnyFact) -> datetime | None:
    """When the fact happened; None where it has not (an order) or cannot (demographics)."""
    match fact:
        case Visit() | Act() | Merge() | Link():
            return fact.happened_at
        case Observation() | Culture():
            return fact.collected_at
        case Medication() | Coverage():
            return fact.started_at
        case Patient():
            return None
        case _:
            assert_never(fact)


def place_time(fact: AnyFact) -> datetime:
    """A time by which a fact without an encounter number can be placed: done, else ordered, else received."""
    ordered = fact.ordered_at if isinstance(fact, Culture | Medication) else None
    return act_time(fact) or ordered or fact.received_at
