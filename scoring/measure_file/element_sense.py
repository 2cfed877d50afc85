"""Whether the elements of a file make sense: there are some, they add up to a bundle, each says why it is as it is."""

from collections.abc import Iterator

from schemas.verdict import Element
from scoring.element_rule import CountsFrom
from scoring.measure_file.fault import Fault
from scoring.measure_file.part import Part

_SOURCES = {
    "applies_when": "applies_when_source",
    "before_antibiotic": "before_antibiotic_source",
    "needs_antibiotic_without": "needs_antibiotic_source",
    "routes": "routes_source",
    "alone": "spectrum_source",
    "together": "spectrum_source",
    "after_fluids": "after_fluids_source",
}
"""Keys of an element that decide something, and the key that says where that comes from."""

_ACTS: dict[Element, tuple[str, ...]] = {
    Element.PROTOCOL: ("statement",),
    Element.ASSESSMENT: ("vital_signs", "statement"),
    Element.LACTATE: ("lactate",),
    Element.REPEAT_LACTATE: ("repeat_lactate",),
    Element.BLOOD_CULTURE: ("blood_culture",),
    Element.ANTIBIOTICS: ("antibiotic", "broad_spectrum"),
    Element.BROAD_SPECTRUM: ("broad_spectrum",),
    Element.FLUIDS: ("crystalloid_volume", "bolus"),
    Element.FIRST_BOLUS: ("bolus", "crystalloid_volume"),
    Element.THIRD_BOLUS: ("bolus", "crystalloid_volume"),
    Element.VASOPRESSOR: ("vasopressor",),
    Element.REASSESSMENT: ("statement", "vital_signs"),
    Element.DIED_IN_HOSPITAL: ("death",),
    Element.DIED_WITHIN_3_DAYS: ("death",),
    Element.DIED_WITHIN_30_DAYS: ("death",),
}
"""What an element of each name may ask for: board, alerts and tables call it by its name alone."""

_OF_THE_ORDER = ("antibiotic_look_back", "delay_accepted_by")
"""Keys that say something only where the culture must come first."""

_LISTS = ("statements", "full_set", "together", "alone", "routes")


def element_faults(file: Part) -> Iterator[Fault]:
    """Faults of the elements as they stand, and of the bundle that they make."""
    elements = dict(file.named("elements"))
    if "elements" in file.body and file.body["elements"] == {}:
        yield Fault(("elements",), "is empty", "add an element: a table such as [elements.antibiotics]")
    if Element.BUNDLE in elements:
        yield Fault(("elements", "bundle"), "is derived from the other elements", "take it out")
    yield from _no_bundle(elements)
    yield from _named_otherwise(elements)
    for part in elements.values():
        for check in (
            _unsaid,
            _without_order,
            _looks_back_elsewhere,
            _empty_lists,
            _on_its_own_clock,
            _nobody_is_warned,
        ):
            yield from check(part)


def _no_bundle(elements: dict[str, Part]) -> Iterator[Fault]:
    asked = [part for part in elements.values() if part.word("act") != "death"]
    if asked and all(part.body.get("in_bundle") is False for part in asked):
        yield Fault(("elements",), "has none that counts for the bundle", "take in_bundle = false out of one of them")


def _named_otherwise(elements: dict[str, Part]) -> Iterator[Fault]:
    """An antibiotic under the name of a lactate would be shown as a lactate that was drawn."""
    for name, acts in _ACTS.items():
        asked = elements[name].word("act") if name in elements else None
        others = [str(other) for other, kinds in _ACTS.items() if asked in kinds]
        if others and name not in others:
            known = " or ".join(f'"{each}"' for each in acts)
            yield Fault(
                elements[name].place("act"),
                f'"{asked}" is not what {name} says',
                f"write {known}, or name the element {' or '.join(others)}",
            )


def _unsaid(part: Part) -> Iterator[Fault]:
    """What decides something must say where it comes from, and what says so must decide something."""
    for source in dict.fromkeys(_SOURCES.values()):
        decided = [key for key, of in _SOURCES.items() if of == source and part.body.get(key)]
        yield from _one_without_the_other(part, decided, source)
    outside = ["in_bundle"] if part.body.get("in_bundle") is False and part.word("act") != "death" else []
    yield from _one_without_the_other(part, outside, "in_bundle_source")


def _one_without_the_other(part: Part, decided: list[str], source: str) -> Iterator[Fault]:
    if decided and source not in part.body:
        yield Fault(
            part.place(source),
            f"is missing, and {decided[0]} decides something",
            f'add {source} = "the text, with page"',
        )
    elif source in part.body and not decided:
        yield Fault(
            part.place(source),
            "is the source of nothing",
            "take it out, or add what it is the source of",
            is_warning=True,
        )


def _without_order(part: Part) -> Iterator[Fault]:
    if part.word("act") == "blood_culture" and part.body.get("before_antibiotic") is not True:
        for key in _OF_THE_ORDER:
            if key in part.body:
                yield Fault(part.place(key), "has no effect", "add before_antibiotic = true, or take it out")


def _looks_back_elsewhere(part: Part) -> Iterator[Fault]:
    if part.word("act") in {"lactate", "repeat_lactate"} and "look_back" in part.body:
        remedy = "say in [initial_lactate] from when on a lactate is the initial one"
        yield Fault(part.place("look_back"), "does not choose the lactate", remedy, is_warning=True)


def _empty_lists(part: Part) -> Iterator[Fault]:
    for key in _LISTS:
        if part.body.get(key) == []:
            yield Fault(part.place(key), "is empty", "name what counts, or take it out")
        for number, each in enumerate(part.items(key)):
            if each == []:
                yield Fault(part.place(key, number), "is empty", "name what counts, or take it out")


def _on_its_own_clock(part: Part) -> Iterator[Fault]:
    if part.word("act") == "lactate" and part.word("counts_from") == CountsFrom.INITIAL_LACTATE:
        yield Fault(part.place("counts_from"), "counts the initial lactate from itself", 'write "time_zero"')


def _nobody_is_warned(part: Part) -> Iterator[Fault]:
    warns = "due_soon" in part.body or part.body.get("in_bundle") is False or part.word("act") == "death"
    if "limit" in part.body and not warns:
        yield Fault(part.path, "warns nobody before it is due", "add due_soon, if somebody should be", is_warning=True)
