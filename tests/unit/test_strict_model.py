"""What may be told of a record that does not fit its model."""

import pytest
from pydantic import ValidationError

from schemas.alert import Alert
from schemas.read_model import FeedStatus
from schemas.strict_model import place_and_type


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
