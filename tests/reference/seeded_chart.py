"""Writes one made-up patient's raw messages, with the faults of real feeds, from a seeded generator.

Minutes are counted from the patient's own moment, close to which the stories set everything that measures compare.
"""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

BEGINNING = datetime(2015, 1, 5, tzinfo=UTC)
FACILITY = "F1"
LATE = timedelta(days=5)
"""By when what carries no time, or its day only, is charted."""

SIMULATED = ZoneInfo("America/New_York")
"""Where the source of that name is."""

HAPPENED = {
    "raw.medication/1": "started_at",
    "raw.lab/1": "collected_at",
    "raw.vitals/1": "measured_at",
    "raw.act/1": "happened_at",
}
CHARTED_AFTER = {True: [0, 0, 1, 5, 14, 20, 21, 45], False: [0, 0, 0, 1, 5, 20]}
RECEIVED_AFTER = {True: [0, 0, 1, 30, 400], False: [0, 0, 0, 0, 1, 1, 90]}
"""Minutes, by whether the feed is faulty: from what happened to its charting, and from there to its receipt."""


def about(rng, *edges):
    """A minute at an edge or beside it."""
    return rng.choice(edges) + rng.choice([-1, 0, 0, 1, 1, rng.randrange(-30, 31)])


def chance(rng, share):
    """Whether something befalls that share of patients."""
    return rng.random() < share


