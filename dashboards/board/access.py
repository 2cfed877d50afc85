"""Who may look: token, session, the name the board is asked under, and the headers every answer carries."""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "timezero_session"
SESSION_S = 12 * 3600
OPEN_PATHS = frozenset({"/healthz", "/login"})
OPEN_PREFIX = "/static/"
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)
SECURITY_HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


@dataclass(slots=True)
class LoginThrottle:
    """Slows guessing: after five wrong tokens in a row an address waits, twice as long each time, up to a minute.

    Attributes:
        now_s: Reads a monotonic clock, in seconds.
        failures: Address -> wrong tokens in a row, and when the next may be tried.
    """

    now_s: Callable[[], float]
    failures: dict[str, tuple[int, float]] = field(default_factory=dict)

    FREE_TRIES = 5
    LONGEST_WAIT_S = 60.0
    ADDRESSES_KEPT = 4096

    def wait_s(self, address: str) -> float:
        """Tell how long an address must still wait; 0 if it may try."""
        _, free_at_s = self.failures.get(address, (0, 0.0))
        return max(0.0, free_at_s - self.now_s())

    def note(self, address: str, *, right: bool) -> None:
        """Note a try."""
        count, _ = self.failures.pop(address, (0, 0.0))
        if right:
            return
        if len(self.failures) >= self.ADDRESSES_KEPT:
            self.failures.pop(next(iter(self.failures)))
        over = count + 1 - self.FREE_TRIES
        wait_s = min(self.LONGEST_WAIT_S, 2.0 ** min(over, 6)) if over >= 0 else 0.0
        self.failures[address] = count + 1, self.now_s() + wait_s


@dataclass(slots=True)
class Access:
    """The token, the sessions it opened and the guessing it slows.

    Attributes:
        token: What opens the board; none opens it to whoever reaches it, which only loopback may.
        throttle: Slows guessing.
        sessions: Session id -> monotonic second at which it ends.
    """

    token: str | None
    throttle: LoginThrottle
    sessions: dict[str, float] = field(default_factory=dict)

    def is_token(self, offered: str) -> bool:
        """Compare in a time that tells nothing about the token."""
        if self.token is None:
            return True
        digests = [hashlib.sha256(text.encode()).digest() for text in (offered, self.token)]
        return hmac.compare_digest(*digests)

    def try_token(self, address: str, offered: str) -> bool:
        """Check a token that an address offers, and note how it went."""
        right = self.is_token(offered)
        self.throttle.note(address, right=right)
        return right

    def open_session(self) -> str:
        """Open a session of twelve hours and forget those that have ended."""
        now_s = self.throttle.now_s()
        self.sessions = {session: end_s for session, end_s in self.sessions.items() if end_s > now_s}
        session = secrets.token_urlsafe(32)
        self.sessions[session] = now_s + SESSION_S
        return session

    def close_session(self, session: str) -> None:
        """End a session."""
        self.sessions.pop(session, None)

    def has_session(self, session: str) -> bool:
        """Tell whether a session is open."""
        return self.sessions.get(session, 0.0) > self.throttle.now_s()


def session_of(headers: Headers) -> str:
    """Read the session id from a request's cookies; empty where there is none."""
    try:
        cookies = SimpleCookie(headers.get("cookie", ""))
    except CookieError:
        return ""
    return cookies[COOKIE].value if COOKIE in cookies else ""


def address_of(scope: Scope) -> str:
    """Name who asks, as the server sees it."""
    client = scope.get("client")
    return client[0] if client else "unknown"


def host_name(host: str) -> str:
    """Take the port off a Host header."""
    return host if host.endswith("]") else host.rsplit(":", 1)[0]


class AccessGate:
    """Lets through whoever may look, under a name the board goes by; streams pass it untouched."""

    def __init__(self, app: ASGIApp, access: Access, allowed_hosts: frozenset[str]) -> None:
        self._app = app
        self._access = access
        self._allowed_hosts = allowed_hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer in the app's place where the app must not."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        await (refusal or self._app)(scope, receive, send)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if self._allowed_hosts and host_name(headers.get("host", "")).lower() not in self._allowed_hosts:
            return PlainTextResponse("This board does not go by that name.", 421)
        path: str = scope["path"]
        if self._access.token is None or path in OPEN_PATHS or path.startswith(OPEN_PREFIX):
            return None
        if self._access.has_session(session_of(headers)):
            return None
        scheme, _, offered = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return self._refuse_bearer(address_of(scope), offered.strip())
        if scope["method"] == "GET" and "text/html" in headers.get("accept", ""):
            return RedirectResponse("/login", 303)
        return _unauthorized()

    def _refuse_bearer(self, address: str, offered: str) -> Response | None:
        wait_s = self._access.throttle.wait_s(address)
        if wait_s:
            return too_many_tries(wait_s)
        return None if self._access.try_token(address, offered) else _unauthorized()


def too_many_tries(wait_s: float) -> Response:
    """Answer an address that has guessed too often."""
    headers = {"retry-after": str(int(wait_s) + 1)}
    return PlainTextResponse("Too many wrong tokens. Wait, then try again.", 429, headers)


def _unauthorized() -> Response:
    return PlainTextResponse("An access token is needed.", 401, {"www-authenticate": 'Bearer realm="timezero"'})


class SecurityHeaders:
    """Puts the same strict headers on every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the headers as the answer starts."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(SECURITY_HEADERS)
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)
