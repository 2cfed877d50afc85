"""Finds a patient's stays: which encounter numbers are one episode, and which rows belong to it.

Two encounters are one episode where a link says so or at most 6 h lie between them. A row without an encounter
number belongs to the one stay whose [arrival or admission - 24 h, discharge] holds it; where none or two do, to none.
"""

from reference.naive_chart import Stay

HOUR = 3600
GAP = 6 * HOUR
LEAD = 24 * HOUR
STARTS = ["arrived", "triaged", "admitted", "transferred_in"]
ENDS = ["discharged", "died", "transferred_out"]


class Encounter:
    """One number and the rows under it; `end` is None while it goes on."""

    def __init__(self, number, rows):
        """Tell from its steps when it began and ended."""
        self.number, self.rows = number, rows
        steps = [row for row in rows if row.kind == "visit"]
        begun = [row.at for row in steps if row.name in STARTS]
        ended = [row.at for row in steps if row.name in ENDS]
        moments = [row.at for row in steps] or [row_moment(row) for row in rows]
        self.start = min(begun or moments)
        self.end = max(ended) if ended else None
        self.last_known = self.end if ended else max(moments) if steps else min(moments)


def row_moment(row):
    """By what time a row is placed: done, else ordered, else received."""
    return next(time for time in (row.at, row.ordered, row.received) if time is not None)


def are_one(one, other, links):
    """Whether two encounters are one episode."""
    if (one.number, other.number) in links or (other.number, one.number) in links:
        return True
    earlier, later = sorted((one, other), key=lambda each: (each.start, each.number))
    return later.start - earlier.last_known <= GAP


def group_encounters(encounters, links):
    """Lists of encounters that are one episode."""
    groups = []
    for encounter in sorted(encounters, key=lambda each: (each.start, each.number)):
        joined = [group for group in groups if any(are_one(each, encounter, links) for each in group)]
        groups = [group for group in groups if group not in joined]
        groups.append([each for group in joined for each in group] + [encounter])
    return [sorted(group, key=lambda each: (each.start, each.number)) for group in groups]


def holds(encounter, moment):
    """Whether a row without a number may belong to the encounter."""
    return encounter.start - LEAD <= moment and (encounter.end is None or moment <= encounter.end)


def find_stays(rows):
    """The patient's stays with their rows."""
    numbered = [row for row in rows if row.encounter and row.kind not in {"who", "merge", "link"}]
    links = {(row.encounter, row.into) for row in rows if row.kind == "link"}
    encounters = [
        Encounter(number, [row for row in numbered if row.encounter == number])
        for number in sorted({row.encounter for row in numbered})
    ]
    groups = group_encounters(encounters, links)
    loose = [row for row in rows if not row.encounter and row.kind not in {"who", "merge", "link"}]
    stays = []
    for group in groups:
        own = [row for encounter in group for row in encounter.rows]
        for row in loose:
            homes = [each for each in groups if any(holds(encounter, row_moment(row)) for encounter in each)]
            own += [row] if homes == [group] else []
        ended, left = endings(group, "discharged"), endings(group, "discharged", "transferred_out")
        stays.append(Stay(group[0].number, own, birth_date(rows), ended, left))
    return stays


def endings(group, *names):
    """Steps by these names after which the stay does not go on under another number."""
    found = []
    for place, encounter in enumerate(group):
        found += [
            row
            for row in encounter.rows
            if row.name in names
            and row.kind == "visit"
            and not any(each.end is None or each.end > row.at for each in group[place + 1 :])
        ]
    return sorted(found, key=lambda row: row.at)


def birth_date(rows):
    """What was received last; None where nobody sent one."""
    said = [row for row in rows if row.kind == "who" and row.born is not None]
    return max(said, key=lambda row: (row.received, row.event_id)).born if said else None
