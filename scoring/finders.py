"""How each act is found: one finder for each kind of element."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from schemas.clinical import AnyFact, Domain, DrugClass, Medication, Observation, Quantity, Specimen
from scoring.act_time import act_time
from scoring.bundle_clock import BundleClock, Close
from scoring.chart import Timed, order
from scoring.circulation import NO_WEIGHT
from scoring.crystalloid import (
    Reached,
    Target,
    completed_at,
    crystalloids,
    exact,
    find_boluses,
    find_reached,
    find_target,
    find_weight,
)
from scoring.element_rule import (
    Antibiotic,
    BloodCulture,
    Bolus,
    BroadSpectrum,
    CrystalloidVolume,
    Lactate,
    RepeatLactate,
    Statement,
    Vasopressor,
    VitalSigns,
)
from scoring.finding import Finding, Search, counting, day_doubt, done, first_done, perhaps_in_time
from scoring.initial_lactate import find_initial_lactate
from scoring.number import Number

DOMAINS: dict[str, Domain] = {
    "antibiotic": Domain.MEDICATIONS,
    "broad_spectrum": Domain.MEDICATIONS,
    "blood_culture": Domain.CULTURES,
    "lactate": Domain.LABS,
    "repeat_lactate": Domain.LABS,
    "crystalloid_volume": Domain.FLUIDS,
    "bolus": Domain.FLUIDS,
    "vasopressor": Domain.MEDICATIONS,
    "statement": Domain.ACTS,
    "vital_signs": Domain.VITALS,
}
"""Which kind of feed carries each act; every act but death is there."""

TIMES = {("lactate", "resulted"): "lactate_resulted_at", ("crystalloid_volume", "completed"): "fluids_completed_at"}
"""Times that some feeds never carry (`SourceProfile.not_carried`), by act and clocked field."""


def _antibiotic(search: Search[Antibiotic], clock: BundleClock) -> Finding:
    chart = search.view.chart
    finding = first_done(search, chart.antibiotics(search.rule.routes), clock)
    return _with_order(search, finding, chart.ordered_antibiotics(), "given")


def _with_order(search: Search[Any], finding: Finding, orders: list[Timed], done_word: str) -> Finding:
    """A finding that says, where nothing is done, that it was ordered."""
    ordered = search.from_look_back(orders)
    if finding.done_at is not None or not ordered:
        return finding
    return replace(finding, so_far=f"ordered {ordered[-1].moment:%H:%M}, not {done_word}")


def _broad_spectrum(search: Search[BroadSpectrum], clock: BundleClock) -> Finding:
    antibiotics = search.view.chart.antibiotics()
    doses = counting(search, antibiotics, clock)
    enough, early = _broad_enough(search, _given(doses)), _any_before(search, doses)
    if early is not None and not (enough and _started(enough[0]) < early.moment):
        return done(search, early.fact)
    doubt = _broad_doubt(search, antibiotics, clock)
    if not enough:
        return Finding(facts=tuple(_given(doses)), doubt=doubt)
    finding = replace(done(search, enough[0]), facts=enough, doubt=doubt)
    return replace(finding, known_at=search.view.all_known_at(enough))


def _any_before(search: Search[BroadSpectrum], doses: list[Timed]) -> Timed | None:
    """The first dose of all that was surely given by time zero, where the measure is content with any."""
    early = (dose for dose in doses if search.view.cut(_latest(search, dose)) <= search.view.time_zero)
    return next(early, None) if search.rule.any_before_time_zero else None


def _given(doses: list[Timed]) -> list[Medication]:
    return [dose.fact for dose in doses if isinstance(dose.fact, Medication)]


def _latest(search: Search[Any], act: Timed) -> datetime:
    """When an act was at the latest: of what is known by its day only, that day's last minute."""
    unit = search.view.measure.resolution.unit
    return act.moment + timedelta(days=1) - unit if act.fact.day_only else act.moment


def _broad_doubt(search: Search[BroadSpectrum], antibiotics: list[Timed], clock: BundleClock) -> str | None:
    """Why it cannot be called missed: were a dose that is known by its day given at its best minute, it were enough."""
    best = perhaps_in_time(search, antibiotics, clock)
    any_before = search.rule.any_before_time_zero and any(
        dose.fact.day_only and dose.moment <= search.view.time_zero for dose in best
    )
    return "day_only" if any_before or _broad_enough(search, _given(best)) else None


