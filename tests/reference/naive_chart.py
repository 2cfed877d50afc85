"""The chart of one stay as plain lists, and what a judge asks of it, in whole minutes."""

from fractions import Fraction

HOUR = 60
DAY = 24 * HOUR
SYSTEMIC = ["iv", "io"]
"""Routes of a systemic antibacterial: by vein or bone."""


class Stay:
    """One episode: its number, its rows, when the patient was born, its discharges, and with them its transfers out."""

    def __init__(self, case_id, rows, born, discharges, departures):
        """Take the rows as they come; whoever asks gets them in time order, as discharges and departures come."""
        self.case_id, self.rows, self.born = case_id, rows, born
        self.discharges, self.departures = discharges, departures
        self.numbers = {row.encounter for row in rows if row.encounter}
        self.now = None
        """The second at which we look; None: long after everything has settled."""

    def of(self, kind, *names):
        """Rows of a kind that have happened, by any of some names, in time order."""
        found = [row for row in self.rows if row.kind == kind and row.at is not None and row.name in names]
        return sorted(found, key=lambda row: (row.at, row.event_id))

    def acts(self, *names):
        """Acts and statements."""
        return self.of("act", *names)

    def steps(self, *names):
        """Steps of the stay."""
        return self.of("visit", *names)

    def values(self, *names):
        """Laboratory results and vital signs, by collection."""
        return self.of("value", *names)

    def drugs(self, kind):
        """Doses and infusions that have started."""
        found = [row for row in self.rows if row.drug == kind and row.at is not None]
        return sorted(found, key=lambda row: (row.at, row.event_id))

    def antibacterials(self, routes=SYSTEMIC):
        """Doses of antibacterials by some routes."""
        return [row for row in self.drugs("antibacterial") if row.route in routes]

    def deaths(self):
        """When the patient died: as charted, else by the discharge as expired; in time order."""
        return self.steps("died") or [row for row in self.discharges if is_expired(row)]

    def left_alive(self):
        """Minutes at which the patient left: discharged alive, or transferred out."""
        alive = [row for row in self.discharges if not is_expired(row)]
        return sorted(minute(row) for row in [*alive, *self.steps("transferred_out")])

    def ends(self):
        """The last discharge, death or transfer out; None while the patient is here."""
        return max((minute(row) for row in [*self.discharges, *self.steps("died", "transferred_out")]), default=None)


def minute(row):
    """The whole minute in which something happened."""
    return row.at // 60


def last_minute(row):
    """The last minute in which it can have happened: of what is known by its day only, the day's last."""
    return minute(row) + (DAY - 1 if row.day_only else 0)


def is_expired(row):
    """UB-04 discharge status 20."""
    return row.discharge_status == "20"


def exact(number):
    """A number as it was written; None where there is none."""
    return None if number is None else Fraction(str(number))


def exactly_timed(rows):
    """Rows whose minute is known."""
    return [row for row in rows if not row.day_only]
