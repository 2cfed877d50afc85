"""Engine, naive judge and simulator agree: one knows by its rules, one by brute force, one by having made it up."""

from collections import Counter

import pytest

from reference.engine_answers import disagreements, load_shipped
from reference.naive_judge import judge_messages
from streams.simulator.department import Plan, simulate


@pytest.fixture(scope="module")
def stays():
    return list(simulate(Plan(seed=17, children=60, adults=60)))


def sent(stay):
    """The messages of a stay that are no text, with the time of their receipt."""
    carried = [(message.value, message.received_at.isoformat()) for message in stay.messages]
    return [value | {"received_at": value.get("received_at") or at} for value, at in carried if isinstance(value, dict)]


def test_both_judges_agree_on_the_simulated_feed(stays):
    rules = load_shipped()

    found = [each for stay in stays for each in disagreements(sent(stay), rules, Counter())]

    assert found == []


def test_the_naive_judge_finds_the_simulators_truth(stays):
    wrong = []
    for stay in stays:
        judged = {(each.case_id, each.measure): each for _, each in judge_messages(sent(stay))}
        for truth in stay.truths:
            case = judged.get((truth.case_id, truth.measure))
            said = case and (case.elements.get(truth.element) or case.bundle)
            status = getattr(said, "status", said)
            wrong += (
                []
                if status == truth.outcome
                else [(truth.case_id, truth.measure, truth.element, status, truth.outcome)]
            )

    assert wrong == []