def _started(dose: Medication) -> datetime:
    return dose.started_at or dose.received_at


def _broad_enough(search: Search[BroadSpectrum], doses: list[Medication]) -> tuple[Medication, ...]:
    """The doses that make the spectrum broad enough first, the one that completes it in front; none where none do."""
    lists = search.rule
    conventions = search.view.chart.rules.broad_spectrum
    own = bool(lists.alone or lists.together)
    alone = lists.alone if own else conventions.alone
    together = lists.together if own else conventions.together
    held: dict[int, Medication] = {}
    for dose in doses:
        if dose.substance in alone:
            return (dose,)
        held |= {place: dose for place, names in enumerate(together) if dose.substance in names and place not in held}
        if together and len(held) == len(together):
            return (dose, *(each for each in held.values() if each is not dose))
    return ()


def _blood_culture(search: Search[BloodCulture], clock: BundleClock) -> Finding:
    chart = search.view.chart
    cultures = chart.cultures(Specimen.BLOOD)
    finding = _first_of(search, cultures, clock, _followed(search))
    if finding.done_at is None and (unfollowed := first_done(search, cultures, clock)).facts:
        finding = replace(finding, facts=unfollowed.facts, reason="no_antibiotic_after")
    finding = _with_order(search, finding, chart.ordered_cultures(Specimen.BLOOD), "drawn")
    cut = search.view.cut
    finding = _before_some_antibiotic(search, finding)
    antibiotic = first_antibiotic(search)
    if antibiotic is None:
        return finding
    lost = finding.done_at is None or cut(finding.done_at) > cut(antibiotic.moment)
    is_closed = early_close(search) is not None and clock.due_at == cut(antibiotic.moment)
    return replace(
        finding.with_facts(antibiotic.fact), reason="antibiotic_first" if lost and is_closed else finding.reason
    )


def _first_of(
    search: Search[Any], entries: list[Timed], clock: BundleClock, counts: Callable[[datetime], bool]
) -> Finding:
    """The first act whose moment counts; days of which only some minutes would are a doubt."""
    ends = [(each, counts(each.moment), counts(_latest(search, each))) for each in entries]
    finding = first_done(search, [each for each, first, last in ends if first and last], clock)
    doubtful = [each for each, first, last in ends if first != last]
    return replace(finding, doubt=finding.doubt or day_doubt(search, doubtful, clock))


def _followed(search: Search[BloodCulture]) -> Callable[[datetime], bool]:
    """Whether an antibacterial follows a moment, where only a culture that one follows counts."""
    chart, needed = search.view.chart, search.rule.needs_antibiotic_without
    if needed is None or chart.acts(needed):
        return lambda _moment: True
    doses = search.view.given(chart.antibiotics())
    return lambda moment: bool(doses) and search.view.cut(moment) <= search.view.cut(_started(doses[-1]))


def _before_some_antibiotic(search: Search[BloodCulture], finding: Finding) -> Finding:
    """Where the act was never done, a culture counts only once an antibacterial follows it."""
    chart, needed = search.view.chart, search.rule.needs_antibiotic_without
    if finding.done_at is None or needed is None or chart.acts(needed):
        return finding
    drawn = search.view.cut(finding.done_at)
    later = [dose for dose in search.view.given(chart.antibiotics()) if search.view.cut(_started(dose)) >= drawn]
    known_at = max(finding.known_at or search.view.now, search.view.known_at(later[0]))
    return replace(finding.with_facts(later[0]), known_at=known_at)


def first_antibiotic(search: Search[BloodCulture]) -> Timed | None:
    """The first antibacterial that a culture must precede."""
    since = search.back_to(search.rule.antibiotic_look_back)
    for entry in search.view.chart.antibiotics():
        if not entry.fact.day_only and (since is None or search.view.cut(entry.moment) >= since):
            return entry
    return None


def early_close(search: Search[Any]) -> Close | None:
    """What closes the element's window early: a culture's, the first antibiotic."""
    rule = search.rule
    if not isinstance(rule, BloodCulture) or not rule.before_antibiotic:
        return None
    if rule.delay_accepted_by is not None and search.view.chart.acts(rule.delay_accepted_by):
        return None
    antibiotic = first_antibiotic(search)
    return None if antibiotic is None else Close(antibiotic.moment, search.view.known_at(antibiotic.fact))


def _resulted(fact: AnyFact) -> datetime | None:
    return fact.resulted_at if isinstance(fact, Observation) else None


