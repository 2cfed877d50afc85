"""Judges `sep1-like/1` over the MIMIC-III demo tables by itself, sharing no code with the project.

Time zero: `mimic3_onset`; lactate, fluids, hypotension and shock: `mimic3_circulation`. A case without a confirmed
infection is not in the population. Excluded, the first that applies: below 18 years at admission; comfort measures,
death or discharge at most 360 min after time zero; transferred in; a stay of more than 120 days; a course of
intravenous antibacterials, no gap above 24 h, that had run for more than 24 h. Elements, all times cut to the minute:

- lactate: the initial one, at most 180 min after time zero;
- repeat_lactate: where that one is above 2, the first after it, at most 360 min after time zero;
- blood_culture: the first from 48 h before time zero, at most 180 min after it and no later than the first
  intravenous antibacterial from 24 h before time zero; one known by its day counts where all of that day would do;
- antibiotics: the first such antibacterial, at most 180 min after time zero;
- broad_spectrum: any such antibacterial by time zero, else one that is enough alone or two that are together, at most
  180 min after time zero; outside of the bundle;
- fluids: where there is initial hypotension or a lactate of 4: 90 % of 30 mL/kg by parts begun from 360 min before to
  180 min after the earlier of initial hypotension and shock; done when the first of the parts that brought it began.
  Where later parts were needed, done too late, when the last of those needed began;
- vasopressor: where hypotension persists, one begun from 360 min before to 360 min after shock;
- reassessment: where hypotension persists or lactate is 4 or more; the tables do not carry it.

What is not there in time can be called missed only where intensive care kept its record (of drugs: MetaVision) from the
look-back to the end of the window; else nothing can be said.

Run in `tests`: python -m reference.mimic3_sep1 FOLDER
"""

import sys
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from reference.mimic3_circulation import judge_circulation, reached, target_ml
from reference.mimic3_onset import find_time_zero
from reference.mimic3_rows import HOUR, MINUTE, TRANSFER_IN, read_births, read_stays

ALONE = ("sulbactam", "cefepime", "ceftazidime", "ceftriaxone", "levofloxacin", "meropenem", "tazobactam")
ONE_OF = ("tobramycin", "ciprofloxacin")
WITH_ONE_OF = ("ampicillin", "cefazolin", "clindamycin", "daptomycin", "linezolid", "vancomycin", "azithromycin")
OUTSIDE_OF_BUNDLE = {"broad_spectrum"}
WORST_FIRST = ("missed", "cannot_assess", "met")


class Judged(NamedTuple):
    """Time zero, the case's status and reason, and element -> (status, time done)."""

    time_zero: datetime
    status: str
    reason: str
    elements: dict


def judge(stay, born):
    """The case; None: no time zero."""
    time_zero, confirmed = find_time_zero(stay)
    if time_zero is None:
        return None
    if not confirmed:
        return Judged(time_zero, "not_in_population", "not_confirmed", {})
    return judge_from(stay, born, time_zero)


def judge_from(stay, born, time_zero):
    """The case of a confirmed infection."""
    reason = exclusion(stay, born, time_zero)
    if reason:
        return Judged(time_zero, "excluded", reason, {})
    elements = judge_elements(stay, time_zero, judge_circulation(stay, time_zero))
    return Judged(time_zero, "denominator", "", elements | {"bundle": (bundle(elements), None)})


def exclusion(stay, born, time_zero):
    """Why the case is left out; blank: it counts."""
    admitted, discharged, died = (stay.time(column) for column in ("admittime", "dischtime", "deathtime"))
    soon = time_zero + 6 * HOUR
    age = admitted.year - born.year - ((admitted.month, admitted.day) < (born.month, born.day))
    applies = {
        "age": age < 18,
        "comfort_care_6h": any(at <= soon for at in stay.comfort),
        "expired_6h": died is not None and died <= soon,
        "discharged_6h": discharged <= soon,
        "transfer_in": stay.row["admission_location"] == TRANSFER_IN,
        "stay_over_120_days": discharged - admitted > 120 * 24 * HOUR,
        "antibiotics_over_24h": course_began(stay, time_zero) < time_zero - 24 * HOUR,
    }
    return next((reason for reason, holds in applies.items() if holds), "")


def course_began(stay, time_zero):
    """When the course of antibacterials that runs at time zero began; time zero where none does."""
    began = time_zero
    for dose in reversed(stay.doses):
        if dose.at <= began and began - dose.at <= 24 * HOUR:
            began = dose.at
    return began


def judge_elements(stay, time_zero, circulation):
    """Element -> (status, time done)."""
    return {
        **judge_lactates(stay, time_zero, circulation),
        "blood_culture": judge_culture(stay, time_zero),
        "antibiotics": judge_antibiotics(stay, time_zero),
        "broad_spectrum": judge_broad_spectrum(stay, time_zero),
        "fluids": judge_fluids(stay, circulation),
        "vasopressor": judge_vasopressor(stay, circulation),
        "reassessment": judge_reassessment(circulation),
    }


def bundle(elements):
    """The worst of the elements of the bundle."""
    statuses = {status for name, (status, _) in elements.items() if name not in OUTSIDE_OF_BUNDLE}
    statuses = {"missed" if status == "met_late" else status for status in statuses}
    return next(status for status in WORST_FIRST if status in statuses)


