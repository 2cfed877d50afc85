"""What a worker must be told: where the broker and the cache are, what to judge, and its limits."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from schemas.read_model import EngineClock  # noqa: TC001 - pydantic reads it at run time
from streams.lives import DECODED_BYTES

MEBIBYTE = 1024 * 1024
LOOPBACK = "127.0.0.1"
Seconds = Annotated[float, Field(gt=0)]


class WorkerSettings(BaseModel):
    """Settings of one worker process; every worker of a group has the same, but for its name and folder."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, use_attribute_docstrings=True)

    bootstrap: str = f"{LOOPBACK}:9092"
    """Kafka brokers, `host:port`, several joined by commas."""
    redis_url: str = Field(default=f"redis://{LOOPBACK}:6379/0", repr=False)
    """Redis or Valkey; may hold a password, so it is never shown."""
    measures: tuple[str, ...] = ("nys-ped-1h/spec-2015", "sep1-like/1", "ed-sepsis-triage/mannhardt")
    """Measures to judge: each is a row of the board a case. Empty: all that are shipped, and all of `measures_dir`."""
    measures_dir: Path | None = None
    """Folder with the hospital's own measures and conventions, one TOML file each, and in its folder `sources` what is
    to be known of its feeds; None: what ships, alone."""
    app_id: str = Field(default="timezero", pattern=r"^[a-z0-9][a-z0-9._-]{0,100}$")
    """Name of the consumer group, and prefix of the tables' changelog topics."""
    worker_name: str = Field(default="worker", pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,100}$")
    """Name of this worker in health and metrics; unique within the group."""
    datadir: Path = Path("datadir")
    """Folder for this worker's own files."""
    partitions: int = Field(default=4, ge=1, le=1000)
    """Partitions of every topic. Later, `timezero repartition` moves to another number: keys meet another owner."""
    replication_factor: int = Field(default=1, ge=1)
    standby_replicas: int = Field(default=0, ge=0)
    """Workers that keep a copy of each patient's state beside its owner, so that whoever takes over reads the end
    of the changelog only; a worker then holds so many times more states."""
    clock: EngineClock | None = None
    """A scaled clock; None: the wall's."""
    max_message_bytes: int = Field(default=MEBIBYTE, ge=1024)
    """Largest raw message; a larger one is refused and kept as a record with its size and hash."""
    max_record_bytes: int = Field(default=16 * MEBIBYTE, ge=1024)
    """Largest record of our own: a patient's state, a case with its timeline, a rejected message."""
    decoded_bytes: int = Field(default=DECODED_BYTES, ge=0)
    """States that stay decoded in memory, those used last, as many as take so much written together; decoded they take
    several times that. The others are decoded with their next event or wake-up."""
    rejected_share_max: float = Field(default=0.2, ge=0, le=1)
    """A topic of which a larger share would be rejected is held: not read on, nothing lost, until a person has looked.
    1: never."""
    rejected_least: int = Field(default=200, ge=1)
    """Fewer messages of a topic than this, within the window, say nothing about their share."""
    rejected_window: Seconds = 300
    """Wall seconds over which a topic's share of rejected messages is counted."""
    batch_records: int = Field(default=500, ge=1)
    """Most records handled between two acknowledgements; of the log twenty times as many, for ten seconds at most."""
    session_timeout: Seconds = 6
    """After so long without a heartbeat the broker gives this worker's partitions to another."""
    heartbeat_interval: Seconds = 1.5
    rebalance_timeout: Seconds = 12
    commit_interval: Seconds = 1
    publish_interval: Seconds = 1
    """Wall seconds between two updates of rates, feeds and clock in Redis."""
    stalled_after: Seconds = 30
    """A batch not finished for so long, or records that wait while nothing moves, make the worker unhealthy."""
    ends_after: Seconds = 180
    """A worker whose loop hangs, or in which nothing that waits moves, ends itself after so long, with exit code 1; not
    for want of a broker that answers."""
    metrics_port: int | None = Field(default=None, ge=0, le=65535)
    """Port of the Prometheus page; 0: any free one; None: no page."""
    metrics_host: str = LOOPBACK
    log_level: str = Field(default="INFO", pattern=r"^(DEBUG|INFO|WARNING|ERROR)$")
