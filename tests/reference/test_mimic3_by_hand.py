"""Thirteen stays read row by row, with pencil and paper: volumes, hypotension, shock and what follows for fluids.

The times were found in the printed tables before any program was asked. Target: 90 % of 30 mL/kg.
"""

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

import pytest

from reference import mimic3_circulation, mimic3_rows, mimic3_sep1


class Found(NamedTuple):
    """Time zero, target volume in mL and when it was in, since when what held, and fluids; blank: not."""

    time_zero: str
    target_ml: str
    target_in: str
    hypotension: str
    persistent: str
    shock: str
    fluids: tuple


BY_HAND = {
    # 72.8 kg, weighed at 23:14. Lactated Ringer's 1000 mL at 23:17 and again at 00:58. Mean pressure 63 at 23:00 and 64
    # at 00:00. Of the hour from 00:59 only 01:00 is low (84/63), so it does not persist. Lactate 2.0 at 18:18; the 4.6
    # of 03:40 is not the initial one. Norepinephrine from 06:26 is not asked for.
    "130681": Found("2200-10-29 23:00", "1965.6", "30 00:59", "30 00:00", "", "", ("met", "29 23:17")),
    # 77.4 kg, weighed the next morning. Saline: four times 500 mL, in by 03:07, and 100 mL by 04:24. Systolic 86 at
    # 23:15, 87 at 23:30. Of what was begun by 02:30 the four bags and a slow line of 103.7 mL (22:48 to 09:10) are
    # enough. 59/49 at 04:00 is before the volume was in, and the hour after it has no low reading.
    "174245": Found("2178-05-14 22:27", "2089.8", "15 04:24", "14 23:30", "", "", ("met", "14 22:48")),
    # 311.7 lb at 05:08. Two boluses of 500 mL, 03:56 and 04:57; a third was cancelled. 78/32 at 04:00, 81/45 at 04:10.
    # In intensive care for three days, so it is missed. Norepinephrine from 04:00 counts for nothing here.
    "138132": Found("2145-07-10 07:30", "3817.388", "", "10 04:10", "", "", ("missed", "")),
    # 166.8 lb at 22:49. Boluses of 500 at 23:00, 1000 at 02:24 and 1000 at 06:32. 78/46 at 23:00, 88/49 at 00:01. By
    # 03:01 only 2000 mL were begun, a line of two days among them; intensive care begins at 20:33, after 18:01.
    "172082": Found("2200-03-17 22:00", "2042.799", "18 06:33", "18 00:01", "", "", ("cannot_assess", "18 06:32")),
    # 164.8 lb at 18:35. Boluses of 1000 mL at 19:30 (written three times, twice cancelled), 21:04 and 22:30. Mean
    # pressure 64 at 17:48 and 18:00. The second bolus begins four minutes too late; intensive care begins at 16:14.
    "152032": Found("2200-06-09 18:00", "2018.305", "09 22:31", "09 18:00", "", "", ("cannot_assess", "09 22:30")),
    # Lactate 4.1 at 04:51: shock with time zero. 69.8 kg. Saline 1327 mL from 09:19 to 19:56 and 1000 mL at 14:23, the
    # second after 12:15. One low reading (86 at 09:00) is no hypotension. Nobody can say who assessed it again.
    "125449": Found("2198-10-29 09:15", "1884.6", "29 19:56", "", "", "29 09:15", ("cannot_assess", "29 14:23")),
    # 104.3 lb at 09:19. Boluses of 500 mL at 14:46, 19:15 and 20:00. 69/58 at 10:47, mean 63 at 11:00. Nothing was
    # begun by 14:00, and intensive care begins at 05:50, after 05:00. Lactate 1.9 at 04:02, 45 minutes too early.
    "146893": Found("2130-08-12 10:47", "1277.361", "12 20:01", "12 11:00", "", "", ("cannot_assess", "12 20:00")),
    # 163 lb at 21:51. 500 mL at 23:20; 517 mL were written and cancelled. 69/53 at 22:00, mean 63 two hours later.
    "151798": Found("2202-02-16 00:00", "1996.260", "", "16 00:00", "", "", ("cannot_assess", "")),
    # Transferred in. 65.0 kg. Bolus of 500 mL at 22:15 and 1650 mL from 21:00 to 08:00, first written as 2000 mL until
    # 10:20. Mean pressure 57 at 21:00, 86/54 at 22:00.
    "101361": Found("2145-12-01 21:00", "1755", "02 08:00", "01 22:00", "", "", ("met", "01 21:00")),
    # Transferred in; died 08:54. Lactate 6.5 at 20:06: shock with time zero. 65.0 kg five days before. Mean pressure 60
    # at 20:25, 61 at 21:00. 500 mL at 21:14, 500 at 04:45, 979 from 01:00 to 04:55. 44 and 48 at 05:00, 43 at 05:30.
    # Phenylephrine at 05:30 comes 98 minutes too late, but intensive care began after the look-back.
    "198480": Found(
        "2169-05-11 21:52", "1755", "12 04:55", "11 21:00", "12 05:30", "11 21:52", ("cannot_assess", "12 04:45")
    ),
    # Transferred in. 52.0 kg the day after. A bolus of 2000 mL at 00:40 (1000 mL first); five rows of 21:00 to 22:27
    # were cancelled. Low at 20:00, then 70/50 at 23:58 and 73/53 at 00:00. The next low reading comes at 02:40.
    "151323": Found("2166-02-13 01:15", "1404", "13 00:41", "13 00:00", "", "", ("met", "13 00:40")),
    # Transferred in. Lactate 5.3 at 02:19, 4.9 at 06:27: shock with time zero. 81.7 kg. Mean 63 at 04:20, 57 at 04:29.
    # By 07:29 only 22.5 and 220 mL of one order were begun (two rows of it rewritten); intensive care since 03:56. By
    # 14:00 there are 1305 mL, and 1000 more the next evening.
    "186361": Found(
        "2144-07-13 06:39", "2205.9", "14 21:51", "13 04:29", "", "13 06:39", ("cannot_assess", "14 21:50")
    ),
    # CareVue, no antibiotics on record, so never confirmed. 119.6 kg two days later. Saline 1000 mL by 22:45, 00:00,
    # 00:45 and 01:45. 77/57 at 22:15, 63/53 at 22:25. 86/58 at 02:00 and 86/57 at 02:45: it persists. Norepinephrine
    # at 03:45. By 01:25 three litres are charted, 229 mL too few; intensive care begins at 22:46, after 16:25.
    "126949": Found(
        "2129-11-24 23:00", "3229.2", "25 01:45", "24 22:25", "25 02:45", "25 02:45", ("cannot_assess", "25 01:45")
    ),
}