def _lactate(search: Search[Lactate], clock: BundleClock) -> Finding:
    initial, drawn = find_initial_lactate(search.view), search.view.chart.observations(Quantity.LACTATE)
    if initial is None:
        return first_done(search, drawn, clock)
    doubt = day_doubt(search, drawn, clock)
    if search.rule.clocked == "collected":
        by_day = first_done(search, [each for each in drawn if each.fact.day_only], clock)
        if by_day.done_at is not None and by_day.done_at < initial.collected_at:
            return by_day
        return replace(done(search, initial), doubt=doubt)
    if initial.resulted_at is None:
        return Finding(facts=(initial,), doubt=doubt)
    return replace(done(search, initial, _resulted), doubt=doubt)


def _asks_for_another(rule: RepeatLactate, lactate: AnyFact) -> bool:
    """Whether a lactate is elevated; one without a value may be."""
    value = lactate.value if isinstance(lactate, Observation) else None
    return value is None or value > rule.elevated_above.value


def _repeat_lactate(search: Search[RepeatLactate], clock: BundleClock) -> Finding:
    initial = find_initial_lactate(search.view)
    if initial is None or search.view.cut(initial.collected_at) >= clock.closes_at:
        return _without_initial(search, clock)
    if not _asks_for_another(search.rule, initial):
        return Finding(facts=(initial,), applies=False, reason="lactate_not_elevated")
    drawn, first_at = search.view.chart.observations(Quantity.LACTATE), initial.collected_at
    finding = _first_of(search, drawn, clock, lambda moment: moment > first_at).with_facts(initial)
    blocked = "no_value" if initial.value is None and finding.done_at is None else None
    asked_since = search.view.known_at(initial, lambda fact: (act_time(fact), _asks_for_another(search.rule, fact)))
    return replace(finding, condition_known_at=asked_since, blocked=blocked)


def _without_initial(search: Search[RepeatLactate], clock: BundleClock) -> Finding:
    """The initial lactate is waited for; once the window has closed, one known by its day only may have been it."""
    if search.view.now < clock.closes_at:
        return Finding(waits=True, reason="no_initial_lactate_yet")
    drawn = search.view.chart.observations(Quantity.LACTATE)
    doubt = day_doubt(search, [each for each in drawn if _asks_for_another(search.rule, each.fact)], clock)
    return Finding(blocked=doubt) if doubt else Finding(applies=False, reason="no_initial_lactate")


def _crystalloid_volume(search: Search[CrystalloidVolume], clock: BundleClock) -> Finding:
    rule, view = search.rule, search.view
    target = find_target(view, rule.volume, rule.accepted_share, rule.lesser_volume_by)
    if target is None:
        return Finding(blocked=NO_WEIGHT)
    parts = crystalloids(view, search.since)
    begun_in_time = [part for part in parts if view.cut(_started(part)) < clock.closes_at]
    doubt = day_doubt(search, view.chart.medications(DrugClass.CRYSTALLOID), clock)
    if rule.clocked == "started":
        in_time, _ = find_reached(begun_in_time, target.volume_ml)
        if in_time is not None:
            return replace(_volume_in(search, target, in_time), done_at=in_time.began_at)
    reached, used = find_reached(parts, target.volume_ml)
    if reached is None:
        return Finding(facts=(target.told_by, *used), doubt=doubt, so_far=_so_far(used, target))
    finding = replace(_volume_in(search, target, reached), doubt=doubt)
    return finding if rule.clocked == "completed" else replace(finding, done_at=reached.all_begun_at)


def _so_far(used: tuple[Medication, ...], target: Target) -> str | None:
    """How much of the target is charted as in."""
    given = sum(exact(part.volume_ml) for part in used)
    return f"{given:.0f} of {target.volume_ml:.0f} mL" if given else None


def _volume_in(search: Search[CrystalloidVolume], target: Target, reached: Reached) -> Finding:
    others = tuple(part for part in reached.parts if part is not reached.by)
    finding = replace(done(search, reached.by, completed_at), facts=(reached.by, target.told_by, *others))
    return replace(finding, known_at=search.view.all_known_at(reached.parts, completed_at))


def _by_weight(per_kg: Number, weight: Observation) -> Decimal:
    return exact(per_kg.value) * exact(weight.value)


