"""What the notifier must be told: where alerts go, signed by what, and how long to keep trying."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from schemas.alert import AlertKind  # noqa: TC001 - pydantic reads it at run time
from streams.worker_settings import LOOPBACK

Seconds = Annotated[float, Field(gt=0)]
LONGEST_RETRY_AFTER_S = 900.0
"""An answer's `Retry-After` is honoured up to here."""


class NotifierSettings(BaseModel):
    """Settings of `timezero notify`; broker, cache, group prefix and log level are the worker's."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, use_attribute_docstrings=True)

    url: str | None = Field(default=None, repr=False)
    """Address to POST alerts to: https, or http on loopback."""
    secret_file: Path | None = None
    """File whose first line signs: `whsec_` and 24 to 64 random bytes in base64."""
    kinds: tuple[AlertKind, ...] = ()
    """Kinds of alerts to deliver; empty: all of them."""
    encounter_ids: bool = False
    """Whether bodies name facility, encounter and case; patients are never named."""
    ca_file: Path | None = None
    """Certificates (PEM) to trust instead of the public ones."""
    attempts: int = Field(default=12, ge=1, le=100)
    """Tries before an alert is given up, and recorded as given up."""
    timeout_s: Seconds = 10
    """Seconds that one try may take."""
    first_wait_s: Seconds = 1
    """Seconds before the second try; doubled before each further one, with up to this much more at random."""
    longest_wait_s: Seconds = 120
    """Longest wait between two tries, unless the answer's `Retry-After` asks for more (15 minutes at most)."""
    late_after_s: Seconds = 600
    """An alert first tried so long after it was raised is marked `late`."""
    in_flight: int = Field(default=32, ge=1, le=1000)
    """Most alerts that are waiting for an answer, or for their next try, at once."""
    heartbeat_url: str | None = Field(default=None, repr=False)
    """Address to POST heartbeats to, as `url`; it may be the same. None: no heartbeats."""
    heartbeat_interval_s: Seconds = 60
    """Seconds between two heartbeats; one that says something new goes out at once."""
    heartbeat_silent_after_s: Seconds = 15
    """A worker or ticker that has said nothing for so long makes the heartbeat say `unwell`."""
    datadir: Path = Path("datadir/notify")
    """Folder of the health file."""
    metrics_port: int | None = Field(default=None, ge=0, le=65535)
    """Port of the Prometheus page; 0: any free one; none: no page."""
    metrics_host: str = LOOPBACK
    """Address of the Prometheus page."""

    @property
    def longest_delivery_s(self) -> float:
        """Seconds after which every alert has been delivered or given up."""
        return self.attempts * (self.timeout_s + max(self.longest_wait_s, LONGEST_RETRY_AFTER_S))
