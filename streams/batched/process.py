"""A worker's process: an application that works until it is told to stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

import faust

if TYPE_CHECKING:
    import asyncio


def work(app: faust.App, loop: asyncio.AbstractEventLoop) -> int:
    """Work until SIGTERM or SIGINT, then finish what is under way; returns the exit code: 0, or 1 after a crash."""
    host = faust.Worker(app, loop=loop, quiet=True, override_logging=False, redirect_stdouts=False)
    host.spinner = None
    try:
        host.execute_from_commandline()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 1
