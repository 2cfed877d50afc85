"""What a site needs, worked from measured figures: `python benchmarks/capacity.py [--figures mine.toml]`.

Prints the tables of docs/capacity.md as they stand there; `--write` puts them into the page. Figures and their
sources: `capacity.toml`.
"""

import argparse
import tomllib
from collections.abc import Iterable, Mapping
from math import ceil
from pathlib import Path
from typing import Any

FIGURES = Path(__file__).with_name("capacity.toml")
PAGE = Path(__file__).parent.parent / "docs" / "capacity.md"
BEGINS, ENDS = "<!-- tables: benchmarks/capacity.py -->\n", "<!-- end of tables -->"
YEAR_S = 365 * 24 * 3600
MEBI, GIBI = 1 << 20, 1 << 30


def needs(site: Mapping[str, Any], figures: Mapping[str, Any]) -> dict[str, float]:
    """What a site needs; rates in messages a second, sizes in bytes."""
    measured, rule = figures["measured"], figures["rule"]
    messages = site["cases_a_year"] * site["messages_a_case"]
    mean = messages / YEAR_S
    peak = mean * site["peak_factor"]
    patients = messages / measured["messages_a_patient"]
    states = patients * rule["years_of_states"] * measured["state_bytes"]
    in_memory = states * measured["memory_a_state_byte"]
    workers = max(
        rule["least_workers"],
        ceil(peak / (measured["messages_a_second_of_a_core"] * rule["busy_share"])),
        ceil(in_memory / rule["most_states_of_a_worker_bytes"]),
    )
    return {
        "messages": messages,
        "mean": mean,
        "peak": peak,
        "workers": workers,
        "partitions": ceil(workers * rule["partitions_a_worker"] / 4) * 4,
        "patients": patients,
        "states": states,
        "worker": measured["worker_base_bytes"] + in_memory / workers,
        "redis": patients * rule["years_of_states"] * measured["redis_bytes_a_patient"],
    }


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table of Markdown."""
    names = list(head)
    lines = [names, ["---"] + ["--:"] * (len(names) - 1), *map(list, rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def size(count: float) -> str:
    """Bytes as a person reads them."""
    return f"{count / GIBI:,.1f} GiB" if count >= GIBI else f"{count / MEBI:,.0f} MiB"


def rate(a_second: float) -> str:
    """Messages a second."""
    return f"{a_second:,.0f}" if a_second >= 10 else f"{a_second:.2f}"


def sites_table(figures: Mapping[str, Any]) -> str:
    """One column a site."""
    of_site = [(site, needs(site, figures)) for site in figures["site"]]
    rows: dict[str, list[str]] = {
        "cases of sepsis a year": [f"{site['cases_a_year']:,}" for site, _ in of_site],
        "raw messages a year": [f"{need['messages']:,.0f}" for _, need in of_site],
        "a second, mean": [rate(need["mean"]) for _, need in of_site],
        "peak factor": [f"{site['peak_factor']:g}" for site, _ in of_site],
        "a second, peak": [rate(need["peak"]) for _, need in of_site],
        "workers, a core each": [f"{need['workers']:,.0f}" for _, need in of_site],
        "partitions": [f"{need['partitions']:,.0f}" for _, need in of_site],
        "patients a year": [f"{need['patients']:,.0f}" for _, need in of_site],
        "memory of a worker": [size(need["worker"]) for _, need in of_site],
        "the same with one standby": [
            size(2 * need["worker"] - figures["measured"]["worker_base_bytes"]) for _, need in of_site
        ],
        "memory of Redis": [size(need["redis"]) for _, need in of_site],
    }
    return table(["", *(site["name"] for site, _ in of_site)], ([name, *cells] for name, cells in rows.items()))


def topics_table(figures: Mapping[str, Any]) -> str:
    """Disk by topic, one column a site, before replication."""
    messages = [needs(site, figures)["messages"] for site in figures["site"]]
    rows = []
    for topic in figures["topic"]:
        years = topic["days_kept"] / 365
        a_message = topic["bytes_a_message"]
        sizes = [size(each * a_message * years) for each in messages]
        rows.append([topic["name"], f"{a_message:,.0f}", topic["kept"], *sizes])
    names = [site["name"] for site in figures["site"]]
    return table(["topic", "bytes a raw message", "kept", *names], rows)


def tables(figures: Mapping[str, Any]) -> str:
    """All of them, as the page has them."""
    return f"\n{sites_table(figures)}\nDisk of Kafka, of one copy of each topic:\n\n{topics_table(figures)}\n"


def main() -> None:
    """Print, or write into the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--figures", type=Path, default=FIGURES)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    made = tables(tomllib.loads(asked.figures.read_text(encoding="utf-8")))
    if not asked.write:
        print(made)
        return
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGINS)
    PAGE.write_text(before + BEGINS + made + ENDS + rest.partition(ENDS)[2], encoding="utf-8")


if __name__ == "__main__":
    main()
