"""One signed webhook: where it may go, what signs it, and what each answer means.

The scheme is that of standardwebhooks.com: `webhook-id`, `webhook-timestamp` and `webhook-signature`
(`v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`).
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import ipaddress
import ssl
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Self

import httpx
from standardwebhooks import Webhook as Signature

from streams.clock import wall_clock
from streams.notifier_settings import LONGEST_RETRY_AFTER_S

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path
    from types import TracebackType

    from streams.notifier_settings import NotifierSettings

_PREFIX = "whsec_"
_SHORTEST_SECRET, _LONGEST_SECRET = 24, 64
_WORTH_ANOTHER_TRY = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})


class WebhookRefusedError(ValueError):
    """The webhook will not be used as it was told to; the text is one sentence and holds no secret."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One try that did not succeed."""

    status: int | None
    """The answer's; None where there was none."""
    error: str | None
    """Type of what went wrong where there was no answer."""
    retry_after_s: float | None
    """How long the answer asks to wait."""

    @property
    def is_final(self) -> bool:
        """Whether another try is of no use: the answer says that this is not wanted here."""
        if self.status is None:
            return False
        return self.status < HTTPStatus.INTERNAL_SERVER_ERROR and self.status not in _WORTH_ANOTHER_TRY


class NotDeliveredError(Exception):
    """A try failed; `failure` says how."""

    def __init__(self, failure: Failure) -> None:
        """Keep the failure; the text holds its status or the type of its error."""
        super().__init__(str(failure.status or failure.error))
        self.failure = failure


class Webhook:
    """A client of one address. Use it as an async context manager."""

    def __init__(self, url: str, secret: str, settings: NotifierSettings) -> None:
        """Be ready to send; nothing is connected yet.

        Raises:
            WebhookRefusedError: the address may not be used, or the certificates cannot be read.
        """
        self._url = checked_address(url)
        self._signature = Signature(secret)
        self._timeout_s = settings.timeout_s
        self._client = httpx.AsyncClient(
            timeout=settings.timeout_s,
            follow_redirects=False,
            verify=_trust(settings.ca_file),
            # A proxy is no way to a loopback address.
            trust_env=not _is_loopback(self._url.host),
        )

    async def __aenter__(self) -> Self:
        """Open the client."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close its connections."""
        await self._client.aclose()

    @property
    def origin(self) -> str:
        """Scheme, host and port: what may be shown of the address, whose path may be a secret."""
        return f"{self._url.scheme}://{self._url.netloc.decode('ascii')}"

    async def send(self, message_id: str, body: bytes) -> int:
        """POST once, signed at this moment, and give the status; the answer's body is not read.

        Raises:
            NotDeliveredError: no answer in time, or not a 2xx.
        """
        headers = self.headers(message_id, body, wall_clock())
        try:
            async with (
                asyncio.timeout(self._timeout_s),
                self._client.stream("POST", self._url, content=body, headers=headers) as answer,
            ):
                status, retry_after = answer.status_code, answer.headers.get("retry-after")
        except (httpx.HTTPError, TimeoutError, OSError) as error:
            raise NotDeliveredError(Failure(None, type(error).__name__, None)) from None
        if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            raise NotDeliveredError(Failure(status, None, retry_after_s(retry_after, wall_clock())))
        return status

    def headers(self, message_id: str, body: bytes, at: datetime) -> dict[str, str]:
        """The headers of one try at `at`."""
        return {
            "content-type": "application/json",
            "user-agent": "timezero",
            "webhook-id": message_id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": self._signature.sign(message_id, at, body.decode()),
        }


def read_secret(path: Path) -> str:
    """The secret in the first line of a file.

    Raises:
        WebhookRefusedError: the file cannot be read, or does not hold one.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        message = f"the webhook's secret file {path} cannot be read ({type(error).__name__})."
        raise WebhookRefusedError(message) from None
    secret = lines[0].strip() if lines else ""
    if not secret.startswith(_PREFIX) or not _SHORTEST_SECRET <= _length(secret) <= _LONGEST_SECRET:
        message = (
            f"the first line of {path} must be {_PREFIX} and {_SHORTEST_SECRET} to {_LONGEST_SECRET} "
            "random bytes in base64."
        )
        raise WebhookRefusedError(message)
    return secret


def _length(secret: str) -> int:
    try:
        return len(base64.b64decode(secret.removeprefix(_PREFIX), validate=True))
    except binascii.Error:
        return 0


def checked_address(text: str) -> httpx.URL:
    """The address, if alerts may go there: https, or http to this machine.

    Raises:
        WebhookRefusedError: they may not; the sentence does not repeat the address, which may be a secret.
    """
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL:
        message = "the webhook's address is no URL."
        raise WebhookRefusedError(message) from None
    if not url.host or url.userinfo:
        message = "the webhook's address must name a host, and no user or password."
        raise WebhookRefusedError(message)
    if url.scheme != "https" and not (url.scheme == "http" and _is_loopback(url.host)):
        message = "the webhook's address must begin with https://; http:// is for this machine only."
        raise WebhookRefusedError(message)
    return url


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _trust(ca_file: Path | None) -> ssl.SSLContext | bool:
    if ca_file is None:
        return True
    try:
        return ssl.create_default_context(cafile=str(ca_file))
    except OSError as error:
        message = f"the certificates in {ca_file} cannot be read ({type(error).__name__})."
        raise WebhookRefusedError(message) from None


def retry_after_s(header: str | None, now: datetime) -> float | None:
    """Seconds that a `Retry-After` asks for, 0 to 900; None where there is none that can be read."""
    if header is None:
        return None
    try:
        seconds = float(header) if header.strip().isdigit() else _seconds_until(header, now)
    except (TypeError, ValueError):
        return None
    return min(max(seconds, 0.0), LONGEST_RETRY_AFTER_S)


def _seconds_until(date: str, now: datetime) -> float:
    return (parsedate_to_datetime(date) - now).total_seconds()