class SeededChart:
    """The messages about one patient, in the order of writing."""

    def __init__(self, rng, number, *, is_faulty=True):
        """Begin an empty chart; `is_faulty` says whether messages may be repeated, corrected or taken back."""
        self.rng, self.number, self.is_faulty = rng, number, is_faulty
        self.patient, self.encounter = f"P{number}", f"E{number}"
        self.zone = timezone(timedelta(hours=rng.choice([0, 0, -5])))
        self.moment = BEGINNING + timedelta(minutes=rng.randrange(400 * 24 * 60))
        self.messages = []
        self.birth = None
        """The date of birth that was sent first."""
        self.died_at = None
        """The minute of a death that the story before the end of the stay has set."""

    def time(self, minute):
        """An instant some minutes from the patient's moment, at a second that rounding could betray."""
        return self.moment + timedelta(minutes=minute, seconds=self.rng.choice([0, 0, 1, 30, 59]))

    def text(self, instant):
        """An instant as sent."""
        return instant.astimezone(self.zone).isoformat()

    def visit(self, event, minute, **fields):
        """A step of the stay."""
        self.send("raw.adt/1", {"happened_at": self.time(minute)}, event=event, **fields)

    def act(self, act, minute, **fields):
        """An act or a statement."""
        self.send("raw.act/1", {"happened_at": self.time(minute)}, act=act, **fields)

    def lab(self, code, minute, value, unit, *, result_after=None):
        """A laboratory value."""
        times = {"collected_at": self.time(minute)}
        if result_after is not None:
            times["resulted_at"] = times["collected_at"] + timedelta(minutes=result_after)
        self.send("raw.lab/1", times, code=code, code_system="name", value=value, unit=unit)

    def culture(self, minute, code="blood_culture"):
        """A culture that was drawn."""
        self.send("raw.lab/1", {"collected_at": self.time(minute)}, code=code, code_system="name")

    def vital(self, code, minute, value, unit, *, charted_after=None):
        """A vital sign or a weight."""
        fields = {"code": code, "value": value, "unit": unit}
        self.send("raw.vitals/1", {"measured_at": self.time(minute)}, charted_after=charted_after, **fields)

    def on_day(self, schema, minute, **fields):
        """A dose or a culture known by its day only, from a source whose zone is declared."""
        name = {"raw.medication/1": "started_at", "raw.lab/1": "collected_at"}[schema]
        day = self.time(minute).astimezone(self.zone).date().isoformat()
        self.send(schema, {name: day}, source="simulated", **fields)

    def charted_on_day(self, schema, minute, charted_at, **fields):
        """Anything known by its day only, the day of the source's own zone, and charted at a minute of its own."""
        name = HAPPENED[schema]
        day = self.time(minute).astimezone(SIMULATED).date().isoformat()
        self.send(schema, {name: day}, source="simulated", charted_at=self.time(max(minute, charted_at)), **fields)

    def dose(self, drug, minute, route="iv"):
        """A dose of a drug."""
        self.send("raw.medication/1", {"started_at": self.time(minute)}, code=drug, route=route)

    def fluid(self, minute, lasts, volume_ml, infusion=None):
        """A part of a crystalloid infusion; one that lasts None still runs."""
        times = {"started_at": self.time(minute)}
        if lasts is not None:
            times["completed_at"] = times["started_at"] + timedelta(minutes=lasts)
        fields = {"volume": volume_ml, "volume_unit": "mL"} if volume_ml is not None else {}
        fields |= {"infusion_id": infusion} if infusion else {}
        self.send("raw.medication/1", times, code="lactated_ringers", route="iv", **fields)

    def send(self, schema, times, *, charted_after=None, charted_at=None, **fields):
        """Write a message about a new fact, and what befalls it."""
        fact_id = f"{self.number}-{len(self.messages)}"
        body = {
            "schema": schema, "source": "default", "facility_id": FACILITY, "patient_id": self.patient,
            "encounter_id": self.encounter, "fact_id": fact_id, **fields,
        }  # fmt: skip
        is_plain = charted_after is not None or fields.get("source") == "simulated"
        if self.is_faulty and not is_plain and self.rng.random() < 0.08:
            self.befall(body, times)
        else:
            self.write(body, times, charted_after=charted_after, charted_at=charted_at)

    def write(self, body, times, *, version=0, status="final", charted_after=None, charted_at=None):
        """One version of a fact, charted and received a while after it happened; without a time, after `charted_at`."""
        written = {
            name: self.text(instant) if isinstance(instant, datetime) else instant for name, instant in times.items()
        }
        told = [instant for instant in times.values() if isinstance(instant, datetime)]
        last = max(told, default=charted_at or self.moment + LATE)
        after = self.rng.choice(CHARTED_AFTER[self.is_faulty]) if charted_after is None else charted_after
        recorded = last + timedelta(minutes=after)
        received = recorded + timedelta(minutes=self.rng.choice(RECEIVED_AFTER[self.is_faulty]))
        self.messages.append(
            body | written | {
                "message_id": f"m{self.number}-{len(self.messages)}", "version": version, "status": status,
                "recorded_at": self.text(recorded), "received_at": self.text(received),
            }
        )  # fmt: skip

    def befall(self, body, times):
        """A fault of the feed: repeated, corrected, taken back, brought back, filed without its number."""
        match self.rng.choice(["repeated", "moved", "taken_back", "brought_back", "unnumbered", "tied", "refiled"]):
            case "repeated":
                self.write(body, times)
                self.messages.append(dict(self.messages[-1]))
            case "moved":
                self.write(body, self.moved(times))
                self.write(body, times, version=1, status="corrected", charted_after=60)
            case "taken_back":
                self.write(body, times)
                self.write(body, times, version=self.rng.choice([0, 1]), status="entered_in_error")
            case "brought_back":
                self.write(body, self.moved(times), version=1)
                self.write(body, times, version=2, status="cancelled")
                self.write(body, times, version=3, status="corrected")
            case "unnumbered":
                keep = body["schema"] == "raw.adt/1"
                self.write(body if keep else {**body, "encounter_id": None}, times)
            case "tied":
                self.write(body, times, version=2, charted_after=100)
                self.write(body, self.moved(times), version=2, charted_after=10)
            case "refiled":
                self.write({**body, "encounter_id": f"{self.encounter}x"}, times)
                self.write(body, times, version=1)

    def moved(self, times):
        """All times of a fact at another minute."""
        by = timedelta(minutes=self.rng.choice([-61, -1, 1, 30, 61]))
        return {name: instant + by for name, instant in times.items()}
