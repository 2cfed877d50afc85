"""A sample of what `make fuzz` sends: mutated messages of every format, through a worker's door and its owner.

And whether the fuzzer would tell: a fault that is planted is found, and told in as few words as it takes.
"""

from datetime import UTC, datetime

import orjson
import pytest

from fuzz import mutation
from fuzz.million_messages import Fuzzer, what_broke
from fuzz.trial import WatchedEngine
from real_parts.inventory import shared_folder
from schemas.clinical import Medication
from schemas.translate.reason import RejectReason
from streams.feed_message import FeedMessage
from streams.ingest import EMPTY
from streams.produce import telling_when
from streams.sources import open_source

MESSAGES = 20_000
SEED = "sample"
FIRST_OF_AN_HOUR = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def fuzzed(shared_data):
    """A fuzzer that has sent its sample, and what it found."""
    assert shared_data == shared_folder() / "data"
    fuzzer = Fuzzer(SEED)
    return fuzzer, fuzzer.run(MESSAGES)


def test_no_mutated_message_raises_hangs_or_is_lost(fuzzed):
    fuzzer, found = fuzzed

    assert [line for each in found for line in what_broke(fuzzer, *each)] == []


def test_every_message_is_accepted_ignored_or_rejected(fuzzed):
    seen = fuzzed[0].seen

    assert seen.outcomes.total() == seen.sent >= MESSAGES
    assert {outcome for *_, outcome in seen.outcomes} == {"accepted", "ignored", "rejected"}


def test_the_sample_makes_every_mutation_and_meets_every_reason(fuzzed):
    """Else it would say nothing of them."""
    fuzzer, _ = fuzzed
    made = {*mutation.ON_STORIES, *mutation.ON_OBJECTS, *mutation.ON_BYTES, mutation.fill}
    met = {reason for outcome, reason in fuzzer.seen.reasons if outcome == "rejected"}

    assert fuzzer.done.keys() == {each.__name__ for each in made}
    assert met == {*RejectReason, EMPTY}


def test_the_sample_tells_much_that_is_judged_and_merged(fuzzed):
    seen = fuzzed[0].seen

    assert seen.facts > MESSAGES / 3
    assert seen.forwarded > 0


class Stumbling(WatchedEngine):
    """Raises at a vasopressor's end."""

    def step(self, state, event):
        if isinstance(event, Medication) and event.completed_at is not None:
            self.raised = ValueError("stumbled")
            raise self.raised
        return super().step(state, event)


def test_a_planted_fault_is_found_and_told_in_one_message():
    fuzzer = Fuzzer("planted", engines=[Stumbling(), Stumbling()])

    found = fuzzer.run(1000)

    (number, messages, broken), *_ = found
    (smallest,) = fuzzer.smallest(number, messages, broken)
    assert broken.claim == "the owner refuses: engine_error"
    assert len(messages) > 1
    assert orjson.loads(smallest.value).keys() < {"schema", "format"} | set(mutation.strange_values.FIELDS)


def test_lines_of_a_file_are_sent_or_rejected_whatever_stands_in_them(tmp_path):
    """`timezero ingest` must get to the end of any file, and be able to write again what it has read."""
    fuzzer = Fuzzer("lines")
    sent = [each for number in range(60) for each in fuzzer.told(number)[0] if each.value]
    lines = [_line(each) for each in sent]
    path = tmp_path / "feed.ndjson"
    path.write_bytes(b"\n".join(lines))

    read = list(open_source([path], "events"))

    written = [
        FeedMessage(FIRST_OF_AN_HOUR, each.topic, each.key, telling_when(each)).as_outgoing().value for each in read
    ]
    assert len(written) == sum(
        1 for line in b"\n".join(lines).split(b"\n") if line.removeprefix(b"\xef\xbb\xbf").strip()
    )
    assert all(written)


def _line(message):
    """As an envelope with the bytes inside it as they are: what is no JSON spoils the line, as it would."""
    return b'{"topic": "' + message.topic.encode() + b'", "value": ' + message.value + b"}"
