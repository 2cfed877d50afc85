"""The event stream: everyone hears the same, and one who falls behind is caught up and never held in memory."""

import orjson

from dashboards.board.event_stream import QUEUE_LENGTH, EventStream, format_event


def name_of(message):
    return message.split(b"event: ")[-1].split(b"\n")[0].decode()


def test_an_event_is_one_line_of_json_whatever_is_in_it():
    message = format_event("changes", {"text": "two\nlines\r\nand \u2028"})

    assert message.startswith(b"event: changes\ndata: ")
    assert message.endswith(b"\n\n")
    assert message.count(b"\n") == 3
    assert orjson.loads(message.split(b"data: ")[1])["text"] == "two\nlines\r\nand \u2028"


async def test_a_listener_gets_a_snapshot_first_and_then_each_event():
    stream = EventStream(lambda: {"everything": 1})
    heard = stream.listen()
    first = await anext(heard)
    stream.send("beat", {})
    second = await anext(heard)

    assert (name_of(first), name_of(second)) == ("snapshot", "beat")
    await heard.aclose()
    assert stream.listeners == set()


async def test_a_slow_listener_is_caught_up_by_a_snapshot_instead_of_a_growing_queue():
    stream = EventStream(lambda: {"everything": 1})
    heard = stream.listen()
    await anext(heard)
    for number in range(3 * QUEUE_LENGTH + 1):
        stream.send("changes", {"number": number})
    (listener,) = stream.listeners
    waiting = listener.queue.qsize()
    caught_up = await anext(heard)
    after = await anext(heard)

    assert waiting <= QUEUE_LENGTH
    assert name_of(caught_up) == "snapshot"
    assert name_of(after) == "changes"
    await heard.aclose()


async def test_closing_ends_every_stream_also_a_full_one():
    stream = EventStream(dict)
    heard = stream.listen()
    await anext(heard)
    for _ in range(QUEUE_LENGTH):
        stream.send("beat", {})
    stream.close()

    assert [message async for message in heard] == []
    assert stream.listeners == set()
