"""Judge again what an arrival or a wake-up may have changed, and say what is new."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from schemas.clinical import AnyFact
from schemas.strict_model import is_written_alike
from schemas.topics import joined_key
from schemas.verdict import Verdict
from scoring.announcement import announce, take_back
from scoring.arrival import Arrival
from scoring.assessment import Assessment
from scoring.bearing import Bearing, opens_none, touches_any
from scoring.belief import could_matter, find_belief
from scoring.case import find_cases
from scoring.chart import Chart, draw_charts
from scoring.element_interest import kind_of
from scoring.history import belief, cause, last_belief
from scoring.judgement import owner_of
from scoring.measure import Measure
from scoring.outbox import Outbox
from scoring.patient_state import UNRECORDED, CaseKey, HeldBelief, PatientState, Published, opened_belief
from scoring.record import find_verdicts
from scoring.rival_memory import RivalMemory
from scoring.rules import Rules
from scoring.span import Span
from scoring.time_zero import TimeZero

Place = tuple[Chart, Measure]
"""An episode, and the measure it is judged by."""


def _is_due(cases: tuple[Assessment, ...], now: datetime) -> bool:
    """Whether a clock of these cases has run on."""
    return any((wake := case.wakes_at) is not None and wake <= now for case in cases)


def _is_touched(
    state: PatientState, place: Place, arrival: Arrival, earlier: tuple[Assessment, ...], now: datetime
) -> bool:
    """Whether what arrived may change something of an episode under one measure."""
    chart, measure = place
    if arrival.merged:
        return True
    if arrival.chart is None:
        return bool(arrival.versions)
    if arrival.chart is not chart or not touches_any(measure, arrival.versions):
        return False
    if not earlier:
        return not opens_none(measure, chart, arrival.versions)
    return len(earlier) > 1 or not _bearing(state, earlier[0]).is_none(arrival.versions, now, in_order=arrival.in_order)


def _touches_rivals(state: PatientState, place: Place, arrival: Arrival, earlier: tuple[Assessment, ...]) -> bool:
    """Whether what arrived, and does not touch the case of an episode, may change its rivals as they were recorded."""
    chart, measure = place
    if arrival.chart is not chart or not earlier or earlier[0].key in state.unrecorded:
        return False
    return touches_any(measure, arrival.versions) and not _comparison(state, earlier[0]).is_beside(arrival.versions)


def _note(state: PatientState, case: Assessment) -> None:
    """Note that the record of a case may be otherwise with this event."""
    _, since = state.unrecorded.get(case.key, (case, state.lived + 1))
    state.unrecorded[case.key] = case, since
    state.comparisons.pop(case.key, None)


def _bearing(state: PatientState, case: Assessment) -> Bearing:
    """What can still change a case, worked out once a judgement."""
    known = state.bearings.get(case.key)
    if known is None:
        known = state.bearings[case.key] = Bearing(case, state.facts)
    return known


def _comparison(state: PatientState, case: Assessment) -> Bearing:
    """What can still change the rivals of a case, worked out once a record."""
    known = state.comparisons.get(case.key)
    if known is None:
        known = state.comparisons[case.key] = Bearing(case, state.facts, state.records[case.key].rivals)
    return known


def _is_of(case_id: str, chart: Chart) -> bool:
    return case_id.partition("#")[0] == chart.episode.case_id


@dataclass(slots=True)
class _Believer:
    """Tells since when each case's time zero has been believed, and remembers it in the state."""

    state: PatientState
    chart: Chart
    measure: Measure
    arrival: Arrival
    now: datetime
    earlier: tuple[Assessment, ...] | None
    told: set[str] = field(default_factory=set)
    held: dict[CaseKey, HeldBelief] = field(init=False)
    """As it was before this judgement."""

    def __post_init__(self) -> None:
        self.held = dict(self.state.beliefs)

    def __call__(self, case_id: str, span: Span, found: TimeZero) -> datetime:
        self.told.add(case_id)
        key = (case_id, self.measure.identifier)
        holds = self._by_order(self.held.get(key), span, found)
        if holds is None:
            since = find_belief(self.chart, self.state.facts, self.measure, span, found, self.now)
            holds = HeldBelief(span.after, found.at, since)
        self.state.beliefs[key] = holds
        return holds.since

    def _by_order(self, held: HeldBelief | None, span: Span, found: TimeZero) -> HeldBelief | None:
        """The belief as the order of arrival tells it; None where it cannot."""
        if held is None:
            return opened_belief(span.after, found.at, self.now) if self._has_just_opened(span) else None
        return None if self._must_ask_facts(held, span, found) else held.turned_to(found.at, self.now)

    def _has_just_opened(self, span: Span) -> bool:
        """Whether a case that nobody believed in under its number can only be of what arrived.

        Its chart was judged just before. Not so where the state was read at this very moment, since a case may have
        gone with what came before the reading; nor where another number was believed to begin there.
        """
        if self.arrival.chart is not self.chart or not self.arrival.in_order or self.now == self.state.read_at:
            return False
        return not any(
            held.after == span.after and measure == self.measure.identifier and _is_of(case_id, self.chart)
            for (case_id, measure), held in self.held.items()
        )

    def _must_ask_facts(self, held: HeldBelief, span: Span, found: TimeZero) -> bool:
        """Whether the order of arrival cannot tell since when a time zero has been believed."""
        if self.arrival.regrouped or not held.present or held.after != span.after:
            return True
        return not self.arrival.in_order and any(
            could_matter(version, self.measure, found, self.chart) for version in self.arrival.versions
        )

    def forget_the_gone(self) -> None:
        """Note which cases that were there before are there no more."""
        for case in self.earlier or ():
            key = (case.case_id, self.measure.identifier)
            held = self.state.beliefs.get(key)
            if case.case_id not in self.told and held is not None:
                self.state.beliefs[key] = replace(held, present=False)


