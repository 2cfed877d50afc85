"""Who is a case: what opens one, where a rule-out ends it, and the earliest of the moments that give time zero."""

from dataclasses import dataclass

from reference.naive_chart import exact, exactly_timed, minute
from reference.naive_feed import Row

PEWS_AT_LEAST = 3
CONTACTS = ["arrived", "triaged", "admitted"]


@dataclass
class Case:
    """One stretch of a stay between rule-outs.

    `after` is the second of the rule-out before it, `until` that of the one that ends it; None where there is none.
    `entry` is the act that opened it.
    """

    case_id: str
    after: int | None
    until: int | None
    entry: Row | None = None

    def holds(self, at):
        """Whether a second lies after the rule-out before, and not after the one that ends the case."""
        return (self.after is None or at > self.after) and (self.until is None or at <= self.until)


@dataclass
class Zero:
    """Time zero: its minute, None where nobody can tell; what may have given it; and its second."""

    at: int | None
    names: frozenset = frozenset()
    lapsed: bool = False
    second: int | None = None


def stretches(stay):
    """The stretches of a stay between rule-outs, whether a case opens in them or not."""
    ruled_out = sorted({row.at for row in stay.acts("sepsis_ruled_out")})
    return [Case("", after, until) for after, until in zip([None, *ruled_out], [*ruled_out, None], strict=True)]


def opens(row):
    """Whether an act opens a case: any, but a PEWS only from 3 points on."""
    return row.name != "pews" or (row.value is not None and exact(row.value) >= PEWS_AT_LEAST)


def own_acts(stay, case, *names):
    """Acts of some names that belong to the case: after the rule-out before, and not after the one that ends it."""
    return [row for row in stay.acts(*names) if case.holds(row.at)]


def opening_acts(stay, case, names):
    """Acts of some names that can open the case."""
    return [row for row in own_acts(stay, case, *names) if opens(row)]


def in_emergency(stay, row):
    """Whether an act lies in the emergency department."""
    admitted = stay.steps("admitted")
    return bool(stay.steps("arrived", "triaged")) and (not admitted or minute(row) <= minute(admitted[0]))


def moments(stay, case, name, emergency_only):
    """Rows that a moment of a time-zero rule stands for; a day is no moment."""
    return exactly_timed(rows_of(stay, case, name, emergency_only))


def rows_of(stay, case, name, emergency_only):
    """Rows of a name in a case, whether their minute is known or not."""
    if name == "entry":
        return [case.entry]
    if name in CONTACTS:
        if emergency_only and not in_emergency(stay, case.entry):
            return []
        return [case.entry] if case.after is not None else exactly_timed(stay.steps(name))[:1]
    if name == "antibiotic":
        return [row for row in stay.antibacterials() if case.holds(row.at)]
    if name == "crystalloid":
        return [row for row in stay.drugs("crystalloid") if case.holds(row.at)]
    return opening_acts(stay, case, [name])


def said_by_a_person(stay, case, measure):
    """The last word of a person on the time zero of the case, for this measure or for all, by when it was said.

    Nobody can have been ill before they were born.
    """
    words = [row.says for row in stay.acts("time_zero_overridden") if row.says[1] in {None, measure}]
    heard = [second for second, _, day in words if case.holds(second) and (stay.born is None or day >= stay.born)]
    return heard[-1] if heard else None


def first_known(stay, case, groups, *, look_back=None, emergency_only=False):
    """The earliest moment of the first group that has one, no earlier than the look-back before the entry."""
    for group in groups:
        found = [(name, row) for name in group for row in moments(stay, case, name, emergency_only)]
        if look_back is not None:
            found = [(name, row) for name, row in found if minute(row) >= minute(case.entry) - look_back]
        if found:
            first = min(row.at for _, row in found)
            names = frozenset(row.drug or row.name for _, row in found if minute(row) == first // 60)
            return Zero(first // 60, names, second=first)
    return Zero(None)
