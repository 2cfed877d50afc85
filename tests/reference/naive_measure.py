"""What a measure's text comes down to, and how a case is judged by one, step by step.

The first that applies decides: ruled out or lapsed, drops, population, exclusions in the text's order, no time zero;
else the case counts, and every element is judged.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, partial

from reference.naive_acts import NOT_APPLICABLE, Found
from reference.naive_cases import Case, Zero, opening_acts, said_by_a_person, stretches
from reference.naive_chart import Stay
from reference.naive_population import bad_datetime, no_birth_date

DROPS = {"bad_datetime": bad_datetime, "no_birth_date": no_birth_date}
WORST_FIRST = ["missed", "overdue", "due_soon", "open", "not_open", "cannot_assess"]
BLANK = {
    "not_in_population": "not_applicable",
    "dropped": "excluded",
    "excluded": "excluded",
    "cannot_assess": "cannot_assess",
}
"""How every element stands in a case that is not judged."""


@dataclass
class Measure:
    """One measure's text as questions to the chart.

    `time_zero(stay, case)` gives a `Zero`, or None where no case opens. `population` and `exclusions` are pairs of a
    reason and a question `(stay, case, minute of time zero)`: all of the first must hold, none of the second.
    `elements(stay, case, minute of time zero)` gives a `Found` by name.
    """

    name: str
    entry: list
    time_zero: Callable
    elements: Callable
    element_names: list
    exclusions: list = field(default_factory=list)
    population: list = field(default_factory=list)
    drops: list = field(default_factory=list)
    beside_bundle: list = field(default_factory=list)
    strata: list = field(default_factory=list)
    """Pairs of an act, from the gravest down, and the groups that its stay belongs to."""
    is_to_the_second: bool = False
    """Its time zero and its acts are seconds, not minutes."""


@dataclass
class Judged:
    """How one case stands by one measure."""

    case_id: str
    measure: str
    status: str
    reason: str | None
    zero: Zero
    elements: dict
    bundle: str
    strata: list = field(default_factory=list)
    belongs: bool = True
    """The case is one of the measure's population."""

    stretch: tuple = ()
    """The numbers of the stay, and the rule-out after which the case begins."""

    would_be: Callable = dict
    """Asks for the elements as if the case counted."""


def cases_of(measure, stay):
    """The cases that open in a stay, with their time zero; the second is `#2`."""
    found = []
    for case in stretches(stay):
        opening = opening_acts(stay, case, measure.entry)
        case.entry = opening[0] if opening else None
        zero = measure.time_zero(stay, case)
        word = said_by_a_person(stay, case, measure.name)
        if zero is not None:
            zero = zero if word is None else told_zero(measure, word)
            number = len(found) + 1
            case.case_id = stay.case_id if number == 1 else f"{stay.case_id}#{number}"
            found.append((case, zero))
    return found


def told_zero(measure, second):
    """A time zero that a person said; it opens no case, and confirms a provisional one."""
    at = second if measure.is_to_the_second else second // 60
    return Zero(at, frozenset(["overridden"]), second=second)


def standing(measure, stay: Stay, case: Case, zero: Zero):
    """Status of the case, and why."""
    if zero.lapsed:
        return "not_in_population", "not_confirmed"
    if case.until is not None:
        return "not_in_population", "ruled_out"
    told = [("dropped", reason) for reason in measure.drops if DROPS[reason](stay)]
    told += [("not_in_population", reason) for reason, asks in measure.population if not asks(stay, case, zero.at)]
    told += [("excluded", reason) for reason, asks in measure.exclusions if asks(stay, case, zero.at)]
    told += [("cannot_assess", "no_time_zero")] if zero.at is None else [("denominator", None)]
    return told[0]


def bundle_of(measure, elements):
    """The worst of the elements that the bundle asks for; late counts as missed."""
    asked = [
        found.status
        for name, found in elements.items()
        if name not in measure.beside_bundle and found.status != NOT_APPLICABLE.status
    ]
    asked = ["missed" if status == "met_late" else status for status in asked]
    if not asked:
        return "not_applicable"
    return next((status for status in WORST_FIRST if status in asked), "met")


def judge_by(measure, stay):
    """Every case of a stay by one measure."""
    judged = []
    for case, zero in cases_of(measure, stay):
        status, reason = standing(measure, stay, case, zero)
        if status == "denominator":
            elements = measure.elements(stay, case, zero.at)
            bundle = bundle_of(measure, elements)
        else:
            elements = {name: Found(BLANK[status]) for name in measure.element_names}
            bundle = BLANK[status]
        found = Judged(case.case_id, measure.name, status, reason, zero, elements, bundle)
        found.strata = next((groups for act, groups in measure.strata if stay.acts(act)), [])
        found.belongs = all(asks(stay, case, zero.at) for _, asks in measure.population)
        found.stretch = (stay.numbers, case.after)
        found.would_be = cache(partial(measure.elements, stay, case, zero.at)) if zero.at is not None else dict
        judged.append(found)
    return judged
