"""What was believed of a case and when, as the board shows it: one line a change, with what led to it."""

from collections.abc import Iterable

from dashboards.board.board_row import RowMaker
from dashboards.board.evidence_line import EvidenceLine, make_evidence_line
from dashboards.board.words import element_name, reason_in_words, sentence_in_words, status_in_words
from schemas.belief import Belief, BeliefChange, BelievedElement, changes
from schemas.strict_model import Instant, StrictModel
from schemas.verdict import Element, ElementStatus


class HistoryElement(StrictModel):
    """How one element stood from then on."""

    element: Element
    name: str
    status: ElementStatus
    word: str
    sentence: str


class HistoryLine(StrictModel):
    """One change of what was believed."""

    as_of: Instant
    because: EvidenceLine | None
    """None: the clock alone led to it."""
    taken_back: bool
    ended: str | None
    """Why the case was no more from then on."""
    time_zero_sentence: str | None
    """Where when or why the measure counts was not so before."""
    elements: tuple[HistoryElement, ...]
    """Those that stood otherwise before; none where other evidence said the same."""


def make_history(beliefs: Iterable[Belief], maker: RowMaker) -> tuple[HistoryLine, ...]:
    """Show the history of one case of one measure, oldest first."""
    return tuple(_line(change, maker) for change in changes(beliefs))


def _line(change: BeliefChange, maker: RowMaker) -> HistoryLine:
    belief = change.belief
    return HistoryLine(
        as_of=maker.at(belief.as_of) or belief.as_of,
        because=None if belief.because is None else make_evidence_line(belief.because, maker),
        taken_back=belief.taken_back,
        ended=reason_in_words(belief.reason or "removed") if belief.status is None else None,
        time_zero_sentence=sentence_in_words(belief.time_zero_sentence) if change.time_zero_is_new else None,
        elements=tuple(_element(each) for each in change.elements if not is_no_bundle(each.element, each.status)),
    )


def is_no_bundle(element: Element, status: ElementStatus) -> bool:
    """Tell whether this is the bundle of a case that has none: what became of a patient adds up to nothing."""
    return element is Element.BUNDLE and status is ElementStatus.NOT_APPLICABLE


def _element(believed: BelievedElement) -> HistoryElement:
    return HistoryElement(
        element=believed.element,
        name=element_name(believed.element),
        status=believed.status,
        word=status_in_words(believed.element, believed.status),
        sentence=sentence_in_words(believed.sentence),
    )
