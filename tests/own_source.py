"""The profile of a hospital's own source, as its file has it, and a feed of it with local times."""

import orjson

OWN = """\
name = "our-lab"
title = "Our laboratory system"
zone = "America/Chicago"
earliest_year = 1990
latest_year = 2100

[event_ahead]
minutes = 5
source = "interface team, 2026-01-12"

[received_ahead]
minutes = 5
source = "interface team, 2026-01-12"

[coverage]
medications = { covered = "always" }
fluids = { covered = "always" }
labs = { covered = "always" }
cultures = { covered = "always" }
vitals = { covered = "always" }
acts = { covered = "always" }
"""


def own_source(site, text=OWN, file="our-lab.toml"):
    """Write the file into a site's folder; gives its path."""
    path = site / "sources" / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def local_act(number=1, source="our-lab"):
    """A protocol begun at noon by the clock on the wall, of a child without anything else."""
    return {
        "schema": "raw.act/1", "message_id": f"m{number}", "source": source, "facility_id": "F1",
        "patient_id": f"P{number}", "encounter_id": f"E{number}", "act": "protocol_started",
        "happened_at": "2026-03-01T12:00:00", "received_at": "2026-03-01T12:01:00",
    }  # fmt: skip


def local_visit(number=1, source="our-lab"):
    """The child arrives, half an hour before."""
    return {
        "schema": "raw.adt/1", "message_id": f"a{number}", "source": source, "facility_id": "F1",
        "patient_id": f"P{number}", "encounter_id": f"E{number}", "event": "arrive", "birth_date": "2020-01-01",
        "happened_at": "2026-03-01T11:30:00", "received_at": "2026-03-01T11:31:00",
    }  # fmt: skip


def local_feed(path):
    """Write both as a file of the format `events`."""
    lines = [{"topic": value["schema"][:-2], "key": "F1|P1", "value": value} for value in (local_visit(), local_act())]
    path.write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in lines))
    return path
