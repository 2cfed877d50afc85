"""Reads the profile of one of a site's own sources, and says all that is wrong with it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic_core import PydanticSerializationError

from schemas.clinical import Domain
from schemas.source_profile import (
    DOMAIN_UNSAID,
    NO_ZONE,
    YEARS_TURNED,
    ZONE_AND_OFFSET,
    Covered,
    SourceProfile,
    load_profiles,
)
from scoring.finders import TIMES
from scoring.measure_file.date_sense import date_faults
from scoring.measure_file.example import Examples
from scoring.measure_file.fault import Fault, choose
from scoring.measure_file.model_faults import model_faults
from scoring.measure_file.part import Part
from scoring.measure_file.toml_text import TOO_DEEP, place_faults, read_toml

SOURCES = "sources"
"""The folder of the profiles, within a site's."""

_REMEDIES = {
    NO_ZONE: 'write its IANA name, as zone = "America/New_York"',
    ZONE_AND_OFFSET: "take one of the two out",
    YEARS_TURNED: "put the later year here",
    DOMAIN_UNSAID: f'add what is missing of {", ".join(Domain)}, as labs = {{ covered = "always" }}',
}
_SHIPPED = "is the name of a profile that ships"
_OF_RECORDED_SETS = ("facility_id", "correction_delay", "delays", "assumptions")
_ASKED_FOR = tuple(sorted(set(TIMES.values())))


@dataclass(frozen=True, slots=True)
class ProfileFile:
    """A file that was read.

    Attributes:
        profile: What it says; None where there is a fault.
        faults: By line, warnings among them.
    """

    profile: SourceProfile | None
    faults: tuple[Fault, ...]


def read_profile_file(text: str, taken: Mapping[str, str]) -> ProfileFile:
    """Read a profile; `taken`: names that another file of the site has, with what to say of it."""
    body = read_toml(text)
    if isinstance(body, Fault):
        return ProfileFile(None, (body,))
    try:
        faults = place_faults(_faults(body, taken), text)
    except (RecursionError, PydanticSerializationError):
        faults = (TOO_DEEP,)
    if not all(fault.is_warning for fault in faults):
        return ProfileFile(None, faults)
    return ProfileFile(SourceProfile.model_validate(body), faults)


def _faults(body: Mapping[str, Any], taken: Mapping[str, str]) -> Iterator[Fault]:
    yield from date_faults(Part(body))
    for fault in model_faults(SourceProfile, body, Examples(load_profiles().values())):
        yield Fault(fault.path, fault.what, _REMEDIES.get(fault.what, fault.remedy))
    yield from _name_faults(body, dict.fromkeys(load_profiles(), _SHIPPED) | dict(taken))
    yield from _reasons_missing(Part(body))
    yield from _without_effect(Part(body))
    if "received_ahead" not in body:
        yield Fault(
            ("received_ahead",),
            "is left out: whatever a message says of its receipt is believed, as of a recorded feed",
            "add [received_ahead] with minutes and source, unless nothing comes live",
            is_warning=True,
        )


def _name_faults(body: Mapping[str, Any], taken: Mapping[str, str]) -> Iterator[Fault]:
    name = body.get("name")
    if isinstance(name, str) and name in taken:
        yield Fault(("name",), taken[name], "write what the messages of this source carry as `source`")


def _reasons_missing(file: Part) -> Iterator[Fault]:
    """An auditor is told why something cannot be assessed."""
    for name, domain in file.named("coverage"):
        if domain.body.get("covered", Covered.ALWAYS) != Covered.ALWAYS and not domain.body.get("reason"):
            yield Fault(("coverage", name, "reason"), "is missing", 'add reason = "why not always, for an auditor"')


def _without_effect(file: Part) -> Iterator[Fault]:
    """What is said in vain: somebody believes that it does something."""
    for key in _OF_RECORDED_SETS:
        if key in file.body:
            yield Fault((key,), "changes nothing: recorded sets alone have it", "take it out", is_warning=True)
    not_carried = file.table("not_carried")
    for name in not_carried.body if not_carried is not None else ():
        if name not in _ASKED_FOR:
            place = ("not_carried", name)
            yield Fault(place, "changes nothing: no element asks for it", choose(name, _ASKED_FOR), is_warning=True)
