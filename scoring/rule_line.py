"""A rule of a measure as one plain line: the one place for these sentences.

Lines say what the rule asks, with its numbers; where the numbers come from, `element_sources` and each rule's own
`source` say.
"""

from functools import singledispatch
from typing import assert_never

from schemas.clinical import ActName
from schemas.verdict import Element
from scoring.circulation_rule import Circumstance
from scoring.element_rule import (
    Antibiotic,
    BloodCulture,
    Bolus,
    BroadSpectrum,
    CrystalloidVolume,
    Death,
    ElementRule,
    Lactate,
    RepeatLactate,
    Statement,
    Vasopressor,
    VitalSigns,
)
from scoring.exclusion_rule import (
    ActExclusion,
    AgeExclusion,
    CourseExclusion,
    EmergencyPopulation,
    EndExclusion,
    Exclusion,
    Population,
    ShockPopulation,
    StayExclusion,
    VisitExclusion,
)
from scoring.measure import Measure
from scoring.number import Comparison, Duration
from scoring.phoenix_rule import Phoenix
from scoring.rule_words import (
    ACT_WORDS,
    CLOCK_WORDS,
    STEP_WORDS,
    all_of,
    amount,
    any_of,
    limit_words,
    moment_words,
    ordinal,
    quantity_words,
    route_words,
)
from scoring.time_zero_rule import AbnormalVitals, FirstKnown, SepticShock, SevereSepsisCriteria


def element_line(measure: Measure, element: Element) -> str:
    """What an element asks for: the act, by when, from when on, and when it applies.

    Raises:
        KeyError: The measure has no such element.
    """
    rule = measure.elements[element]
    told = f"{_capitalised(act_phrase(rule))} {window_phrase(measure, rule)}"
    if not rule.applies_when:
        return f"{told}."
    return f"{told}; asked for only with {any_of(circumstance_words(measure, each) for each in rule.applies_when)}."


def element_sources(measure: Measure, element: Element) -> tuple[str, ...]:
    """Where what the line says comes from, each source once, that of the limit first."""
    rule = measure.elements[element]
    body = rule.model_dump(exclude={"due_soon", "grace"}, exclude_none=True)
    stated = [rule.limit.source] if rule.limit is not None else []
    for name, part in body.items():
        if isinstance(part, dict):
            stated.append(part["source"])
        elif name.endswith("_source"):
            stated.append(part)
    return tuple(dict.fromkeys(stated))


def resolution_line(measure: Measure) -> str:
    """How times are compared, which decides whether a limit's own last unit passes."""
    unit = measure.resolution.value
    return (
        f"Times are cut down to the {unit} before they are compared: 'at most' takes in the whole of its last {unit}."
    )


def window_phrase(measure: Measure, rule: ElementRule) -> str:
    """By when an act must be done, and from when on it counts."""
    clock = CLOCK_WORDS[rule.counts_from]
    until = f"{limit_words(rule.limit)} after {clock}" if rule.limit is not None else "before the stay ends"
    if isinstance(rule, Death | RepeatLactate):
        return until
    return f"{until}, {_since_phrase(_look_back(measure, rule), 'it' if rule.limit is not None else clock)}"


def _look_back(measure: Measure, rule: ElementRule) -> Duration | None:
    """The initial lactate is chosen from a look-back of its own."""
    if isinstance(rule, Lactate) and measure.initial_lactate is not None:
        return measure.initial_lactate.look_back
    return rule.look_back


def _since_phrase(look_back: Duration | None, clock: str) -> str:
    if look_back is None:
        return f"or any time before {clock}"
    if not look_back.value:
        return f"and not before {clock}"
    return f"or up to {amount(look_back)} before {clock}"


@singledispatch
def act_phrase(rule: ElementRule) -> str:
    """What must be done, with what makes it count."""
    raise TypeError(type(rule).__name__)


@act_phrase.register
def _(rule: Antibiotic) -> str:
    if not rule.routes:
        return "a systemic antibacterial starts"
    return f"an antibacterial by {any_of(map(route_words, rule.routes))} starts"


