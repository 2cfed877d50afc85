"""What the board must be told before it may listen."""

import ipaddress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

TOKEN_MIN_LENGTH = 16


class BoardRefusedError(Exception):
    """The board will not start as it was told to; the text is one sentence for a person.

    Attributes:
        exit_code: What the command ends with.
    """

    exit_code = 2


class PatientLabel(StrEnum):
    """How a case is named on the board."""

    FULL = "full"
    """The whole encounter number."""
    LAST_DIGITS = "last_digits"
    """Its last four characters; the rest never leaves the server."""


@dataclass(frozen=True, slots=True)
class BoardSettings:
    """Where the board listens, what it reads and who may look.

    Attributes:
        host: Address to listen on; anything but loopback needs `token_file`.
        port: Port to listen on.
        redis_url: Where the read models are.
        token_file: File whose first line is the access token, at least 16 characters.
        allowed_hosts: Names under which browsers may ask; empty means the loopback names, or any name behind a token.
        zone: IANA name of the zone to show clock times in; none shows them as the records carry them.
        patient_label: How much of the encounter number is shown.
        silent_after_s: Seconds on the wall after which an engine that says nothing is called silent.
        feeds_quiet_after_s: Seconds of the engine's time after which feeds that bring nothing are called quiet.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    redis_url: str = "redis://127.0.0.1:6379/0"
    token_file: Path | None = None
    allowed_hosts: tuple[str, ...] = field(default=())
    zone: str | None = None
    patient_label: PatientLabel = PatientLabel.FULL
    silent_after_s: float = 15.0
    feeds_quiet_after_s: float = 1800.0

    @property
    def on_loopback(self) -> bool:
        """Whether only this machine can reach the board."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    def read_token(self) -> str | None:
        """Read the access token, or none where loopback needs none.

        Raises:
            BoardRefusedError: The host can be reached from elsewhere and there is no token, or the file is no use.
        """
        if self.token_file is None:
            self._refuse_without_token()
            return None
        try:
            lines = self.token_file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            message = f"The board's token file {self.token_file} cannot be read ({type(error).__name__})."
            raise BoardRefusedError(message) from None
        token = lines[0].strip() if lines else ""
        if len(token) < TOKEN_MIN_LENGTH:
            message = f"The first line of {self.token_file} must be a token of at least {TOKEN_MIN_LENGTH} characters."
            raise BoardRefusedError(message)
        return token

    def read_zone(self) -> ZoneInfo | None:
        """Find the zone to show times in, if one is set.

        Raises:
            BoardRefusedError: There is no zone of that name.
        """
        if self.zone is None:
            return None
        try:
            return ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError):
            message = f"The board knows no time zone {self.zone!r}; use an IANA name such as America/New_York."
            raise BoardRefusedError(message) from None

    def _refuse_without_token(self) -> None:
        """Refuse unless only this machine can reach the board."""
        if not self.on_loopback:
            message = (
                f"The board will not listen on {self.host} without an access token: give a token file,"
                " or listen on 127.0.0.1."
            )
            raise BoardRefusedError(message)
