"""Whether the sections that elements, clocks and population ask for are there, and say what is asked of them."""

from collections.abc import Iterator

from scoring.catalogue import SECTIONS
from scoring.circulation_rule import Circumstance
from scoring.element_rule import CountsFrom
from scoring.measure import asked_sections
from scoring.measure_file.fault import Fault
from scoring.measure_file.part import Part
from scoring.rules import named_rules

_ON_SHOCK = frozenset({CountsFrom.SEPTIC_SHOCK, CountsFrom.HYPOTENSION_OR_SHOCK})


def section_faults(file: Part) -> Iterator[Fault]:
    """Faults of `[initial_lactate]`, `[hypotension]` and `[shock]`."""
    yield from _missing_or_idle(file)
    yield from _undefined(file)
    yield from _criteria(file)
    shock = file.table("shock")
    if shock is not None and shock.body.get("by") == []:
        yield Fault(("shock", "by"), "is empty: nothing makes septic shock", "name a circumstance")


def _missing_or_idle(file: Part) -> Iterator[Fault]:
    asking = _who_asks(file)
    for section, who in asking.items():
        if who and section not in file.body:
            yield Fault((section,), f"is missing, and {who[0]} asks for it", f"add the section [{section}]")
        if not who and section in file.body:
            yield Fault((section,), "is asked for by nothing", "take it out, or use it", is_warning=True)


def _who_asks(file: Part) -> dict[str, list[str]]:
    """The sections, each with the places that ask for it."""
    asking: dict[str, list[str]] = {"hypotension": [], "shock": [], "initial_lactate": []}
    for place, circumstances, clock, act in _askers(file):
        for section in asked_sections(circumstances, clock, act):
            asking[section].append(place)
    for section in _in_place_of_the_catalogues(file):
        asking[section].append("time_zero")
    return asking


def _in_place_of_the_catalogues(file: Part) -> list[str]:
    """The file's own sections that the rule which it names would else bring along."""
    time_zero = file.table("time_zero")
    name = time_zero.word("name") if time_zero is not None else None
    brought = [rule.terms for rule in named_rules() if rule.name == name]
    return [each for each in SECTIONS if each in file.body and any(getattr(terms, each) for terms in brought)]


def _askers(file: Part) -> Iterator[tuple[str, frozenset[str], str, str]]:
    """Each place with what it asks by: circumstances, a clock, an act or rule."""
    for name, part in file.named("elements"):
        yield (
            f"elements.{name}",
            frozenset(part.words("applies_when")),
            part.word("counts_from") or "",
            part.word("act") or "",
        )
    for part in file.listed("population"):
        yield "population", frozenset(), "", part.word("rule") or ""
    shock = file.table("shock")
    if shock is not None:
        yield "shock.by", frozenset(shock.words("by")), "", ""


def _undefined(file: Part) -> Iterator[Fault]:
    """Circumstances on which something hangs and which can never hold."""
    shock = file.table("shock")
    if shock is None:
        return
    made_by = set(shock.words("by"))
    used = made_by | {each for _, circumstances, _, _ in _askers(file) for each in circumstances}
    if Circumstance.SHOCK_DOCUMENTED in used and shock.body.get("documented_by") == []:
        yield Fault(
            shock.place("documented_by"), "is empty, and shock_documented hangs on it", "name the acts that say it"
        )
    for _, part in file.named("elements"):
        hangs_on = set(part.words("applies_when"))
        if hangs_on and made_by and part.word("counts_from") == CountsFrom.SEPTIC_SHOCK and not hangs_on & made_by:
            yield Fault(
                part.place("applies_when"),
                "counts from septic shock, and none of its circumstances is in [shock] by",
                f"name one of {', '.join(sorted(made_by))}, or add one of its own to [shock] by",
            )


def _criteria(file: Part) -> Iterator[Fault]:
    time_zero, hypotension = file.table("time_zero"), file.table("hypotension")
    if time_zero is not None and time_zero.word("rule") == "severe_sepsis_criteria":
        for key in ("sirs", "organ_dysfunction"):
            yield from _criteria_of(time_zero, key)
        yield from _too_few(time_zero)
    if hypotension is not None:
        yield from _criteria_of(hypotension, "low")
        for part in hypotension.listed("low"):
            if "act" in part.body:
                yield Fault(part.place("act"), "is no reading of blood pressure", "name a quantity and below")


def _criteria_of(holder: Part, key: str) -> Iterator[Fault]:
    if holder.body.get(key) == []:
        yield Fault(holder.place(key), "is empty: nothing meets it", "add a criterion")
    for part in holder.listed(key):
        if ("quantity" in part.body) == ("act" in part.body):
            yield Fault(part.path, "must have a quantity or an act, and not both", "name the one that meets it")
        elif "act" in part.body and ("above" in part.body or "below" in part.body):
            yield Fault(part.path, "has a threshold, and an act has no value", "take it out, or name a quantity")
        elif "quantity" in part.body:
            yield from _thresholds(part)


def _thresholds(part: Part) -> Iterator[Fault]:
    above, below = part.table("above"), part.table("below")
    if "above" not in part.body and "below" not in part.body:
        yield Fault(part.path, "has no threshold", "add above or below, with its unit and source")
    if above is None or below is None:
        return
    high, low = above.number("value"), below.number("value")
    if high is not None and low is not None and high < low:
        yield Fault(part.path, "is met by every value", "write the lower threshold under below")


def _too_few(time_zero: Part) -> Iterator[Fault]:
    needed = time_zero.table("sirs_needed")
    wanted = needed.number("value") if needed is not None else None
    different = {part.word("criterion") for part in time_zero.listed("sirs")}
    if wanted is not None and different and wanted > len(different):
        yield Fault(
            time_zero.place("sirs_needed"),
            f"asks for more criteria than the {len(different)} that there are",
            "write fewer, or add some",
        )
