"""From the instant at which something falls due to its alert, with the clocks of the wall.

Children with a sepsis triage form have deadlines to the second, spread over the measured time; adults who all
have theirs in one minute are a burst, since other measures' deadlines fall on whole minutes. The clock runs from the
due instant to the timestamp of the alert's record in `encounter.alerts`; beside it until a reader outside of the worker
has it.
"""

import asyncio
from collections import defaultdict
from datetime import datetime, timedelta
from time import time

import orjson
from aiokafka import TopicPartition
from broker import Broker, reading
from installation import Installation
from latency import in_ms
from patients import ADULT, triage_form, visit, wall_now

from schemas.alert import AlertKind
from schemas.topics import Topic
from streams.batched.outgoing import Outgoing

SPREAD, BURST = "ed-sepsis-triage/mannhardt", "ssc-hour1/2018"
GROUP = {SPREAD: "-child-", BURST: "-adult-"}
"""Who is measured by it; adults have a case of both."""
ELEMENT = "antibiotics"
HOUR = timedelta(hours=1)
WARNED_BEFORE = timedelta(minutes=5)
"""The last warning of both measures' hour; tests hold their files to it."""
LEAST_LEAD_S = 10
LEAD_PER_PATIENT_S = 0.015
"""For the forms to be lived through before the first deadline."""
READS_ON_S = 5
UNIT = {SPREAD: timedelta(seconds=1), BURST: timedelta(minutes=1)}
"""What closes a window of `<=`: one unit of the measure's resolution after its end."""


class Alerts:
    """Alerts of deadlines, as they are written and seen."""

    def __init__(self) -> None:
        """Know none."""
        self._found: list[tuple[str, float, float, float]] = []

    def see(self, value: bytes, written_s: float, seen_s: float) -> None:
        """Note an alert of one of the two groups."""
        alert = orjson.loads(value)
        due_s = _due_s(alert)
        if due_s is not None:
            self._found.append((alert["measure"], due_s, written_s, seen_s))

    def figures(self, since_s: float, until_s: float) -> dict[str, object]:
        """Latencies of all that fell due within this time, by measure.

        What was written before it was said of the past, when a form told it; clocks had no part in that.
        """
        written, seen = defaultdict(list), defaultdict(list)
        for measure, due_s, written_s, seen_s in self._found:
            if since_s <= due_s < until_s and written_s >= since_s:
                written[measure].append(written_s - due_s)
                seen[measure].append(seen_s - due_s)
        return {
            "written_ms": {measure: in_ms(each) for measure, each in written.items()},
            "seen_ms": {measure: in_ms(each) for measure, each in seen.items()},
        }


def _due_s(alert: dict[str, str]) -> float | None:
    """The instant at which this alert fell due; None for another group, measure, element or kind."""
    measure, kind = alert["measure"], alert["kind"]
    if GROUP.get(measure, "nobody") not in alert["patient_id"] or alert["element"] != ELEMENT:
        return None
    due = datetime.fromisoformat(alert["due_at"])
    if kind == AlertKind.MISSED:
        return (due + UNIT[measure]).timestamp()
    return (due - WARNED_BEFORE).timestamp() if kind == AlertKind.DUE_SOON else None


async def read_alerts(bootstrap: str, ends: dict[TopicPartition, int], alerts: Alerts) -> None:
    """Read every alert from here on, until cancelled."""
    async with reading(bootstrap, ends) as reader:
        while True:
            fetched = await reader.getmany(timeout_ms=1000)
            seen_s = time()
            for record in (record for records in fetched.values() for record in records):
                alerts.see(record.value, record.timestamp / 1000, seen_s)


def begin(lead_s: float, seconds: int) -> tuple[datetime, datetime]:
    """When the measured time begins, after so long at least, and the whole minute within it."""
    begins = wall_now() + timedelta(seconds=lead_s)
    minute = begins.replace(second=0, microsecond=0) + timedelta(minutes=1)
    half = timedelta(seconds=seconds / 2)
    return (begins if minute - begins <= half else minute - half), minute


async def measure_deadlines(
    installation: Installation, broker: Broker, name: str, count: int, seconds: int, same_minute: int
) -> dict[str, object]:
    """So many deadlines spread over so many seconds, and so many patients whose hour ends in one minute."""
    lead_s = LEAST_LEAD_S + LEAD_PER_PATIENT_S * (count + same_minute)
    begins, minute = begin(lead_s, seconds)
    alerts = Alerts()
    ends = await broker.ends([Topic.ENCOUNTER_ALERTS])
    reads = asyncio.create_task(read_alerts(installation.bootstrap, ends, alerts))
    await broker.send(_visits(name, count, same_minute) + _forms(name, count, same_minute, begins, minute, seconds))
    await broker.until_finished(lead_s + seconds)
    ready_s, until_s = max(time(), begins.timestamp()), begins.timestamp() + seconds
    await asyncio.sleep(max(0.0, until_s + READS_ON_S - time()))
    await broker.until_finished(60)
    reads.cancel()
    asked = {"deadlines": count, "seconds": seconds, "same_minute": same_minute}
    return asked | {"measured_s": round(until_s - ready_s, 1)} | alerts.figures(ready_s, until_s)


def _visits(name: str, count: int, same_minute: int) -> list[Outgoing]:
    children = [visit(f"{name}{GROUP[SPREAD]}{each}", wall_now()) for each in range(count)]
    return children + [visit(f"{name}{GROUP[BURST]}{each}", wall_now(), ADULT) for each in range(same_minute)]


def _forms(name: str, count: int, same_minute: int, begins: datetime, minute: datetime, seconds: int) -> list[Outgoing]:
    """Half of the children's hours end within the measured time, of the other half the last warning falls into it."""
    spread = timedelta(seconds=seconds / max(1, count))
    children = [
        triage_form(f"{name}{GROUP[SPREAD]}{each}", begins + each * spread - HOUR + (each % 2) * WARNED_BEFORE)
        for each in range(count)
    ]
    of_adults = minute - HOUR - UNIT[BURST]
    return children + [triage_form(f"{name}{GROUP[BURST]}{each}", of_adults) for each in range(same_minute)]
