"""What a measure defines for its rules, as plain lines: criteria, initial lactate, low pressure, septic shock."""

from collections.abc import Iterator

from scoring.circulation_rule import Hypotension, Shock, TargetVolume
from scoring.measure import InitialLactate, Measure
from scoring.number import Criterion
from scoring.rule_line import circumstance_words, exclusion_line, exclusion_sources
from scoring.rule_words import ACT_WORDS, amount, any_of, quantity_words
from scoring.time_zero_rule import SevereSepsisCriteria

Line = tuple[str, tuple[str, ...]]
"""A sentence, and where what it says comes from."""


def criterion_words(criterion: Criterion) -> str:
    """What meets a criterion: `temperature above 38.3 °C or below 36 °C`."""
    if criterion.act is not None:
        return ACT_WORDS[criterion.act]
    sides = (("above", criterion.above), ("below", criterion.below))
    told = any_of(f"{word} {amount(number)}" for word, number in sides if number is not None)
    return f"{quantity_words(criterion.quantity) if criterion.quantity is not None else criterion.criterion} {told}"


def _sources(criteria: tuple[Criterion, ...]) -> tuple[str, ...]:
    numbers = (number for each in criteria for number in (each.above, each.below))
    return tuple(dict.fromkeys(number.source for number in numbers if number is not None))


def criteria_lines(rule: SevereSepsisCriteria) -> Iterator[Line]:
    """What suspected infection, the SIRS criteria and organ dysfunction are."""
    before, after, alone = rule.antibiotic_before_culture, rule.antibiotic_after_culture, rule.unconfirmed_for
    surrogate = (
        "Suspected infection: an act that opens the case; or, where there is none, a culture of blood or of another "
        f"sterile site and a systemic antibacterial at most {amount(before)} before or {amount(after)} after it, dated "
        f"by the first of the two. One of them alone opens a case that lapses after {amount(alone)}."
    )
    yield surrogate, (before.source, after.source, alone.source)
    sirs = "; ".join(map(criterion_words, rule.sirs))
    needed = rule.sirs_needed
    yield f"SIRS criteria, of which {needed.value:g} are needed: {sirs}.", (needed.source, *_sources(rule.sirs))
    organs = "; ".join(map(criterion_words, rule.organ_dysfunction))
    yield f"Organ dysfunction: {organs}.", _sources(rule.organ_dysfunction)


def definition_lines(measure: Measure) -> Iterator[Line]:
    """What the measure's own sections define, in the order of the file."""
    if measure.initial_lactate is not None:
        yield _initial_lactate(measure.initial_lactate)
    if measure.hypotension is not None:
        yield from _hypotension(measure.hypotension)
    if measure.shock is not None:
        yield from _shock(measure, measure.shock)


def _initial_lactate(rule: InitialLactate) -> Line:
    since = f"of those from {amount(rule.look_back)} before time zero on, " if rule.look_back is not None else ""
    which = "the first" if rule.which == "first" else "the highest by time zero, else the first after it"
    sources = (rule.source, *((rule.look_back.source,) if rule.look_back is not None else ()))
    return f"The initial lactate is, {since}{which}, by collection.", sources


def _hypotension(rule: Hypotension) -> Iterator[Line]:
    yield f"A reading is low: {any_of(map(criterion_words, rule.low))}.", (rule.source, *_sources(rule.low))
    several = rule.readings.value > 1
    readings = f"{rule.readings.value:g} low readings at different minutes" if several else "a low reading"
    apart = f", the last at most {amount(rule.apart_at_most)} after the first" if several else ""
    told = (
        f"Initial hypotension: {readings}{apart}, from {amount(rule.before)} before time zero until "
        f"{amount(rule.after)} after it, and before the target volume is in; dated by the last of them."
    )
    apart_source = (rule.apart_at_most.source,) if several else ()
    yield told, (rule.readings.source, *apart_source, rule.before.source, rule.after.source)


def _shock(measure: Measure, rule: Shock) -> Iterator[Line]:
    by = any_of(circumstance_words(measure, each) for each in rule.by)
    told = f"Septic shock: the earliest of {by}, at most {amount(rule.within)} after time zero, never dated before it."
    yield told, (rule.source, rule.within.source, rule.lactate_at_least.source)
    yield _target(rule.target)
    persists = (
        f"Hypotension persists where, after initial hypotension, within {amount(rule.observed_for)} of the target "
        f"volume {rule.consecutive.value:g} readings of one quantity in a row are low."
    )
    yield persists, (rule.observed_for.source, rule.consecutive.source)
    for each in rule.exclusions:
        line = exclusion_line(each, "septic shock")
        yield f"Of what counts from septic shock: {line[:1].lower()}{line[1:]}", exclusion_sources(each)


def _target(rule: TargetVolume) -> Line:
    share = f"{rule.accepted_share.value:.0%} of " if rule.accepted_share.value < 1 else ""
    less = f", or less, as stated, with {ACT_WORDS[rule.lesser_volume_by]}" if rule.lesser_volume_by else ""
    since = f"of infusions from {amount(rule.look_back)} before time zero on"
    sources = (rule.volume.source, rule.accepted_share.source, rule.look_back.source)
    return f"The target volume is {share}{amount(rule.volume)} crystalloid{less}, {since}.", sources
