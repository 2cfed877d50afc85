"""Logs carry fixed words and allowed fields, whoever writes them."""

import io
import logging

import orjson
import pytest

from streams.worker_log import WorkerLog, configure_logging


@pytest.fixture
def lines():
    """What is written, and the logging that was there before, put back."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure_logging("INFO", stream)
    yield lambda: [orjson.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:] = before
    root.setLevel(level)


def test_our_own_lines_have_a_name_and_their_fields(lines):
    WorkerLog("owner").info("recovered", keys=12)

    assert lines()[0] | {"at": ""} == {
        "at": "",
        "level": "info",
        "logger": "timezero.owner",
        "event": "recovered",
        "keys": 12,
    }


def test_of_the_batched_path_a_stage_may_speak_and_faust_under_its_modules_names_may_not(lines):
    logging.getLogger("streams.batched.stage").warning(
        "reading_again", extra={"fields": {"stage": "owner", "key": "P1"}}
    )
    logging.getLogger("streams.batched.consumer").error("message %s of Jane Doe", "P1")

    assert (lines()[0]["event"], lines()[0]["stage"]) == ("reading_again", "owner")
    assert "P1" not in str(lines())


def test_a_field_that_is_not_on_the_list_is_a_mistake_of_ours():
    with pytest.raises(ValueError, match="patient_id"):
        WorkerLog("owner").warning("odd", patient_id="P1")


def test_of_other_peoples_lines_only_the_place_and_the_kind_of_error_are_kept(lines):
    error = ValueError("P1 Jane Doe")
    logging.getLogger("faust.topics").error("message %s of Jane Doe", "P1", exc_info=error)

    assert "Jane" not in str(lines())
    assert lines()[0]["error"] == "ValueError"
    assert lines()[0]["where"].startswith("test_worker_log:")