def _publish(state: PatientState, case: Assessment, outbox: Outbox, because: AnyFact | None) -> None:
    """Publish the verdicts that differ from what was published last, and what is held from now on.

    A case of which only the timeline is new changes no verdict, and nobody's belief.
    """
    owner, said, last = owner_of(state), state.published[case.key], state.verdicts.get(case.key, ())
    verdicts = state.verdicts[case.key] = _kept(find_verdicts(case, owner), last)
    changed = [verdict for verdict in verdicts if not _is_among(last, verdict) and _is_new(verdict, said)]
    outbox.verdicts += changed
    if changed:
        outbox.beliefs.append(belief(case, owner, state.revision, changed, because))


def _kept(verdicts: tuple[Verdict, ...], last: tuple[Verdict, ...]) -> tuple[Verdict, ...]:
    """The verdicts; in place of each that says the same as that published last, if any was, that one."""
    if not last:
        return verdicts
    return tuple(
        before if is_written_alike(verdict, before) else verdict for verdict, before in zip(verdicts, last, strict=True)
    )


def _is_among(published: tuple[Verdict, ...], verdict: Verdict) -> bool:
    """Whether it is a verdict published last: none of it need be written down to compare."""
    return any(verdict is each for each in published)


def _is_new(verdict: Verdict, said: Published) -> bool:
    """Whether a verdict differs from what was published of its element last; note it as published."""
    digest = str(uuid5(NAMESPACE_URL, verdict.model_dump_json()))
    before, said.verdicts[verdict.element] = said.verdicts.get(verdict.element), digest
    return before != digest


def _judge_episode(
    state: PatientState,
    place: Place,
    arrival: Arrival,
    outbox: Outbox,
    now: datetime,
    earlier: tuple[Assessment, ...] | None,
) -> tuple[Assessment, ...]:
    """Judge one episode under one measure, and say what is new of it."""
    chart, measure = place
    believer = _Believer(state, chart, measure, arrival, now, earlier)
    cases = find_cases(chart, state.facts, measure, now, believer)
    believer.forget_the_gone()
    because = cause(arrival.fact, measure, clock_was_due=state.wake_at == now)
    for case in cases:
        said = state.published.setdefault(case.key, Published(*case.key, case.encounter_id))
        said.digest = said.digest or UNRECORDED
        announce(said, case, owner_of(state), outbox, correcting=arrival.correcting)
        _publish(state, case, outbox, because)
        _note(state, case)
    return cases


def _remove_the_gone(
    state: PatientState, present: set[CaseKey], outbox: Outbox, now: datetime, arrival: Arrival
) -> None:
    """Take back the alerts of cases that are no more, name their records for removal, and end their history.

    What their threads said is kept: should a case come back, its next alert must be none that has been sent.
    """
    facility_id, _ = owner_of(state)
    for key, said in state.published.items():
        if said.digest and key not in present:
            take_back(said, owner_of(state), outbox, now, merged=arrival.merged)
            ended = last_belief(key, owner_of(state), state.revision, now, arrival.fact, merged=arrival.merged)
            outbox.beliefs.append(ended)
            outbox.removed_cases.append(joined_key(facility_id, *key))
            outbox.removed_verdicts += [joined_key(facility_id, *key, element) for element in said.verdicts]
            said.digest, said.verdicts = "", {}
            for derived in (state.verdicts, state.records, state.comparisons, state.unrecorded):
                derived.pop(key, None)


