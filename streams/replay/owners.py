"""The owners of a replay: some patients, each fed as the live owner feeds theirs, without a broker."""

from base64 import b64decode, b64encode
from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

import orjson

from schemas.alert import Alert
from schemas.clinical import AnyFact, ClockTick
from schemas.topics import patient_key
from scoring.judgement import Judgement, judge
from scoring.patient_state import PatientState
from scoring.rules import Rules
from scoring.step import Step, step
from scoring.written_state import decode_state, encode_state
from streams.replay.output import belief_line
from streams.replay.sorted_runs import microseconds

Line = tuple[int, str, int, str, str]
"""Of the history: when it was held, whose it is, the revision, the case of which measure, and the line."""


@dataclass(frozen=True, slots=True)
class Said:
    """What owners said so far: alerts, each once, and lines of `history.ndjson`, with the order in which they stand."""

    alerts: list[tuple[int, str, Alert]]
    """When it was sent, whose it is, and the alert; in the order of sending."""
    history: list[Line]
    """In the order of holding."""


@dataclass(slots=True)
class Owners:
    """Every patient's state, fed as live owners feed theirs."""

    rules: Rules
    forward: bool
    """Whether facts of merged patients are handed on (a log has them already)."""
    _states: dict[str, PatientState] = field(default_factory=dict)
    _wake_at: dict[str, datetime | None] = field(default_factory=dict)
    _people: dict[str, tuple[str, str]] = field(default_factory=dict)
    _alerts: dict[str, tuple[int, str, Alert]] = field(default_factory=dict)
    _history: list[Line] = field(default_factory=list)

    def feed(self, event: AnyFact | ClockTick) -> None:
        """Take one event, and those that it sends to other patients."""
        waiting = deque([event])
        while waiting:
            now = waiting.popleft()
            said = step(self._states.get(now.key), now, self.rules)
            self._people[now.key] = (now.facility_id, now.patient_id)
            self._keep(now.key, said)
            if self.forward:
                waiting.extend(said.forward)

    def tick_all(self, at: datetime) -> None:
        """Tell every patient that it is `at`."""
        for key in sorted(self._states):
            self.feed(self._tick(key, at))

    def last_change(self) -> datetime | None:
        """When the last clock of all patients settles if nothing else comes; the states stay as they are."""
        changes = [at for key in self._states if (at := self._settles_at(key)) is not None]
        return max(changes, default=None)

    def said(self) -> Said:
        """What was said; of an alert said twice, as after a merge, the first."""
        return Said(sorted(self._alerts.values(), key=lambda each: each[:2]), sorted(self._history))

    def judge(self, as_of: datetime) -> Judgement:
        """Every case at its state at `as_of`, sorted; stays without one, by measure; facts that fit no stay."""
        judgements = [judge(self._states[key], self.rules, as_of) for key in sorted(self._states)]
        cases = [case for each in judgements for case in each.cases]
        cases.sort(key=lambda case: (case.facility_id, case.case_id, case.measure))
        never_opened: Counter[str] = Counter()
        for each in judgements:
            never_opened.update(each.never_opened)
        unplaced = {event_id: why for each in judgements for event_id, why in each.unplaced.items()}
        return Judgement(tuple(cases), dict(never_opened), unplaced)

    def pack(self) -> bytes:
        """All of it as bytes without a line break, to be put aside for the moment that is judged."""
        states = [(*self._people[key], b64encode(encode_state(state)).decode()) for key, state in self._states.items()]
        alerts = [(key, alert.model_dump_json()) for _, key, alert in self._alerts.values()]
        return orjson.dumps({"states": states, "alerts": alerts, "history": self._history})

    @classmethod
    def unpack(cls, packed: bytes, rules: Rules, *, forward: bool) -> Self:
        """What `pack` put aside."""
        kept = orjson.loads(packed)
        owners = cls(rules, forward)
        for facility_id, patient_id, state in kept["states"]:
            key = patient_key(facility_id, patient_id)
            owners._people[key] = (facility_id, patient_id)
            owners._states[key] = decode_state(b64decode(state))
        for key, alert in kept["alerts"]:
            owners._keep_alert(key, Alert.model_validate_json(alert))
        owners._history = [tuple(line) for line in kept["history"]]
        return owners

    def _keep(self, key: str, said: Step) -> None:
        self._states[key] = said.state
        self._wake_at[key] = said.wake_at
        for alert in said.alerts:
            self._keep_alert(key, alert)
        self._history += [
            (microseconds(each.as_of), key, each.revision, each.case_key, belief_line(each).decode().rstrip())
            for each in said.beliefs
        ]

    def _keep_alert(self, key: str, alert: Alert) -> None:
        self._alerts.setdefault(alert.alert_id, (microseconds(alert.sent_at), key, alert))

    def _settles_at(self, key: str) -> datetime | None:
        wake_at = self._wake_at[key]
        if wake_at is None:
            return None
        state = decode_state(encode_state(self._states[key]))
        last = wake_at
        while wake_at is not None:
            last = wake_at
            said = step(state, self._tick(key, wake_at), self.rules)
            state, wake_at = said.state, said.wake_at
        return last

    def _tick(self, key: str, at: datetime) -> ClockTick:
        facility_id, patient_id = self._people[key]
        return ClockTick(facility_id=facility_id, patient_id=patient_id, at=at)
