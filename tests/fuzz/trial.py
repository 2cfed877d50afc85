"""One story through the door and the owner of a worker, without a broker; what may not happen is a `BrokenError`."""

import base64
import hashlib
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import orjson

from fuzz.seeds import MARK
from schemas.clinical import CLINICAL_EVENT, ClockTick
from schemas.rejection import RejectedMessage
from schemas.topics import Topic, split_key
from schemas.translate.reason import IgnoreReason, RejectReason
from streams.engine import ScoringEngine
from streams.feed_counts import PartitionCounts
from streams.ingest import EMPTY, happening, take_in
from streams.owner import Owner
from streams.records import Record
from streams.stored_state import unpack
from streams.worker_settings import MEBIBYTE, WorkerSettings

SLOW_S = 1.0
"""Most seconds of processor time that one message may take, at the door or at its owner: far above honest work on a
busy machine (a tick over 400 days reviews fifty wake-ups of 20 measures, 0.1 s), far below a pattern gone quadratic."""
MOST_FORWARDS = 2000
"""More facts handed on than this in one story of 40 messages is a merge that never ends."""
RECEIVED_AT = datetime(2026, 2, 1, tzinfo=UTC)
LATER = timedelta(days=400)
REASONS = {*RejectReason, EMPTY}
STATE_LIMIT = WorkerSettings().max_record_bytes


class BrokenError(Exception):
    """A claim that does not hold: what happened instead, and at which message."""

    def __init__(self, claim, place=None):
        super().__init__(claim)
        self.claim, self.place = claim, place


def hold(holds, otherwise, place=None, cause=None):
    """Break off with what happened `otherwise`, unless the claim holds."""
    if not holds:
        raise BrokenError(otherwise, place) from cause


@dataclass(slots=True)
class Seen:
    """What a run came to."""

    sent: int = 0
    facts: int = 0
    forwarded: int = 0
    outcomes: Counter = field(default_factory=Counter)
    """By format, topic and outcome."""
    reasons: Counter = field(default_factory=Counter)
    """By outcome and reason."""
    slowest_s: Counter = field(default_factory=Counter)
    """By stage: the most processor time that a message took."""


class WatchedEngine:
    """The real engine, keeping what it raised: an owner puts that aside and goes on."""

    def __init__(self, measures=()):
        self._engine = ScoringEngine(measures)
        self.raised = None
        self.encode, self.decode, self.size = self._engine.encode, self._engine.decode, self._engine.size

    def step(self, state, event):
        return self._watched(self._engine.step, state, event)

    def records(self, state):
        return self._watched(self._engine.records, state)

    def _watched(self, call, *arguments):
        try:
            return call(*arguments)
        except Exception as error:
            self.raised = error
            raise


def told(call, claim, place=None):
    """What a call gives; what it raises breaks the claim."""
    try:
        return call()
    except Exception as error:
        message = f"{claim}: {type(error).__name__}"
        raise BrokenError(message, place) from error