@pytest.fixture(scope="module")
def stays(shared_data):
    return mimic3_rows.read_stays(shared_data / "mimic3_demo")


def day_and_minute(at):
    return f"{at:%d %H:%M}" if at else ""


@pytest.mark.parametrize("hadm_id", BY_HAND)
def test_the_reading_finds_what_was_found_by_hand(stays, hadm_id):
    found, stay = BY_HAND[hadm_id], stays[hadm_id]

    read = mimic3_circulation.judge_circulation(stay, datetime.fromisoformat(found.time_zero))

    assert abs(mimic3_circulation.target_ml(read.weight) - Decimal(found.target_ml)) < Decimal("0.001")
    times = (read.target_in, read.hypotension, read.persistent, read.shock)
    assert tuple(map(day_and_minute, times)) == found[2:6]
    status, done = mimic3_sep1.judge_fluids(stay, read)
    assert (status, day_and_minute(done)) == found.fluids


def test_a_vasopressor_is_asked_for_where_hypotension_persists_and_nowhere_else(stays):
    asked = {}
    for hadm_id, found in BY_HAND.items():
        read = mimic3_circulation.judge_circulation(stays[hadm_id], datetime.fromisoformat(found.time_zero))
        status, done = mimic3_sep1.judge_vasopressor(stays[hadm_id], read)
        if status != "not_applicable":
            asked[hadm_id] = status, day_and_minute(done)

    assert asked == {"198480": ("cannot_assess", "12 05:30"), "126949": ("met", "25 03:45")}
