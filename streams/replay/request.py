"""What to replay, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from scoring.rules import SHIPPED_ONLY, SiteRules
from streams.replay.intake import Tally
from streams.replay.rates import MeasureSummary
from streams.sources import NamedTopic, ReceivedSpan

LOG_FORMAT = "log"
_ALL = ReceivedSpan()


@dataclass(frozen=True, slots=True)
class ReplayRequest:
    """What to replay.

    Attributes:
        inputs: Files, or folders of tables; names of topics.
        format: One of `streams.sources.FORMATS`.
        measures: Identifiers of the measures to judge.
        out: Folder for the results; made where absent, earlier results in it are replaced.
        as_of: What was received later is left out; None: after the last event and every clock's settling.
        site: The hospital's own measures and conventions.
        processes: How many work at a time; None: one a core, and one only for little.
        bootstrap: The broker of the topics.
        span: Which records of the topics.
        share_bytes: Of the input, for one share of the patients; the memory that a process takes goes with it.
    """

    inputs: Sequence[Path | NamedTopic]
    format: str
    measures: Sequence[str]
    out: Path
    as_of: datetime | None = None
    site: SiteRules = SHIPPED_ONLY
    processes: int | None = None
    bootstrap: str = ""
    span: ReceivedSpan = _ALL
    share_bytes: int = 16 * 1024 * 1024

    @property
    def files(self) -> list[Path]:
        """The inputs that are files or folders."""
        return [each for each in self.inputs if isinstance(each, Path)]

    @property
    def topics(self) -> list[NamedTopic]:
        """The inputs that are topics."""
        return [each for each in self.inputs if isinstance(each, NamedTopic)]


@dataclass(frozen=True, slots=True)
class ReplayResult:
    """What came of it, beside the files."""

    as_of: datetime
    tally: Tally
    measures: tuple[MeasureSummary, ...]
    alerts: int
    never_opened: dict[str, int]
    """Stays in which a measure opened no case, by measure."""
