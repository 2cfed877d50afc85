"""The page of the benchmarks, docs/benchmarks.md, and its plots, from the latest results: `make bench-page`."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Any

from engine_page import SECTIONS
from goals_page import goals
from live_page import sections
from matplotlib import pyplot as plt

plt.rcParams["svg.hashsalt"] = "timezero"  # the same figures give the same file
HERE = Path(__file__).parent
DOCS = HERE.parent / "docs"
NAMES = {
    "bare_aiokafka": "bare aiokafka (ceiling)",
    "batched": "batched Faust (ours)",
    "stock_faust": "stock Faust",
    "bytewax": "Bytewax",
    "quix": "Quix Streams",
    "pyflink": "PyFlink",
    "timezero worker": "timezero worker (ours)",
    "quix streams": "Quix Streams",
}
OURS = ("batched", "timezero worker")
_PEERS = Template((HERE / "page.md").read_text(encoding="utf-8"))
_LIVE = Template((HERE / "live" / "page.md").read_text(encoding="utf-8"))
TITLE = "# Benchmarks\n"


def row(*cells: object) -> str:
    """One row of a table."""
    return f"| {' | '.join(map(str, cells))} |"


def ratio(value: float) -> str:
    """A ratio with two figures that mean something."""
    return f"{value:.2g}" if value < 10 else f"{value:.0f}"


def plot(name: str, title: str, rates: Mapping[str, float]) -> str:
    """Draw bars, longest first; the line that shows the picture."""
    ordered = sorted(rates.items(), key=lambda each: each[1])
    figure, axes = plt.subplots(figsize=(8, 0.6 + 0.45 * len(ordered)))
    colours = ["#1f77b4" if host in OURS else "#9aa5b1" for host, _ in ordered]
    bars = axes.barh([NAMES.get(host, host) for host, _ in ordered], [rate for _, rate in ordered], color=colours)
    axes.bar_label(bars, labels=[f" {rate:,.0f}" for _, rate in ordered])
    axes.margins(x=0.15)
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_title(title, loc="left")
    return saved(figure, name, title)


def saved(figure: Any, name: str, title: str) -> str:
    """Keep a figure beside the page; the line that shows it."""
    figure.tight_layout()
    folder = DOCS / "benchmarks"
    folder.mkdir(exist_ok=True)
    figure.savefig(folder / f"{name}.svg", metadata={"Date": None})
    plt.close(figure)
    return f"![{title}](benchmarks/{name}.svg)"


def plain_table(hosts: Sequence[Mapping[str, Any]]) -> list[str]:
    """Ratios to stock Faust, which is what most people would have; rates beside them."""
    rates = {each["host"]: each["events_per_second"] for each in hosts}
    lines = [
        row("host", "times stock Faust", "of the ceiling", "events/s", "rounds", "state is durable in"),
        "|---|---|---|---|---|---|",
    ]
    for each in sorted(hosts, key=lambda each: -each["events_per_second"]):
        rate = each["events_per_second"]
        rounds = " ".join(f"{one:,}" for one in each["rounds"])
        share = f"{rate / rates['bare_aiokafka']:.1%}"
        name = NAMES.get(each["host"], each["host"])
        lines.append(
            row(name, ratio(rate / rates["stock_faust"]), share, f"{rate:,.0f}", rounds, each["durable"] or "nothing")
        )
    return lines


def tuning_table(tunings: Sequence[Mapping[str, Any]]) -> list[str]:
    """Every setting tried, fastest first within a host."""
    lines = [row("host", "settings", "events/s"), "|---|---|---|"]
    for each in sorted(tunings, key=lambda each: (each["host"], -each["events_per_second"])):
        said = ", ".join(f"{name}={value}" for name, value in each["settings"].items())
        lines.append(row(NAMES[each["host"]], said, f"{each['events_per_second']:,}"))
    return lines


def real_table(hosts: Sequence[Mapping[str, Any]]) -> list[str]:
    """Ratios to our worker."""
    ours = next(each for each in hosts if each["host"] == "timezero worker")
    lines = [
        row("host", "speed, ours = 1", "its CPU time, ours = 1", "messages/s", "rounds", "seconds", "CPU s"),
        "|---|---|---|---|---|---|---|",
    ]
    for each in sorted(hosts, key=lambda each: -each["messages_per_second"]):
        speed = ours["seconds"] / each["seconds"]
        cpu = each["host_cpu_seconds"] / ours["host_cpu_seconds"]
        rounds = " ".join(f"{one:,}" for one in each["rounds"])
        figures = (f"{each['messages_per_second']:,}", rounds, each["seconds"], each["host_cpu_seconds"])
        lines.append(row(NAMES[each["host"]], ratio(speed), ratio(cpu), *figures))
    return lines


def real_words(real: Mapping[str, Any]) -> str:
    """What was fed, and whether all hosts said the same."""
    counts = ", ".join(
        f"{count / real['messages']:.0%} {outcome}" for outcome, count in sorted(real["outcomes"].items())
    )
    verdicts = real["hosts"][0]["verdicts"]
    same = (
        f"All hosts end with the same {verdicts:,} verdicts."
        if real["same_verdicts"]
        else "The hosts disagree on final verdicts."
    )
    fed = f"{real['messages']:,} raw messages ({counts}), which tell {real['facts']:,} facts"
    return f"{fed}; all {real['measures']} shipped measures. {same}"


def kept(kind: str) -> list[dict[str, Any]]:
    """Every kept result of one kind, oldest first."""
    paths = sorted((HERE / "results").glob(f"{kind}-*.json"))
    return [json.loads(path.read_text(encoding="utf-8")) for path in paths]


def where(run: Mapping[str, Any]) -> str:
    """When, where and of which commit, and how busy the machine was, where that was noted."""
    load = f", load {run['load_at_start']:.1f} when it began" if "load_at_start" in run else ""
    return f"{run['at']}, commit {run['commit']}, Python {run['python']}, {run['machine']}, {run['cores']} cores{load}"


def goals_part() -> str:
    """What is aimed at, beside what was seen."""
    kinds = ("peers-plain", "peers-real", "chaos", "engine", "live")
    head = "\n## Goals\n\nRatios within one run must hold; absolute figures are aims, of the machine told below.\n\n"
    return head + goals({kind: kept(kind) for kind in kinds}) + "\n"


def live_part() -> str:
    """Of every step of a whole installation the latest run, a full one where there is one; nothing without any."""
    latest: dict[str, dict[str, Any]] = {}
    for run in sorted(kept("live"), key=lambda run: run["size"] == "full"):
        latest |= dict.fromkeys(run["live"], run)
    if not latest:
        return ""
    said = dict.fromkeys(
        where(run) if run["size"] == "full" else f"{where(run)}, only in small sizes" for run in latest.values()
    )
    return _LIVE.substitute(
        where="; ".join(said), sections=sections({step: run["live"][step] for step, run in latest.items()}, saved)
    )


def engine_part() -> str:
    """The latest run of each benchmark that stands alone; nothing without any."""
    told = [
        SECTIONS[name](run, saved).replace("\n\n", f"\n\n*{where(run)}*\n\n", 1)
        for name in SECTIONS
        for run in kept(name)[-1:]
    ]
    head = "\n## The engine, and a few workers\n\nMade by `make bench`.\n\n"
    return head + "\n\n".join(told) + "\n" if told else ""


def peers_part() -> str:
    """The latest run of each of the peers' jobs; nothing before both were run."""
    runs = {job: kept(f"peers-{job}") for job in ("plain", "tuned", "real")}
    if not runs["plain"] or not runs["real"]:
        return ""
    tuned = runs["tuned"][-1] if runs["tuned"] else None
    plain, real = runs["plain"][-1]["plain"], runs["real"][-1]["real"]
    by_event = {each["host"]: each["events_per_second"] for each in plain["hosts"]}
    by_message = {each["host"]: each["messages_per_second"] for each in real["hosts"]}
    words = {
        "plain_where": where(runs["plain"][-1]),
        "events": f"{plain['events']:,}",
        "keys": f"{plain['keys']:,}",
        "plain_plot": plot("plain", "Plain job, events a second", by_event),
        "plain": "\n".join(plain_table(plain["hosts"])),
        "tunings": "\n".join(tuning_table(tuned["tunings"])) if tuned else "Not tried in a kept run: `--tune EVENTS`.",
        "tuned_where": where(tuned) if tuned else "never",
        "real_where": where(runs["real"][-1]),
        "real_words": real_words(real),
        "real_plot": plot("real", "Real job, raw messages a second", by_message),
        "real": "\n".join(real_table(real["hosts"])),
    }
    return "\n" + _PEERS.substitute(words)


def main() -> None:
    """Write the page from the latest results; what was never run is not on it."""
    (DOCS / "benchmarks.md").write_text(
        TITLE + goals_part() + live_part() + engine_part() + peers_part(), encoding="utf-8"
    )


if __name__ == "__main__":
    main()
