"""The processes of a replay: work handed out to as many as there are cores, or done at once where one is enough."""

import logging
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from threading import Thread
from types import TracebackType
from typing import Self, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class LostProcessError(RuntimeError):
    """A process of the replay ended before its work was done. Its text is one sentence for the user."""


class Crew:
    """Does work in `processes` of its own; in this one where that is 1."""

    def __init__(self, processes: int) -> None:
        """Start nothing before there is work."""
        self._pool = (
            ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=_begin)
            if processes > 1
            else None
        )

    def __enter__(self) -> Self:
        """Hand out work from now on."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Begin nothing more; wait for what was begun."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def each(self, work: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """The results, in the order of the items.

        Raises:
            LostProcessError: a process was ended from outside.
        """
        if self._pool is None:
            yield from map(work, items)
            return
        try:
            yield from self._pool.map(work, items)
        except BrokenProcessPool as lost:
            message = "a process of the replay was ended from outside, perhaps for want of memory; nothing was written."
            raise LostProcessError(message) from lost


def _begin() -> None:
    """Say nothing; end when the user interrupts, and when the process that hands out work is gone."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