def _move_rivals(state: PatientState, rules: Rules, chart: Chart, arrival: Arrival) -> bool:
    """Let the rules of the catalogue hear of an arrival; return whether any says otherwise of this episode now."""
    memory = state.rivals.setdefault(chart.episode.case_id, RivalMemory(rules.rivals))
    if arrival.chart is None:
        return bool(arrival.versions or arrival.merged) and memory.learn(chart, state.facts, None, rules)
    return arrival.chart is chart and memory.learn(chart, state.facts, arrival.versions, rules)


def _hearers(rules: Rules, versions: tuple[AnyFact, ...]) -> tuple[Measure, ...]:
    """The measures of which a fact may change something."""
    kinds = {kind_of(version) for version in versions}
    alone = kinds.pop()
    return rules.measures if kinds or alone is None else rules.hearers[alone]


def _concerned(
    state: PatientState, rules: Rules, alone: Chart | None, arrival: Arrival
) -> Iterator[tuple[Chart, Measure, bool]]:
    """Episodes and measures to look at, each with whether a rule of the catalogue says otherwise of the episode now."""
    if alone is not None:
        moved = _move_rivals(state, rules, alone, arrival)
        for measure in rules.measures if moved else _hearers(rules, arrival.versions):
            yield alone, measure, moved
        return
    for chart in state.charts.charts if state.charts else ():
        moved = _move_rivals(state, rules, chart, arrival)
        for measure in rules.measures:
            yield chart, measure, moved


def _look_again(state: PatientState, rules: Rules, arrival: Arrival, outbox: Outbox, now: datetime) -> bool:
    """Judge what may have changed; return whether anything may be otherwise now.

    While no clock is due, what arrives of no stay changes nothing, and what arrives on one chart concerns that chart
    only, and of it the measures that hear of it.
    """
    is_due = state.wake_at is not None and state.wake_at <= now
    if arrival.is_unplaced and not is_due:
        return False
    alone = None if is_due else arrival.chart
    before = state.cases
    if alone is None:
        state.cases, state.bearings = {}, {}
    judged = alone is None
    for chart, measure, rivals_moved in _concerned(state, rules, alone, arrival):
        key = (chart.episode.case_id, measure.identifier)
        earlier = before.get(key)
        place = (chart, measure)
        if earlier is None or _is_touched(state, place, arrival, earlier, now) or _is_due(earlier, now):
            state.bearings.pop(key, None)
            earlier = _judge_episode(state, place, arrival, outbox, now, earlier)
            judged = True
        elif rivals_moved or _touches_rivals(state, place, arrival, earlier):
            earlier = tuple(replace(case, judged_at=now) for case in earlier)
            for case in earlier:
                _note(state, case)
        state.cases[key] = earlier
    return judged


def review(state: PatientState, rules: Rules, outbox: Outbox, arrival: Arrival, now: datetime) -> None:
    """Judge again at `now`, put what is new into the outbox, and note whose records may be otherwise."""
    state.revision += 1
    if state.charts is None:
        state.charts = draw_charts(state.facts, rules.conventions, rules.profiles)
    if not _look_again(state, rules, arrival, outbox, now):
        return
    present = {(case.case_id, case.measure.identifier) for cases in state.cases.values() for case in cases}
    if any(said.digest and key not in present for key, said in state.published.items()):
        _remove_the_gone(state, present, outbox, now, arrival)
    wakes = [case.wakes_at for cases in state.cases.values() for case in cases]
    state.wake_at = min((wake for wake in wakes if wake is not None), default=None)


def say_again(state: PatientState, rules: Rules, outbox: Outbox) -> None:
    """Put all verdicts into the outbox once more, and have all records given once more; the state stays as it is.

    What comes handed on and is known was handed on twice: the owner of the other number had died before he stored that
    he did. With it he took back, under the keys of the cases that came with it, what is said of them here.
    """
    if state.charts is None and state.now is not None:
        state.charts = draw_charts(state.facts, rules.conventions, rules.profiles)
        _look_again(state, rules, Arrival(), outbox, state.now)
    for case in (case for cases in state.cases.values() for case in cases):
        outbox.verdicts += state.verdicts[case.key]
        state.unrecorded[case.key] = case, state.lived - 1
