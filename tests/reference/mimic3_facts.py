"""What the engine is told of the MIMIC-III tables, patient by patient, and what it makes of it in the end."""

from collections import defaultdict
from datetime import UTC, datetime

from schemas.rejection import Accepted
from schemas.translate import translate
from scoring.judgement import judge
from scoring.patient_state import PatientState
from scoring.rules import load_rules
from streams.sources import open_source

LONG_AFTER = datetime(2250, 1, 1, tzinfo=UTC)


def facts_of(tables):
    """subject_id -> facts, in the order of the feed."""
    told = defaultdict(list)
    for message in open_source([tables], "mimic3"):
        result = translate(message.topic, message.value, message.received_at)
        for fact in result.facts if isinstance(result, Accepted) else ():
            told[fact.patient_id].append(fact)
    return told


def known(facts):
    """A patient's state that knows these facts and was never asked."""
    state = PatientState()
    for fact in facts:
        state.facts.add(fact)
    return state


def judge_in_the_end(tables):
    """hadm_id -> the engine's case under `sep1-like/1`, from all that is known of a patient in the end."""
    rules = load_rules(["sep1-like/1"])
    told = facts_of(tables).values()
    return {case.case_id: case for facts in told for case in judge(known(facts), rules, LONG_AFTER).cases}
