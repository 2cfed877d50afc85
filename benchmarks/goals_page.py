"""The page's first table: what the project aims at, and what the latest runs saw."""

from collections.abc import Mapping, Sequence
from typing import Any

from live_page import table

Runs = Mapping[str, Sequence[Mapping[str, Any]]]
"""Every kept result by kind, oldest first."""
STATE_YEAR = 22_000_000
"""Messages a year of the hospitals of a state."""


def goals(runs: Runs) -> str:
    """Each goal beside its latest figure; what was never run has none."""
    rows = [*_ratios(runs), *_faults(runs), *_absolute(runs)]
    return table(("goal", "seen"), rows)


def _ratios(runs: Runs) -> list[tuple[str, str]]:
    rows = []
    if runs["peers-plain"]:
        rates = {each["host"]: each["events_per_second"] for each in runs["peers-plain"][-1]["plain"]["hosts"]}
        ours = rates["batched"]
        rows += [
            ("plain job: ten times stock Faust", f"{ours / rates['stock_faust']:.0f} times"),
            ("plain job: faster than Bytewax with recovery", f"{ours / rates['bytewax']:.1f} times"),
            ("plain job: faster than Quix Streams with changelog", f"{ours / rates['quix']:.1f} times"),
            ("plain job: a quarter of bare aiokafka", f"{ours / rates['bare_aiokafka']:.0%}"),
        ]
    if runs["peers-real"]:
        hosts = {each["host"]: each for each in runs["peers-real"][-1]["real"]["hosts"]}
        ours = hosts["timezero worker"]
        rate = f"{ours['messages_per_second']:,} (a quarter of the messages are of simulated stays)"
        rows += [
            ("real job: faster than in Bytewax with recovery", _ahead(ours, hosts["bytewax"])),
            ("real job: faster than in Quix Streams", _ahead(ours, hosts["quix streams"])),
            ("real job: 40,000 messages/s a worker", rate),
        ]
    return rows


def _ahead(ours: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    """The ratio of the medians, and in how many rounds it was above one."""
    rounds = list(zip(ours["rounds"], other["rounds"], strict=True))
    ahead = sum(one > another for one, another in rounds)
    ratio = ours["messages_per_second"] / other["messages_per_second"]
    return f"{ratio:.2f} times; ahead in {ahead} of {len(rounds)} rounds"


def _faults(runs: Runs) -> list[tuple[str, str]]:
    """The latest campaign of `make chaos`."""
    if not runs["chaos"]:
        return []
    run = runs["chaos"][-1]
    state = run["state"]
    stands = "equal to the replay" if not state["differences"] else "NOT the replay"
    seen = f"{state['lost']} of {state['alerts']:,} alerts lost, {state['duplicates']} duplicates, {stands}"
    return [
        (f"{run['faults']} faults under load (`make chaos`): nothing lost, nothing twice, the replay's verdicts", seen)
    ]


def _absolute(runs: Runs) -> list[tuple[str, str]]:
    rows = []
    if runs["engine"]:
        feeds = {each["feed"]: each for each in runs["engine"][-1]["feeds"]}
        rates = {name: each["messages"] / each["seconds"]["all but parsing"] for name, each in feeds.items()}
        seen = "; ".join(f"{name} {rate:,.0f}" for name, rate in rates.items())
        recorded = rates.get("MIMIC-III demo")
        rows.append(("engine: 60,000 messages/s a core", seen))
        if recorded:
            minutes = STATE_YEAR / recorded / 2 / 60
            rows.append(
                (
                    "a state-year replayed on two cores: below 6 min",
                    f"{minutes:,.0f} min, worked out from the line above",
                )
            )
    if runs["live"]:
        rows += _live([row for run in runs["live"] for each in run["live"].values() for row in each["rows"]])
    return rows


def _live(rows: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    board = [each["latency_ms"]["p99"] for each in rows if each.get("rate") == 1000 and "p99" in each["latency_ms"]]
    most = [each for each in rows if each.get("open") == 100_000]
    alerts = [each["deadlines"]["written_ms"] for each in most if "deadlines" in each]
    weighed = [each["kib_an_encounter"] for each in most if "kib_an_encounter" in each]
    tended = [each["recovery"] for each in most if "recovery" in each]
    told = []
    if board:
        told.append(("event to board at 1,000 messages/s: p99 below 500 ms", f"{board[-1]:,.0f} ms"))
    if alerts:
        late = max(each["p99"] for each in alerts[-1].values())
        least = min(each["least"] for each in alerts[-1].values())
        seen = f"{late:,.0f} ms; the earliest {least:,.0f} ms after it was due"
        told.append(("deadline to alert beside 100,000 encounters: p99 below 1 s, never early", seen))
    if weighed:
        told.append(("an open encounter: below 3 kB", f"{weighed[-1]:.2f} KiB"))
    if tended:
        seen = " and ".join(f"{each['first_verdict_s']} s" for each in tended[-1].values())
        told.append(("100,000 encounters tended again after kill -9: 10 s", f"{seen} to the first new verdict"))
    return told
