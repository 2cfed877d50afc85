"""A worker's process: an application that works until it is told to stop."""

from __future__ import annotations

import asyncio
import faulthandler
import signal
import sys
from typing import TYPE_CHECKING, Any

import faust

if TYPE_CHECKING:
    from collections.abc import Iterator


def work(app: faust.App, loop: asyncio.AbstractEventLoop) -> int:
    """Work until SIGTERM or SIGINT, then finish what is under way; returns the exit code: 0, or 1 after a crash.

    SIGUSR1 has it print where its threads and tasks stand: functions and lines, never a value.
    """
    host = _Host(app, loop=loop, quiet=True, override_logging=False, redirect_stdouts=False)
    host.spinner = None
    try:
        host.execute_from_commandline()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 1


class _Host(faust.Worker):
    """Faust's, without its answers to SIGUSR1, which print what variables hold, and SIGUSR2, which open a debugger."""

    def _install_signal_handlers_unix(self) -> None:
        super()._install_signal_handlers_unix()
        self.loop.add_signal_handler(signal.SIGUSR1, tell_where_it_stands)
        self.loop.remove_signal_handler(signal.SIGUSR2)
        signal.signal(signal.SIGUSR2, signal.SIG_IGN)


def tell_where_it_stands() -> None:
    """Print to stderr where each thread of the process stands, and each task of this thread's loop."""
    faulthandler.dump_traceback(file=sys.stderr)
    for task in asyncio.all_tasks():
        sys.stderr.write("Task, innermost last:\n")
        sys.stderr.writelines(f"  {place}\n" for place in _places(task.get_coro()))
    sys.stderr.flush()


def _places(waiting: Any) -> Iterator[str]:
    """Functions and lines at which a coroutine waits, and what it waits for, as far as they are coroutines."""
    while (frame := getattr(waiting, "cr_frame", None)) is not None:
        code = frame.f_code
        yield f'File "{code.co_filename}", line {frame.f_lineno} in {code.co_qualname}'
        waiting = waiting.cr_await
