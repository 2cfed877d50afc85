"""The chart of one simulated patient: what is written down becomes raw messages."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from schemas.clinical import ActName
from schemas.raw import AdtEvent, RawAct, RawAdt, RawLab, RawMedication, RawMessage, RawStatus, RawVitals
from schemas.topics import Topic, patient_key
from streams.feed_message import FeedMessage
from streams.simulator.dice import Dice
from streams.simulator.practice import LagTable, Practice

SOURCE = "simulated"
"""Name of the source profile of these feeds."""

BLOOD_CULTURE_LOINC = "600-7"
LACTATE_LOINC = "2524-7"


@dataclass(frozen=True, slots=True)
class Charted:
    """How something stands in the chart.

    Attributes:
        fact: Name of the fact within the stay; a later entry of the same name replaces it.
        recorded_at: When it was charted.
        version: Higher replaces lower.
        status: What this entry says of an earlier one.
    """

    fact: str
    recorded_at: datetime
    version: int = 0
    status: RawStatus = RawStatus.FINAL


@dataclass(slots=True)
class Chart:
    """Writes one patient's messages, in any order."""

    facility_id: str
    patient_id: str
    encounter_id: str
    practice: Practice
    dice: Dice
    messages: list[FeedMessage] = field(default_factory=list)

    def entry(self, fact: str, happened_at: datetime, lag: LagTable) -> Charted:
        """A first entry, charted as late (or early) as the table says."""
        return Charted(fact, happened_at + self.dice.lag(lag))

    def known_at(self, fact: str) -> datetime | None:
        """When the first entry of a fact reached the feed; None: never written."""
        fact_id = self._fact_id(fact)
        return min((sent.received_at for sent in self.messages if sent.field("fact_id") == fact_id), default=None)

    def visit(self, event: AdtEvent, at: datetime, unit: str | None = None, **fields: Any) -> None:
        """A step of the visit, announced as it happens."""
        entry = Charted(event.value, at)
        body = RawAdt(
            **self._common(entry), schema="raw.adt/1", event=event, happened_at=at.isoformat(), unit=unit, **fields
        )
        self._send(Topic.RAW_ADT, body, at, at)

    def vital(self, entry: Charted, code: str, value: float, unit: str, measured_at: datetime) -> None:
        """One vital sign, or a weight."""
        common = self._common(entry)
        body = RawVitals(
            **common, schema="raw.vitals/1", code=code, value=value, unit=unit, measured_at=measured_at.isoformat()
        )
        self._send(Topic.RAW_VITALS, body, entry.recorded_at, measured_at)

    def lactate(self, entry: Charted, mmol_per_l: float, collected_at: datetime, resulted_at: datetime) -> None:
        """A lactate with its result."""
        body = RawLab(
            **self._common(entry),
            schema="raw.lab/1",
            code=LACTATE_LOINC,
            value=mmol_per_l,
            unit="mmol/L",
            collected_at=collected_at.isoformat(),
            resulted_at=resulted_at.isoformat(),
        )
        self._send(Topic.RAW_LAB, body, entry.recorded_at, resulted_at)

    def blood_culture(self, entry: Charted, collected_at: datetime) -> None:
        """A blood culture, drawn."""
        body = RawLab(
            **self._common(entry),
            schema="raw.lab/1",
            code=BLOOD_CULTURE_LOINC,
            specimen="blood",
            collected_at=collected_at.isoformat(),
        )
        self._send(Topic.RAW_LAB, body, entry.recorded_at, collected_at)

    def antibiotic(self, entry: Charted, drug: str, started_at: datetime) -> None:
        """The start of an intravenous dose."""
        common = self._common(entry)
        body = RawMedication(
            **common, schema="raw.medication/1", code=drug, route="iv", started_at=started_at.isoformat()
        )
        self._send(Topic.RAW_MEDICATION, body, entry.recorded_at, started_at)

    def bolus(self, entry: Charted, volume_ml: float, started_at: datetime, completed_at: datetime) -> None:
        """A crystalloid bolus, charted when it is in."""
        body = RawMedication(
            **self._common(entry),
            schema="raw.medication/1",
            code="sodium_chloride_0_9",
            route="iv",
            volume=volume_ml,
            volume_unit="mL",
            started_at=started_at.isoformat(),
            completed_at=completed_at.isoformat(),
        )
        self._send(Topic.RAW_MEDICATION, body, entry.recorded_at, completed_at)

    def act(self, entry: Charted, act: ActName, happened_at: datetime, reason: str | None = None) -> None:
        """A clinical act or statement."""
        common = self._common(entry)
        body = RawAct(**common, schema="raw.act/1", act=act, happened_at=happened_at.isoformat(), reason=reason)
        self._send(Topic.RAW_ACT, body, entry.recorded_at, happened_at)

    def _common(self, entry: Charted) -> dict[str, Any]:
        fact_id = self._fact_id(entry.fact)
        return {
            "message_id": f"{fact_id}:{entry.version}",
            "fact_id": fact_id,
            "version": entry.version,
            "status": entry.status,
            "source": SOURCE,
            "facility_id": self.facility_id,
            "patient_id": self.patient_id,
            "encounter_id": self.encounter_id,
            "recorded_at": entry.recorded_at.isoformat(),
        }

    def _fact_id(self, fact: str) -> str:
        return f"{self.encounter_id}:{fact}"

    def _send(self, topic: Topic, body: RawMessage, recorded_at: datetime, happened_at: datetime) -> None:
        """Nothing reaches us before it happened, though it may be charted ahead of the hour."""
        delay = timedelta(seconds=self.dice.whole(self.practice.transmission.seconds))
        received_at = max(recorded_at, happened_at) + delay
        value = body.model_dump(mode="json", by_alias=True, exclude_none=True)
        value["received_at"] = received_at.isoformat()
        key = patient_key(self.facility_id, self.patient_id)
        self.messages.append(FeedMessage(received_at, topic.value, key, value))
