"""A fact arrives: into the store, onto its chart, or on to the patient it was merged into."""

from dataclasses import dataclass

from schemas.clinical import AnyFact, Link, Medication, Merge, Patient, Visit
from scoring.act_time import place_time
from scoring.chart import Chart, Charts, draw_charts
from scoring.episode import Unplaced
from scoring.outbox import Outbox
from scoring.patient_state import PatientState, forget_before
from scoring.rules import Rules


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a judgement follows.

    Attributes:
        fact: The version that arrived; None for a wake-up.
        versions: The fact's versions, those of before included; none for a wake-up and once facts go elsewhere.
        chart: The one chart it concerns; None where it may concern all.
        in_order: Nothing of this patient was received later, and no clock had ticked later.
        correcting: It changed or took back what an earlier version said of the time of the act.
        regrouped: Facts of before now belong to another episode than they did.
        merged: The patient's facts have gone to another number.
        is_unplaced: It is the first version of a fact of no stay, so that no chart has it, had it or loses it.
    """

    fact: AnyFact | None = None
    versions: tuple[AnyFact, ...] = ()
    chart: Chart | None = None
    in_order: bool = True
    correcting: bool = False
    regrouped: bool = False
    merged: bool = False
    is_unplaced: bool = False


def merge_of(state: PatientState) -> Merge | None:
    """The merge that gave this patient's facts to another number; None where there is none. Into itself is no merge."""
    merges = [
        fact for fact in state.facts.winners() if isinstance(fact, Merge) and fact.into_patient_id != fact.patient_id
    ]
    return max(merges, key=lambda merge: (merge.happened_at, merge.event_id), default=None)


def _forwarded(fact: AnyFact, merge: Merge) -> AnyFact | None:
    """The fact under the number it was merged into; None where it came from there."""
    into = merge.into_patient_id
    if isinstance(fact, Merge) or into in {fact.patient_id, *fact.forwarded_from}:
        return None
    way = (*fact.forwarded_from, fact.patient_id)
    return fact.model_copy(update={"patient_id": into, "forwarded_from": way})


def _send_on(state: PatientState, merge: Merge, outbox: Outbox) -> None:
    """Hand every fact that may go to the patient it was merged into; what came from there stays."""
    for fact_id, versions in list(state.facts.versions.items()):
        sent = [forwarded for version in versions if (forwarded := _forwarded(version, merge)) is not None]
        if sent:
            outbox.forward += sent
            state.facts.drop(fact_id)


def _changes_charts(versions: tuple[AnyFact, ...], charts: Charts) -> bool:
    """Whether the fact may change which encounters and episodes there are."""
    if any(isinstance(version, Visit | Patient | Link | Merge) for version in versions):
        return True
    latest = versions[-1]
    if latest.encounter_id is None or len({version.encounter_id for version in versions}) > 1:
        return len(versions) > 1
    return _may_move(latest.encounter_id, versions, charts)


def _grouping(charts: Charts | None, besides: str) -> dict[str, set[str]]:
    """By episode, its facts besides one."""
    return {chart.episode.case_id: chart.fact_ids - {besides} for chart in (charts.charts if charts else ())}


def _may_move(encounter_id: str, versions: tuple[AnyFact, ...], charts: Charts) -> bool:
    """Whether the fact may change when its encounter began: it is new, or lives by its facts alone."""
    chart = charts.by_encounter.get(encounter_id)
    if chart is None:
        return True
    known = next(each for each in chart.episode.encounters if each.encounter_id == encounter_id)
    return not known.visited and (len(versions) > 1 or place_time(versions[-1]) < known.starts_at)


def _file(charts: Charts, held: AnyFact | None, versions: tuple[AnyFact, ...]) -> Chart | None:
    """File the latest version in place of the one that held before; return the one chart that it concerns.

    None where it may concern more than its own measures: a source came or went, and with it what is covered.
    """
    home = charts.home(versions[-1])
    fed_by = set(home.sources) if isinstance(home, Chart) else set()
    if held is not None:
        earlier_home = charts.home(held)
        if isinstance(earlier_home, Chart):
            earlier_home.take(held)
    filed = charts.register(versions)
    return filed if filed is not None and set(filed.sources) == fed_by else None


_SAID_BESIDES = frozenset(
    {"event_id", "version", "retracted", "source", "received_at", "recorded_at", "time_flags", "forwarded_from", "unit"}
)
"""Fields of a fact that say nothing of what happened."""
_SAID_AT_THE_END = frozenset({"volume_ml", "completed_at"})
"""Fields of an infusion that are not final while it runs."""


def _is_correction(earlier: AnyFact | None, latest: AnyFact) -> bool:
    """Whether the fact was taken back, brought back, or is said to have been otherwise than it was said before."""
    if earlier is None:
        return False
    besides = _SAID_BESIDES
    if isinstance(earlier, Medication) and earlier.completed_at is None:
        besides |= _SAID_AT_THE_END
    told = {name: value for name, value in earlier if name not in besides and value is not None}
    return earlier.retracted is not latest.retracted or any(getattr(latest, name) != told[name] for name in told)


def fold(state: PatientState, fact: AnyFact, rules: Rules, outbox: Outbox) -> Arrival | None:
    """Take a fact in; None where nothing new was said."""
    held = state.facts.winner(fact.fact_id)
    earlier = state.facts.versions.get(fact.fact_id, (None,))[-1]
    if not state.facts.add(fact):
        return None
    latest = state.latest_receipt
    in_order = latest is not None and latest <= fact.received_at == state.now
    if not in_order:
        forget_before(state.beliefs)
    state.latest_receipt = fact.received_at if latest is None else max(latest, fact.received_at)
    merge = merge_of(state) if isinstance(fact, Merge) or state.is_merged else None
    state.is_merged = merge is not None
    if merge is not None:
        _send_on(state, merge, outbox)
        state.charts = draw_charts(state.facts, rules.conventions, rules.profiles)
        return Arrival(fact, merged=True)
    versions = state.facts.versions[fact.fact_id]
    correcting = _is_correction(earlier, versions[-1])
    charts = state.charts
    if charts is not None and not _changes_charts(versions, charts):
        is_unplaced = isinstance(charts.home(fact), Unplaced)
        filed = _file(charts, held, versions)
        return Arrival(fact, versions, filed, in_order, correcting, is_unplaced=is_unplaced)
    state.charts = draw_charts(state.facts, rules.conventions, rules.profiles)
    regrouped = _grouping(charts, fact.fact_id) != _grouping(state.charts, fact.fact_id)
    return Arrival(fact, versions, None, in_order, correcting, regrouped=regrouped or len(versions) > 1)
