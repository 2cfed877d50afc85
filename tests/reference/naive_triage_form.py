"""Antibiotics within 1 h and lactate within 3 h of the sepsis triage form, to the second (Mannhardt & Blinde 2017)."""

from dataclasses import replace

from reference.naive_acts import Found, Window
from reference.naive_cases import Zero
from reference.naive_measure import Measure

HOUR = 3600
DAY = 24 * HOUR


def first_form(_stay, case):
    """The first form of the case, to the second."""
    return Zero(case.entry.at, frozenset([case.entry.name]), second=case.entry.at) if case.entry else None


def by_second(rows, zero, limit):
    """The first of some rows, however early; a day counts where all of it would do, else it may leave a doubt."""
    window = Window(zero, limit, zero + limit, zero + limit + 1)
    done = [row.at for row in rows if not row.day_only or row.at + DAY <= window.closes]
    if done and min(done) < window.closes:
        return Found("met", None, min(done), window)
    doubt = any(row.day_only and row.at < window.closes for row in rows)
    late = Found("met_late", None, min(done), window) if done else Found("missed", None, None, window)
    return replace(late, status="cannot_assess", reason="day_only") if doubt else late


def elements(stay, _case, zero):
    """A limit passes its whole last second."""
    return {
        "antibiotics": by_second(stay.antibacterials(), zero, HOUR),
        "lactate": by_second(stay.values("lactate"), zero, 3 * HOUR),
    }


MEASURES = [
    Measure(
        "ed-sepsis-triage/mannhardt", ["sepsis_triage_form"], first_form, elements, ["antibiotics", "lactate"],
        is_to_the_second=True,
    )
]  # fmt: skip
