"""How every case of a patient stands: a pure function of the facts and of the moment asked for."""

from dataclasses import dataclass
from datetime import datetime

from schemas.case_record import CaseRecord
from scoring.case import belief_from_facts, find_cases
from scoring.chart import draw_charts
from scoring.episode import Unplaced
from scoring.patient_state import PatientState
from scoring.record import case_record, find_verdicts
from scoring.rival import Comparison
from scoring.rival_memory import RivalMemory
from scoring.rules import Rules


@dataclass(frozen=True, slots=True)
class Judgement:
    """How every case of a patient stands.

    Attributes:
        cases: One a case and measure, by case and measure.
        never_opened: By measure, how many episodes it opened no case in.
        unplaced: By `event_id`, why a fact without an encounter number belongs to no stay.
    """

    cases: tuple[CaseRecord, ...]
    never_opened: dict[str, int]
    unplaced: dict[str, Unplaced]


def judge(state: PatientState, rules: Rules, as_of: datetime) -> Judgement:
    """Judge all of a patient's cases at `as_of`, by the facts alone.

    In which order and how often the facts arrived leaves no trace in the result.
    """
    charts = draw_charts(state.facts, rules.conventions, rules.profiles)
    records: list[CaseRecord] = []
    never_opened = {measure.identifier: 0 for measure in rules.measures}
    memories = {chart.episode.case_id: RivalMemory(rules.rivals) for chart in charts.charts}
    for measure in rules.measures:
        for chart in charts.charts:
            compare = Comparison(memories[chart.episode.case_id], state.facts, rules)
            believe = belief_from_facts(chart, state.facts, measure, as_of)
            cases = find_cases(chart, state.facts, measure, as_of, believe)
            never_opened[measure.identifier] += not cases
            for case in cases:
                owner = owner_of(state)
                records.append(case_record(case, find_verdicts(case, owner), compare(case), 0, owner))
    unplaced = {state.facts.versions[fact_id][-1].event_id: why for fact_id, why in charts.unplaced.items()}
    records.sort(key=lambda record: (record.case_id, record.measure))
    return Judgement(tuple(records), never_opened, unplaced)


def owner_of(state: PatientState) -> tuple[str, str]:
    """Facility and patient whose state this is."""
    fact = next(iter(state.facts.versions.values()))[-1]
    return fact.facility_id, fact.patient_id
