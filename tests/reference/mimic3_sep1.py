"""Judges `sep1-like/1` over the MIMIC-III demo tables by itself, sharing no code with the project.

Infection: a timed culture of blood or another sterile site and an intravenous antibacterial given from
24 h before to 72 h after it; it begins with the earlier of the two. A blood culture known by its day only
confirms a dose where every minute of the day would do; the infection then begins with the dose. Time zero:
the first time at which an infection's beginning, two different SIRS criteria and one organ dysfunction lie
within 6 h of each other. Where no infection has its partner, a culture or an antibacterial alone gives a
time zero that is not confirmed. Elements, all times cut to the minute:

- lactate: the highest of the 6 h to time zero, else the first after it, at most 180 min after time zero;
- repeat_lactate: where that one is above 2, the first after it, at most 360 min after time zero;
- blood_culture: the first from 48 h before time zero, at most 180 min after it and no later than the first
  intravenous antibacterial from 24 h before time zero; one known by its day counts where all of that day would do;
- antibiotics: the first such antibacterial, at most 180 min after time zero. Where it is not there in time,
  nothing can be said unless MetaVision intensive-care stays cover all from 24 h before to 181 min after.

Run: python tests/reference/mimic3_sep1.py FOLDER
"""

import csv
import gzip
import sys
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)

BLOOD = {"70011", "70012", "225401", "225444"}
STERILE = BLOOD | {"70013", "70026", "70053", "70054", "70076"}
NOT_BACTERIA = {"225837", "225869"}
INTRAVENOUS = "08-Antibiotics (IV)"
LACTATE = "50813"


def fahrenheit(value):
    """Degrees Celsius."""
    return (value - 32) * 5 / 9


def temperature(celsius):
    """Whether it is a SIRS temperature; below 20 and above 46 it is a slip of the pen."""
    return 20 <= celsius <= 46 and (celsius > 38.3 or celsius < 36.0)


SIRS = {
    "temperature": {
        **dict.fromkeys(("676", "223762"), temperature),
        **dict.fromkeys(("678", "223761"), lambda value: temperature(fahrenheit(value))),
    },
    "heart_rate": dict.fromkeys(("211", "220045"), lambda value: 90 < value <= 350),
    "respiratory_rate": dict.fromkeys(("618", "220210", "224690"), lambda value: 20 < value <= 150),
    "white_cells": {"51301": lambda value: value > 12 or value < 4, "51144": lambda value: value > 10},
}
# A pressure near zero is a line that came off.
DYSFUNCTION = {
    **dict.fromkeys(("51", "455", "220050", "220179", "225309"), lambda value: 20 <= value < 90),
    **dict.fromkeys(("52", "456", "220052", "220181", "225312"), lambda value: 10 <= value < 65),
    "50912": lambda value: value > 2.0,
    "50885": lambda value: value > 2.0,
    "51265": lambda value: value < 100,
    "51237": lambda value: value > 1.5,
    "51275": lambda value: value > 60,
    LACTATE: lambda value: value > 2.0,
}
INTUBATION = "224385"


class Stay(NamedTuple):
    """What the raw rows say of one hospital stay; times to the minute, sorted."""

    subject_id: str
    row: dict
    sirs: list
    dysfunction: list
    cultures: list
    blood: list
    culture_days: list
    antibiotics: list
    lactates: list
    comfort: list
    covered: list


class Judged(NamedTuple):
    """Time zero, whether the infection has its partner, the case's status, and element -> (status, time done)."""

    time_zero: datetime
    confirmed: bool
    status: str
    elements: dict


def minute(text):
    """A printed time, cut to the minute."""
    return datetime.fromisoformat(text).replace(second=0)


def number(text):
    """A printed value; `<5` and `>150` stand for their limit, words for nothing."""
    try:
        return float(text.lstrip("<>"))
    except ValueError:
        return None