def _bolus(search: Search[Bolus], clock: BundleClock) -> Finding:
    rule, view = search.rule, search.view
    weight = find_weight(view)
    if rule.at_least is not None and weight is None:
        return Finding(blocked=NO_WEIGHT)
    at_least_ml = Decimal(0) if rule.at_least is None or weight is None else _by_weight(rule.at_least, weight)
    boluses = find_boluses(view, search.since, at_least_ml)
    told_by = () if rule.at_least is None or weight is None else (weight,)
    place = int(rule.number.value) - 1
    doubt = day_doubt(search, view.chart.medications(DrugClass.CRYSTALLOID), clock)
    if len(boluses) <= place:
        return Finding(facts=(*(bolus[0] for bolus in boluses), *told_by), doubt=doubt)
    bolus = boluses[place]
    facts = (*bolus, *told_by, *(each[0] for each in boluses[:place]))
    return replace(done(search, bolus[0]), facts=facts, known_at=view.all_known_at(bolus), doubt=doubt)


def _vasopressor(search: Search[Vasopressor], clock: BundleClock) -> Finding:
    routes = search.view.chart.rules.vasopressors.routes
    given = [
        entry
        for entry in search.view.chart.medications(DrugClass.VASOPRESSOR)
        if isinstance(entry.fact, Medication) and entry.fact.route in {None, *routes}
    ]
    return first_done(search, given, clock)


def _statement(search: Search[Statement], clock: BundleClock) -> Finding:
    rule = search.rule
    entries = sorted((entry for act in rule.statements for entry in search.view.acts(act)), key=order)
    if rule.after_fluids:
        begun = crystalloids(search.view, search.since)
        start = search.view.cut(_started(begun[0])) if begun else search.start
        return _first_of(search, entries, clock, lambda moment: search.view.cut(moment) >= start)
    return first_done(search, entries, clock)


def _recorded(fact: AnyFact) -> datetime:
    return fact.recorded_at or fact.received_at


def _charted_in_order(facts: Iterable[Observation]) -> list[Observation]:
    return sorted(facts, key=lambda fact: (_recorded(fact), fact.event_id))


def _vital_signs(search: Search[VitalSigns], clock: BundleClock) -> Finding:
    """Of each group the first that was charted; the last of these completes the set."""
    view, groups = search.view, search.rule.full_set
    measured = [[fact for quantity in group for fact in view.observed(quantity, search.since)] for group in groups]
    firsts = [fact for each in measured for fact in _charted_in_order(each)[:1]]
    doubt = _set_doubt(search, measured, clock)
    if len(firsts) < len(groups):
        return Finding(facts=tuple(firsts), doubt=doubt)
    last = _charted_in_order(firsts)[-1]
    finding = replace(done(search, last, _recorded), facts=(last, *(fact for fact in firsts if fact is not last)))
    return replace(finding, known_at=view.all_known_at(tuple(firsts)), doubt=doubt)


def _set_doubt(search: Search[VitalSigns], measured: list[list[Observation]], clock: BundleClock) -> str | None:
    """Why a set cannot be called missed: were signs known by their day measured in time, it would be complete."""
    for group, sure in zip(search.rule.full_set, measured, strict=True):
        perhaps = (fact for quantity in group for fact in _perhaps_since(search, quantity))
        if not any(search.view.cut(_recorded(fact)) < clock.closes_at for fact in (*sure, *perhaps)):
            return None
    return "day_only"


def _perhaps_since(search: Search[VitalSigns], quantity: Quantity) -> list[Observation]:
    """Signs known by their day only, of which a minute from the look-back to their charting may be the one."""
    since, cut = search.since, search.view.cut
    days = [fact for fact in search.view.observed(quantity) if fact.day_only]
    return [fact for fact in days if since and fact.collected_at + timedelta(days=1) > since <= cut(_recorded(fact))]


_FINDERS: dict[str, Callable[[Any, BundleClock], Finding]] = {
    "antibiotic": _antibiotic,
    "broad_spectrum": _broad_spectrum,
    "blood_culture": _blood_culture,
    "lactate": _lactate,
    "repeat_lactate": _repeat_lactate,
    "crystalloid_volume": _crystalloid_volume,
    "bolus": _bolus,
    "vasopressor": _vasopressor,
    "statement": _statement,
    "vital_signs": _vital_signs,
}
"""How each act is found; every act but death is there."""


def find_act(search: Search[Any], clock: BundleClock) -> Finding:
    """Find what the chart holds for an element, whatever its act but death (`scoring.outcome`)."""
    return _FINDERS[search.rule.act](search, clock)
