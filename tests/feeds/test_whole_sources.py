"""The recorded sets are read whole: every row is accepted, ignored or rejected, and none is lost."""

import csv
import gzip
from collections import Counter, defaultdict

import pytest

from schemas.rejection import Accepted
from schemas.translate import translate
from streams.sources import open_source

REJECTED_OF_MIMIC3 = {
    ("labevents", "bad_value"): 1,
    ("inputevents_mv", "implausible_value"): 2,
    ("chartevents", "implausible_value"): 86,
}


def read_whole(path, source_format):
    """(table, result) of every message that counts as read."""
    for message in open_source([path], source_format):
        result = translate(message.topic, message.value, message.received_at)
        yield message, result


def verdict(result):
    return "accepted" if isinstance(result, Accepted) else result.reason


@pytest.fixture(scope="module")
def mimic3(shared_data):
    return list(read_whole(shared_data / "mimic3_demo", "mimic3"))


def lines_of(path):
    with gzip.open(path, "rt", newline="") as file:
        return sum(1 for _ in csv.reader(file)) - 1


def test_every_row_of_mimic3_is_accounted_for(shared_data, mimic3):
    tables = {path.name.removesuffix(".csv.gz"): path for path in (shared_data / "mimic3_demo").glob("*.csv.gz")}

    read = Counter(message.counted_as for message, _ in mimic3 if message.counted_as)

    assert read == {table: lines_of(path) for table, path in tables.items()}


def test_nearly_nothing_of_mimic3_is_rejected_and_all_of_it_for_a_reason(mimic3):
    rejected = Counter(
        (message.counted_as, verdict(result))
        for message, result in mimic3
        if message.counted_as and type(result).__name__ == "Rejected"
    )

    assert rejected == REJECTED_OF_MIMIC3


def test_mimic3_has_no_code_that_no_table_of_codes_knows(mimic3):
    assert not [message.counted_as for message, result in mimic3 if verdict(result) == "unmapped_code"]


def test_mimic3_is_told_in_the_order_of_knowing(mimic3):
    known = [message.received_at for message, _ in mimic3 if message.received_at]

    assert known == sorted(known)
    for message, result in mimic3:
        if isinstance(result, Accepted):
            assert {fact.received_at for fact in result.facts} == {message.received_at}


def test_what_is_taken_back_in_mimic3_was_told_before(mimic3):
    versions = defaultdict(set)
    for _, result in mimic3:
        for fact in result.facts if isinstance(result, Accepted) else ():
            versions[fact.fact_id].add(fact.version)

    assert {frozenset(known) for known in versions.values()} == {
        frozenset({0}),
        frozenset({0, 1}),
        frozenset({0, 2}),
        frozenset({0, 1, 2}),
    }


def test_an_event_id_of_mimic3_always_says_the_same(mimic3):
    said = {}
    for _, result in mimic3:
        for fact in result.facts if isinstance(result, Accepted) else ():
            assert said.setdefault(fact.event_id, fact) == fact


def test_every_event_of_the_xes_log_is_accounted_for(shared_data):
    verdicts = Counter(
        (message.counted_as, verdict(result))
        for message, result in read_whole(shared_data / "sepsis_cases_event_log.xes.gz", "xes")
    )

    assert verdicts.total() == 15214
    assert verdicts["Return ER", "later_visit"] == 294
    assert {told for (activity, told) in verdicts if activity != "Return ER"} == {"accepted"}
