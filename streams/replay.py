"""Replay: the same engine over a recorded feed, without a broker.

Facts are fed as the live owner would take them: in the order in which they were received, one
patient at a time, every wake-up lived through. Whatever order the input stands in, and however
often it repeats itself, the final verdicts come out the same.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from schemas.alert import Alert
from schemas.clinical import AnyFact, ClockTick
from scoring.judgement import Judgement, judge
from scoring.patient_state import PatientState, decode_state, encode_state
from scoring.rules import SHIPPED_ONLY, Rules, SiteRules, load_rules
from scoring.step import Step, step
from streams.replay_intake import Intake, Tally
from streams.replay_output import ReplayFolder, belief_line
from streams.replay_rates import MeasureSummary, summarise_rates
from streams.sources import assumptions, open_source

LOG_FORMAT = "log"
_LOG_ASSUMPTIONS = (
    "The log's own ticks and received times are the only clock: the replay makes no tick.",
    "What a merge handed to another patient stands in the log under that patient, and is not handed on again.",
)

_OWN_CONVENTIONS = "The site's own conventions hold in place of those that ship."

_PROGRESS_EVERY = 2000

Progress = Callable[[str, int], None]
"""Called with what is being done and how many were done so far."""


@dataclass(frozen=True, slots=True)
class ReplayRequest:
    """What to replay.

    Attributes:
        inputs: Files, or folders of tables.
        format: One of `streams.sources.FORMATS`.
        measures: Identifiers of the measures to judge.
        out: Folder for the results; made where absent, earlier results in it are replaced.
        as_of: What was received later is left out; None: after the last event and every clock's settling.
        site: The hospital's own measures and conventions.
    """

    inputs: Sequence[Path]
    format: str
    measures: Sequence[str]
    out: Path
    as_of: datetime | None = None
    site: SiteRules = SHIPPED_ONLY


@dataclass(frozen=True, slots=True)
class ReplayResult:
    """What came of it, beside the files."""

    as_of: datetime
    tally: Tally
    measures: tuple[MeasureSummary, ...]
    alerts: int
    never_opened: dict[str, int]
    """Stays in which a measure opened no case, by measure."""


class Owners:
    """Every patient's state, fed as live owners feed theirs."""

    def __init__(self, rules: Rules, *, forward: bool) -> None:
        """Own nothing yet; `forward` says whether facts of merged patients are handed on (a log has them already)."""
        self._rules = rules
        self._forward = forward
        self._states: dict[str, PatientState] = {}
        self._wake_at: dict[str, datetime | None] = {}
        self._people: dict[str, tuple[str, str]] = {}
        self._alerts: dict[str, tuple[str, Alert]] = {}
        self._beliefs: list[tuple[datetime, str, int, bytes]] = []

    def feed(self, event: AnyFact | ClockTick) -> None:
        """Take one event, and those that it sends to other patients."""
        waiting = deque([event])
        while waiting:
            now = waiting.popleft()
            said = step(self._states.get(now.key), now, self._rules)
            self._people[now.key] = (now.facility_id, now.patient_id)
            self._keep(now.key, said)
            if self._forward:
                waiting.extend(said.forward)

    def tick_all(self, at: datetime) -> None:
        """Tell every patient that it is `at`."""
        for key in sorted(self._states):
            self.feed(self._tick(key, at))

    def last_change(self) -> datetime | None:
        """When the last clock of all patients settles if nothing else comes; the states stay as they are."""
        changes = [at for key in self._states if (at := self._settles_at(key)) is not None]
        return max(changes, default=None)

    def alerts(self) -> list[Alert]:
        """What was said, in the order of saying; the same alert once."""
        said = sorted(self._alerts.values(), key=lambda pair: (pair[1].sent_at, pair[0]))
        return [alert for _, alert in said]

    def history(self) -> list[bytes]:
        """What was held of every case from when on, as lines of `history.ndjson`, in the order of holding."""
        return [line for *_, line in sorted(self._beliefs)]

    def judge(self, as_of: datetime) -> Judgement:
        """Every case at its state at `as_of`, sorted; stays without one, by measure; facts that fit no stay."""
        judgements = [judge(self._states[key], self._rules, as_of) for key in sorted(self._states)]
        cases = [case for each in judgements for case in each.cases]
        cases.sort(key=lambda case: (case.facility_id, case.case_id, case.measure))
        never_opened: Counter[str] = Counter()
        for each in judgements:
            never_opened.update(each.never_opened)
        unplaced = {event_id: why for each in judgements for event_id, why in each.unplaced.items()}
        return Judgement(tuple(cases), dict(never_opened), unplaced)

    def _keep(self, key: str, said: Step) -> None:
        self._states[key] = said.state
        self._wake_at[key] = said.wake_at
        for alert in said.alerts:
            self._alerts.setdefault(alert.alert_id, (key, alert))
        self._beliefs += [(each.as_of, key, each.revision, belief_line(each)) for each in said.beliefs]

    def _settles_at(self, key: str) -> datetime | None:
        wake_at = self._wake_at[key]
        if wake_at is None:
            return None
        state = decode_state(encode_state(self._states[key]))
        last = wake_at
        while wake_at is not None:
            last = wake_at
            said = step(state, self._tick(key, wake_at), self._rules)
            state, wake_at = said.state, said.wake_at
        return last

    def _tick(self, key: str, at: datetime) -> ClockTick:
        facility_id, patient_id = self._people[key]
        return ClockTick(facility_id=facility_id, patient_id=patient_id, at=at)