def first(times, since):
    """The first time from `since` on; None if there is none."""
    return next((at for at in times if at >= since), None)


def judge_window(done, opens, last, covered):
    """An act that the record must cover to be called missed: (status, time done)."""
    if done and done <= last:
        return "met", done
    if not is_covered(covered, opens, last + MINUTE):
        return "cannot_assess", done
    return ("met_late" if done else "missed"), done


def is_covered(covered, since, until):
    """Whether the stays of the record follow each other from `since` to `until`."""
    reached_by = since
    for start, end in covered:
        if start <= reached_by:
            reached_by = max(reached_by, end)
    return reached_by > since and reached_by >= until


def judge_antibiotics(stay, time_zero):
    """Antibiotics."""
    opens = time_zero - 24 * HOUR
    dose = first([dose.at for dose in stay.doses], opens)
    return judge_window(dose, opens, time_zero + 3 * HOUR, stay.metavision)


def judge_broad_spectrum(stay, time_zero):
    """Any antibacterial before, or one that is broad enough."""
    opens = time_zero - 24 * HOUR
    doses = [dose for dose in stay.doses if dose.at >= opens]
    if doses and doses[0].at <= time_zero:
        return "met", doses[0].at
    enough = [at for at in (given(doses, ALONE), together(doses)) if at]
    return judge_window(min(enough, default=None), opens, time_zero + 3 * HOUR, stay.metavision)


def given(doses, names):
    """When the first of these drugs was given; None: not."""
    return next((dose.at for dose in doses if any(name in dose.drug for name in names)), None)


def together(doses):
    """When one of each of two lists had been given; None: not."""
    both = given(doses, ONE_OF), given(doses, WITH_ONE_OF)
    return max(both) if all(both) else None


def judge_culture(stay, time_zero):
    """Blood culture, before the first antibacterial."""
    since, dose = time_zero - 48 * HOUR, first([dose.at for dose in stay.doses], time_zero - 24 * HOUR)
    closes = min(time_zero + 3 * HOUR, dose or time_zero + 3 * HOUR) + MINUTE
    sure = [day for day in stay.culture_days if since <= day and day + 24 * HOUR <= closes]
    taken = first(sorted((*sure, *stay.blood)), since)
    if taken and taken < closes:
        return "met", taken
    if any(since < day + 24 * HOUR and day < closes for day in stay.culture_days):
        return "cannot_assess", taken
    return ("met_late" if taken else "missed"), taken


def judge_lactates(stay, time_zero, circulation):
    """Initial and repeat lactate."""
    not_again = {"repeat_lactate": ("not_applicable", None)}
    if circulation.lactate is None:
        return {"lactate": ("missed", None), **not_again}
    drawn, value = circulation.lactate
    lactate = {"lactate": ("met" if drawn <= time_zero + 3 * HOUR else "met_late", drawn)}
    if value <= 2.0 or drawn > time_zero + 6 * HOUR:
        return {**lactate, **not_again}
    again = next((at for at, _ in stay.lactates if at > drawn), None)
    timely = again and again <= time_zero + 6 * HOUR
    return {**lactate, "repeat_lactate": ("met" if timely else "met_late" if again else "missed", again)}


def judge_fluids(stay, circulation):
    """Crystalloid by weight."""
    clock = circulation.fluids_clock
    if clock is None or not (circulation.hypotension or circulation.high_lactate):
        return "not_applicable", None
    if circulation.weight is None:
        return "cannot_assess", None
    opens, last = clock - 6 * HOUR, clock + 3 * HOUR
    parts, target = [part for part in stay.parts if part.start >= opens], target_ml(circulation.weight)
    in_at, needed = reached([part for part in parts if part.start <= last], target)
    if in_at:
        return "met", min(part.start for part in needed)
    in_at, needed = reached(parts, target)
    return judge_window(max(part.start for part in needed) if in_at else None, opens, last, stay.intensive)


def judge_vasopressor(stay, circulation):
    """A vasopressor where hypotension persists."""
    if circulation.shock is None or circulation.persistent is None:
        return ("cannot_assess" if circulation.cannot_tell else "not_applicable"), None
    opens = circulation.shock - 6 * HOUR
    return judge_window(first(stay.vasopressors, opens), opens, circulation.shock + 6 * HOUR, stay.metavision)


def judge_reassessment(circulation):
    """Nobody charts it in these tables."""
    if circulation.shock and (circulation.persistent or circulation.high_lactate):
        return "cannot_assess", None
    return ("cannot_assess" if circulation.cannot_tell else "not_applicable"), None


def judge_all(folder):
    """hadm_id -> Judged or None."""
    born = read_births(folder)
    return {hadm_id: judge(stay, born[stay.subject_id]) for hadm_id, stay in read_stays(folder).items()}


def main(arguments):
    """Print how many stays are where, then every case of the denominator."""
    judged = judge_all(Path(arguments[0]))
    counts = Counter((case.status, case.reason) if case else ("no time zero", "") for case in judged.values())
    sys.stdout.writelines(f"{' '.join(name)}: {count}\n" for name, count in sorted(counts.items()))
    for hadm_id, case in sorted(judged.items()):
        if case and case.status == "denominator":
            elements = ", ".join(f"{name} {status} {at or ''}".strip() for name, (status, at) in case.elements.items())
            sys.stdout.write(f"{hadm_id} {case.time_zero}: {elements}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
