"""The real stays of the demo: which they are, and the moment of each that is shown first."""

import tomllib
from datetime import UTC, datetime
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

from pydantic import AwareDatetime, Field, model_validator

from schemas.strict_model import StrictModel


class DemoStay(StrictModel):
    """One stay of MIMIC-III."""

    subject_id: str
    hadm_id: str
    moment: AwareDatetime
    """In the published (shifted) time: what happens then is seen at `seen_after_s`."""
    seen_after_s: float
    """Wall seconds from the start of the feed to `moment`; negative: it has passed when the feed starts."""
    what: str
    """What is to be seen, and why this stay was taken."""


class DemoStays(StrictModel):
    """The sample."""

    source: str
    licence: str
    stays: tuple[DemoStay, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _one_stay_a_patient(self) -> "DemoStays":
        """Rows without a stay's number are moved with their patient, so a patient may have one stay only."""
        if len({stay.subject_id for stay in self.stays}) != len(self.stays):
            message = "a patient has two stays in the demo"
            raise ValueError(message)
        return self


@cache
def demo_stays() -> DemoStays:
    """What `demo_data/stays.toml` says; its local times are at the set's fixed offset, +00:00."""
    text = (files("timezero") / "demo_data" / "stays.toml").read_text(encoding="utf-8")
    read = tomllib.loads(text)
    for stay in read["stays"]:
        if isinstance(stay["moment"], datetime) and stay["moment"].tzinfo is None:
            stay["moment"] = stay["moment"].replace(tzinfo=UTC)
    return DemoStays.model_validate(read)


def demo_tables() -> Path:
    """Folder of the sample's tables."""
    with as_file(files("timezero") / "demo_data" / "mimic3") as folder:
        return folder
