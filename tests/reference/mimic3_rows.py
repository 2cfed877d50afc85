"""What the raw tables of the MIMIC-III demo say of each hospital stay; shares no code with the project.

Rows that were rewritten, cancelled or charted in error are left out, and values that no patient can have.
"""

import csv
import gzip
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)

BLOOD = {"70011", "70012", "225401", "225444"}
STERILE = BLOOD | {"70013", "70026", "70053", "70054", "70076"}
NOT_BACTERIA = {"225837", "225869"}
INTRAVENOUS = "08-Antibiotics (IV)"
LACTATE = "50813"
INTUBATION = "224385"
CODE_STATUS = {"128", "223758"}
TRANSFER_IN = "TRANSFER FROM HOSP/EXTRAM"

# 0.9 % saline, lactated Ringer's, and crystalloid of operating and recovery room.
CRYSTALLOID = {"225158", "225828", "226364", "226375", "30018", "30021", "30101"}
# Norepinephrine, epinephrine, phenylephrine, vasopressin, dopamine.
VASOPRESSOR = {"221906", "221289", "221749", "222315", "221662", "30120", "30119", "30128", "30051", "30043"}
# Potassium, phosphate, calcium and bicarbonate in a bag of fluid leave it one.
ELECTROLYTE = {"30023", "30026", "30029", "30030", "40864"}
IN_ML = {"ml": 1, "cc": 1, "l": 1000}

SYSTOLIC = ("51", "455", "220050", "220179", "225309")
MEAN = ("52", "456", "220052", "220181", "225312")
KILOGRAMS = {"763": 1, "224639": 1, "226512": 1, "226531": Decimal("0.45359237")}


def fahrenheit(value):
    """Degrees Celsius."""
    return (value - 32) * 5 / 9


def temperature(celsius):
    """Whether it is a SIRS temperature; below 20 and above 46 it is a slip of the pen."""
    return 20 <= celsius <= 46 and (celsius > 38.3 or celsius < 36.0)


def low_systolic(value):
    """Below 90 mmHg; a pressure near zero is a line that came off."""
    return 20 <= value < 90


def low_mean(value):
    """Below 65 mmHg."""
    return 10 <= value < 65


SIRS = {
    "temperature": {
        **dict.fromkeys(("676", "223762"), temperature),
        **dict.fromkeys(("678", "223761"), lambda value: temperature(fahrenheit(value))),
    },
    "heart_rate": dict.fromkeys(("211", "220045"), lambda value: 90 < value <= 350),
    "respiratory_rate": dict.fromkeys(("618", "220210", "224690"), lambda value: 20 < value <= 150),
    "white_cells": {"51301": lambda value: value > 12 or value < 4, "51144": lambda value: value > 10},
}
DYSFUNCTION = {
    **dict.fromkeys(SYSTOLIC, low_systolic),
    **dict.fromkeys(MEAN, low_mean),
    "50912": lambda value: value > 2.0,
    "50885": lambda value: value > 2.0,
    "51265": lambda value: value < 100,
    "51237": lambda value: value > 1.5,
    "51275": lambda value: value > 60,
    LACTATE: lambda value: value > 2.0,
}


class Part(NamedTuple):
    """Crystalloid given at one rate, from a minute to another."""

    start: datetime
    end: datetime
    ml: Decimal


class Dose(NamedTuple):
    """An intravenous antibacterial."""

    at: datetime
    drug: str


@dataclass
class Stay:
    """What the raw rows say of one hospital stay; times to the minute, sorted."""

    subject_id: str
    row: dict
    sirs: list = field(default_factory=list)
    dysfunction: list = field(default_factory=list)
    cultures: list = field(default_factory=list)
    blood: list = field(default_factory=list)
    culture_days: list = field(default_factory=list)
    doses: list = field(default_factory=list)
    lactates: list = field(default_factory=list)
    comfort: list = field(default_factory=list)
    parts: list = field(default_factory=list)
    vasopressors: list = field(default_factory=list)
    systolic: list = field(default_factory=list)
    mean: list = field(default_factory=list)
    weights: list = field(default_factory=list)
    metavision: list = field(default_factory=list)
    intensive: list = field(default_factory=list)

    def sort(self):
        """Put everything in the order of time."""
        for entries in vars(self).values():
            if isinstance(entries, list):
                entries.sort()

    def time(self, column):
        """A time of the row of `admissions`; None where it is blank."""
        return minute(self.row[column]) if self.row[column] else None


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
    stays = {row["hadm_id"]: Stay(row["subject_id"], row) for row in rows_of(folder, "admissions")}
    for read in (read_cultures, read_metavision, read_carevue, read_procedures, read_chart, read_labs, read_coverage):
        read(folder, stays)
    for stay in stays.values():
        stay.sort()
    return stays


