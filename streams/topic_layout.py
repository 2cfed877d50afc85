"""The topics: made before anything runs, with their partitions, clean-up and record sizes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaConnectionError, KafkaError, for_code

from schemas.topics import COMPACTED_TOPICS, RAW_TOPICS, Topic
from streams.clock import stopwatch
from streams.worker_log import WorkerLog

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from streams.worker_settings import WorkerSettings

STATE_TABLE = "patient-states"
COUNTS_TABLE = "feed-counts"
CONTRIBUTIONS_TABLE = "case-contributions"
TABLES = (STATE_TABLE, COUNTS_TABLE, CONTRIBUTIONS_TABLE)

_log = WorkerLog("topics")
_COMPACTED = {"cleanup.policy": "compact"}
_KEPT = {"cleanup.policy": "delete", "retention.ms": "-1"}
"""The log, the alerts, the beliefs and the rejected messages are evidence: they go when a person says so."""
_ALREADY_THERE = 36
_SEEN_WITHIN_S = 10.0
_ASK_EVERY_S = 0.1
_FINE = 0


class BrokerError(RuntimeError):
    """The broker cannot be reached, or has the topics otherwise than we need them."""


@dataclass(frozen=True, slots=True)
class TopicLayout:
    """How one topic is to be."""

    name: str
    partitions: int
    config: Mapping[str, str]


def changelog_of(settings: WorkerSettings, table: str) -> str:
    """The topic that keeps a table."""
    return f"{settings.app_id}-{table}-changelog"


def layout(settings: WorkerSettings) -> tuple[TopicLayout, ...]:
    """Every topic of the project, changelogs of the tables included."""
    raw = {"max.message.bytes": str(settings.max_message_bytes)}
    own = {"max.message.bytes": str(settings.max_record_bytes)}
    config: dict[str, dict[str, str]] = dict.fromkeys(RAW_TOPICS, raw)
    config |= {topic: own | _KEPT for topic in Topic if topic not in RAW_TOPICS}
    config |= dict.fromkeys(COMPACTED_TOPICS, own | _COMPACTED)
    config |= {changelog_of(settings, table): own | _COMPACTED for table in TABLES}
    return tuple(TopicLayout(str(name), settings.partitions, each) for name, each in config.items())


async def create_topics(settings: WorkerSettings) -> None:
    """Make every topic that is not there yet; topics that are stay as they are.

    A broker that knows no topic settings is given topics without them, and a log line says so.

    Raises:
        BrokerError: it cannot be reached, refuses a topic, or has one with other partitions.
    """
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.bootstrap)
    try:
        await admin.start()
    except (KafkaConnectionError, OSError):
        message = f"no Kafka broker answers at {settings.bootstrap}: start one, or name another."
        raise BrokerError(message) from None
    try:
        await _create_missing(admin, settings)
        await _check_partitions(admin, layout(settings))
    except KafkaError as error:
        message = f"the Kafka broker at {settings.bootstrap} cannot make the topics: {type(error).__name__}."
        raise BrokerError(message) from None
    finally:
        await admin.close()


async def _create_missing(admin: AIOKafkaAdminClient, settings: WorkerSettings) -> None:
    there = set(await admin.list_topics())
    missing = [topic for topic in layout(settings) if topic.name not in there]
    refused = await _create(admin, missing, settings, with_config=True)
    if refused:
        _log.warning("topic_settings_refused", topics=sorted(topic.name for topic in refused))
        refused = await _create(admin, refused, settings, with_config=False)
    if refused:
        message = f"the Kafka broker at {settings.bootstrap} refuses the topic {refused[0].name}."
        raise BrokerError(message)


async def _create(
    admin: AIOKafkaAdminClient, topics: Iterable[TopicLayout], settings: WorkerSettings, *, with_config: bool
) -> list[TopicLayout]:
    """Try to make the topics; return those that were refused."""
    wanted = {topic.name: topic for topic in topics}
    if not wanted:
        return []
    answer = await admin.create_topics(
        [
            NewTopic(
                name=topic.name,
                num_partitions=topic.partitions,
                replication_factor=settings.replication_factor,
                topic_configs=dict(topic.config) if with_config else {},
            )
            for topic in wanted.values()
        ]
    )
    refused = []
    for name, code, *_ in answer.topic_errors:
        if code not in (_FINE, _ALREADY_THERE):
            _log.warning("topic_refused", topic=name, error=for_code(code).__name__)
            refused.append(wanted[name])
    return refused


async def _check_partitions(admin: AIOKafkaAdminClient, topics: tuple[TopicLayout, ...]) -> None:
    partitions = await _seen_partitions(admin, [topic.name for topic in topics])
    for topic in topics:
        found = partitions.get(topic.name, 0)
        if found != topic.partitions:
            message = (
                f"topic {topic.name} has {found} partitions, not {topic.partitions}: "
                "set `partitions` to what the topics have; `timezero repartition` moves to another number."
            )
            raise BrokerError(message)


async def _seen_partitions(admin: AIOKafkaAdminClient, names: list[str]) -> dict[str, int]:
    """Partitions by topic; a broker answers for a while as if what it has just made were not there."""
    give_up_at = stopwatch() + _SEEN_WITHIN_S
    while True:
        described = await admin.describe_topics(names)
        partitions = {each["topic"]: len(each["partitions"]) for each in described}
        if all(partitions.get(name) for name in names) or stopwatch() > give_up_at:
            return partitions
        await asyncio.sleep(_ASK_EVERY_S)
