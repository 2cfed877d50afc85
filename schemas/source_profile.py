"""Source profiles: what a feed's local times mean, how late it is, and what it covers.

The profiles stand in `schemas/sources/*.toml`; a source without one takes `default`.
"""

import tomllib
from datetime import datetime, timedelta, timezone, tzinfo
from enum import StrEnum
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from schemas.clinical import Domain
from schemas.strict_model import StrictModel

DEFAULT_PROFILE = "default"


class Covered(StrEnum):
    """When a source carries a domain."""

    ALWAYS = "always"
    BY_EVENT = "by_event"
    """From when to when its `Coverage` facts say."""
    NEVER = "never"


class DomainCoverage(StrictModel):
    """Whether a source carries a domain."""

    covered: Covered = Covered.ALWAYS
    reason: str = ""
    """Why not always, in words an auditor can use."""


class StatedDelay(StrictModel):
    """How late facts of one kind become known, where the source does not say so itself."""

    minutes: float = Field(ge=0)
    source: str
    """Where the figure comes from."""

    @property
    def delay(self) -> timedelta:
        """The delay."""
        return timedelta(minutes=self.minutes)


class StatedLimit(StrictModel):
    """How far a source's times may lie ahead."""

    minutes: float = Field(ge=0)
    source: str
    """Where the figure comes from."""

    @property
    def limit(self) -> timedelta:
        """The limit."""
        return timedelta(minutes=self.minutes)


class SourceProfile(StrictModel):
    """What must be known of a source to read it."""

    name: str
    title: str
    facility_id: str | None = None
    """Facility of a source whose messages name none."""
    zone: str | None = None
    """IANA name of the zone its local times are in."""
    offset_minutes: int | None = None
    """Fixed offset of its local times from UTC, never daylight saving; instead of `zone`."""
    event_ahead: StatedLimit
    """How far the time of an event, or of its charting, may lie after its message was received."""
    received_ahead: StatedLimit | None = None
    """How far a time of receipt that a message carries may lie after our clock; None: a recorded feed, with its own."""
    earliest_year: int
    latest_year: int
    """Times outside these years are implausible."""
    correction_delay: StatedDelay | None = None
    """When a correction without a time of its own is known, after the row it corrects."""
    delays: dict[str, StatedDelay] = Field(default_factory=dict)
    """Stated delays by kind: `laboratory`, `blood_gas`, `culture`."""
    coverage: dict[Domain, DomainCoverage]
    not_carried: dict[str, str] = Field(default_factory=dict)
    """Times or facts that the source never carries (`lactate_resulted_at`), with the reason."""
    assumptions: tuple[str, ...] = ()
    """Sentences for the summary of a replay."""

    @model_validator(mode="after")
    def _names_every_domain_and_one_zone(self) -> "SourceProfile":
        if set(self.coverage) != set(Domain):
            message = "a source profile must say of every domain whether it is covered"
            raise ValueError(message)
        if self.zone is not None and self.offset_minutes is not None:
            message = "a source profile has a zone or a fixed offset, not both"
            raise ValueError(message)
        return self

    @property
    def local_zone(self) -> tzinfo | None:
        """Zone of its local times; None: a time without an offset cannot be read."""
        return _local_zone(self.zone, self.offset_minutes)

    def delay_of(self, kind: str) -> timedelta:
        """Stated delay of a kind of fact; none where none is stated."""
        stated = self.delays.get(kind)
        return stated.delay if stated else timedelta(0)


@cache
def _local_zone(zone: str | None, offset_minutes: int | None) -> tzinfo | None:
    if zone is not None:
        return ZoneInfo(zone)
    if offset_minutes is not None:
        return timezone(timedelta(minutes=offset_minutes))
    return None


def read_profile(text: str) -> SourceProfile:
    """Read one profile from the text of its TOML file.

    Raises:
        ValueError: The text is no TOML, or no profile.
    """
    return SourceProfile.model_validate(tomllib.loads(text))


@cache
def load_profiles() -> dict[str, SourceProfile]:
    """Every shipped profile by name."""
    folder = files("schemas") / "sources"
    texts = [entry.read_text("utf-8") for entry in folder.iterdir() if entry.name.endswith(".toml")]
    profiles = (read_profile(text) for text in texts)
    return {profile.name: profile for profile in sorted(profiles, key=lambda profile: profile.name)}


def profile(name: str) -> SourceProfile:
    """The profile of a source; the default one where it has none of its own."""
    profiles = load_profiles()
    return profiles.get(name) or profiles[DEFAULT_PROFILE]


def has_happened(at: datetime, received_at: datetime, source: SourceProfile) -> bool:
    """Whether a time may be true of a message received then: not after it by more than is allowed."""
    return at - received_at <= source.event_ahead.limit
