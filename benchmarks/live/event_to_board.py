"""From a message's sending to the board's server-sent event, beside a background at a steady rate.

Probes are patients of our own: a sepsis triage form opens a case, an antibiotic two seconds later changes it. The clock
runs from before the producer's send until the open browser stream brings the row. Sender and browser are one process.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from time import time

import httpx
import orjson
from broker import Broker, NotFinishedError, connected
from installation import installed, servers
from latency import in_ms
from patients import antibiotic, encounter_of, triage_form, visit, wall_now
from recorded_mix import Background, background

from streams.batched.outgoing import Outgoing

PROBES_A_SECOND = 5
CHANGES_AFTER_S = 2
DRAINS_WITHIN_S = 20
SPARE_S = 2
SILENT_FOR_S = 30
"""The board says something every few seconds."""
COMES_BACK_AFTER_S = 2
STEP_S = 0.01
"""What is due within it is sent together."""


class Probes:
    """When each probe's message was sent, and when the board showed it."""

    def __init__(self) -> None:
        """Know none."""
        self.sent: dict[tuple[str, str], float] = {}
        self.shown: dict[tuple[str, str], float] = {}

    def see(self, row: dict[str, object], at: float) -> None:
        """Note a row of the board, once for what it shows first."""
        label = str(row["label"])
        self._see((label, "opened"), at)
        if any(cell["element"] == "antibiotics" and cell["status"] == "met" for cell in row["elements"]):
            self._see((label, "changed"), at)

    def _see(self, what: tuple[str, str], at: float) -> None:
        if what in self.sent:
            self.shown.setdefault(what, at)

    def figures(self) -> dict[str, object]:
        """Latencies of all that was shown, and how many were not."""
        took = [self.shown[what] - sent for what, sent in self.sent.items() if what in self.shown]
        return {"latency_ms": in_ms(took), "probes": len(self.sent), "not_shown": len(self.sent) - len(took)}


async def events(answer: httpx.Response) -> AsyncIterator[tuple[str, dict[str, object]]]:
    """Server-sent events: name and data."""
    name = ""
    async for line in answer.aiter_lines():
        field, _, value = line.partition(": ")
        if field == "event":
            name = value
        if field == "data" and name in {"changes", "snapshot"}:
            yield name, orjson.loads(value)


async def follow(board: str, probes: Probes) -> None:
    """Be an open browser, until cancelled; one that loses the board comes back, as browsers do."""
    while True:
        with suppress(httpx.HTTPError):
            await _listen(board, probes)
        await asyncio.sleep(COMES_BACK_AFTER_S)


async def _listen(board: str, probes: Probes) -> None:
    async with httpx.AsyncClient(timeout=SILENT_FOR_S) as client, client.stream("GET", f"{board}/events") as answer:
        async for _, data in events(answer):
            at = time()
            for row in data.get("rows", ()):
                probes.see(row, at)


async def paced(broker: Broker, plan: Sequence[tuple[float, Outgoing, Callable[[], None]]], begins: float) -> float:
    """Send each message when its second has come; by how much the last one was late, in seconds."""
    late = 0.0
    waiting = iter(plan)
    due = next(waiting, None)
    while due is not None:
        await asyncio.sleep(max(STEP_S, begins + due[0] - time()))
        while due is not None and begins + due[0] <= time():
            at, message, on_sent = due
            on_sent()
            await broker.producer.send(message.topic, message.value, message.key)
            late, due = time() - begins - at, next(waiting, None)
    await broker.producer.flush()
    return late


def planned(
    made: Background, rate: int, seconds: int, probes: Probes
) -> list[tuple[float, Outgoing, Callable[[], None]]]:
    """The background and the probes, each with its second."""
    plan = [(number / rate, message, _nothing) for number, message in enumerate(made.messages)]
    for number in range(seconds * PROBES_A_SECOND):
        name, at = f"probe-{rate}-{number}", (number + 0.5) / PROBES_A_SECOND
        now = wall_now() + timedelta(seconds=SPARE_S + at)
        changes_at = at + CHANGES_AFTER_S
        plan.append((at, triage_form(name, now - timedelta(minutes=1)), _noting(probes, name, "opened")))
        if changes_at < seconds:
            plan.append((changes_at, antibiotic(name, now), _noting(probes, name, "changed")))
    return sorted(plan, key=lambda each: each[0])


def _nothing() -> None:
    """The background is not clocked."""


def _noting(probes: Probes, name: str, what: str) -> Callable[[], None]:
    def note() -> None:
        probes.sent[encounter_of(name), what] = time()

    return note


async def at_rate(broker: Broker, board: str, rate: int, seconds: int) -> dict[str, object]:
    """One rate for so many seconds."""
    probes = Probes()
    made = background(rate * seconds, wall_now() + timedelta(seconds=SPARE_S), rate, first_copy=rate * 10)
    before = [visit(f"probe-{rate}-{each}", wall_now()) for each in range(seconds * PROBES_A_SECOND)]
    await broker.send([*made.admissions, *before])
    await broker.until_finished(60)
    browser = asyncio.create_task(follow(board, probes))
    begins = time() + SPARE_S
    late_s = await paced(broker, planned(made, rate, seconds, probes), begins)
    took_s, waiting = time() - begins, await broker.waiting()
    with suppress(NotFinishedError):
        await broker.until_finished(DRAINS_WITHIN_S)
    drained_s = time() - begins - took_s
    await asyncio.sleep(1)
    browser.cancel()
    sent = len(made.messages) + len(probes.sent)
    figures = {
        "rate": rate,
        "seconds": seconds,
        "rate_reached": round(sent / took_s),
        "late_at_end_s": round(late_s, 2),
    }
    figures |= {"waiting_at_end": waiting, "drained_in_s": round(drained_s, 1), "mix": made.mix()}
    return figures | probes.figures()


async def measure(folder: Path, sizes: dict[str, object], keep: Callable[[dict[str, object]], None]) -> None:
    """Each rate in turn, in one installation with one worker."""
    with servers(folder) as (bootstrap, redis_url), installed(bootstrap, redis_url, folder) as installation:
        async with connected(installation) as broker:
            installation.start_worker("worker-a")
            board = installation.start_board()
            for rate in sizes["rates"]:
                keep(await at_rate(broker, board, rate, sizes["seconds"]))
