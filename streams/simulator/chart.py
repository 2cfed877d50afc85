"""The chart of one simulated stay: what is written down becomes raw messages, in any order."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from schemas.clinical import ActName
from schemas.raw import AdtEvent, RawAct, RawAdt, RawLab, RawMedication, RawMessage, RawStatus, RawVitals
from schemas.topics import Topic, patient_key
from streams.feed_message import FeedMessage
from streams.simulator.course import day_of
from streams.simulator.dice import Dice
from streams.simulator.hospital import Hospital
from streams.simulator.lag_table import LagTable
from streams.simulator.practice import Practice

SOURCE = "simulated"
"""Name of the source profile of these feeds."""


Times = Mapping[str, datetime | None]
"""Times of one message by field; one that is None is not sent."""


_TOLD = ("happened_at", "measured_at", "collected_at", "resulted_at", "started_at", "completed_at", "recorded_at")
"""Times by which a measure may clock something."""


@dataclass(frozen=True, slots=True)
class Charted:
    """How something stands in the chart.

    Attributes:
        fact: Name of the fact within the stay; a later entry of the same name replaces it.
        recorded_at: When it was charted.
        version: Higher replaces lower.
        status: What this entry says of an earlier one.
        encounter_id: The number it is filed under; None: under none.
    """

    fact: str
    recorded_at: datetime
    version: int = 0
    status: RawStatus = RawStatus.FINAL
    encounter_id: str | None = None


@dataclass(frozen=True, slots=True)
class Lab:
    """A laboratory code with its value, as sent."""

    code: str
    value: float | None = None
    unit: str | None = None
    specimen: str | None = None


@dataclass(frozen=True, slots=True)
class Drug:
    """A drug or fluid, as sent."""

    code: str
    route: str
    volume_ml: float | None = None
    infusion: str | None = None


@dataclass(slots=True)
class Chart:
    """Writes the messages of one stay.

    Attributes:
        encounter_id: The number that names its facts.
        known: By fact, field and time: when the feed first said so.
    """

    hospital: Hospital
    patient_id: str
    encounter_id: str
    practice: Practice
    dice: Dice
    messages: list[FeedMessage] = field(default_factory=list)
    known: dict[tuple[str, str, str], datetime] = field(default_factory=dict)

    def after(self, happened_at: datetime, lag: LagTable) -> datetime:
        """When something is charted: as late, or early, as the table says."""
        return happened_at + self.dice.lag(lag)

    def known_at(self, fact: str, clocked: str, at: datetime) -> datetime | None:
        """When the feed first said that a fact happened at `at`; None: never."""
        return self.known.get((self._fact_id(fact), clocked, at.isoformat()))

    def visit(self, entry: Charted, event: AdtEvent, at: datetime, **fields: Any) -> None:
        """A step of the visit, a merge, a link, or demographics."""
        body = RawAdt(**self._common(entry), schema="raw.adt/1", event=event, happened_at=at.isoformat(), **fields)
        self._send(Topic.RAW_ADT, body, entry.recorded_at, at)

    def vital(self, entry: Charted, code: str, value: float, unit: str, measured_at: datetime) -> None:
        """One vital sign, or a weight."""
        common = self._common(entry)
        body = RawVitals(
            **common, schema="raw.vitals/1", code=code, value=value, unit=unit, measured_at=measured_at.isoformat()
        )
        self._send(Topic.RAW_VITALS, body, entry.recorded_at, measured_at)

    def lab(self, entry: Charted, lab: Lab, times: Times, *, day_only: bool = False) -> None:
        """A laboratory order, a draw, or a result; a culture is one without a value.

        Args:
            entry: How it stands in the chart.
            lab: What is asked for.
            times: Some of `ordered_at`, `collected_at`, `resulted_at`.
            day_only: Nothing finer than its day is told of `collected_at`.
        """
        told = {name: at for name, at in times.items() if at is not None}
        texts: dict[str, Any] = {name: self._text(name, at, day_only=day_only) for name, at in told.items()}
        body = RawLab(
            **self._common(entry),
            schema="raw.lab/1",
            code=lab.code,
            value=lab.value,
            unit=lab.unit,
            specimen=lab.specimen,
            **texts,
        )
        self._send(Topic.RAW_LAB, body, entry.recorded_at, max(told.values()))

    def medication(self, entry: Charted, drug: Drug, times: Times, *, day_only: bool = False) -> None:
        """An order, the start or the end of a dose or of a part of an infusion.

        Args:
            entry: How it stands in the chart.
            drug: What is given.
            times: Some of `ordered_at`, `started_at`, `completed_at`.
            day_only: Nothing finer than its day is told of `started_at`.
        """
        told = {name: at for name, at in times.items() if at is not None}
        texts: dict[str, Any] = {name: self._text(name, at, day_only=day_only) for name, at in told.items()}
        body = RawMedication(
            **self._common(entry),
            schema="raw.medication/1",
            code=drug.code,
            route=drug.route,
            volume=drug.volume_ml,
            volume_unit=None if drug.volume_ml is None else "mL",
            infusion_id=None if drug.infusion is None else self._fact_id(drug.infusion),
            **texts,
        )
        self._send(Topic.RAW_MEDICATION, body, entry.recorded_at, max(told.values()))

    def act(
        self, entry: Charted, act: ActName, happened_at: datetime, value: float | None = None, reason: str | None = None
    ) -> None:
        """A clinical act or statement."""
        body = RawAct(
            **self._common(entry),
            schema="raw.act/1",
            act=act,
            happened_at=happened_at.isoformat(),
            value=value,
            reason=reason,
        )
        self._send(Topic.RAW_ACT, body, entry.recorded_at, happened_at)

    def _text(self, name: str, at: datetime, *, day_only: bool) -> str:
        if day_only and name in {"collected_at", "started_at"}:
            return day_of(at).isoformat()
        return at.isoformat()

    def _common(self, entry: Charted) -> dict[str, Any]:
        fact_id = self._fact_id(entry.fact)
        return {
            "message_id": f"{fact_id}:{entry.version}",
            "fact_id": fact_id,
            "version": entry.version,
            "status": entry.status,
            "source": SOURCE,
            "facility_id": self.hospital.facility_id,
            "patient_id": self.patient_id,
            "encounter_id": entry.encounter_id,
            "recorded_at": entry.recorded_at.isoformat(),
        }

    def _fact_id(self, fact: str) -> str:
        return f"{self.encounter_id}:{fact}"

    def _send(self, topic: Topic, body: RawMessage, recorded_at: datetime, happened_at: datetime) -> None:
        """Nothing reaches us before it happened, though it may be charted ahead of the hour."""
        received_at = self._delivered(topic, max(recorded_at, happened_at))
        value = body.model_dump(mode="json", by_alias=True, exclude_none=True)
        value["received_at"] = received_at.isoformat()
        self._note(value, received_at)
        key = patient_key(self.hospital.facility_id, self.patient_id)
        self.messages.append(FeedMessage(received_at, topic.value, key, value))

    def _delivered(self, topic: Topic, at: datetime) -> datetime:
        faults = self.practice.faults
        sent_at = at + self.dice.seconds(self.practice.transmission.seconds)
        if self.dice.chance(faults.delayed_message):
            sent_at += self.dice.minutes(faults.delayed_minutes)
        delivered_at = self.hospital.delivers_at(topic, sent_at)
        held = delivered_at > sent_at
        return delivered_at + self.dice.seconds(self.practice.transmission.seconds) if held else sent_at

    def _note(self, value: dict[str, Any], received_at: datetime) -> None:
        """Remember when the feed first said each time of this fact."""
        if value["status"] in {RawStatus.ENTERED_IN_ERROR, RawStatus.CANCELLED}:
            return
        for name in _TOLD:
            if name in value:
                key = (value["fact_id"], name, value[name])
                self.known[key] = min(received_at, self.known.get(key, received_at))
