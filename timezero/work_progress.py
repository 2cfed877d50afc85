"""How far long work is: shown on a terminal, silent in a pipe."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

WorkProgress = Callable[[str, int], None]
"""Called with what is being done and how many were done so far."""


@contextmanager
def work_progress() -> Iterator[WorkProgress]:
    """Show a spinner, a count and the time on stderr while the block runs, if stderr is a terminal."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _what, _count: None
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("starting")
        yield lambda what, count: bar.update(task, description=f"{what}: {count:,} events")