def read_births(folder):
    """subject_id -> when born."""
    return {row["subject_id"]: minute(row["dob"]) for row in rows_of(folder, "patients")}


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


def read_metavision(folder, stays):
    """Antibacterials by vein, vasopressors and fluids; what was rewritten or cancelled was not given."""
    antibacterial = {
        row["itemid"]: row["label"].lower()
        for row in rows_of(folder, "d_items")
        if row["category"] == "Antibiotics" and row["itemid"] not in NOT_BACTERIA
    }
    for row in rows_of(folder, "inputevents_mv"):
        if row["statusdescription"] == "Rewritten" or row["cancelreason"] != "0":
            continue
        stay, item, start = stays[row["hadm_id"]], row["itemid"], minute(row["starttime"])
        if item in antibacterial and row["ordercategoryname"] == INTRAVENOUS:
            stay.doses.append(Dose(start, antibacterial[item]))
        elif item in VASOPRESSOR:
            stay.vasopressors.append(start)
        elif item in CRYSTALLOID and row["ordercategoryname"] != "01-Drips":
            stay.parts.append(Part(start, minute(row["endtime"]), volume(row)))


def volume(row):
    """Millilitres of a row; a rate times minutes leaves 499.99998 where 500 was meant."""
    return round(Decimal(row["amount"]) * IN_ML[row["amountuom"].lower()], 3)


def read_carevue(folder, stays):
    """Vasopressors and fluids by the hour; saline of one order with a drug only carries it."""
    rows = list(rows_of(folder, "inputevents_cv"))
    carrying = {row["linkorderid"] for row in rows if row["itemid"] not in CRYSTALLOID | ELECTROLYTE}
    for row in rows:
        given, running = (float(row[column] or 0) > 0 for column in ("amount", "rate"))
        stay, at = stays[row["hadm_id"]], minute(row["charttime"])
        if row["itemid"] in VASOPRESSOR and (given or running):
            stay.vasopressors.append(at)
        elif row["itemid"] in CRYSTALLOID and given and row["linkorderid"] not in carrying:
            stay.parts.append(Part(at, at, volume(row)))


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
    """Vital signs, weights and comfort measures, without what was charted in error."""
    for row in rows_of(folder, "chartevents"):
        if row["error"] == "1":
            continue
        stay, item, at = stays[row["hadm_id"]], row["itemid"], minute(row["charttime"])
        if item in CODE_STATUS:
            if row["value"].lower().startswith("comfort measures"):
                stay.comfort.append(at)
        elif row["valuenum"]:
            take(stay, item, at, float(row["valuenum"]))
            take_pressure_or_weight(stay, row, at)


def take(stay, item, at, value):
    """Keep a value that meets a criterion of severe sepsis."""
    for criterion, items in SIRS.items():
        if item in items and items[item](value):
            stay.sirs.append((at, criterion))
    if item in DYSFUNCTION and DYSFUNCTION[item](value):
        stay.dysfunction.append(at)


def take_pressure_or_weight(stay, row, at):
    """Keep a pressure, low or not, in the order of row numbers within a minute, or a weight in kilograms."""
    item, value = row["itemid"], row["valuenum"]
    if item in SYSTOLIC and 20 <= float(value) <= 350:
        stay.systolic.append((at, row["row_id"], float(value)))
    if item in MEAN and 10 <= float(value) <= 300:
        stay.mean.append((at, row["row_id"], float(value)))
    if item in KILOGRAMS and 0.2 <= Decimal(value) * KILOGRAMS[item] <= 500:
        stay.weights.append((at, Decimal(value) * KILOGRAMS[item]))


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
        and (stay.time("edregtime") or stay.time("admittime")) - 24 * HOUR <= at <= stay.time("dischtime")
    ]
    return holding[0] if len(holding) == 1 else None


def read_coverage(folder, stays):
    """When intensive care kept a record of fluids, and MetaVision one of the drugs given."""
    for row in rows_of(folder, "icustays"):
        span = datetime.fromisoformat(row["intime"]), datetime.fromisoformat(row["outtime"])
        stays[row["hadm_id"]].intensive.append(span)
        if row["dbsource"] == "metavision":
            stays[row["hadm_id"]].metavision.append(span)
