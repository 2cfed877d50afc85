"""The three stages of a replay, each done for a part or a share on its own, in whatever process.

Parts of the input are read and their facts put aside by patient; the patients of a share are lived through; when all
are, the moment to judge at is known, and each share's results are written in order.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from operator import itemgetter
from pathlib import Path

import orjson

from schemas.clinical import AnyFact, ClockTick
from schemas.rejection import RejectedMessage
from scoring.judgement import Judgement
from scoring.rules import Rules, SiteRules, load_rules
from streams.replay.intake import Intake, Tally
from streams.replay.merges import stand_ins
from streams.replay.output import (
    ALERTS,
    CASES,
    HISTORY,
    SORTED,
    VERDICTS,
    alert_line,
    as_text,
    case_rows,
    rejected_line,
    verdict_rows,
)
from streams.replay.owners import Owners, Said
from streams.replay.rates import CaseCounts
from streams.replay.sorted_runs import Row, write_run
from streams.replay.spill import Spilled, SpillWriter, read_share
from streams.sources import Part, open_part


@dataclass(frozen=True)
class Job:
    """What every process of a replay knows of it."""

    folder: Path
    """Where facts and results are put aside."""
    format: str
    is_log: bool
    measures: tuple[str, ...]
    site: SiteRules
    as_of: datetime | None
    shares: int

    @cached_property
    def rules(self) -> Rules:
        """The rules to judge by."""
        return load_rules(self.measures, self.site)

    def run(self, share: "Share", name: str) -> Path:
        """Where a share's sorted lines of one result stand."""
        return self.folder / f"{name}-{share.of_merges:d}-{share.number:06}"

    def note_merges(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Have every process know who was merged."""
        self._merges.write_bytes(orjson.dumps(stand_ins(pairs)))
        self.merged_folder.mkdir()

    def stand_ins(self) -> Mapping[str, str]:
        """For every patient of a merge, the key that stands for all who were merged together."""
        return orjson.loads(self._merges.read_bytes()) if self._merges.exists() else {}

    @property
    def merged_folder(self) -> Path:
        """Where the facts of patients of merges are put aside once more."""
        return self.folder / "merged"

    @property
    def _merges(self) -> Path:
        return self.folder / "merges.json"


@dataclass(slots=True)
class Taken:
    """What came of reading a part, beside the facts put aside."""

    tally: Tally = field(default_factory=Tally)
    last_received_at: datetime | None = None
    merges: set[tuple[str, str]] = field(default_factory=set)

    def add(self, other: "Taken") -> None:
        """Add what came of another part."""
        self.tally.add(other.tally)
        self.last_received_at = max((at for at in (self.last_received_at, other.last_received_at) if at), default=None)
        self.merges |= other.merges


@dataclass(frozen=True, slots=True)
class Share:
    """Some of the patients: those of no merge, by their keys; or those of merges, together with whom they merged."""

    number: int
    of_merges: bool = False


@dataclass(slots=True)
class Lived:
    """What came of living through a share, beside what was put aside."""

    events: int = 0
    last_change: datetime | None = None

    def add(self, events: int, last_change: datetime | None) -> None:
        """Add what came of a patient, or of another share."""
        self.events += events
        self.last_change = max((at for at in (self.last_change, last_change) if at), default=None)


@dataclass(slots=True)
class Judged:
    """What came of judging a share."""

    tally: Tally = field(default_factory=Tally)
    """To be added to that of reading: what was accepted and belongs to no stay."""
    counts: CaseCounts = field(default_factory=CaseCounts)
    never_opened: Counter[str] = field(default_factory=Counter)
    alerts: int = 0
    rows: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in SORTED})

    def take(self, judgement: Judgement, counted: Mapping[str, Mapping[str, int]]) -> None:
        """Take how a patient's cases stand; `counted` as in `_Life`."""
        for event_id in sorted(judgement.unplaced.keys() & counted.keys()):
            self.tally.set_aside(counted[event_id], judgement.unplaced[event_id])
        self.never_opened.update(judgement.never_opened)
        for case in judgement.cases:
            self.counts.count(case)
            self.rows[VERDICTS] += verdict_rows(case)
            self.rows[CASES] += [(row, "") for row in case_rows(case)]

    def take_said(self, said: Said) -> None:
        """Take what was said of a patient."""
        self.alerts += len(said.alerts)
        for place, (at, key, alert) in enumerate(said.alerts):
            self.rows[ALERTS].append(((at, key, place), as_text(alert_line(alert))))
        self.rows[HISTORY] += [(line, "") for line in said.history]

    def add(self, other: "Judged") -> None:
        """Add what came of another share, but for its rows."""
        self.tally.add(other.tally)
        self.counts.add(other.counts)
        self.never_opened.update(other.never_opened)
        self.alerts += other.alerts


def read_part(job: Job, numbered: tuple[int, Part]) -> Taken:
    """Translate and count a part of the input, with its number; put its facts aside by patient.

    Raises:
        SourceError: it cannot be read.
    """
    number, part = numbered
    with (
        (job.folder / f"rejected-{number:06}").open("wb") as rejected,
        SpillWriter(job.folder, number, job.shares) as spill,
    ):

        def refuse(message: RejectedMessage) -> None:
            rejected.write(rejected_line(message))

        intake = Intake(job.as_of, refuse, spill.put, job.site.profiles)
        take = intake.take_logged if job.is_log else intake.take
        for message in open_part(part, job.format):
            take(message)
    return Taken(intake.tally, intake.last_received_at, intake.merges)


def live_through(job: Job, share: Share) -> Lived:
    """Feed each patient of a share; put them aside as they stand then. Those of merges go to the shares of merges."""
    lives = _lives_of_merges(job, share) if share.of_merges else _lives(job, share)
    lived = Lived()
    with job.run(share, "lived").open("wb") as file:
        for life in lives:
            owners = Owners(job.rules, not job.is_log)
            for event in life.events:
                owners.feed(event)
            lived.add(len(life.events), None if job.as_of else owners.last_change())
            file.write(orjson.dumps(life.counted) + b"\t" + owners.pack() + b"\n")
    return lived


def judge_share(job: Job, as_of: datetime, share: Share) -> Judged:
    """Judge every patient of a share at a moment, and write the share's sorted lines."""
    periods = {each.identifier: (each.effective_from, each.effective_until) for each in job.rules.measures}
    judged = Judged(counts=CaseCounts(periods=periods))
    with job.run(share, "lived").open("rb") as file:
        for line in file:
            counted, _, packed = line.partition(b"\t")
            owners = Owners.unpack(packed, job.rules, forward=not job.is_log)
            if not job.is_log:
                owners.tick_all(as_of)
            judged.take(owners.judge(as_of), orjson.loads(counted))
            judged.take_said(owners.said())
    job.run(share, "lived").unlink()
    for name, rows in judged.rows.items():
        write_run(job.run(share, name), sorted(rows, key=itemgetter(0)))
    judged.rows.clear()
    return judged


@dataclass(slots=True)
class _Life:
    """What happened to one patient, or to those of one merge together."""

    events: list[AnyFact | ClockTick] = field(default_factory=list)
    counted: dict[str, Counter[str]] = field(default_factory=dict)
    """By event, under which names its messages were counted, where that can change."""

    def add(self, event: AnyFact | ClockTick, counted_as: str) -> None:
        """Add the next event."""
        self.events.append(event)
        if counted_as and not isinstance(event, ClockTick):
            self.counted.setdefault(event.event_id, Counter())[counted_as] += 1


def _lives(job: Job, share: Share) -> Iterable[_Life]:
    stand_for = job.stand_ins()
    if not stand_for:
        return _by_patient(job, read_share(job.folder, share.number), {})
    own: list[Spilled] = []
    with SpillWriter(job.merged_folder, share.number, job.shares) as spill:
        for spilled in read_share(job.folder, share.number):
            stand_in = stand_for.get(spilled.key)
            if stand_in is None:
                own.append(spilled)
            else:
                spill.put_as(stand_in, spilled)
    return _by_patient(job, own, {})


def _lives_of_merges(job: Job, share: Share) -> Iterable[_Life]:
    return _by_patient(job, read_share(job.merged_folder, share.number), job.stand_ins())


def _by_patient(job: Job, spilled: Iterable[Spilled], stand_for: Mapping[str, str]) -> Iterable[_Life]:
    """Each life, in the order in which its facts were received; of a log, in its own order."""
    if not job.is_log:
        spilled = sorted(spilled, key=lambda each: (each.event.received_at, each.event.key, each.body))
    lives: dict[str, _Life] = {}
    for each in spilled:
        key = each.event.key
        lives.setdefault(stand_for.get(key, key), _Life()).add(each.event, each.counted_as)
    return lives.values()
