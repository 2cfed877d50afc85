"""Which statuses each element of each measure can come to by the measures' texts, and why not to the others.

Every element can be `not_applicable` (ruled out) and, where the measure leaves anybody out, `excluded`; where its time
zero can be unknown, `cannot_assess`. Feeds here carry everything, and some of every kind by its day alone.
"""

from reference.naive_judge import MEASURES

DONE_OR_NOT = ["met", "met_late", "missed"]
NO_TIME_ZERO = [
    "nys-ped-1h/spec-2015",
    "nys-ped-1h/spec-2015-literal",
    "nys-ped-1h/spec-2015-bounded",
    "nys-ped-1h/trend-2015",
    "nys-protocol-initiated-ped/2015",
    "nys-adult-3h/public-2015",
    "nys-adult-3h/trend-2015",
    "nys-adult-6h/public-2015",
    "nys-adult-6h/trend-2015",
    "nys-protocol-initiated-adult/2015",
]
"""Not the pediatric public report, whose protocol in the emergency department needs the arrival or triage that gives
time zero; nor where the entry stands in for time zero."""

CANNOT_BE_ASSESSED = {
    "assessment": None,
    "lactate": None,
    "antibiotics": None,
    "blood_culture": None,
    "broad_spectrum": None,
    "repeat_lactate": None,
    "first_bolus": None,
    "third_bolus": None,
    "died_within_3_days": None,
    "died_within_30_days": None,
    "fluids": None,
    "vasopressor": None,
    "reassessment": None,
    "protocol": ["ipso"],
}
"""Elements that may lack a weight, a value, a minute, or news of who left alive; in which measures, None: in all."""

SELDOM = [
    ("sep1-like/1", "bundle", "not_open"),
    ("nys-adult-6h/public-2015", "bundle", "not_open"),
    ("nys-adult-6h/trend-2015", "bundle", "not_open"),
]
"""What no run need see, and may: a repeat waits for the initial lactate, which one of the day may already have been."""

OUTCOMES = ["died_in_hospital", "died_within_3_days", "died_within_30_days"]
STATUSES = [
    "met",
    "met_late",
    "missed",
    "not_applicable",
    "excluded",
    "cannot_assess",
    "open",
    "due_soon",
    "overdue",
    "not_open",
]


def expected():
    """Triples of measure, element and status that a long run must see, in the end or on the way."""
    return list(dict.fromkeys([*reachable(), *reachable_on_the_way()]))


def reasons_against():
    """Triples of measure, element and status that no chart can come to, each with the reason."""
    can = {*expected(), *SELDOM}
    return {
        (measure.name, element, status): reason_against(measure, element, status)
        for measure in MEASURES
        for element in [*measure.element_names, "bundle"]
        for status in STATUSES
        if (measure.name, element, status) not in can
    }


def reason_against(measure, element, status):
    """Why the measure's text never leads there."""
    if status == "excluded":
        return "the measure leaves nobody out"
    if element == "bundle":
        return reason_against_bundle(measure, status)
    if element in OUTCOMES:
        return "nobody is asked for a death, and none is late"
    if element == "protocol" and status == "due_soon":
        return "without a limit nothing is due"
    return {
        "due_soon": "what is outside of the bundle is not warned of",
        "not_open": "its clock begins with the initial lactate"
        if element == "repeat_lactate"
        else "it waits for nothing",
        "cannot_assess": "it hangs on no weight, no value, and nothing that is charted by its day",
    }[status]


def reason_against_bundle(measure, status):
    """Why a bundle never comes to a status."""
    if set(measure.element_names) <= set(measure.beside_bundle):
        return "without elements the bundle does not apply"
    return {
        "met_late": "late counts as missed",
        "due_soon": "without a limit nothing is due",
        "not_open": "while a repeat waits for the initial lactate, that one is open or worse",
    }[status]


def reachable():
    """Triples of measure, element and status; the bundle among the elements."""
    return [
        (measure.name, element, status)
        for measure in MEASURES
        for element in [*measure.element_names, "bundle"]
        for status in statuses_of(measure, element)
    ]


def statuses_of(measure, element):
    """Every final status of one element, or of the bundle."""
    own = bundle_statuses(measure) if element == "bundle" else element_statuses(measure, element)
    own = [*own, "not_applicable"]
    if measure.exclusions or measure.drops:
        own.append("excluded")
    if measure.name in NO_TIME_ZERO and "cannot_assess" not in own:
        own.append("cannot_assess")
    return own


def element_statuses(measure, element):
    """Statuses of an element in a case that counts."""
    own = ["met", "missed"] if element in OUTCOMES else DONE_OR_NOT
    if element == "died_in_hospital" or measure.name.startswith("nys-protocol"):
        own = [*own, "open"]
    if element in CANNOT_BE_ASSESSED and is_in(measure.name, CANNOT_BE_ASSESSED[element]):
        own = [*own, "cannot_assess"]
    return own


def bundle_statuses(measure):
    """The worst of its elements, of which late counts as missed."""
    asked = [name for name in measure.element_names if name not in measure.beside_bundle]
    found = {status for name in asked for status in element_statuses(measure, name)}
    return sorted(found - {"met_late"})


def is_in(name, measures):
    """Whether a measure is one of some, by the beginning of its name; None: of all."""
    return measures is None or any(name.startswith(each) for each in measures)


def reachable_on_the_way():
    """Triples of measure, element and status that hold only until the clocks have settled."""
    return [
        (measure.name, element, status)
        for measure in MEASURES
        for element in [*measure.element_names, "bundle"]
        for status in statuses_on_the_way(measure, element)
    ]


def statuses_on_the_way(measure, element):
    """A window runs, is due soon, and waits for charting; nobody waits for the charting of a death."""
    if element == "bundle":
        asked = [name for name in measure.element_names if name not in measure.beside_bundle]
        return sorted({status for name in asked for status in statuses_on_the_way(measure, name)} - {"not_open"})
    if element in OUTCOMES:
        return ["open"]
    on_the_way = ["open", "overdue"]
    if element != "broad_spectrum" and not measure.name.startswith("nys-protocol"):
        on_the_way.append("due_soon")
    if element == "repeat_lactate" and measure.name != "ssc-hour1/2018":
        on_the_way.append("not_open")
    return on_the_way
