"""Cuts the demo's tables out of the published MIMIC-III demo: `python -m timezero.demo_sample FOLDER`."""

import csv
import gzip
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from schemas.rejection import Accepted
from schemas.translate import translate
from streams.sources import SourceMessage, open_source
from timezero.demo_stays import DemoStay, demo_stays, demo_tables

BEFORE = timedelta(hours=48)
AFTER = timedelta(hours=36)
"""How much of a stay is kept on either side of its moment."""

_WHOLE_TABLES = frozenset({"patients", "admissions"})
_DAY_ONLY_TABLES = frozenset({"prescriptions"})


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
def main(folder: Path) -> None:
    """Write the demo's tables from the published ones in FOLDER."""
    out = demo_tables()
    out.mkdir(parents=True, exist_ok=True)
    for table, rows in _kept_rows(folder).items():
        _write(out / f"{table}.csv.gz", rows)
        click.echo(f"{table}: {len(rows)} rows")


def _kept_rows(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Every kept row once, in the order in which they became known."""
    stays = {stay.subject_id: stay for stay in demo_stays().stays}
    kept: dict[str, dict[int, dict[str, Any]]] = defaultdict(dict)
    for message in open_source([folder], "mimic3"):
        if isinstance(message.value, Mapping) and _is_kept(message, message.value, stays):
            row = message.value["row"]
            kept[message.value["table"]][id(row)] = row
    return {table: list(rows.values()) for table, rows in kept.items()}


def _is_kept(message: SourceMessage, value: Mapping[str, Any], stays: Mapping[str, DemoStay]) -> bool:
    row, table = value["row"], value["table"]
    stay = stays.get(row.get("subject_id", ""))
    if stay is None or table in _DAY_ONLY_TABLES or row.get("hadm_id") not in {None, "", stay.hadm_id}:
        return False
    if table in _WHOLE_TABLES:
        return True
    if "chartdate" in row and not row.get("charttime"):
        return False
    at = message.received_at
    in_time = at is not None and stay.moment - BEFORE <= at <= stay.moment + AFTER
    return in_time and isinstance(translate(message.topic, value, at), Accepted)


def _write(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    listed = list(rows)
    text = io.StringIO()
    writer = csv.DictWriter(text, list(listed[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(listed)
    # No file name and no time within: the same rows give the same bytes.
    path.write_bytes(gzip.compress(text.getvalue().encode(), mtime=0))


if __name__ == "__main__":
    main()
