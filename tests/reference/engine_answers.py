"""Asks the engine about raw messages, and holds its answer against the naive judge's, in words of one kind."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

from reference.naive_judge import MEASURES, judge_messages
from reference.naive_now import judge_at, received
from schemas.clinical import Merge
from schemas.rejection import Accepted
from schemas.translate import translate
from scoring.judgement import judge
from scoring.patient_state import PatientState
from scoring.rules import load_rules
from streams.replay.owners import Owners

LONG_AFTER = datetime(2040, 1, 1, tzinfo=UTC)
UNITS = {measure.name: 1 if measure.is_to_the_second else 60 for measure in MEASURES}
DONE = {"met", "met_late"}
BESIDE = {"time_zero", "strata", "rule"}
"""Parts of an answer that are no status."""

CONDITIONAL = {"fluids", "vasopressor", "reassessment", "repeat_lactate"}
"""Elements that some measure asks for only on a condition."""

NOTHING_DONE = {"missed", "cannot_assess"}
"""What a window comes to in which nothing was charted, or nothing by its minute."""

SHOCK_IS_THE_POPULATION = {"nys-adult-6h/public-2015", "nys-adult-6h/trend-2015"}
NAMED_REASONS = {
    "antibiotic_first": {"missed", "met_late"},
    "no_weight": {"cannot_assess"},
    "left_alive": {"cannot_assess"},
    "comfort_care_6h": {"excluded"},
    "expired_6h": {"excluded"},
}
"""Reasons of elements that the vocabulary names, with the statuses that it names them for."""


def load_shipped():
    """The rules of every measure that the naive judge knows; what a rival time zero would mean is not asked."""
    return replace(load_rules([measure.name for measure in MEASURES]), rivals=())


def translated(messages):
    """The facts of raw messages."""
    translations = [translate("raw.act", message, None) for message in messages]
    return [fact for each in translations if isinstance(each, Accepted) for fact in each.facts]


def engine_cases(messages, rules, as_of=LONG_AFTER):
    """The engine's case records; a merge is lived through as the live owners do, everything else is judged at once."""
    facts = translated(messages)
    if any(isinstance(fact, Merge) for fact in facts):
        owners = Owners(rules, forward=True)
        for fact in sorted(facts, key=lambda each: each.received_at):
            owners.feed(fact)
        return owners.judge(as_of).cases
    states = {}
    for fact in facts:
        states.setdefault(fact.key, PatientState()).facts.add(fact)
    return [record for state in states.values() for record in judge(state, rules, as_of).cases]


def whole(instant, unit):
    """An instant in whole minutes, or seconds, since 1970."""
    return None if instant is None else int(instant.timestamp()) // unit


def element_answer(status, reason, done, *, case_counts):
    """How an element stands, the reason where the vocabulary names it, and when it was done."""
    named = reason if case_counts and status in NAMED_REASONS.get(reason, ()) else None
    return status, named, done if status in DONE else None


def engine_answer(record):
    """A case record as a dictionary that names what the texts decide."""
    unit, counts = UNITS[record.measure], record.status == "denominator"
    answer = case_answer(record.status.value, record.reason, whole(record.time_zero, unit))
    for verdict in record.elements:
        done = whole(verdict.done_at, unit)
        answer[verdict.element.value] = element_answer(verdict.status.value, verdict.reason, done, case_counts=counts)
    rules = frozenset(filter(None, [record.time_zero_rule]))
    return answer | {"bundle": answer["bundle"][0], "strata": frozenset(record.strata), "rule": rules}


def naive_answer(judged):
    """What the naive judge says, in the same form."""
    answer = case_answer(judged.status, judged.reason, judged.zero.at)
    for name, found in judged.elements.items():
        counts = judged.status == "denominator"
        answer[name] = element_answer(found.status, found.reason, found.done, case_counts=counts)
    return answer | {"bundle": judged.bundle, "strata": frozenset(judged.strata), "rule": judged.zero.names}


def case_answer(status, reason, zero):
    """The case itself; when one that lapsed had begun is settled by no text."""
    return {"case": (status, reason), "time_zero": None if reason == "not_confirmed" else zero}


def disagreements(messages, rules, seen: Counter, measures=MEASURES):
    """What the two say differently of the patients in some messages: `(case, measure, {part: (engine, naive)})`.

    `seen` counts by measure, element and status what the naive judge said; by `case`, status and reason of cases.
    """
    judged = [each for _, each in judge_messages(messages, measures)]
    return differences(engine_cases(messages, rules), judged, seen)


def disagreements_at(messages, second, rules, seen: Counter, history, measures=MEASURES):
    """As `disagreements`, at a moment and by what had been received by then; `history`: of `naive_now.history_of`."""
    known = [message for message in messages if (at := received(message)) is not None and at <= second]
    records = engine_cases(known, rules, datetime.fromtimestamp(second, UTC))
    found = differences(records, judge_at(messages, second, measures, history), seen)
    return [each for each in found if not is_in_grace(each[1], each[2])]


def is_in_grace(measure, parts):
    """Whether all that differs is that elements with a condition still wait for charting by the engine alone.

    A window that had closed before its condition, or the case's population, was known waits from then on. Where what
    held already came to rest on other facts, no text says whether that begins anew: the engine takes the facts that
    now decide.
    """
    elements = {part: said for part, said in parts.items() if part != "bundle"}
    waits = all(one[0] == "overdue" and other[0] in NOTHING_DONE for one, other in elements.values() if one and other)
    return bool(elements) and waits and (measure in SHOCK_IS_THE_POPULATION or elements.keys() <= CONDITIONAL)


def differences(records, judged, seen: Counter):
    """What the engine's records and the naive judge's cases say differently."""
    engine = {(each.case_id, each.measure): engine_answer(each) for each in records}
    naive = {(each.case_id, each.measure): naive_answer(each) for each in judged}
    for (_, measure), answer in naive.items():
        seen.update((measure, part, status_in(said)) for part, said in answer.items() if part not in BESIDE)
    found = []
    for key in sorted({*engine, *naive}):
        one, other = engine.get(key, {}), naive.get(key, {})
        parts = {part: (one.get(part), other.get(part)) for part in {**one, **other} if differs(part, one, other)}
        found += [(*key, parts)] if parts else []
    return found


def differs(part, one, other):
    """Whether both say otherwise of a part; of several acts in the minute of time zero any may be named."""
    if not one or not other:
        return one.get(part) != other.get(part)
    if part == "rule":
        return bool(other["rule"]) and not one["rule"] <= other["rule"]
    return one.get(part) != other.get(part)


def status_in(said):
    """The status of an answer; of a case with its reason."""
    if isinstance(said, str):
        return said
    return said[0] if len(said) > 2 else " ".join(filter(None, said))
