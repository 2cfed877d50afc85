"""The small engine with a fault that no `except` can catch: on some events it never comes back."""

import threading

from fake_engine import FakeEngine

HANGS = "hangs"


class HangingEngine(FakeEngine):
    """Stops its whole process on an act whose reason is `hangs`."""

    def step(self, state, event):
        if getattr(event, "reason", None) == HANGS:
            threading.Event().wait()
        return super().step(state, event)
