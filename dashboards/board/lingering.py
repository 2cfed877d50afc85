"""A case that has just settled stays where it stood for a while, so that nobody looks for it in vain."""

from datetime import datetime, timedelta

from dashboards.board.board_row import BoardRow, Lingering, RowGroup

LINGERS_FOR = timedelta(minutes=15)
"""How long, in the engine's time, a settled case stays among the rows."""


def find_lingering(row: BoardRow, before: BoardRow | None, as_of: datetime) -> Lingering | None:
    """Tell whether a settled row stays among the others.

    Args:
        row: The row as it is now.
        before: The row as it was; a case first seen settled does not linger.
        as_of: The engine's time of the change.
    """
    if before is None or row.group is not RowGroup.SETTLED:
        return None
    if _outcome(row) == _outcome(before):
        return before.lingers
    until = as_of + LINGERS_FOR
    if before.group is not RowGroup.SETTLED:
        return Lingering(word="just settled", until=until, group=before.group, sort_at=_sort_at(before))
    if before.lingers is not None and as_of < before.lingers.until:
        return before.lingers.model_copy(update={"until": until})
    return Lingering(word="just changed", until=until, group=RowGroup.WAITING, sort_at=as_of)


def _outcome(row: BoardRow) -> tuple[str, ...]:
    return row.group, row.case_status, *(cell.status for cell in row.elements)


def _sort_at(row: BoardRow) -> datetime | None:
    """By what a row stood in its group: time left, time to settle, or time zero."""
    if row.group is RowGroup.RUNNING:
        return None if row.next is None else row.next.due_at
    if row.group is RowGroup.OVERDUE:
        return None if row.next is None else row.next.settles_at
    return row.time_zero or row.data_at
