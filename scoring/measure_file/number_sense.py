"""Whether the numbers of a file make sense: finite, in the unit that is compared, in an order that warns in time."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

from schemas.clinical import QUANTITY_UNITS, Quantity
from schemas.length_of_time import NO_AMOUNT, is_countable
from schemas.percent import MOST_SUPPRESSED
from scoring.measure_file.example import is_source
from scoring.measure_file.fault import Fault
from scoring.measure_file.part import Part, every_part, is_number, looks_like_number
from scoring.number import Comparison

_UNITS = {
    "pews_at_least": "points",
    "sirs_needed": "criteria",
    "readings": "readings",
    "consecutive": "readings",
    "lactate_at_least": QUANTITY_UNITS[Quantity.LACTATE],
    "elevated_above": QUANTITY_UNITS[Quantity.LACTATE],
    "threshold": QUANTITY_UNITS[Quantity.LACTATE],
    "volume": "mL/kg",
    "at_least": "mL/kg",
    "accepted_share": "of the target",
    "number": "bolus",
    "suppressed_at_most": "cases",
}
"""The unit in which the engine takes each number; those of a criterion follow its quantity."""

_COUNTS = frozenset({"sirs_needed", "readings", "consecutive", "number"})
_AMOUNTS = frozenset({"volume", "at_least", "accepted_share"})
_LENGTHS = frozenset({"minutes", "hours", "days"})
_TIMES = _LENGTHS | {"years"}


def number_faults(file: Part) -> Iterator[Fault]:
    """Faults of every number, and of every source that says nothing."""
    for part, holder in [(file, file), *every_part(file)]:
        yield from _empty_sources(part)
        if "value" in part.body:
            for check in (_endless, _other_unit, _negative, _no_count, _no_share, _hides, _never_passes, _warnings):
                yield from check(part, holder)


def _empty_sources(part: Part) -> Iterator[Fault]:
    for key in part.body:
        if is_source(key) and part.word(key) is not None and not str(part.word(key)).strip():
            yield Fault(part.place(key), "is empty", "say where it comes from: the text, with version and page")


def _endless(part: Part, _holder: Part) -> Iterator[Fault]:
    value = part.body["value"]
    if looks_like_number(value) and not is_number(value):
        yield Fault(part.place("value"), NO_AMOUNT, "write a finite number")


def _other_unit(part: Part, holder: Part) -> Iterator[Fault]:
    unit, asked = part.word("unit"), _unit_of(part, holder)
    if unit is not None and asked is not None and unit != asked:
        yield Fault(
            part.place("unit"), f'"{unit}" is not what it is compared in', f'write "{asked}", and the value in it'
        )


def _unit_of(part: Part, holder: Part) -> str | None:
    key = part.path[-1]
    quantity = holder.word("quantity")
    if key in {"above", "below"} and quantity in set(Quantity):
        return QUANTITY_UNITS[Quantity(quantity)]
    return _UNITS.get(str(key))


def _negative(part: Part, _holder: Part) -> Iterator[Fault]:
    value = part.number("value")
    if value is not None and value < 0 and part.word("unit") in _TIMES:
        yield Fault(part.place("value"), "is negative", "write how long, from 0 on; the key says in which direction")


def _no_count(part: Part, _holder: Part) -> Iterator[Fault]:
    value = part.number("value")
    if part.path[-1] in _COUNTS and value is not None and (value < 1 or value % 1):
        yield Fault(part.place("value"), f"{value:g} is no count", "write a whole number, from 1 on")


def _no_share(part: Part, _holder: Part) -> Iterator[Fault]:
    value, key = part.number("value"), part.path[-1]
    if key not in _AMOUNTS or value is None:
        return
    if value <= 0:
        yield Fault(part.place("value"), f"{value:g} asks for nothing", "write a number above 0")
    elif key == "accepted_share" and value > 1:
        yield Fault(part.place("value"), f"{value:g} is more than the whole target", "write a share, up to 1")


def _hides(part: Part, _holder: Part) -> Iterator[Fault]:
    value = part.number("value")
    if part.path[-1] != "suppressed_at_most" or value is None:
        return
    if value < 0 or value % 1:
        yield Fault(part.place("value"), f"{value:g} is no number of cases", "write a whole number, from 0 on")
    elif value > MOST_SUPPRESSED:
        what = f"{value:g} hides what tells of nobody"
        yield Fault(part.place("value"), what, f"write a whole number, up to {MOST_SUPPRESSED}")


def _never_passes(part: Part, _holder: Part) -> Iterator[Fault]:
    if part.path[-1] == "limit" and part.number("value") == 0 and part.word("comparison") == Comparison.BELOW:
        yield Fault(part.place("value"), "lets nothing pass: nothing takes less than 0", 'write a longer time, or "<="')


def _warnings(part: Part, holder: Part) -> Iterator[Fault]:
    offsets = part.body["value"]
    if part.path[-1] != "due_soon" or not isinstance(offsets, list) or not all(map(is_number, offsets)):
        return
    place = part.place("value")
    limit = _length(holder.table("limit"))
    if not offsets:
        yield Fault(place, "names no warning", "name how many minutes before the limit to warn, or take due_soon out")
    elif any(later >= earlier for earlier, later in pairwise(offsets)):
        yield Fault(place, "does not fall", "write the farthest warning first, each once")
    if any(offset <= 0 for offset in offsets):
        yield Fault(place, "warns when it is due, or later", "count back from the limit: write numbers above 0")
    if limit is not None and any(_minutes(offset) >= limit for offset in offsets if offset > 0):
        yield Fault(place, "warns before the window begins", "write fewer minutes than the limit has")
    if holder.body.get("act") == "death":
        yield Fault(part.path, "warns of a death", "take it out: nobody is asked to do an outcome")
    elif "limit" not in holder.body:
        yield Fault(part.path, "counts back from a limit that is not there", "add a limit, or take due_soon out")


def _length(limit: Part | None) -> timedelta | None:
    value, unit = (limit.number("value"), limit.word("unit")) if limit is not None else (None, None)
    if value is None or unit not in _LENGTHS or not is_countable(value, unit):
        return None
    return timedelta(**{unit: value})


def _minutes(offset: float) -> timedelta:
    return timedelta(minutes=offset) if is_countable(offset, "minutes") else timedelta.max
