"""The live benchmarks' part of the page: words, tables and plots, from the latest rows of each step."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from textwrap import fill
from typing import Any

from matplotlib import pyplot as plt

Rows = Sequence[Mapping[str, Any]]
Save = Callable[[Any, str, str], str]
"""Keeps a figure under a name and a title; the line that shows it."""
SPREAD, BURST = "ed-sepsis-triage/mannhardt", "ssc-hour1/2018"
LATENCIES = ("p50", "p95", "p99", "max")
KILLED = {"one_of_two": "one of two workers", "the_only_one": "the only worker, and a new one started at once"}
MOMENTS = {
    "noticed_s": "the group notices",
    "restored_s": "states restored",
    "first_verdict_s": "first new verdict",
    "all_partitions_s": "all its partitions",
}


def table(heads: Iterable[object], rows: Iterable[Iterable[object]]) -> str:
    """A table of Markdown; None is an empty cell."""
    names = list(heads)
    lines = [names, ["---"] * len(names), *rows]
    return "\n".join(f"| {' | '.join('' if cell is None else str(cell) for cell in line)} |" for line in lines)


def section(head: str, words: str, told: str, plot: str) -> str:
    """One section of the page."""
    return f"### {head}\n\n{fill(words, 120, break_on_hyphens=False)}\n\n{told}\n\n{plot}"


def curves(xs: Sequence[float], lines: Mapping[str, Sequence[float]], x: str, y: str) -> Any:
    """Lines over numbers that grow by tens: both axes logarithmic, every point marked."""
    figure, axes = plt.subplots(figsize=(8, 3.2))
    for name, ys in lines.items():
        axes.plot(xs, ys, marker="o", label=name)
        for place in zip(xs, ys, strict=True):
            axes.annotate(f"{place[1]:,.0f}", place, textcoords="offset points", xytext=(4, 4))
    axes.set(xscale="log", yscale="log", xlabel=x, ylabel=y)
    axes.set_xticks(xs, [f"{each:,}" for each in xs])
    axes.minorticks_off()
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    return figure


def bars(groups: Mapping[str, Mapping[str, float]], x: str) -> Any:
    """A bar for each of each group, its number beside it."""
    figure, axes = plt.subplots(figsize=(8, 0.8 + 0.3 * sum(map(len, groups.values()))))
    names = list(dict.fromkeys(name for group in groups.values() for name in group))
    height = 0.8 / len(names)
    for number, name in enumerate(names):
        held = [(place, group[name]) for place, group in enumerate(groups.values()) if name in group]
        drawn = axes.barh(
            [place + number * height for place, _ in held], [each for _, each in held], height, label=name
        )
        axes.bar_label(drawn, labels=[f" {each:,g}" for _, each in held])
    axes.set_yticks([place + 0.4 - height / 2 for place in range(len(groups))], list(groups))
    axes.invert_yaxis()
    axes.margins(x=0.15)
    axes.set_xlabel(x)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, ncols=2, loc="lower right", bbox_to_anchor=(1, 1))
    return figure


def board_section(rows: Rows, save: Save) -> str:
    """Event to board."""
    lines = [
        (
            each["rate"],
            each["rate_reached"],
            *(each["latency_ms"].get(name, "") for name in LATENCIES),
            each["probes"],
            each["not_shown"],
            each["waiting_at_end"],
            each["drained_in_s"],
        )
        for each in rows
    ]
    told = table(
        (
            "messages/s asked",
            "reached",
            *(f"{name} ms" for name in LATENCIES),
            "probes",
            "not shown",
            "waiting at the end",
            "finished after s",
        ),
        lines,
    )
    shown = [each for each in rows if "p99" in each["latency_ms"]]
    drawn = {name: [each["latency_ms"][name] for each in shown] for name in ("p50", "p99", "max")}
    plot = save(curves([each["rate"] for each in shown], drawn, "messages/s", "ms"), "event_to_board", "Event to board")
    last = rows[-1]["mix"]
    mix = ", ".join(f"{share:.1%} {name}" for name, share in last["outcomes"].items())
    tables = ", ".join(f"{name} {share:.1%}" for name, share in last["tables"].items())
    words = (
        f"A background of {rows[-1]['seconds']} s: stretches of 60 messages of recorded stays (MIMIC-III demo) under "
        "new patient numbers, all side by side, each message moved to the moment of its sending. Probes are patients "
        "of our own whose message opens a case or changes it. The clock runs from the producer's send to the "
        "server-sent event in an open browser stream; the board tells of changes ten times a second at most. "
        f"At the highest rate the background is {last['patients']} patients: {mix}; by table: {tables}."
    )
    return section("Event to board", words, told, plot)


def deadline_section(rows: Rows, save: Save) -> str:
    """Deadline to alert."""
    found = [(each["open"], each["deadlines"]) for each in rows if "deadlines" in each]
    lines = [
        (f"{count:,}", group, *(told[by].get(measure, {}).get(name, "") for name in ("count", "least", *LATENCIES)))
        for count, told in found
        for group, measure, by in (
            ("to the second", SPREAD, "written_ms"),
            ("to the second, seen by a reader", SPREAD, "seen_ms"),
            ("all in one minute", BURST, "written_ms"),
        )
    ]
    told = table(("open", "deadlines", "alerts", "least ms", *(f"{name} ms" for name in LATENCIES)), lines)
    drawn = {name: [each["written_ms"][SPREAD][name] for _, each in found] for name in ("p50", "p99", "max")}
    plot = save(curves([count for count, _ in found], drawn, "open encounters", "ms"), "deadline", "Deadline to alert")
    asked = found[-1][1]
    words = (
        f"On the wall's clock, {asked['deadlines']:,} deadlines spread over {asked['seconds']} s, and "
        f"{asked['same_minute']} patients whose hour ends in the same minute, beside encounters that are open and "
        "idle. From the due instant (a warning five minutes before the end, or the first instant too late) to the "
        "timestamp of the alert's record. *Least* is the earliest: below zero would be an alert too early."
    )
    return section("Deadline to alert", words, told, plot)


def memory_section(rows: Rows, save: Save) -> str:
    """Memory an open encounter."""
    found = [each for each in rows if "resident_kib" in each]
    lines = [
        (
            f"{each['open']:,}",
            f"{each['resident_kib'] / 1024:,.0f}",
            each.get("kib_an_encounter", ""),
            each.get("loaded_in_s", ""),
        )
        for each in found
    ]
    told = table(("open", "resident MiB", "KiB an encounter of those added", "opened in s"), lines)
    held = [each for each in found if each["open"]]
    drawn = {"worker": [each["resident_kib"] / 1024 for each in held]}
    plot = save(
        curves([each["open"] for each in held], drawn, "open encounters", "resident MiB"),
        "memory",
        "Memory of a worker",
    )
    words = (
        "Resident memory of the one worker that owns all. Every encounter has arrived, one in fifty has an open case "
        "with a running clock. The first size also bears what a worker takes to warm up; the last is the one to reckon "
        "with."
    )
    return section("Memory", words, told, plot)


def recovery_section(rows: Rows, save: Save) -> str:
    """Recovery after `kill -9`."""
    found = next(each for each in reversed(rows) if "recovery" in each)
    told = {KILLED[name]: each for name, each in found["recovery"].items()}
    lines = [(name, *(each[moment] for moment in MOMENTS)) for name, each in told.items()]
    shown = {name: {words: each[moment] for moment, words in MOMENTS.items()} for name, each in told.items()}
    plot = save(bars(shown, "seconds since the kill"), "recovery", f"Recovery with {found['open']:,} open encounters")
    words = (
        f"`kill -9` with {found['open']:,} open encounters, new forms coming ten times a second. Seconds from the "
        "kill; 6 s of them at most until the group notices, which is the workers' session time-out."
    )
    heads = ("killed", *(f"{words}, s" for words in MOMENTS.values()))
    return section("Recovery", words, table(heads, lines), plot)


def growth_section(rows: Rows, save: Save) -> str:
    """Growth with partitions and workers."""
    lines = [
        (each["partitions"], each["workers"], f"{each['messages']:,}", f"{each['messages_per_second']:,}")
        for each in rows
    ]
    shown: dict[str, dict[str, float]] = {}
    for each in rows:
        group = shown.setdefault(f"{each['partitions']} partitions", {})
        group[f"{each['workers']} workers"] = each["messages_per_second"]
    plot = save(bars(shown, "raw messages a second"), "growth", "Growth with partitions and workers")
    words = (
        "The recorded mix, sent at once: from the first fact in the log to the last state in its changelog. Broker, "
        "cache and workers share the machine's cores, so a second worker gains what they leave it."
    )
    return section("Growth", words, table(("partitions", "workers", "raw messages", "messages/s"), lines), plot)


def beside_section(rows: Rows, save: Save) -> str:
    """Rate beside open encounters."""
    found = [each for each in rows if "messages_per_second" in each]
    xs = [each["open"] for each in found]
    rates = [each["messages_per_second"] for each in found]
    plot = save(
        curves(xs, {"one worker": rates}, "open encounters", "messages/s"), "rate_beside", "Rate and encounters"
    )
    told = table(("open", "messages/s"), [(f"{count:,}", f"{rate:,}") for count, rate in zip(xs, rates, strict=True)])
    words = "The same mix beside encounters that are open: a burst at once, from its send to the last state stored."
    return section("Growth with encounters", words, told, plot)


SECTIONS: tuple[tuple[str, str, Callable[[Rows, Save], str]], ...] = (
    ("event_to_board", "latency_ms", board_section),
    ("open_encounters", "deadlines", deadline_section),
    ("open_encounters", "resident_kib", memory_section),
    ("open_encounters", "recovery", recovery_section),
    ("growth", "messages_per_second", growth_section),
    ("open_encounters", "messages_per_second", beside_section),
)
"""Step, a figure without which there is nothing to show, and how it is shown."""


def sections(live: Mapping[str, Mapping[str, Any]], save: Save) -> str:
    """Every section that has figures; what failed or was not done is said, never left out in silence."""
    parts = []
    for step, needed, shown in SECTIONS:
        rows = live.get(step, {}).get("rows", ())
        if any(needed in each for each in rows):
            parts.append(shown(rows, save))
    failed = [f"`{step}`: {each['failed']}." for step, each in live.items() if each["failed"]]
    never = [f"`{step}`: never run." for step in dict.fromkeys(step for step, _, _ in SECTIONS) if step not in live]
    return "\n\n".join([*parts, *failed, *never])
