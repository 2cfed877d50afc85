"""What may be told of a record that does not fit its model."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from pydantic import ValidationError

from schemas.alert import Alert
from schemas.read_model import FeedStatus
from schemas.rival import Rival, RivalElement
from schemas.strict_model import built, is_written_alike, place_and_type
from schemas.verdict import Element, ElementStatus


def told(model, text):
    with pytest.raises(ValidationError) as error:
        model.model_validate_json(text)
    return {place_and_type(detail["loc"], detail["type"]) for detail in error.value.errors(include_input=False)}


def test_fields_are_named_and_keys_that_the_sender_made_up_are_not():
    assert told(FeedStatus, '{"topic": 3, "source": "s", "Jane Doe": 1}') == {
        "topic: string_type",
        "*: extra_forbidden",
    }


def test_what_fails_as_a_whole_is_called_so():
    assert told(Alert, "{") == {"whole: json_invalid"}


NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
DONE = {"element": Element.LACTATE, "status": ElementStatus.MET, "reason": None, "due_at": None, "closes_at": None}


def rival(name="own", at=NOON, minutes=1.0, elements=1):
    element = built(RivalElement, **DONE, done_at=NOON, minutes=minutes)
    return Rival(name=name, title="t", at=at, sentence="s", elements=(element,) * elements)


def test_a_model_that_is_built_is_written_as_one_that_is_checked():
    values = {**DONE, "done_at": NOON, "minutes": 1.0}

    assert built(RivalElement, **values) == RivalElement(**values)
    assert built(RivalElement, **values).model_dump_json() == RivalElement(**values).model_dump_json()


def test_models_that_say_the_same_are_written_alike():
    assert is_written_alike(rival(), rival())


@pytest.mark.parametrize(
    "other",
    [
        rival(name="other"),
        rival(minutes=2.0),
        rival(minutes=None),
        rival(elements=2),
        rival(at=NOON + timedelta(minutes=1)),
        rival(at=NOON.astimezone(timezone(timedelta(hours=1)))),
        RivalElement(element=Element.LACTATE, status=ElementStatus.MET),
    ],
    ids=["text", "number", "absent", "length", "instant", "offset", "model"],
)
def test_what_says_something_else_or_the_same_instant_otherwise_is_not_written_alike(other):
    assert not is_written_alike(rival(), other)
    assert not is_written_alike(other, rival())
