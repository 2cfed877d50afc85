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


def aiokafka_says(second, line=1, error=None, logger="aiokafka"):
    """One of its lines, so many seconds after the first; an error only counts by its type."""
    told = {"created": 1_000_000.0 + second, "lineno": line, "exc_info": error and (type(error), error, None)}
    logging.getLogger(logger).handle(
        logging.makeLogRecord({"name": logger, "levelno": logging.ERROR, "module": "client", "pathname": "c.py"} | told)
    )


def test_a_line_of_another_library_is_written_once_and_counted_each_minute(lines):
    for tenth in range(1500):
        aiokafka_says(tenth / 10)

    assert [line.get("repeated") for line in lines()] == [None, 599, 600]
    assert [line["at"][14:23] for line in lines()] == ["46:40.000", "47:39.900", "48:39.900"]


def test_between_lines_that_repeat_another_place_error_or_logger_is_written_at_once(lines):
    for second in range(40):
        aiokafka_says(second)
    aiokafka_says(40, line=2)
    aiokafka_says(41, error=ValueError())
    aiokafka_says(42, error=OSError())
    aiokafka_says(43, error=OSError())
    aiokafka_says(44, logger="faust")

    assert [(line["logger"], line["where"], line.get("error")) for line in lines()] == [
        ("aiokafka", "client:1", None),
        ("aiokafka", "client:2", None),
        ("aiokafka", "client:1", "ValueError"),
        ("aiokafka", "client:1", "OSError"),
        ("faust", "client:1", None),
    ]


def test_what_was_counted_is_said_with_the_next_line_or_at_the_end(lines):
    for second in (0, 1, 2):
        aiokafka_says(second)
    aiokafka_says(90, line=2)
    aiokafka_says(91, line=2)
    logging.getLogger().handlers[0].close()

    assert [(line["where"], line.get("repeated")) for line in lines()] == [
        ("client:1", None),
        ("client:1", 2),
        ("client:2", None),
        ("client:2", 1),
    ]


def test_a_line_that_stayed_away_is_new(lines):
    for second in (0, 1, 70, 71, 50):
        aiokafka_says(second)

    assert [line.get("repeated") for line in lines()] == [None, 1, None, 1, None]


def test_our_own_lines_are_all_written(lines):
    for _ in range(3):
        WorkerLog("owner").error("wake_up_already_past")
        logging.getLogger("streams.batched.stage").warning("reading_again", extra={"fields": {"stage": "owner"}})

    assert len(lines()) == 6


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
