"""Puts the board together and serves it."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware

from dashboards.board.access import LOOPBACK_NAMES, Access, AccessGate, LoginThrottle, SecurityHeaders
from dashboards.board.board_row import RowMaker
from dashboards.board.case_links import make_case_links
from dashboards.board.change_feed import ChangeFeed, open_cache
from dashboards.board.event_stream import EventStream
from dashboards.board.pages import Pages
from dashboards.board.picture import Picture
from dashboards.board.settings import BoardRefusedError, BoardSettings
from dashboards.board.word_desk import WordDesk


def create_app(settings: BoardSettings) -> Starlette:
    """Build the board.

    Raises:
        BoardRefusedError: The settings would show patients to whoever asks, or make no sense.
    """
    token = settings.read_token()
    maker = RowMaker(make_case_links(token), settings.patient_label, settings.read_zone())
    picture = Picture(settings, maker)
    stream = EventStream(lambda: picture.snapshot(asyncio.get_running_loop().time()))
    cache = open_cache(settings.redis_url)
    feed = ChangeFeed(cache, picture, stream)
    access = Access(token, LoginThrottle(time.monotonic))

    @asynccontextmanager
    async def life(_: Starlette) -> AsyncIterator[None]:
        following = asyncio.create_task(feed.run())
        yield
        feed.close()
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
        await cache.aclose()

    app = Starlette(
        routes=Pages(picture, feed, stream, access, WordDesk(picture, feed, cache)).routes(),
        middleware=[
            Middleware(SecurityHeaders),
            Middleware(AccessGate, access=access, allowed_hosts=find_allowed_hosts(settings)),
        ],
        lifespan=life,
    )
    app.state.stream = stream
    return app


def find_allowed_hosts(settings: BoardSettings) -> frozenset[str]:
    """List the names the board answers to, against DNS rebinding; empty means any, which only a token allows."""
    if settings.allowed_hosts:
        return LOOPBACK_NAMES | {name.lower() for name in settings.allowed_hosts}
    return LOOPBACK_NAMES if settings.on_loopback else frozenset()


class BoardServer(uvicorn.Server):
    """A server that ends its event streams before it waits for the last answers."""

    def __init__(self, config: uvicorn.Config, stream: EventStream) -> None:
        super().__init__(config)
        self._stream = stream

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let every browser go, then stop."""
        self._stream.close()
        await super().shutdown(sockets)


def open_socket(settings: BoardSettings) -> socket.socket:
    """Listen where the settings say; port 0 takes a free one.

    Raises:
        BoardRefusedError: The address cannot be had.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family, reuse_port=False)
    except OSError as error:
        why = error.strerror or "no such host"
        message = f"The board cannot listen on {settings.host} port {settings.port}: {why}."
        raise BoardRefusedError(message) from None


def address_of(settings: BoardSettings, listening: socket.socket) -> str:
    """Spell the address a browser on this machine opens."""
    port = listening.getsockname()[1]
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{port}/"


def make_server(settings: BoardSettings) -> BoardServer:
    """Make the server; no address asked for is ever logged.

    Raises:
        BoardRefusedError: As `create_app`.
    """
    app = create_app(settings)
    config = uvicorn.Config(
        app,
        access_log=False,
        server_header=False,
        log_config=None,
        timeout_graceful_shutdown=3,
    )
    return BoardServer(config, app.state.stream)


def run(settings: BoardSettings, say_address: Callable[[str], None] = lambda _: None) -> None:
    """Serve the board until interrupted.

    Args:
        settings: Where to listen, what to read, who may look.
        say_address: Told the board's address once it listens.

    Raises:
        BoardRefusedError: It may not or cannot listen there; nothing has been served.
    """
    server = make_server(settings)
    with open_socket(settings) as listening:
        say_address(address_of(settings, listening))
        server.run(sockets=[listening])