class Trial:
    """Holds one story to the claims."""

    def __init__(self, engine, seen):
        self.engine, self.seen = engine, seen
        self.table, self.owner = {}, None
        self.at = RECEIVED_AT
        self._forwards = 0

    def send(self, messages):
        """Live through messages in the order in which they came."""
        self.owner = Owner(self.engine, self.table.get, STATE_LIMIT)
        counts = PartitionCounts(topic="raw")
        for place, message in enumerate(messages):
            record = Record(message.topic, 0, place, message.key, message.value)
            taken = self._take(record, place)
            counts = told(lambda now=counts, new=taken.counted: now.count(new), "counting raises", place)
            self._own(taken, place)
        told(lambda: PartitionCounts.model_validate_json(counts.model_dump_json()), "counts cannot be written")
        self._add_up(counts, len(messages))
        self._live_on()

    def _take(self, record, place):
        begun = time.process_time()
        taken = told(lambda: take_in([record], self.at, MEBIBYTE), "the door raises", place)
        self._timed("the door", begun, place)
        hold(len(taken.counted) == 1, "a message is not counted once", place)
        self._outcome(taken, place)
        self.seen.outcomes[_format(record), record.topic, taken.counted[0].outcome] += 1
        self.seen.sent += 1
        return taken

    def _timed(self, what, begun, place):
        took = time.process_time() - begun
        self.seen.slowest_s[what] = max(self.seen.slowest_s[what], took)
        hold(took <= SLOW_S, f"{what} is slow", place)

    def _outcome(self, taken, place):
        (counted,) = taken.counted
        self.seen.reasons[counted.outcome, str(counted.reason)] += 1
        kept = [each for each in taken.outgoing if each.topic == Topic.REJECTED_MESSAGES]
        facts = len(taken.outgoing) - len(kept)
        expected = {"accepted": (True, 0), "ignored": (False, 0), "rejected": (False, 1)}[counted.outcome]
        hold((facts > 0, len(kept)) == expected, f"{counted.outcome}: {facts} facts, {len(kept)} rejections", place)
        known = {"accepted": {""}, "ignored": set(IgnoreReason), "rejected": REASONS}[counted.outcome]
        hold(counted.reason in known, f"{counted.outcome} for no known reason: {counted.reason}", place)
        if kept:
            self._driven_again(counted, kept[0], place)

    def _driven_again(self, counted, outgoing, place):
        """What is kept of a rejected message says why, names nobody beside it, and has the same fate again."""
        kept = told(lambda: RejectedMessage.model_validate_json(outgoing.value), "a rejection cannot be read", place)
        sent = counted.record.value or b""
        hold(MARK not in kept.reason + kept.detail, "a rejection names the patient beside the original", place)
        is_its_own = (kept.size_bytes, kept.sha256) == (len(sent), hashlib.sha256(sent).hexdigest())
        hold(is_its_own, "size and hash are not the message's", place)
        if kept.reason == RejectReason.TOO_LARGE and kept.value is None:
            return
        value = kept.value.encode() if kept.encoding == "utf-8" else base64.b64decode(kept.value)
        again = Record(kept.topic, 0, 0, None, value)
        same = told(lambda: take_in([again], kept.received_at, MEBIBYTE), "what is kept raises", place).counted[0]
        is_same = value == sent and (same.outcome, same.reason) == (counted.outcome, counted.reason)
        hold(is_same, f"{counted.reason}, and what is kept of it: {same.outcome} {same.reason}", place)

    def _own(self, taken, place):
        (counted,) = taken.counted
        facts = [each for each in taken.outgoing if each.topic == Topic.ENCOUNTER_EVENTS]
        read = [told(lambda each=each: CLINICAL_EVENT.validate_json(each.value), "unreadable", place) for each in facts]
        told_of = max(filter(None, map(happening, read)), default=None)
        hold(counted.happened_at == told_of, "a fact is read as of another time than it was written", place)
        for fact, each in zip(read, facts, strict=True):
            is_same = (fact.model_dump_json().encode(), fact.key.encode()) == (each.value, each.key)
            hold(is_same, "a fact is read otherwise than it was written", place)
        self.seen.facts += len(facts)
        self.live(facts, place)

    def live(self, events, place=None):
        """Let the owners live through events, and through those that they hand on."""
        waiting, said = deque(events), []
        while waiting:
            each = waiting.popleft()
            record = Record(each.topic, 0, 0, each.key, each.value)
            begun = time.process_time()
            (lived,) = told(lambda record=record: self.owner.handle([record]), "the owner raises", place)
            self._timed("the owner", begun, place)
            hold(not lived.rejected, f"the owner refuses: {''.join(lived.rejected)}", place, self.engine.raised)
            if lived.value is not None:
                self.table[lived.key] = lived.value
            self.owner.keep([lived])
            handed_on = [each for each in lived.outgoing if each.topic == Topic.ENCOUNTER_EVENTS]
            self._forwards += len(handed_on)
            self.seen.forwarded += len(handed_on)
            hold(self._forwards <= MOST_FORWARDS, "facts are handed on for ever", place)
            waiting.extend(handed_on)
            said += [(each.topic, each.key, each.value) for each in lived.outgoing]
        return said

    def _add_up(self, counts, sent):
        told_of = sum(each.accepted + each.ignored + each.rejected for each in counts.sources.values())
        hold(told_of == sent, f"{sent} sent and {told_of} counted")

    def _live_on(self):
        """A worker that starts anew from what is stored says what the old one would have said."""
        for key, value in list(self.table.items()):
            stored = unpack(value)
            state = told(lambda stored=stored: self.engine.decode(stored.state), "a state cannot be read back")
            state.facts.written.forget_all()
            hold(self.engine.encode(state) == stored.state, "a state read back is another")
            tick = _tick(key, state.now + LATER)
            before = dict(self.table)
            said = self.live([tick])
            self.owner, self.table = Owner(self.engine, before.get, STATE_LIMIT), before
            hold(self.live([tick]) == said, "a worker that starts anew says something else")


@dataclass(frozen=True, slots=True)
class _Event:
    topic: str
    key: bytes
    value: bytes


def _tick(key, at):
    facility_id, patient_id = split_key(key.decode())
    tick = ClockTick(facility_id=facility_id, patient_id=patient_id, at=at)
    return _Event(Topic.ENCOUNTER_EVENTS, key, tick.model_dump_json().encode())


def _format(record):
    """What the message says it is, where that can be read."""
    try:
        read = orjson.loads(record.value or b"")
    except orjson.JSONDecodeError:
        return "unreadable"
    named = (read.get("format") or read.get("schema")) if isinstance(read, dict) else None
    known = {"mimic3/1", "xes/1", "raw.adt/1", "raw.lab/1", "raw.medication/1", "raw.vitals/1", "raw.act/1"}
    return named if isinstance(named, str) and named in known else "none known"
