"""Which tests the coverage tracer follows: tracing makes the engine two to three times slower."""

import os
from contextlib import contextmanager
from pathlib import Path

from coverage import Coverage

from kept_readings import caches_of_ours, forget_what_was_read

TESTS = Path(__file__).parent

UNTRACED = ("chaos", "docs/test_how_to_pages.py", "feeds", "generative", "integration", "reference")
"""Folders and files that hold the whole to pages, feeds, laws, judges, faults: what they reach, others reach too."""
TOLD_TO_CHILDREN = "COVERAGE_PROCESS_CONFIG"
"""Where coverage.py tells a process that this one starts to trace itself."""


def is_traced(item):
    """Whether the tracer follows a test."""
    return not any(item.path.is_relative_to(TESTS / each) for each in UNTRACED)


@contextmanager
def untraced(following):
    """Without the tracer, in this process and in those that it starts; without effect where nothing is traced.

    What was read meanwhile is forgotten before the `following` test, where that is traced: it must be seen to be read.
    """
    running = Coverage.current()
    told = os.environ.pop(TOLD_TO_CHILDREN, None)
    if running is not None:
        running.stop()
    try:
        yield
    finally:
        if following is not None and is_traced(following):
            forget_what_was_read(caches_of_ours())
        if running is not None:
            running.start()
        if told is not None:
            os.environ[TOLD_TO_CHILDREN] = told
