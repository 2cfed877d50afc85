"""A worker killed without a word: how long until the group notices, until the states are back, until somebody judges.

While it lasts, a sepsis triage form of a new patient comes every tenth of a second, to any partition. A partition is
tended again when the first alert of a form that was sent after the kill stands in it; verdicts are sent with alerts.
"""

import asyncio
from contextlib import suppress
from time import time

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from broker import Broker, reading
from installation import Installation, Worker
from patients import triage_form, visit, wall_now

from real_parts.eventually import eventually
from schemas.topics import Topic

EVERY_S = 0.1
GIVES_UP_AFTER_S = 60
LOOKS_EVERY_S = 0.05
RESTORED = '"partitions_taken_over"'


async def members(installation: Installation) -> set[str]:
    """Who is in the workers' group, by what the coordinator says."""
    admin = AIOKafkaAdminClient(bootstrap_servers=installation.bootstrap)
    await admin.start()
    try:
        (answer,) = await admin.describe_consumer_groups([installation.app_id])
        return {each[0] for group in answer.groups for each in group[5]}
    finally:
        await admin.close()


async def until_noticed(installation: Installation, dead: set[str], killed_s: float) -> float:
    """Seconds from the kill until the coordinator no longer counts the dead member in."""
    while True:
        with suppress(KafkaError):
            if not dead & await members(installation):
                return time() - killed_s
        await asyncio.sleep(LOOKS_EVERY_S)


async def until_restored(worker: Worker, said_before: int, killed_s: float) -> float:
    """Seconds from the kill until a worker says once more that it has taken partitions over."""

    def restored() -> bool:
        return worker.log.read_text("utf-8").count(RESTORED) > said_before

    await asyncio.to_thread(eventually, restored, within=GIVES_UP_AFTER_S, what="the states")
    return time() - killed_s


async def until_judged(
    installation: Installation, broker: Broker, name: str, partitions: set[int], killed_s: float
) -> dict[str, float]:
    """Seconds from the kill until the first and the last of these partitions has an alert of a form sent since."""
    tended: dict[int, float] = {}
    ends = await broker.ends([Topic.ENCOUNTER_ALERTS])
    feeding = asyncio.create_task(_feed(broker, name))
    async with reading(installation.bootstrap, ends) as reader:
        while partitions - tended.keys():
            fetched = await reader.getmany(timeout_ms=1000)
            for record in (each for records in fetched.values() for each in records):
                if f"{name}-".encode() in record.key and record.partition in partitions:
                    tended.setdefault(record.partition, record.timestamp / 1000 - killed_s)
    feeding.cancel()
    return {"first_verdict_s": round(min(tended.values()), 2), "all_partitions_s": round(max(tended.values()), 2)}


async def _feed(broker: Broker, name: str) -> None:
    number = 0
    while True:
        patient, number = f"{name}-{number}", number + 1
        await broker.send([visit(patient, wall_now()), triage_form(patient, wall_now())])
        await asyncio.sleep(EVERY_S)


async def killed(
    installation: Installation, broker: Broker, victim: Worker, member: set[str], heir: Worker | str
) -> dict[str, object]:
    """Kill `victim`, this `member` of the group; `heir` stays, or is the name of a worker that is started at once."""
    lost = installation.partitions_of(victim.name)
    said = heir.log.read_text("utf-8").count(RESTORED) if isinstance(heir, Worker) else 0
    victim.kill()
    killed_s = time()
    worker = heir if isinstance(heir, Worker) else installation.begin_worker(heir)
    async with asyncio.timeout(GIVES_UP_AFTER_S):
        noticed, restored, judged = await asyncio.gather(
            until_noticed(installation, member, killed_s),
            until_restored(worker, said, killed_s),
            until_judged(installation, broker, f"after-{victim.name}", lost, killed_s),
        )
    await broker.until_finished(GIVES_UP_AFTER_S)
    return {"noticed_s": round(noticed, 2), "restored_s": round(restored, 2)} | judged


async def recoveries(installation: Installation, broker: Broker, only: Worker) -> dict[str, dict[str, object]]:
    """One of two workers killed, then the only one, with a new start."""
    alone = await members(installation)
    second = installation.start_worker("worker-b")
    await asyncio.to_thread(installation.until_shared_out, [only, second])
    await broker.until_finished(GIVES_UP_AFTER_S)
    joined = await members(installation) - alone
    one_of_two = await killed(installation, broker, second, joined, only)
    return {
        "one_of_two": one_of_two,
        "the_only_one": await killed(installation, broker, only, await members(installation), "worker-c"),
    }
