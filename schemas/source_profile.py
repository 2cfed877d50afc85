"""Source profiles: what a feed's local times mean, how late it is, and what it covers.

The profiles stand in `schemas/sources/*.toml`, and a hospital adds its own; a source without one takes `default`.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from schemas.clinical import Domain
from schemas.length_of_time import FIRST_YEAR, LAST_YEAR, refuse_uncountable
from schemas.strict_model import StrictModel

DEFAULT_PROFILE = "default"
NO_ZONE = "is no zone that this machine knows"
ZONE_AND_OFFSET = "stands beside a zone"
YEARS_TURNED = "lies before the earliest year"
DOMAIN_UNSAID = "does not say of every domain whether it is covered"
_DAY_MINUTES = 24 * 60


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


def _countable(minutes: float) -> float:
    refuse_uncountable(minutes, "minutes")
    return minutes


_Minutes = Annotated[float, Field(ge=0), AfterValidator(_countable)]


class StatedDelay(StrictModel):
    """How late facts of one kind become known, where the source does not say so itself."""

    minutes: _Minutes
    source: str
    """Where the figure comes from."""

    @property
    def delay(self) -> timedelta:
        """The delay."""
        return timedelta(minutes=self.minutes)


class StatedLimit(StrictModel):
    """How far a source's times may lie ahead."""

    minutes: _Minutes
    source: str
    """Where the figure comes from."""

    @property
    def limit(self) -> timedelta:
        """The limit."""
        return timedelta(minutes=self.minutes)


class SourceProfile(StrictModel):
    """What must be known of a source to read it."""

    name: str = Field(min_length=1)
    """What its messages carry as `source`."""
    title: str
    facility_id: str | None = None
    """Facility of a recorded set whose rows name none."""
    zone: str | None = None
    """IANA name of the zone its local times are in; without it and `offset_minutes` a local time is rejected."""
    offset_minutes: int | None = Field(default=None, gt=-_DAY_MINUTES, lt=_DAY_MINUTES)
    """Fixed offset of its local times from UTC, never daylight saving; instead of `zone`."""
    event_ahead: StatedLimit
    """How far the time of an event, or of its charting, may lie after its message was received."""
    received_ahead: StatedLimit | None = None
    """How far a time of receipt that a message carries may lie after our clock; None: a recorded feed, with its own."""
    earliest_year: int = Field(ge=FIRST_YEAR, le=LAST_YEAR)
    latest_year: int = Field(ge=FIRST_YEAR, le=LAST_YEAR)
    """Times outside these years are implausible."""
    correction_delay: StatedDelay | None = None
    """Of a recorded set: when a correction without a time of its own is known, after the row it corrects."""
    delays: dict[str, StatedDelay] = Field(default_factory=dict)
    """Of a recorded set: stated delays by kind: `laboratory`, `blood_gas`, `culture`."""
    coverage: dict[Domain, DomainCoverage]
    not_carried: dict[str, str] = Field(default_factory=dict)
    """Times or facts that the source never carries (`lactate_resulted_at`), with the reason."""
    assumptions: tuple[str, ...] = ()
    """Of a recorded set: sentences for the summary of a replay."""

    @field_validator("zone")
    @classmethod
    def _is_a_zone(cls, zone: str | None) -> str | None:
        try:
            _local_zone(zone, None)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(NO_ZONE) from None
        return zone

    @field_validator("offset_minutes")
    @classmethod
    def _stands_instead_of_a_zone(cls, offset_minutes: int | None, info: ValidationInfo) -> int | None:
        if offset_minutes is not None and info.data.get("zone") is not None:
            raise ValueError(ZONE_AND_OFFSET)
        return offset_minutes

    @field_validator("latest_year")
    @classmethod
    def _is_not_before_the_earliest(cls, latest_year: int, info: ValidationInfo) -> int:
        if latest_year < info.data.get("earliest_year", latest_year):
            raise ValueError(YEARS_TURNED)
        return latest_year

    @field_validator("coverage")
    @classmethod
    def _names_every_domain(cls, coverage: dict[Domain, DomainCoverage]) -> dict[Domain, DomainCoverage]:
        if set(coverage) != set(Domain):
            raise ValueError(DOMAIN_UNSAID)
        return coverage

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


@dataclass(frozen=True, slots=True)
class SourceProfiles:
    """The profiles that hold at a site.

    Attributes:
        by_name: Each by the name that its messages carry; `default` is among them.
    """

    by_name: Mapping[str, SourceProfile]

    def of(self, source: str) -> SourceProfile:
        """The profile of a source; the default one where it has none of its own."""
        return self.by_name.get(source) or self.by_name[DEFAULT_PROFILE]

    def beside(self, own: Iterable[SourceProfile]) -> "SourceProfiles":
        """These, and a site's own."""
        return SourceProfiles({**self.by_name, **{each.name: each for each in own}})


@cache
def shipped_profiles() -> SourceProfiles:
    """Those that ship, alone."""
    return SourceProfiles(load_profiles())


def profile(name: str) -> SourceProfile:
    """The profile of a source that ships; the default one where it has none."""
    return shipped_profiles().of(name)


def has_happened(at: datetime, received_at: datetime, source: SourceProfile) -> bool:
    """Whether a time may be true of a message received then: not after it by more than is allowed."""
    return at - received_at <= source.event_ahead.limit
