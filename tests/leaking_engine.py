"""The real engine with a fault: it fails on some patients, and says everything it knows of them as it does."""

from streams.engine import ScoringEngine

LEAKS = "LEAK"


class LeakingEngine(ScoringEngine):
    """Fails on an act whose reason contains `LEAK`, with the whole event in its error."""

    def __init__(self):
        super().__init__(())

    def step(self, state, event):
        if LEAKS in (getattr(event, "reason", None) or ""):
            raise ValueError(event.model_dump_json(), event.patient_id)
        return super().step(state, event)
