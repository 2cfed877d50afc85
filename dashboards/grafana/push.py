"""Pushes the dashboard to a Grafana server with grafana-client."""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from grafana_client.api import GrafanaApi
from grafana_client.client import GrafanaException, GrafanaTimeoutError

from dashboards.grafana.dashboard import Json, build

TIMEOUT_S = 10.0


class GrafanaRefusedError(Exception):
    """The dashboard was not pushed; the text is one sentence for a person, without the token.

    Attributes:
        exit_code: What the command ends with.
    """

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Push:
    """What is, or would be, sent.

    Attributes:
        url: Where to.
        body: The request's JSON.
        sent: Whether it was sent.
        answer: What Grafana said; none in a dry run.
    """

    url: str
    body: Json
    sent: bool
    answer: Json | None = None


def read_token(path: Path) -> str:
    """Read a Grafana token from the first line of a file.

    Raises:
        GrafanaRefusedError: The file cannot be read or is empty.
    """
    try:
        token = path.read_text(encoding="utf-8").partition("\n")[0].strip()
    except (OSError, UnicodeDecodeError) as error:
        message = f"Grafana's token file {path} cannot be read ({type(error).__name__})."
        raise GrafanaRefusedError(message) from None
    if not token:
        message = f"Grafana's token file {path} is empty; its first line must be the token."
        raise GrafanaRefusedError(message)
    return token


def apply(url: str, token: str, *, dry_run: bool) -> Push:
    """Create or replace the dashboard on a Grafana server.

    Args:
        url: Address of the server, with `http` or `https`, without credentials in it.
        token: Access token of a service account that may write dashboards.
        dry_run: Say what would be sent, and send nothing.

    Raises:
        GrafanaRefusedError: The address makes no sense, cannot be reached, or Grafana refused.
    """
    _check_address(url)
    body: dict[str, Any] = {"dashboard": build(), "overwrite": True, "message": "Built by timezero"}
    target = url.rstrip("/") + "/api/dashboards/db"
    if dry_run:
        return Push(target, body, sent=False)
    try:
        answer = _send(url, token, body)
    except GrafanaTimeoutError:
        message = f"Grafana at {url} did not answer within {TIMEOUT_S:g} seconds."
        raise GrafanaRefusedError(message) from None
    except GrafanaException as error:
        message = f"Grafana at {url} refused the dashboard with status {error.status_code}."
        raise GrafanaRefusedError(message) from None
    except OSError as error:
        message = f"Grafana at {url} cannot be reached ({type(error).__name__})."
        raise GrafanaRefusedError(message) from None
    if not isinstance(answer, dict):
        message = f"What answers at {url} is not Grafana's API; check the address."
        raise GrafanaRefusedError(message)
    return Push(target, body, sent=True, answer=answer)


def _send(url: str, token: str, body: Json) -> object:
    # With a path but no last slash, grafana-client would glue "api" to the path's last word.
    api = GrafanaApi.from_url(url.rstrip("/") + "/", token, timeout=TIMEOUT_S)
    with closing(api.client.s):
        return api.dashboard.update_dashboard(body)


def _check_address(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        message = "Grafana's address must start with http:// or https:// and name a host."
        raise GrafanaRefusedError(message)
    if parts.username or parts.password:
        message = "Grafana's address must not carry a user or password: put a token into a file."
        raise GrafanaRefusedError(message)
