"""A real Apache Kafka from its Maven jars: one KRaft node on loopback, for `--broker kafka` and for the tests.

The jars are copied once, by Maven, into the cache folder (`$TIMEZERO_CACHE`, else `~/.cache/timezero`).
"""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from pathlib import Path
from string import Template

from timezero.server_process import (
    LOOPBACK,
    ServerCommand,
    ServerUnavailableError,
    free_port,
    running_server,
    speaks_kafka,
)

KAFKA_VERSION = "4.1.1"
CLUSTER_ID = "dGltZXplcm8tY2x1c3Rlcg"
"""Sixteen bytes in base64, as Kafka wants them; they read `timezero-cluster`."""

_FORMATTED = "meta.properties"
"""Written by the formatting: a folder that has it is not formatted again."""
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")

# A group of one starts at once, and a session may be short enough for a test to see a worker die.
_PROPERTIES = Template("""\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@$host:$controller
listeners=PLAINTEXT://$host:$port,CONTROLLER://$host:$controller
advertised.listeners=PLAINTEXT://$host:$port
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs=$data
num.partitions=4
offsets.topic.replication.factor=1
share.coordinator.state.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
""")


@dataclass(frozen=True, slots=True)
class KafkaNode:
    """One node, ready to be started, and started again: with the same address and the same messages.

    Attributes:
        bootstrap: Its address, `host:port`.
        command: Starts it.
        messages: The folder of its messages.
    """

    bootstrap: str
    command: ServerCommand
    messages: Path


def kafka_node(data_dir: Path, version: str = KAFKA_VERSION, host: str = LOOPBACK) -> KafkaNode:
    """Prepare a node in `data_dir` that will listen on `host` alone; nothing runs yet.

    Raises:
        ServerUnavailableError: no Java or Maven, the jars cannot be had, or Kafka could not format its folder.
    """
    java = _program("java", "a JDK 17 or later")
    classpath = f"{kafka_jars(version)}/*"
    port = free_port()
    data_dir = data_dir.resolve()
    data_dir.mkdir(parents=True, exist_ok=True)
    properties = data_dir / "server.properties"
    messages = data_dir / "messages"
    properties.write_text(
        _PROPERTIES.substitute(host=host, port=port, controller=free_port(), data=messages), encoding="utf-8"
    )
    if not (messages / _FORMATTED).exists():
        format_argv = ["kafka.tools.StorageTool", "format", "-t", CLUSTER_ID, "-c", str(properties)]
        _finish([java, "-cp", classpath, *format_argv], "Kafka could not format its folder", data_dir)
    argv = [java, "-Xmx1g", "-cp", classpath, "kafka.Kafka", str(properties)]
    command = ServerCommand("kafka", argv, partial(speaks_kafka, port, host), data_dir)
    return KafkaNode(f"{host}:{port}", command, messages)


@contextmanager
def local_kafka(data_dir: Path, version: str = KAFKA_VERSION) -> Iterator[str]:
    """Run Apache Kafka for the time of a `with` block and give its bootstrap address, `host:port`.

    Args:
        data_dir: Its configuration, log and messages; a folder used before keeps its messages.
        version: A release that Maven Central has; 4.1.1 and 3.9.1 are known to work.

    Raises:
        ServerUnavailableError: no Java or Maven, the jars cannot be had, or Kafka did not start.
    """
    node = kafka_node(data_dir, version)
    with running_server(node.command):
        yield node.bootstrap


def kafka_jars(version: str = KAFKA_VERSION) -> Path:
    """Give the folder with Kafka's jars, copied there by Maven the first time.

    Raises:
        ServerUnavailableError: no Maven, or it could not copy them.
    """
    jars = _cache_folder() / f"kafka-{version}"
    if jars.is_dir():
        return jars
    maven = _program("mvn", "Maven")
    jars.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=jars.parent) as scratch:
        (Path(scratch) / "pom.xml").write_bytes(files("timezero").joinpath("kafka_pom.xml").read_bytes())
        argv = [
            maven,
            "-q",
            "-B",
            f"-Dkafka.version={version}",
            "-DoutputDirectory=jars",
            "dependency:copy-dependencies",
        ]
        _finish(argv, f"Maven could not copy the jars of Kafka {version}", Path(scratch))
        # Renamed when whole: a copy that was cut short must not be taken for a Kafka.
        if not jars.is_dir():
            (Path(scratch) / "jars").rename(jars)
    return jars


def _cache_folder() -> Path:
    return Path(os.environ.get("TIMEZERO_CACHE") or Path.home() / ".cache" / "timezero")


def _program(name: str, what: str) -> str:
    found = shutil.which(name)
    if found is None:
        msg = f"{name} not found: install {what}, or use --broker embedded"
        raise ServerUnavailableError(msg)
    return found


def _finish(argv: list[str], failure: str, folder: Path) -> None:
    done = subprocess.run(argv, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = (_COLOURS.sub("", line).strip() for line in (done.stdout + done.stderr).splitlines())
        msg = f"{failure}: {next(filter(None, said), f'status {done.returncode}')}"
        raise ServerUnavailableError(msg)
