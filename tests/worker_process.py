"""A worker as a process of its own: settings in a file, and the engine to judge by."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from fake_engine import FakeEngine, MendedEngine
from hanging_engine import HangingEngine
from leaking_engine import LeakingEngine
from streams.worker import run
from streams.worker_settings import WorkerSettings

if __name__ == "__main__":
    settings = WorkerSettings.model_validate_json(Path(sys.argv[1]).read_text(encoding="utf-8"))
    engines = {
        "fake": FakeEngine,
        "hanging": HangingEngine,
        "leaking": LeakingEngine,
        "mended": MendedEngine,
        "real": lambda: None,
    }
    sys.exit(run(settings, engines[sys.argv[2]]()))
