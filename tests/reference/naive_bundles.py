"""Judges two measures by brute force from their texts, sharing no code with the project.

A stay is a list of rows `(what, second, value, end)`, seconds counted from any midnight, `end` the second
at which an infusion ended. Everything is charted; nothing is known by its day only. All comparisons are in
whole minutes. The answer: `(status, reason, minute of time zero, {element: met | late | missed | ...})`.
"""

HOUR = 60
DAY = 24 * HOUR

SIRS = {
    "temperature": lambda value: value > 38.3 or value < 36.0,
    "heart_rate": lambda value: value > 90,
    "wbc": lambda value: value > 12 or value < 4,
}
DYSFUNCTION = {"systolic_bp": lambda value: value < 90, "lactate": lambda value: value > 2.0}


def minutes(rows, *names):
    """Whole minutes of the rows of some names, earliest first."""
    return sorted(second // 60 for what, second, _, _ in rows if what in names)


def by_limit(act, limit):
    """How an act at a minute, counted from time zero, stands to its limit."""
    if act is None:
        return "missed"
    return "met" if act <= limit else "late"


def first_from(acts, earliest):
    """The first act that is not too early."""
    return next((act for act in acts if act >= earliest), None)


def since(act, time_zero):
    """Minutes from time zero to an act."""
    return None if act is None else act - time_zero


def culture(rows, time_zero, limit):
    """A blood culture within the limit, and no later than the first antibiotic."""
    drawn = first_from(minutes(rows, "blood_culture"), time_zero - 48 * HOUR)
    given = first_from(minutes(rows, "antibiotic"), time_zero - DAY)
    standing = by_limit(since(drawn, time_zero), limit)
    if drawn is not None and given is not None and drawn > given:
        return "late"
    return standing


def antibiotic(rows, time_zero, limit):
    """An antibiotic within the limit."""
    return by_limit(since(first_from(minutes(rows, "antibiotic"), time_zero - DAY), time_zero), limit)


# --- New York State, pediatric 1-hour bundle, 2015


def nys_fluids(rows, time_zero):
    """Crystalloid of 20 mL/kg completed within the hour."""
    weights = sorted((second, place, value) for place, (what, second, value, _) in enumerate(rows) if what == "weight")
    before = [value for second, _, value in weights if second // 60 <= time_zero]
    weight = before[-1] if before else next((value for _, _, value in weights), None)
    if weight is None:
        return "cannot_assess"
    given = 0
    boluses = [row for row in rows if row[0] == "crystalloid" and row[1] // 60 >= time_zero - 6 * HOUR]
    for _, _, volume, end in sorted(boluses, key=lambda row: row[3]):
        given += volume
        if given >= 20 * weight:
            return by_limit(end // 60 - time_zero, HOUR)
    return "missed"


def judge_nys(rows, age):
    """The pediatric bundle; `age` in years on any day of the stay, None where nobody charted it."""
    opened = minutes(rows, "protocol_started", "sepsis_documented")
    if not opened:
        return None
    protocols, contacts = minutes(rows, "protocol_started"), minutes(rows, "arrived", "triaged", "admitted")
    if not protocols and not contacts:
        return "cannot_assess", "no_time_zero", None, {}
    time_zero = protocols[0] if protocols else contacts[0]
    left_out = nys_left_out(rows, time_zero, age)
    if left_out:
        return *left_out, time_zero, {}
    elements = {
        "antibiotics": antibiotic(rows, time_zero, HOUR),
        "blood_culture": culture(rows, time_zero, HOUR),
        "fluids": nys_fluids(rows, time_zero),
    }
    return "denominator", None, time_zero, elements


def nys_left_out(rows, time_zero, age):
    """Status and reason of a case that is not judged."""
    ended = sorted(row for row in rows if row[0] == "discharged")
    admitted = sorted(row[1] for row in rows if row[0] == "admitted")
    ended = sorted(ended, key=lambda row: row[1])
    if ended and admitted and ended[-1][1] <= admitted[0]:
        return "dropped", "bad_datetime"
    if ended and age is None:
        return "dropped", "no_birth_date"
    if age is not None and age >= 18:
        return "excluded", "age"
    if any(act - time_zero <= HOUR for act in minutes(rows, "excluded_from_protocol")):
        return "excluded", "protocol_exclusion_1h"
    expired = [row[1] // 60 for row in ended if row[2] == 20]
    if expired and expired[-1] - time_zero <= HOUR:
        return "excluded", "expired_1h"
    return None


# --- severe sepsis after SEP-1


def infections(rows):
    """Minutes from which an infection is suspected: as documented, by two signs, by one that lacks its partner."""
    documented = minutes(rows, "infection_suspected", "sepsis_documented")
    cultures, doses = minutes(rows, "blood_culture", "sterile_culture"), minutes(rows, "antibiotic")
    pairs = [(drawn, dose) for drawn in cultures for dose in doses if -DAY <= dose - drawn <= 3 * DAY]
    paired = {drawn for drawn, _ in pairs} | {dose for _, dose in pairs}
    return documented, sorted(min(pair) for pair in pairs), [sign for sign in (*cultures, *doses) if sign not in paired]


def presentation(rows, onsets):
    """The first minute at which an onset, two different SIRS criteria and a dysfunction lie within 6 h."""
    hits = [(what, second // 60, value) for what, second, value, _ in rows]
    sirs = [(what, at) for what, at, value in hits if what in SIRS and SIRS[what](value)]
    broken = [at for what, at, value in hits if what in DYSFUNCTION and DYSFUNCTION[what](value)]
    for now in sorted({*onsets, *broken, *(at for _, at in sirs)}):
        near = range(now - 6 * HOUR, now + 1)
        criteria = {what for what, at in sirs if at in near}
        if any(at in near for at in onsets) and len(criteria) >= 2 and any(at in near for at in broken):
            return now
    return None


def sep1_lactates(rows, time_zero):
    """The initial lactate and the one after it."""
    drawn = sorted(
        (second, place, value)
        for place, (what, second, value, _) in enumerate(rows)
        if what == "lactate" and second // 60 >= time_zero - 6 * HOUR
    )
    before = [row for row in drawn if row[0] // 60 <= time_zero]
    initial = max(before, key=lambda row: (row[2], -row[0])) if before else next(iter(drawn), None)
    if initial is None:
        return "missed", "not_applicable"
    first = by_limit(initial[0] // 60 - time_zero, 3 * HOUR)
    if initial[2] <= 2.0:
        return first, "not_applicable"
    later = [row[0] // 60 - time_zero for row in drawn if row[0] > initial[0]]
    return first, by_limit(later[0] if later else None, 6 * HOUR)


def judge_sep1(rows, age):
    """The severe sepsis bundle, long after everything has lapsed that can."""
    documented, confirmed, lonely = infections(rows)
    told, time_zero = presentation(rows, documented), presentation(rows, confirmed)
    if told is not None and (time_zero is None or told - time_zero <= 6 * HOUR):
        time_zero = told
    if time_zero is None:
        lapsed = presentation(rows, lonely)
        return None if lapsed is None else ("not_in_population", "not_confirmed", None, {})
    if age is not None and age < 18:
        return "excluded", "age", time_zero, {}
    if any(act - time_zero <= 6 * HOUR for act in minutes(rows, "comfort_care")):
        return "excluded", "comfort_care_6h", time_zero, {}
    ended = sorted((row for row in rows if row[0] == "discharged"), key=lambda row: row[1])
    expired = [row[1] // 60 for row in ended if row[2] == 20]
    if expired and expired[-1] - time_zero <= 6 * HOUR:
        return "excluded", "expired_6h", time_zero, {}
    if ended and ended[-1][1] // 60 - time_zero <= 6 * HOUR:
        return "excluded", "discharged_6h", time_zero, {}
    lactate, repeat = sep1_lactates(rows, time_zero)
    elements = {
        "lactate": lactate,
        "repeat_lactate": repeat,
        "blood_culture": culture(rows, time_zero, 3 * HOUR),
        "antibiotics": antibiotic(rows, time_zero, 3 * HOUR),
    }
    return "denominator", None, time_zero, elements
