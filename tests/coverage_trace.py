"""Which tests the coverage tracer follows: tracing makes the engine two to three times slower."""

import os
from contextlib import contextmanager

from coverage import Coverage

UNTRACED = ("chaos", "docs/test_how_to_pages.py", "feeds", "generative", "integration", "reference")
"""Folders and files that hold the whole to pages, feeds, laws, judges, faults: what they reach, others reach too."""
TOLD_TO_CHILDREN = "COVERAGE_PROCESS_CONFIG"
"""Where coverage.py tells a process that this one starts to trace itself."""


@contextmanager
def untraced():
    """Without the tracer, in this process and in those that it starts; without effect where nothing is traced."""
    running = Coverage.current()
    told = os.environ.pop(TOLD_TO_CHILDREN, None)
    if running is not None:
        running.stop()
    try:
        yield
    finally:
        if running is not None:
            running.start()
        if told is not None:
            os.environ[TOLD_TO_CHILDREN] = told