def replay(request: ReplayRequest, progress: Progress = lambda _what, _count: None) -> ReplayResult:
    """Replay a recorded feed and write its results into `request.out`.

    Raises:
        UnknownMeasureError: a measure is neither shipped nor the site's own; the message names those that are.
        SourceError: an input is missing or is not what its format says.
        OSError: the folder cannot be written.
    """
    rules = load_rules(request.measures, request.site)
    with ReplayFolder(request.out) as folder:
        intake = Intake(request.as_of, folder.reject)
        _read(request, intake, progress)
        owners = Owners(rules, forward=request.format != LOG_FORMAT)
        as_of = _live_through(owners, intake, request, progress)
        judgement = owners.judge(as_of)
        intake.set_aside(judgement.unplaced)
        alerts = owners.alerts()
        measures = summarise_rates(judgement.cases, request.measures)
        result = ReplayResult(as_of, intake.tally, measures, len(alerts), judgement.never_opened)
        folder.write(judgement.cases, alerts, owners.history(), _summary(request, result))
    return result


def _read(request: ReplayRequest, intake: Intake, progress: Progress) -> None:
    take = intake.take_logged if request.format == LOG_FORMAT else intake.take
    for number, message in enumerate(open_source(request.inputs, request.format), start=1):
        take(message)
        _report(progress, "reading", number)


def _live_through(owners: Owners, intake: Intake, request: ReplayRequest, progress: Progress) -> datetime:
    """Feed everything; return the time of the final judgement."""
    logged = request.format == LOG_FORMAT
    events: Iterable[AnyFact | ClockTick] = intake.as_logged() if logged else intake.as_received()
    for number, event in enumerate(events, start=1):
        owners.feed(event)
        _report(progress, "judging", number)
    as_of = request.as_of or _after_everything(owners, intake)
    if not logged:
        owners.tick_all(as_of)
    return as_of


def _after_everything(owners: Owners, intake: Intake) -> datetime:
    known = [at for at in (intake.last_received_at, owners.last_change()) if at is not None]
    return max(known, default=datetime.fromtimestamp(0, UTC))


def _report(progress: Progress, what: str, number: int) -> None:
    if number % _PROGRESS_EVERY == 0:
        progress(what, number)


def _summary(request: ReplayRequest, result: ReplayResult) -> dict[str, object]:
    stated = _LOG_ASSUMPTIONS if request.format == LOG_FORMAT else tuple(assumptions(request.format))
    own = (_OWN_CONVENTIONS,) if request.site.conventions is not None else ()
    return {
        "format": request.format,
        "as_of": result.as_of.replace(microsecond=0).isoformat(),
        **result.tally.as_json(),
        "assumptions": [*stated, *own],
        "alerts": result.alerts,
        "stays_never_opened": result.never_opened,
        "measures": [measure.as_json() for measure in result.measures],
        "rates": [rate for measure in result.measures for rate in measure.rates_as_json()],
    }
