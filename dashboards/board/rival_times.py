"""Rival time zeros of one measure of a case, side by side, and what a person said of them."""

from dashboards.board.board_row import RowMaker
from dashboards.board.words import STATUS_WORDS, element_name, reason_in_words, sentence_in_words
from schemas.case_record import CaseRecord
from schemas.read_model import BOARD_SOURCE
from schemas.rival import Override, Rival, RivalElement
from schemas.strict_model import Instant, StrictModel
from schemas.verdict import Element, ElementStatus


class RivalCell(StrictModel):
    """What a time zero would mean for one element."""

    element: Element
    name: str
    status: ElementStatus
    word: str
    reason: str | None
    due_at: Instant | None
    closes_at: Instant | None
    done_at: Instant | None
    minutes: float | None


class RivalLine(StrictModel):
    """One time zero that the case could have."""

    title: str
    at: Instant | None
    own: bool
    in_force: bool
    sentence: str
    cells: tuple[RivalCell, ...]
    """The bundle last."""


class SaidLine(StrictModel):
    """What a person said of the time zero, where it is in force."""

    by: str | None
    at: Instant | None
    reason: str | None
    for_all: bool
    """It was said for every measure."""
    can_undo: bool
    """It was said on this board."""


class RivalTable(StrictModel):
    """The time zeros of one measure of a case."""

    lines: tuple[RivalLine, ...]
    said: SaidLine | None
    computed_at: Instant | None


def make_rival_table(record: CaseRecord, maker: RowMaker) -> RivalTable:
    """Put the rivals of a record side by side, in its order."""
    return RivalTable(
        lines=tuple(_line(rival, maker) for rival in record.rivals),
        said=None if record.override is None else _said(record.override, maker),
        computed_at=maker.at(record.computed_time_zero),
    )


def _said(override: Override, maker: RowMaker) -> SaidLine:
    return SaidLine(
        by=override.by,
        at=maker.at(override.at),
        reason=override.reason,
        for_all=override.measure is None,
        can_undo=override.fact_id.startswith(f"{BOARD_SOURCE}:"),
    )


def _line(rival: Rival, maker: RowMaker) -> RivalLine:
    return RivalLine(
        title=rival.title,
        at=maker.at(rival.at),
        own=rival.own,
        in_force=rival.in_force,
        sentence=sentence_in_words(rival.sentence),
        cells=tuple(_cell(element, maker) for element in rival.elements),
    )


def _cell(element: RivalElement, maker: RowMaker) -> RivalCell:
    return RivalCell(
        element=element.element,
        name=element_name(element.element),
        status=element.status,
        word=STATUS_WORDS[element.status],
        reason=None if element.reason is None else reason_in_words(element.reason),
        due_at=maker.at(element.due_at),
        closes_at=maker.at(element.closes_at),
        done_at=maker.at(element.done_at),
        minutes=element.minutes,
    )
