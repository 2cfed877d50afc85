"""Exports the one log, so that `timezero replay --format log` can live through it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from schemas.topics import Topic
from streams.records import Record, as_text
from streams.topic_layout import BrokerError
from streams.topic_reader import partitions_of, read_partition, topic_reader

if TYPE_CHECKING:
    from pathlib import Path


async def export(bootstrap: str, out_path: Path, topic: str = Topic.ENCOUNTER_EVENTS) -> int:
    """Write every record there is now, partition by partition in order, as NDJSON; returns how many.

    A line is `{"topic", "key", "partition", "offset", "value"}`; a value that is no JSON stands as text.

    Raises:
        BrokerError: no broker answers, or it does not have the topic.
        OSError: the file cannot be written.
    """
    partitions = await partitions_of(bootstrap, topic)
    if not partitions:
        message = f"the Kafka broker at {bootstrap} has no topic {topic}."
        raise BrokerError(message)
    count = 0
    async with topic_reader(bootstrap) as consumer:
        with out_path.open("wb") as out:
            for partition in partitions:
                async for records in read_partition(consumer, topic, partition):
                    out.writelines(_line(record) for record in records)
                    count += len(records)
    return count


def _line(record: Record) -> bytes:
    line = {
        "topic": record.topic,
        "key": None if record.key is None else as_text(record.key)[0],
        "partition": record.partition,
        "offset": record.offset,
        "value": _value(record.value),
    }
    return orjson.dumps(line) + b"\n"


def _value(value: bytes | None) -> object:
    if value is None:
        return None
    try:
        return orjson.Fragment(value) if orjson.loads(value) is not None else None
    except orjson.JSONDecodeError:
        return as_text(value)[0]
