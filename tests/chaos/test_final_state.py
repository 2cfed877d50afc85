"""What the campaign claims of alerts, on alerts made up: the lost and the duplicate are counted, repeats are not."""

from collections import Counter

import orjson

from chaos.final_state import compared
from running_notifier import alert
from streams.replay.output import alert_line

FIRST, SECOND = alert("P1", 0), alert("P1", 1)


def said(*alerts):
    """As read from the topic."""
    contents = {}
    for each in alerts:
        content = each.model_dump_json().encode()
        contents.setdefault("F1|P1", {}).setdefault(each.alert_id, Counter())[content] += 1
    return contents


def replayed(folder, *alerts):
    """As the replay writes them."""
    file = folder / "alerts.ndjson"
    file.write_bytes(b"".join(orjson.dumps(alert_line(each)) + b"\n" for each in alerts))
    return file


def test_what_the_replay_says_and_nobody_heard_is_lost(tmp_path):
    assert compared(said(FIRST), replayed(tmp_path, FIRST, SECOND)) == (1, 0)


def test_what_was_said_under_another_name_is_a_duplicate(tmp_path):
    again = FIRST.model_copy(update={"alert_id": "another"})

    assert compared(said(FIRST, again), replayed(tmp_path, FIRST)) == (0, 1)


def test_one_name_that_says_two_things_is_a_duplicate(tmp_path):
    changed = FIRST.model_copy(update={"sentence": "Antibiotics due by 13:00, none charted."})

    assert compared(said(FIRST, changed), replayed(tmp_path, FIRST)) == (0, 1)


def test_the_same_said_again_is_neither(tmp_path):
    assert compared(said(FIRST, FIRST, SECOND), replayed(tmp_path, FIRST, SECOND)) == (0, 0)