def rows_of(folder, table):
    """The rows of a table."""
    with gzip.open(folder / f"{table}.csv.gz", "rt", newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def read_stays(folder):
    """hadm_id -> Stay."""
    stays = {
        row["hadm_id"]: Stay(row["subject_id"], row, *([] for _ in range(9))) for row in rows_of(folder, "admissions")
    }
    for read in (read_cultures, read_inputs, read_procedures, read_chart, read_labs, read_coverage):
        read(folder, stays)
    for stay in stays.values():
        for entries in stay[2:]:
            entries.sort()
    return stays


def read_cultures(folder, stays):
    """Cultures of the laboratory, by time or by day."""
    for row in rows_of(folder, "microbiologyevents"):
        if row["spec_itemid"] not in STERILE:
            continue
        stay = stays[row["hadm_id"]]
        if row["charttime"]:
            add_culture(stay, row["spec_itemid"], minute(row["charttime"]))
        elif row["spec_itemid"] in BLOOD:
            stay.culture_days.append(minute(row["chartdate"]))


def add_culture(stay, item, at):
    """A culture of a sterile site, blood or not."""
    stay.cultures.append(at)
    if item in BLOOD:
        stay.blood.append(at)


def read_inputs(folder, stays):
    """Intravenous antibacterials; what was rewritten or cancelled was not given."""
    antibacterial = {
        row["itemid"]
        for row in rows_of(folder, "d_items")
        if row["category"] == "Antibiotics" and row["itemid"] not in NOT_BACTERIA
    }
    for row in rows_of(folder, "inputevents_mv"):
        given = row["statusdescription"] != "Rewritten" and row["cancelreason"] == "0"
        if given and row["itemid"] in antibacterial and row["ordercategoryname"] == INTRAVENOUS:
            stays[row["hadm_id"]].antibiotics.append(minute(row["starttime"]))


def read_procedures(folder, stays):
    """Cultures taken and intubations at the bedside."""
    for row in rows_of(folder, "procedureevents_mv"):
        if row["statusdescription"] == "Rewritten":
            continue
        if row["itemid"] in STERILE:
            add_culture(stays[row["hadm_id"]], row["itemid"], minute(row["starttime"]))
        if row["itemid"] == INTUBATION:
            stays[row["hadm_id"]].dysfunction.append(minute(row["starttime"]))


def read_chart(folder, stays):
    """Vital signs and comfort measures, without what was charted in error."""
    for row in rows_of(folder, "chartevents"):
        if row["error"] == "1":
            continue
        if row["itemid"] in {"128", "223758"} and row["value"].lower().startswith("comfort measures"):
            stays[row["hadm_id"]].comfort.append(minute(row["charttime"]))
        elif row["valuenum"]:
            take(stays[row["hadm_id"]], row["itemid"], minute(row["charttime"]), float(row["valuenum"]))


def take(stay, item, at, value):
    """Keep a value that meets a criterion."""
    for criterion, items in SIRS.items():
        if item in items and items[item](value):
            stay.sirs.append((at, criterion))
    if item in DYSFUNCTION and DYSFUNCTION[item](value):
        stay.dysfunction.append(at)


def read_labs(folder, stays):
    """Laboratory results, those without a stay put where they belong."""
    for row in rows_of(folder, "labevents"):
        at, value = minute(row["charttime"]), number(row["value"])
        hadm_id = row["hadm_id"] or stay_of(stays, row["subject_id"], at)
        if hadm_id is None or value is None:
            continue
        take(stays[hadm_id], row["itemid"], at, value)
        if row["itemid"] == LACTATE:
            stays[hadm_id].lactates.append((at, value))


def stay_of(stays, subject_id, at):
    """The one stay of a patient that holds a time from 24 h before its beginning on; else None."""
    holding = [
        hadm_id
        for hadm_id, stay in stays.items()
        if stay.subject_id == subject_id
        and minute(stay.row["edregtime"] or stay.row["admittime"]) - 24 * HOUR <= at <= minute(stay.row["dischtime"])
    ]
    return holding[0] if len(holding) == 1 else None


def read_coverage(folder, stays):
    """When MetaVision kept the record of drugs given."""
    for row in rows_of(folder, "icustays"):
        if row["dbsource"] == "metavision":
            span = datetime.fromisoformat(row["intime"]), datetime.fromisoformat(row["outtime"])
            stays[row["hadm_id"]].covered.append(span)


def infections(stay):
    """Beginnings of confirmed and of unconfirmed suspected infections."""
    pairs = [
        (culture, dose)
        for culture in stay.cultures
        for dose in stay.antibiotics
        if -24 * HOUR <= dose - culture <= 72 * HOUR
    ]
    by_day = {
        dose
        for dose in stay.antibiotics
        for day in stay.culture_days
        if dose - 72 * HOUR <= day and day + 24 * HOUR <= dose + 24 * HOUR
    }
    paired = {at for pair in pairs for at in pair} | by_day
    return {min(pair) for pair in pairs} | by_day, {*stay.cultures, *stay.antibiotics} - paired


def present(stay, beginning):
    """The first time from `beginning` on at which all criteria are met within 6 h of each other; None if never."""
    hits = (beginning, *(at for at, _ in stay.sirs), *stay.dysfunction)
    moments = {at for at in hits if beginning <= at <= beginning + 6 * HOUR}
    return next((now for now in sorted(moments) if complete(stay, now)), None)


def complete(stay, now):
    """Whether SIRS and organ dysfunction of the last 6 h are there."""
    since = now - 6 * HOUR
    criteria = {criterion for at, criterion in stay.sirs if since <= at <= now}
    return len(criteria) >= 2 and any(since <= at <= now for at in stay.dysfunction)


def find_time_zero(stay):
    """The first confirmed presentation, else the first unconfirmed one, and which of them it is."""
    for beginnings, confirmed in zip(infections(stay), (True, False), strict=True):
        found = [at for at in (present(stay, beginning) for beginning in beginnings) if at]
        if found:
            return min(found), confirmed
    return None, False


def judge(stay, born):
    """The case; None: no time zero."""
    time_zero, confirmed = find_time_zero(stay)
    if time_zero is None:
        return None
    status = place(stay, born, time_zero) if confirmed else "not_in_population"
    elements = judge_elements(stay, time_zero) if status == "denominator" else {}
    return Judged(time_zero, confirmed, status, elements)


def place(stay, born, time_zero):
    """Denominator or excluded: age, death, discharge or comfort measures within 6 h."""
    age = time_zero.year - born.year - ((time_zero.month, time_zero.day) < (born.month, born.day))
    ends = [minute(stay.row[column]) for column in ("deathtime", "dischtime") if stay.row[column]]
    gone = min(ends) - time_zero <= 6 * HOUR
    comfort = bool(stay.comfort) and stay.comfort[0] <= time_zero + 6 * HOUR
    return "excluded" if age < 18 or gone or comfort else "denominator"


def judge_elements(stay, time_zero):
    """Element -> (status, time done)."""
    culture, antibiotics = judge_culture(stay, time_zero), judge_antibiotics(stay, time_zero)
    return {"blood_culture": culture, "antibiotics": antibiotics, **judge_lactates(stay, time_zero)}


def first(times, since):
    """The first time from `since` on; None if there is none."""
    return next((at for at in times if at >= since), None)


def judge_antibiotics(stay, time_zero):
    """Antibiotics, where the record was kept."""
    dose = first(stay.antibiotics, time_zero - 24 * HOUR)
    if dose and dose <= time_zero + 3 * HOUR:
        return "met", dose
    if not is_covered(stay, time_zero - 24 * HOUR, time_zero + 3 * HOUR + MINUTE):
        return "cannot_assess", dose
    return ("met_late" if dose else "missed"), dose


def is_covered(stay, since, until):
    """Whether the stays of the record follow each other from `since` to `until`."""
    reached = since
    for start, end in stay.covered:
        if start <= reached:
            reached = max(reached, end)
    return reached > since and reached >= until


def judge_culture(stay, time_zero):
    """Blood culture, before the first antibacterial."""
    since, dose = time_zero - 48 * HOUR, first(stay.antibiotics, time_zero - 24 * HOUR)
    closes = min(time_zero + 3 * HOUR, dose or time_zero + 3 * HOUR) + MINUTE
    sure = [day for day in stay.culture_days if since <= day and day + 24 * HOUR <= closes]
    taken = first(sorted((*sure, *stay.blood)), since)
    if taken and taken < closes:
        return "met", taken
    if any(since < day + 24 * HOUR and day < closes for day in stay.culture_days):
        return "cannot_assess", taken
    return ("met_late" if taken else "missed"), taken


def judge_lactates(stay, time_zero):
    """Initial and repeat lactate."""
    before = [(value, at) for at, value in stay.lactates if time_zero - 6 * HOUR <= at <= time_zero]
    after = [(value, at) for at, value in stay.lactates if at > time_zero]
    if not (before or after):
        return {"lactate": ("missed", None), "repeat_lactate": ("not_applicable", None)}
    highest = max((value for value, _ in before), default=None)
    value, drawn = next(each for each in before if each[0] == highest) if before else after[0]
    lactate = ("met" if drawn <= time_zero + 3 * HOUR else "met_late"), drawn
    if value <= 2.0:
        return {"lactate": lactate, "repeat_lactate": ("not_applicable", None)}
    again = next((at for at, _ in stay.lactates if at > drawn), None)
    timely = again and again <= time_zero + 6 * HOUR
    return {"lactate": lactate, "repeat_lactate": ("met" if timely else "met_late" if again else "missed", again)}


def judge_all(folder):
    """hadm_id -> Judged or None."""
    born = {row["subject_id"]: minute(row["dob"]) for row in rows_of(folder, "patients")}
    return {hadm_id: judge(stay, born[stay.subject_id]) for hadm_id, stay in read_stays(folder).items()}


def main(arguments):
    """Print how many stays are where, then every case of the denominator."""
    judged = judge_all(Path(arguments[0]))
    counts = Counter(case.status if case else "no time zero" for case in judged.values())
    sys.stdout.writelines(f"{name}: {count}\n" for name, count in sorted(counts.items()))
    for hadm_id, case in sorted(judged.items()):
        if case and case.status == "denominator":
            elements = ", ".join(f"{name} {status} {at or ''}".strip() for name, (status, at) in case.elements.items())
            sys.stdout.write(f"{hadm_id} {case.time_zero}: {elements}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
