"""What is said on the board reaches the log: in order, at least once, and let go only once the broker has it."""

import asyncio
import json

import pytest
from redis.asyncio import Redis

from board_story import PED, case
from dashboards.board.time_zero_word import make_act, read_word
from lived import stepped
from schemas.raw import RawAct
from schemas.read_model import SAID_ACTS_FIELD, SAID_ACTS_STREAM
from schemas.rejection import Accepted
from schemas.translate import translate
from scoring.rules import load_rules
from storyteller import DAY, clock, read_story
from streams.said_acts import SaidActs


class Broker:
    """An outbox that keeps what it was given, or loses the connection."""

    def __init__(self):
        self.sent, self.is_lost = [], False

    async def send(self, outgoing):
        self.sent += outgoing
        if self.is_lost:
            raise ConnectionError


def act(number):
    return RawAct.model_validate(
        {
            "schema": "raw.act/1", "message_id": f"m{number}", "source": "board", "facility_id": "F1",
            "patient_id": "P1", "encounter_id": "E1", "act": "time_zero_overridden", "happened_at": DAY.isoformat(),
            "time_zero": DAY.isoformat(), "reason": "seen", "actor": "Jones",
        }
    )  # fmt: skip


def moved(valkey_url, broker, *messages, times=1):
    """What is left waiting after some looks; a look that fails is made again."""

    async def look():
        redis = Redis.from_url(valkey_url.removesuffix("/0") + "/10")
        await redis.flushdb()
        for message in messages:
            await redis.xadd(SAID_ACTS_STREAM, {SAID_ACTS_FIELD: message})
        said = SaidActs(redis, broker)
        counts = []
        for _ in range(times):
            try:
                counts.append(await said.move())
            except ConnectionError:
                counts.append("lost")
                broker.is_lost = False
        left = await redis.xlen(SAID_ACTS_STREAM)
        await redis.aclose()
        return counts, left

    return asyncio.run(look())


def test_acts_go_to_their_topic_under_the_patients_key_in_the_order_said(valkey_url):
    broker, texts = Broker(), [act(number).model_dump_json(by_alias=True) for number in (1, 2)]

    assert moved(valkey_url, broker, *texts, times=2) == ([2, 0], 0)
    assert [(each.topic, each.key, each.value.decode()) for each in broker.sent] == [
        ("raw.act", b"F1|P1", text) for text in texts
    ]


def test_nothing_is_let_go_before_the_broker_has_it(valkey_url):
    broker, text = Broker(), act(1).model_dump_json(by_alias=True)
    broker.is_lost = True

    assert moved(valkey_url, broker, text, times=2) == (["lost", 1], 0)
    assert len({each.value for each in broker.sent}) == 1


def test_what_is_no_act_goes_the_way_of_every_message_that_cannot_be_read(valkey_url):
    broker = Broker()

    assert moved(valkey_url, broker, b"{}") == ([1], 0)
    assert [(each.topic, each.key, each.value) for each in broker.sent] == [("raw.act", None, b"{}")]


STORY = """
    08:00    arrived
    09:00    protocol
    09:25    ceftriaxone
"""


def lived(*messages):
    """The record of a case after a story and what was said on the board, as the ingest would take it."""
    rules, state, records = load_rules([PED]), None, {}
    facts = read_story(STORY)
    for message in messages:
        result = translate("raw.act", message.model_dump_json(by_alias=True).encode(), clock("10:00"))
        assert isinstance(result, Accepted)
        facts += result.facts
    for fact in facts:
        taken = stepped(state, fact, rules)
        state = taken.state
        records |= {record.key: record for record in taken.cases}
    (record,) = records.values()
    return record


@pytest.mark.parametrize("measure", [PED, ""])
def test_a_word_said_on_the_board_dates_the_case_and_taken_back_leaves_it_as_it_was(measure):
    plain = lived()
    body = {"measure": measure, "time_zero": clock("08:30").isoformat(), "reason": "seen", "actor": "Jones"}
    said = make_act(read_word(json.dumps(body)), [plain], clock("10:00"))
    dated = lived(said)
    undo = make_act(read_word(said_again(time_zero=None)), [dated], clock("10:01"))
    undone = lived(said, undo)

    assert (dated.time_zero, dated.time_zero_rule, dated.computed_time_zero) == (
        clock("08:30"), "overridden", clock("09:00"),
    )  # fmt: skip
    assert (dated.override.by, dated.override.measure) == ("Jones", measure or None)
    assert (undone.time_zero, undone.override) == (plain.time_zero, None)
    assert lived(said, said) == dated


def said_again(**more):
    """The form, filled in."""
    return json.dumps({"measure": PED, "reason": "wrong patient", "actor": "Jones"} | more)


def test_a_word_that_was_said_elsewhere_is_not_taken_back_here():
    record = case("c1", "ED", [("fluids", "open", {"due": "11:00"})])

    with pytest.raises(ValueError, match="no word in force"):
        make_act(read_word(said_again(time_zero=None)), [record], clock("10:00"))


@pytest.mark.parametrize(("time_zero", "is_taken"), [("08:00-1", True), ("07:59-1", False), ("08:00-400", False)])
def test_a_word_too_long_before_the_stay_is_refused_and_says_why(time_zero, is_taken):
    """The patient arrived at 08:00; what was before the day before is of no stay."""
    word = read_word(
        json.dumps({"measure": PED, "reason": "seen", "actor": "Jones", "time_zero": clock(time_zero).isoformat()})
    )
    if is_taken:
        assert make_act(word, [lived()], clock("10:00")).time_zero == clock(time_zero).isoformat()
        return
    with pytest.raises(ValueError, match=r"cannot lie before 2026-03-01 08:00\+00:00: the patient was not born, or"):
        make_act(word, [lived()], clock("10:00"))
