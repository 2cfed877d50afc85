"""The page's part on what needs no live installation, or one process of it: stages, score, replay, taking over."""

from collections.abc import Mapping
from typing import Any

from live_page import Save, bars, section, table

Run = Mapping[str, Any]
STAGES = ("parse only", "translate", "re-key", "decode", "judge", "all but parsing")


def engine_section(run: Run, save: Save) -> str:
    """The pure engine, stage by stage."""
    lines, groups = [], {}
    for feed in run["feeds"]:
        seconds, messages = feed["seconds"], feed["messages"]
        groups[feed["feed"]] = {stage: round(messages / seconds[stage]) for stage in STAGES if stage != "parse only"}
        lines += [
            (feed["feed"], stage, f"{messages / seconds[stage]:,.0f}", f"{seconds[stage] / seconds['parse only']:,.1f}")
            for stage in STAGES
        ]
    words = " ".join(
        f"{feed['feed']}: {feed['messages']:,} messages ({_shares(feed['outcomes'], feed['messages'])}), "
        f"{feed['facts']:,} facts of {feed['patients']:,} patients; of these {_shares(feed['seen'], feed['facts'])}."
        for feed in run["feeds"]
    )
    idle = run["idle_encounter"]
    words += (
        f" All {run['measures']} shipped measures, one core, from the bytes of the feed to judged states. An open "
        f"encounter that waits takes {idle['bytes_let_go']:,} bytes of a worker's memory; its next event is lived and "
        f"stored {idle['ms_to_next_event_stored']} ms of processor time later."
    )
    told = table(("feed", "stage", "messages/s", "times as long as parsing"), lines)
    return section("Engine", words, told, save(bars(groups, "messages/s"), "engine", "Engine, messages a second"))


def _shares(counts: Mapping[str, int], of: int) -> str:
    return ", ".join(f"{name} {count / of:.1%}" for name, count in sorted(counts.items()))


def score_section(run: Run, save: Save) -> str:
    """Abstraction files."""
    words = f"{run['cases']:,} cases of {run['megabytes']} MB, `timezero score` from start to end."
    told = table(("measure", "seconds"), run["seconds"].items())
    return section("Abstraction files", words, told, save(bars({"": run["seconds"]}, "s"), "score", "Score, seconds"))


def replay_section(run: Run, save: Save) -> str:
    """Replay at scale."""
    rows = run["replay"]
    told = table(
        ("messages", "processes", "messages/s", "most MiB of a process"),
        [
            (
                f"{row['messages']:,}",
                row["processes"],
                f"{row['messages_per_second']:,}",
                row["most_mebibytes_of_a_process"],
            )
            for row in rows
        ],
    )
    groups = {
        f"{row['messages']:,} messages": {
            f"{each['processes']} at work": each["messages_per_second"]
            for each in rows
            if each["messages"] == row["messages"]
        }
        for row in rows
    }
    words = (
        "A seeded department, and one four times as large, under all shipped measures, by one process and one a core."
    )
    return section("Replay", words, told, save(bars(groups, "messages/s"), "replay", "Replay, messages a second"))


def takeover_section(run: Run, save: Save) -> str:
    """Taking over states, with and without a standby."""
    rows = run["takeover"]
    told = table(
        ("states", "bytes each", "standbys", "s from start to all restored", "s from kill to taken over", "worker MiB"),
        [
            (
                f"{row['states']:,}",
                row["bytes_each"],
                row["standbys"],
                row["seconds_start_to_all_restored"],
                row["seconds_kill_to_taken_over"],
                round(row["worker_rss_kib"] / 1024),
            )
            for row in rows
        ],
    )
    groups = {
        f"{row['states']:,} states, {row['standbys']} standbys": {
            "start to restored": row["seconds_start_to_all_restored"],
            "kill to taken over": row["seconds_kill_to_taken_over"],
        }
        for row in rows
    }
    words = f"Of it {rows[0]['session_timeout']:g} s until the group notices that one is gone."
    return section("Taking over", words, told, save(bars(groups, "s"), "takeover", "Taking over, seconds"))


def restart_section(run: Run, save: Save) -> str:
    """Rolling restarts."""
    rows = run["rolling_restart"]
    told = table(
        ("standbys", "messages", "a partition stood still, median s", "longest s", "same alerts as the log's"),
        [
            (
                row["standbys"],
                f"{row['messages']:,}",
                row["seconds_stood_still"][len(row["seconds_stood_still"]) // 2],
                row["seconds_stood_still"][-1],
                "yes" if row["same_alerts"] else "no",
            )
            for row in rows
        ],
    )
    groups = {
        f"{row['standbys']} standbys": {
            "median": row["seconds_stood_still"][6],
            "longest": row["seconds_stood_still"][-1],
        }
        for row in rows
    }
    words = (
        "Three workers, twelve partitions, restarted one after the other under a steady feed: the longest time that a "
        "message of a partition waited until a state was written."
    )
    return section(
        "Rolling restart", words, told, save(bars(groups, "s"), "rolling_restart", "Rolling restart, seconds")
    )


SECTIONS = {
    "engine": engine_section,
    "score": score_section,
    "replay": replay_section,
    "takeover": takeover_section,
    "rolling-restart": restart_section,
}
"""By the name under which the figures are kept."""
