"""How the words of a rule read in a sentence: acts, moments, quantities, clocks, lengths of time and limits."""

from collections.abc import Iterable

from schemas.clinical import ActName, Quantity, VisitStep
from scoring.element_rule import CountsFrom
from scoring.number import Comparison, Duration, Limit, Number, Years
from scoring.time_zero_rule import Moment

ACT_WORDS = {
    ActName.PROTOCOL_STARTED: "the start of a protocol",
    ActName.ORDER_SET_STARTED: "the start of an order set",
    ActName.BEST_PRACTICE_ALERT: "a best-practice alert",
    ActName.SEPSIS_DOCUMENTED: "documented sepsis",
    ActName.SEPSIS_RULED_OUT: "the ruling out of sepsis",
    ActName.SEPSIS_TRIAGE_FORM: "a sepsis triage form",
    ActName.INFECTION_SUSPECTED: "a documented suspicion of infection",
    ActName.PEWS: "a PEWS",
    ActName.EXCLUDED_FROM_PROTOCOL: "an exclusion from the protocol",
    ActName.COMFORT_CARE: "comfort care",
    ActName.MECHANICAL_VENTILATION: "new mechanical ventilation",
    ActName.SEPSIS_SCREEN_POSITIVE: "a positive sepsis screen",
    ActName.SEPSIS_HUDDLE: "a sepsis huddle",
    ActName.SEVERE_SEPSIS_DOCUMENTED: "documented severe sepsis",
    ActName.SEPTIC_SHOCK_DOCUMENTED: "documented septic shock",
    ActName.REASSESSMENT: "a documented reassessment of volume status and tissue perfusion",
    ActName.PUPILS_FIXED: "a finding of both pupils fixed",
    ActName.CULTURE_DELAY_ACCEPTED: "an accepted reason for a later culture",
    ActName.LESSER_VOLUME_ORDERED: "a documented reason for less volume",
    ActName.CARE_REFUSED: "a refusal of care",
    ActName.TRIAL_ENROLLED: "enrolment in a trial",
    ActName.PREGNANCY_DOCUMENTED: "a documented pregnancy",
    ActName.COVID19_DOCUMENTED: "documented COVID-19",
    ActName.TIME_ZERO_OVERRIDDEN: "a time zero that a person stated",
}
"""Each act as a noun."""

STEP_WORDS = {
    VisitStep.ARRIVED: "arrival",
    VisitStep.TRIAGED: "triage",
    VisitStep.ADMITTED: "admission",
    VisitStep.MOVED: "a move",
    VisitStep.DISCHARGED: "discharge",
    VisitStep.DIED: "death",
    VisitStep.TRANSFERRED_IN: "a transfer in",
    VisitStep.TRANSFERRED_OUT: "a transfer out",
}
"""Each step of a visit as a noun."""

CLOCK_WORDS = {
    CountsFrom.TIME_ZERO: "time zero",
    CountsFrom.SEPTIC_SHOCK: "septic shock",
    CountsFrom.HYPOTENSION_OR_SHOCK: "the earlier of initial hypotension and septic shock",
    CountsFrom.INITIAL_LACTATE: "the collection of the initial lactate",
}
"""What an element counts from."""

_MOMENTS = {
    Moment.ARRIVED: STEP_WORDS[VisitStep.ARRIVED],
    Moment.TRIAGED: STEP_WORDS[VisitStep.TRIAGED],
    Moment.ADMITTED: STEP_WORDS[VisitStep.ADMITTED],
    Moment.ANTIBIOTIC: "the start of a systemic antibacterial",
    Moment.CRYSTALLOID: "the start of a crystalloid",
    Moment.ENTRY: "the act that opened the case",
}
"""Moments that are no acts."""

_QUANTITIES = {
    Quantity.WBC: "white cells",
    Quantity.INR: "INR",
    Quantity.APTT: "aPTT",
    Quantity.CRP: "CRP",
    Quantity.SYSTOLIC_BP: "systolic blood pressure",
    Quantity.DIASTOLIC_BP: "diastolic blood pressure",
    Quantity.SPO2: "SpO2",
    Quantity.GCS_TOTAL: "GCS",
    Quantity.PAO2: "PaO2",
    Quantity.FIO2: "FiO2",
    Quantity.D_DIMER: "D-dimer",
}
"""Quantities whose name is not their words."""

_ROUTES = {"iv": "vein", "io": "bone", "im": "muscle", "oral": "mouth"}

_UNITS = {"Cel": "°C", "ratio": "", "10^9/L": "\N{MULTIPLICATION SIGN} 10^9/L"}
_SHORT = {"minutes": "min", "hours": "h"}

_COMPARISONS = {Comparison.AT_MOST: "at most", Comparison.BELOW: "less than", Comparison.AT_LEAST: "at least"}

_ORDINALS = ("first", "second", "third", "fourth", "fifth")


def any_of(words: Iterable[str]) -> str:
    """Words joined so that one of them is enough: `a, b or c`."""
    return _joined(words, "or")


def all_of(words: Iterable[str]) -> str:
    """Words joined so that all are meant: `a, b and c`."""
    return _joined(words, "and")


def _joined(words: Iterable[str], last: str) -> str:
    told = list(words)
    return f" {last} ".join(filter(None, [", ".join(told[:-1]), *told[-1:]]))


def moment_words(moment: Moment) -> str:
    """What a time zero can be, as a noun."""
    return _MOMENTS.get(moment) or ACT_WORDS[ActName(moment)]


def quantity_words(quantity: Quantity) -> str:
    """How a measured quantity is called."""
    return _QUANTITIES.get(quantity, quantity.replace("_", " "))


def route_words(route: str) -> str:
    """How a route is called: `iv` is by vein."""
    return _ROUTES.get(route, route)


def amount(number: Number | Duration | Years) -> str:
    """A number with its unit: `60 min`, `30 mL/kg`, `38.3 °C`."""
    unit = _SHORT.get(number.unit, unit_words(number.unit))
    return f"{number.value:g}{unit}" if unit.startswith("/") else f"{number.value:g} {unit}".rstrip()


def unit_words(unit: str) -> str:
    """A unit as it is written in a table."""
    return _UNITS.get(unit, unit)


def ordinal(number: Number) -> str:
    """Which one of several: `first`, `third`."""
    place = int(number.value)
    return _ORDINALS[place - 1] if 0 < place <= len(_ORDINALS) else f"{place}th"


def limit_words(limit: Limit | Years) -> str:
    """A limit with how it is compared: `at most 60 min`, `less than 60 min`, `at least 18 years`."""
    return f"{_COMPARISONS[limit.comparison]} {amount(limit)}"
