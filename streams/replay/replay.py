"""Replay: the same engine over a recorded feed, without a broker, over all cores, in memory that does not grow with it.

Facts are fed as the live owner would take them: in the order in which they were received, one
patient at a time, every wake-up lived through. Whatever order the input stands in, and however
often it repeats itself, the final verdicts come out the same. No two patients know of each other, unless one was
merged into the other: so each share of the patients is lived through on its own, from disk.
"""

import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from scoring.rules import load_rules
from streams.replay.crew import Crew
from streams.replay.output import SORTED, ReplayFolder
from streams.replay.request import LOG_FORMAT, ReplayRequest, ReplayResult
from streams.replay.stages import Job, Judged, Lived, Share, Taken, judge_share, live_through, read_part
from streams.sources import (
    TOPIC_FORMATS,
    Part,
    SourceError,
    WholeFiles,
    assumptions,
    parts_of,
    size_of,
    split_tables,
    topic_ranges,
)

_LOG_ASSUMPTIONS = (
    "The log's own ticks and received times are the only clock: the replay makes no tick.",
    "What a merge handed to another patient stands in the log under that patient, and is not handed on again.",
)
_TOPIC_ASSUMPTION = "Of the topics only the records asked for are known; what was received before them is not."
_OWN_CONVENTIONS = "The site's own conventions hold in place of those that ship."
_LITTLE_BYTES = 256 * 1024
"""Up to here other processes would cost more than they save."""
_PARTS_A_PROCESS = 4
_SHARES_A_PROCESS = 4
_MOST_TABLES = 500
"""Files written at a time, a table cut by patient; a process may usually have 1024 open."""

Progress = Callable[[str, int], None]
"""Called with what is being done and how many were done so far."""


def replay(request: ReplayRequest, progress: Progress = lambda _what, _count: None) -> ReplayResult:
    """Replay a recorded feed and write its results into `request.out`.

    Raises:
        UnknownMeasureError: a measure is neither shipped nor the site's own; the message names those that are.
        SourceError: an input is missing, is not what its format says, or is a file that would be replaced.
        LostProcessError: a process of the replay was ended from outside.
        OSError: the folder cannot be written.
    """
    load_rules(request.measures, request.site)
    ranges = _ranges(request)
    size = size_of(request.files, ranges)
    processes = request.processes or (1 if size <= _LITTLE_BYTES else os.cpu_count() or 1)
    with ReplayFolder(request.out, request.files) as folder, Crew(processes) as crew:
        parts = [*_parts(request, size, processes, folder.aside), *ranges]
        job = _job(request, folder.aside, _shares(request, size, processes))
        taken = _read(crew, job, parts, progress)
        shares, lived = _live(crew, job, taken, progress)
        as_of = request.as_of or _after_everything(taken, lived)
        judged = _judge(crew, job, shares, as_of)
        result = _result(request, taken, judged, as_of)
        runs = {name: [job.run(share, name) for share in shares] for name in SORTED}
        folder.write(runs, sorted(job.folder.glob("rejected-*")), _summary(request, result))
    return result


def _ranges(request: ReplayRequest) -> list[Part]:
    if request.topics and request.format not in TOPIC_FORMATS:
        message = f"A topic is not read as {request.format}; choose {' or '.join(TOPIC_FORMATS)}."
        raise SourceError(message)
    return [part for named in request.topics for part in topic_ranges(request.bootstrap, named, request.span)]


def _parts(request: ReplayRequest, size: int, processes: int, aside: Path) -> Sequence[Part]:
    """What to read of the files; published tables are cut by patient first, where one process would hold too much."""
    count = min(_MOST_TABLES, max(1 + size // (2 * request.share_bytes), processes))
    if request.format != "mimic3" or count == 1:
        return parts_of(request.files, request.format, processes * _PARTS_A_PROCESS)
    return [WholeFiles((folder,)) for folder in split_tables(request.files, aside, count)]


def _shares(request: ReplayRequest, size: int, processes: int) -> int:
    """Into how many shares the patients are put: none too large, and enough that no process waits long for the last."""
    return max(1 + size // request.share_bytes, 1 if processes == 1 else processes * _SHARES_A_PROCESS)


def _job(request: ReplayRequest, folder: Path, shares: int) -> Job:
    is_log = request.format == LOG_FORMAT
    return Job(folder, request.format, is_log, tuple(request.measures), request.site, request.as_of, shares)


def _read(crew: Crew, job: Job, parts: Sequence[Part], progress: Progress) -> Taken:
    taken = Taken()
    for each in crew.each(partial(read_part, job), list(enumerate(parts))):
        taken.add(each)
        progress("reading", taken.tally.read.total())
    return taken


def _live(crew: Crew, job: Job, taken: Taken, progress: Progress) -> tuple[list[Share], Lived]:
    """Live through those of no merge, then through those of merges."""
    shares = [Share(number) for number in range(job.shares)]
    merged = [Share(number, of_merges=True) for number in range(job.shares)] if taken.merges else []
    if merged:
        job.note_merges(taken.merges)
    lived = Lived()
    for wave in (shares, merged):
        for each in crew.each(partial(live_through, job), wave):
            lived.add(each.events, each.last_change)
            progress("judging", lived.events)
    return shares + merged, lived


def _after_everything(taken: Taken, lived: Lived) -> datetime:
    known = [at for at in (taken.last_received_at, lived.last_change) if at is not None]
    return max(known, default=datetime.fromtimestamp(0, UTC))


def _judge(crew: Crew, job: Job, shares: Sequence[Share], as_of: datetime) -> Judged:
    judged = Judged()
    for each in crew.each(partial(judge_share, job, as_of), shares):
        judged.add(each)
    return judged


def _result(request: ReplayRequest, taken: Taken, judged: Judged, as_of: datetime) -> ReplayResult:
    taken.tally.add(judged.tally)
    never_opened = dict(judged.never_opened)
    return ReplayResult(as_of, taken.tally, judged.counts.summaries(request.measures), judged.alerts, never_opened)


def _summary(request: ReplayRequest, result: ReplayResult) -> dict[str, object]:
    stated = _LOG_ASSUMPTIONS if request.format == LOG_FORMAT else tuple(assumptions(request.format))
    topics = (_TOPIC_ASSUMPTION,) if request.topics else ()
    own = (_OWN_CONVENTIONS,) if request.site.conventions is not None else ()
    return {
        "format": request.format,
        "as_of": result.as_of.replace(microsecond=0).isoformat(),
        **result.tally.as_json(),
        "assumptions": [*stated, *topics, *own],
        "alerts": result.alerts,
        "stays_never_opened": result.never_opened,
        "measures": [measure.as_json() for measure in result.measures],
        "rates": [rate for measure in result.measures for rate in measure.rates_as_json()],
    }
