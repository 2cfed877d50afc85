"""Servers that run beside us for as long as we do: started, waited for, and surely stopped."""

import contextlib
import shutil
import socket
import struct
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

LOOPBACK = "127.0.0.1"
ASKS_EVERY_SECONDS = 0.05

_API_VERSIONS = struct.pack(">ihhih", 10, 18, 0, 1, -1)
"""The one Kafka request every broker answers: length, key 18, version 0, correlation 1, no client name."""


class ServerUnavailableError(RuntimeError):
    """A server could not be started; the text says in one sentence which, why, and what to do."""


@dataclass(frozen=True, slots=True)
class ServerCommand:
    """How to start one server and how to tell that it answers.

    Attributes:
        name: The word used in messages and for the log file, as in `kafka`.
        argv: Program and arguments.
        answers: True once the server does its work; called often, must not block for long.
        folder: Working directory; the log `<name>.log` is written there.
        environment: The whole environment; None hands ours on.
        starts_within_seconds: After so long without an answer it counts as failed.
        stops_within_seconds: After so long from being asked to end it is killed.
    """

    name: str
    argv: Sequence[str]
    answers: Callable[[], bool]
    folder: Path
    environment: Mapping[str, str] | None = None
    starts_within_seconds: float = 180
    stops_within_seconds: float = 15

    @property
    def log_path(self) -> Path:
        """Where the server's own words go."""
        return self.folder / f"{self.name}.log"


@contextmanager
def running_server(command: ServerCommand) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server for the time of a `with` block; on leaving it has ended.

    The server has a session of its own, so a Ctrl-C meant for us does not reach it first. On Linux it
    ends with the thread that started it, however that ends; start it from one that lives long enough.

    Raises:
        ServerUnavailableError: the program ended or did not answer in time.
    """
    command.folder.mkdir(parents=True, exist_ok=True)
    with command.log_path.open("ab") as log:
        process = subprocess.Popen(
            [*_die_with_us(), *command.argv],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=command.folder,
            env=command.environment,
            start_new_session=True,
        )
    try:
        _wait_for_answer(command, process)
        yield process
    finally:
        _stop(process, command.stops_within_seconds)


def free_port() -> int:
    """Give a loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def accepts_connections(port: int) -> bool:
    """Tell whether somebody listens on the loopback port."""
    with contextlib.suppress(OSError), socket.create_connection((LOOPBACK, port), timeout=1):
        return True
    return False


def speaks_kafka(port: int, host: str = LOOPBACK) -> bool:
    """Tell whether a Kafka broker on the port answers requests; an open port alone is not yet a broker."""
    with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=1) as connection:
        connection.sendall(_API_VERSIONS)
        return len(connection.recv(4)) > 0
    return False


def _die_with_us() -> list[str]:
    """Where Linux can, have the server end even if we are killed with -9."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL", "--"] if setpriv else []


def _wait_for_answer(command: ServerCommand, process: subprocess.Popen[bytes]) -> None:
    give_up_at = time.monotonic() + command.starts_within_seconds
    while not command.answers():
        if process.poll() is not None:
            msg = f"{command.name} ended with status {process.returncode} while starting; see {command.log_path}"
            raise ServerUnavailableError(msg)
        if time.monotonic() > give_up_at:
            msg = f"{command.name} did not answer within {command.starts_within_seconds:g} s; see {command.log_path}"
            raise ServerUnavailableError(msg)
        time.sleep(ASKS_EVERY_SECONDS)


def _stop(process: subprocess.Popen[bytes], within_seconds: float) -> None:
    process.terminate()
    try:
        process.wait(timeout=within_seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