@act_phrase.register
def _(rule: BroadSpectrum) -> str:
    told = "broad-spectrum antibacterials start (one that is enough alone, or one of each group together)"
    return f"{told}, or any systemic antibacterial by time zero," if rule.any_before_time_zero else told


@act_phrase.register
def _(rule: BloodCulture) -> str:
    told = ["a blood culture is drawn"]
    if rule.before_antibiotic:
        since = f" (of those from {amount(rule.antibiotic_look_back)} before on)" if rule.antibiotic_look_back else ""
        unless = f" unless there is {ACT_WORDS[rule.delay_accepted_by]}" if rule.delay_accepted_by else ""
        told.append(f"not after the first systemic antibacterial{since}{unless}")
    if rule.needs_antibiotic_without is not None:
        told.append(f"without {ACT_WORDS[rule.needs_antibiotic_without]} only if an antibacterial follows")
    return ", ".join(told) + ("," if told[1:] else "")


@act_phrase.register
def _(rule: Lactate) -> str:
    return "the initial lactate is drawn" if rule.clocked == "collected" else "the initial lactate is reported"


@act_phrase.register
def _(rule: RepeatLactate) -> str:
    return f"after an initial lactate above {amount(rule.elevated_above)} the next one is drawn"


@act_phrase.register
def _(rule: CrystalloidVolume) -> str:
    share = f"{rule.accepted_share.value:.0%} of " if rule.accepted_share and rule.accepted_share.value < 1 else ""
    less = f" (or less, as stated, with {ACT_WORDS[rule.lesser_volume_by]})" if rule.lesser_volume_by else ""
    target = f"{share}{amount(rule.volume)} crystalloid{less}"
    if rule.clocked == "completed":
        return f"{target} is completed"
    return f"the first of the infusions that bring in {target} starts"


@act_phrase.register
def _(rule: Bolus) -> str:
    least = f" of {amount(rule.at_least)} or more" if rule.at_least else ""
    return f"the {ordinal(rule.number)} crystalloid bolus{least} starts"


@act_phrase.register
def _(rule: Vasopressor) -> str:
    del rule
    return "a vasopressor starts"


@act_phrase.register
def _(rule: Statement) -> str:
    since = ", not before the first crystalloid," if rule.after_fluids else ""
    return f"{any_of(ACT_WORDS[each] for each in rule.statements)} is charted{since}"


@act_phrase.register
def _(rule: VitalSigns) -> str:
    full_set = ", ".join(any_of(map(quantity_words, group)) for group in rule.full_set)
    return f"a full set of vital signs ({full_set}) is charted"


@act_phrase.register
def _(rule: Death) -> str:
    del rule
    return "the patient dies"


def circumstance_words(measure: Measure, circumstance: Circumstance) -> str:
    """What switches an element on, with the number that the measure gives it."""
    match circumstance:
        case Circumstance.INITIAL_HYPOTENSION:
            return "initial hypotension"
        case Circumstance.PERSISTENT_HYPOTENSION:
            return "hypotension that persists after the target volume"
        case Circumstance.HYPOTENSION_ON_FLUIDS:
            return "a low blood pressure after fluids began"
        case Circumstance.HIGH_LACTATE:
            least = f" of {amount(measure.shock.lactate_at_least)} or more" if measure.shock else " that is high"
            return f"an initial lactate{least}"
        case Circumstance.SHOCK_DOCUMENTED:
            acts = measure.shock.documented_by if measure.shock else ()
            return any_of(ACT_WORDS[act] for act in acts) or "documented shock"
        case _:
            assert_never(circumstance)


def entry_line(measure: Measure) -> str:
    """What opens a live case."""
    entry = measure.entry
    from_on = f" of {amount(entry.pews_at_least)} or more" if entry.pews_at_least else ""
    words = [f"{ACT_WORDS[act]}{from_on if act is ActName.PEWS else ''}" for act in entry.acts]
    return f"A case opens with the first of these: {', '.join(words)}."


