"""Every fault of a feed occurs, and is put right as in a hospital."""

from collections import Counter, defaultdict
from datetime import datetime, timedelta

import pytest

from schemas.clinical import ActName
from streams.simulator.charting import LACTATE_LOINC
from streams.simulator.department import Plan, simulate
from streams.simulator.truth import Outcome


@pytest.fixture(scope="module")
def stays():
    return list(simulate(Plan(13, 250, 250, days=20)))


@pytest.fixture(scope="module")
def messages(stays):
    return [message.value for stay in stays for message in stay.messages]


def by_fact(messages):
    """The versions of each fact, in the order in which they were received."""
    facts = defaultdict(list)
    for message in sorted(messages, key=lambda message: message["received_at"]):
        facts[message["fact_id"]].append(message)
    return facts.values()


def received(message):
    return datetime.fromisoformat(message["received_at"])


def test_orders_are_followed_by_what_was_done_and_what_came_of_it(messages):
    """One fact: ordered, drawn, resulted; ordered, given."""
    chains = Counter()
    for versions in by_fact(messages):
        last = max(versions, key=lambda message: message["version"])
        chains[last["schema"], tuple(name for name in last if name.endswith("ed_at"))[:-1]] += len(versions) > 1

    assert chains["raw.lab/1", ("recorded_at", "ordered_at", "collected_at", "resulted_at")] > 500
    assert chains["raw.lab/1", ("recorded_at", "ordered_at", "collected_at")] > 200
    assert chains["raw.medication/1", ("recorded_at", "ordered_at", "started_at")] > 200
    assert chains["raw.medication/1", ("recorded_at", "started_at", "completed_at")] > 200


def test_some_orders_are_never_carried_out(messages):
    chains = [
        versions for versions in by_fact(messages) if versions[0]["fact_id"].endswith(("never-given", "never-drawn"))
    ]

    assert len(chains) > 20
    assert all("started_at" not in last and "collected_at" not in last for *_, last in chains)
    assert any(last["status"] == "cancelled" for *_, last in chains)


@pytest.mark.parametrize(
    ("schema", "field"),
    [
        ("raw.act/1", "happened_at"),
        ("raw.medication/1", "started_at"),
        ("raw.lab/1", "collected_at"),
        ("raw.vitals/1", "value"),
    ],
)
def test_wrong_times_and_values_are_corrected(messages, schema, field):
    changed = [
        versions
        for versions in by_fact(messages)
        if versions[0]["schema"] == schema
        and any(version["status"] == "corrected" for version in versions)
        and len({version.get(field) for version in versions} - {None}) > 1
    ]

    assert len(changed) > 5


def test_what_was_another_patients_is_taken_back(messages):
    wrong = [versions for versions in by_fact(messages) if versions[0]["fact_id"].endswith("wrong-patient")]

    assert len(wrong) > 30
    assert all("entered_in_error" in {version["status"] for version in versions} for versions in wrong)
    assert len({versions[0]["schema"] for versions in wrong}) == 4


def test_patient_numbers_are_merged_and_some_messages_still_come_under_the_old_one(stays):
    late = 0
    merged = [stay for stay in stays if any(message.value.get("event") == "merge" for message in stay.messages)]
    for stay in merged:
        merge = next(message for message in stay.messages if message.value.get("event") == "merge")
        patients = {message.value["patient_id"] for message in stay.messages}
        assert merge.value["patient_id"] in patients <= {merge.value["patient_id"], merge.value["into_patient_id"]}
        assert merge.key.endswith("-T")
        late += sum(message.received_at > merge.received_at and message.key == merge.key for message in stay.messages)

    assert len(merged) > 5
    assert late > 0


def test_numbers_of_a_stay_change_with_and_without_a_link(stays):
    numbers = [{message.value.get("encounter_id") for message in stay.messages} - {None} for stay in stays]
    changed = [
        stay for stay, found in zip(stays, numbers, strict=True) if any(number.endswith("-W") for number in found)
    ]
    linked = [stay for stay in changed if any(message.value.get("event") == "link" for message in stay.messages)]

    assert 10 < len(linked) < len(changed)
    assert all(truth.case_id.split("#")[0][-2:] != "-W" for stay in changed for truth in stay.truths)


def test_admissions_are_cancelled(messages):
    cancelled = [m for m in messages if m.get("event") == "admit" and m["status"] == "cancelled"]

    assert len(cancelled) > 5


def test_some_results_carry_no_number_of_the_stay(messages):
    loose = [message for message in messages if "encounter_id" not in message and message.get("event") != "merge"]

    assert len(loose) > 100
    assert {message["schema"] for message in loose} == {"raw.lab/1"}
    assert any(message["code"] == LACTATE_LOINC for message in loose)


def test_messages_are_repeated(messages):
    times = Counter(message["message_id"] for message in messages)

    assert sum(count > 1 for count in times.values()) > 100


def test_messages_overtake_each_other(messages):
    overtaken = [
        versions
        for versions in by_fact(messages)
        if [version["version"] for version in versions] != sorted(version["version"] for version in versions)
    ]

    assert len(overtaken) > 20


def test_topics_that_stand_still_deliver_hours_late(messages):
    """Of what is charted as it happens, something comes hours later, and not alone."""
    held = Counter()
    for message in messages:
        if message["schema"] == "raw.adt/1" and "happened_at" in message:
            late = received(message) - datetime.fromisoformat(message["happened_at"])
            held[message["facility_id"], received(message).replace(second=0)] += (
                timedelta(hours=2) < late < timedelta(hours=9)
            )

    assert max(held.values()) > 1


def test_some_acts_are_known_by_their_day_only(messages):
    days = [m for m in messages for name in ("collected_at", "started_at") if len(m.get(name, "")) == len("2026-01-05")]

    assert len(days) > 5


def test_infusions_pause_and_are_written_again(stays):
    infusions = [infusion for stay in stays for course in stay.courses for infusion in course.infusions]
    messages = [message.value for stay in stays for message in stay.messages]
    wholes = [m for m in messages if m["fact_id"].endswith("-whole")]

    assert sum(len(infusion.parts) > 1 for infusion in infusions) > 20
    assert {m["status"] for m in wholes} == {"final", "entered_in_error"}
    assert all("infusion_id" in m for m in wholes)


def test_patients_come_back_and_sepsis_comes_back(stays):
    again = [stay for stay in stays if len(stay.courses) == 2]
    back = [truth for stay in stays for truth in stay.truths if truth.case_id.endswith("#2")]

    assert len(again) > 3
    assert all(len({course.born for course in stay.courses}) == 1 for stay in again)
    assert {truth.status for truth in back} >= {"denominator"}


def test_a_good_part_of_care_in_time_is_charted_late(stays):
    met = [
        truth
        for stay in stays
        for truth in stay.truths
        if truth.measure == "nys-ped-1h/trend-2015" and truth.outcome is Outcome.MET
    ]

    assert 0.2 < sum(truth.charted_late for truth in met) / len(met) < 0.7


def test_every_act_that_measures_ask_for_is_said(messages):
    said = {message["act"] for message in messages if message["schema"] == "raw.act/1"}
    left_to_people = {ActName.TIME_ZERO_OVERRIDDEN, ActName.PUPILS_FIXED}

    assert said == {act.value for act in ActName} - left_to_people
