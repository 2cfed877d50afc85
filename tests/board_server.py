"""A board served for a test: the real server, in a thread, on a free port."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import orjson

from dashboards.board.server import address_of, make_server, open_socket
from real_parts.eventually import eventually


@contextmanager
def kept_port() -> Iterator[int]:
    """Keep a port for boards that come and go: nobody else is given it, and it refuses while none listens."""
    with socket.socket() as keeping:
        keeping.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        keeping.bind(("127.0.0.1", 0))
        yield keeping.getsockname()[1]


@contextmanager
def running_board(settings, port=0) -> Iterator[str]:
    """Serve a board, on a free port unless one is named, and give its address, without the last slash."""
    settings = replace(settings, port=port)
    server = make_server(settings)
    with open_socket(settings) as listening:
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        try:
            eventually(lambda: server.started, what="the board's start")
            yield address_of(settings, listening).rstrip("/")
        finally:
            server.should_exit = True
            thread.join(timeout=20)
    assert not thread.is_alive(), "the board did not stop"


def events(response) -> Iterator[tuple[str, dict]]:
    """Read server-sent events off an open answer: name and data."""
    name = ""
    for line in response.iter_lines():
        field, _, value = line.partition(": ")
        if field == "event":
            name = value
        if field == "data":
            yield name, orjson.loads(value)