def time_zero_line(measure: Measure) -> str:
    """From when the measure counts."""
    rule = measure.time_zero
    match rule:
        case FirstKnown():
            return f"Time zero is {_first_known(rule)}."
        case SevereSepsisCriteria():
            return (
                f"Time zero is when the last of these is met, all within {amount(rule.within)} of each other: "
                f"suspected infection, {rule.sirs_needed.value:g} different SIRS criteria, and one organ dysfunction"
                f"{_or_documented(rule)}."
            )
        case AbnormalVitals():
            signs = all_of(map(moment_words, rule.signs))
            return (
                f"Time zero is the first vital sign that is abnormal for the age of that day, nothing more than "
                f"{amount(rule.look_back)} before the earliest of {signs}."
            )
        case Phoenix():
            return (
                f"Time zero is when infection is suspected and the Phoenix score of a child first is "
                f"{amount(rule.points_needed)} or more, by values within {amount(rule.within)} of each other."
            )
        case SepticShock():
            return "Time zero is septic shock, as this measure defines it, after severe sepsis."
        case _:
            assert_never(rule)


def _or_documented(rule: SevereSepsisCriteria) -> str:
    acts = any_of(ACT_WORDS[act] for act in rule.documented_by)
    return f"; or before that, {acts}" if acts else ""


def _first_known(rule: FirstKnown) -> str:
    groups = [all_of(map(moment_words, group)) for group in rule.first_known]
    told = [
        f"the earliest of {words}" if group[1:] else words
        for group, words in zip(rule.first_known, groups, strict=True)
    ]
    first = "; without it, ".join(told)
    limits = (
        [f"nothing more than {amount(rule.look_back)} before the act that opened the case counts"]
        if rule.look_back
        else []
    )
    if rule.emergency_contacts_only:
        limits.append("arrival, triage and admission count only where the case was opened in the emergency department")
    return "; ".join([first, *limits])


def population_line(rule: Population) -> str:
    """Who belongs to the measure."""
    match rule:
        case ShockPopulation():
            return "Only cases with septic shock belong to the measure."
        case EmergencyPopulation():
            return f"Only cases with {ACT_WORDS[rule.act]} in the emergency department belong to the measure."
        case _:
            assert_never(rule)


def exclusion_line(rule: Exclusion, clock: str = "time zero") -> str:
    """Who is left out; `clock` is what its limit counts from."""
    return f"Left out: {_excluded(rule, clock)}."


def exclusion_sources(rule: Exclusion) -> tuple[str, ...]:
    """Where what the line says comes from."""
    numbers = (getattr(rule, name, None) for name in ("limit", "gap"))
    stated = [getattr(rule, "source", None), *(number.source for number in numbers if number is not None)]
    return tuple(dict.fromkeys(source for source in stated if source is not None))


def _excluded(rule: Exclusion, clock: str) -> str:
    match rule:
        case AgeExclusion():
            is_least = rule.limit.comparison is Comparison.AT_LEAST
            years = f"of {amount(rule.limit)} or more" if is_least else f"below {amount(rule.limit)}"
            return f"age {years}, completed at admission"
        case ActExclusion():
            because = f" because of {any_of(_plain(reason) for reason in rule.act_reasons)}" if rule.act_reasons else ""
            when = (
                ", whenever it was" if rule.limit is None else f" {limit_words(rule.limit)} after {clock}, or before it"
            )
            return f"{ACT_WORDS[rule.act]}{because}{when}"
        case EndExclusion():
            end = "death" if rule.rule == "expired_within" else "discharge or transfer out"
            by = " (by the discharge's time)" if end == "death" and rule.clocked_by == "discharge" else ""
            return f"{end}{by} {limit_words(rule.limit)} after {clock}, or before it"
        case VisitExclusion():
            return f"a stay with {any_of(STEP_WORDS[step] for step in rule.steps)}"
        case StayExclusion():
            return f"a stay longer than {amount(rule.limit)}"
        case CourseExclusion():
            return (
                f"systemic antibacterials that at {clock} had been given for more than {amount(rule.limit)}, "
                f"no dose more than {amount(rule.gap)} after the one before"
            )
        case _:
            assert_never(rule)


def _plain(word: str) -> str:
    return word.replace("_", " ")


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
