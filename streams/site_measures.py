"""A hospital's own measures, conventions and sources: TOML files, checked before anything is judged by them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemas.source_profile import SourceProfile, shipped_profiles
from scoring.measure_file.conventions_file import CONVENTIONS, read_conventions_file
from scoring.measure_file.fault import Fault
from scoring.measure_file.profile_file import SOURCES, read_profile_file
from scoring.measure_file.reading import read_measure_file
from scoring.rules import SHIPPED_ONLY, Conventions, SiteRules, shipped_texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from scoring.abstraction.measure_form import MeasureForm
    from scoring.measure import Measure

_SHIPPED = "the identifier of a measure that ships"


class SiteFilesError(ValueError):
    """A file of the folder cannot be used, or there is none; the text names every fault with file, line and remedy."""


@dataclass(frozen=True, slots=True)
class FileReport:
    """What one file says, and what is wrong with it.

    Attributes:
        path: The file as it was named.
        text: Its content; empty where it is no text.
        measure: What judges a stream, if it is good and does.
        form: What judges an abstraction file, if it is good and does.
        conventions: What holds at the site, if it is the file of conventions and good.
        profile: What is to be known of a source, if it is the file of one and good.
        faults: By line, warnings among them.
    """

    path: Path
    text: str = ""
    measure: Measure | None = None
    form: MeasureForm | None = None
    conventions: Conventions | None = None
    profile: SourceProfile | None = None
    faults: tuple[Fault, ...] = ()

    @property
    def is_good(self) -> bool:
        """Whether it can be used."""
        return all(fault.is_warning for fault in self.faults)

    @property
    def tells(self) -> str:
        """What it is, of a good file: the identifier of its measure, or its kind."""
        source = None if self.profile is None else f"source {self.profile.name}"
        return self.identifier or source or "conventions"

    @property
    def identifier(self) -> str | None:
        """Identifier of its measure; None for conventions and sources, and where there is a fault."""
        read = self.measure or self.form
        return None if read is None else read.identifier

    def lines(self) -> Iterator[str]:
        """Each fault as one line: `file:line: key: what is wrong; what to do`."""
        for fault in self.faults:
            yield f"{self.path}:{fault.line}: {fault}"


@dataclass(frozen=True, slots=True)
class Site:
    """What a hospital adds to what ships.

    Attributes:
        rules: Its measures for streams, its conventions, and the profiles of its sources.
        forms: Its measures for abstraction files.
        files: The files they come from.
    """

    rules: SiteRules = SHIPPED_ONLY
    forms: tuple[MeasureForm, ...] = ()
    files: tuple[FileReport, ...] = ()


NO_SITE = Site()
"""A hospital that adds nothing."""


def read_site(folder: Path | None) -> Site:
    """Read the files of a folder; None: a hospital that adds nothing.

    Raises:
        SiteFilesError: The folder has no such file, or one of them has a fault.
        OSError: The folder or a file cannot be read.
    """
    if folder is None:
        return NO_SITE
    reports = check_files(toml_files(folder), beside_shipped=True)
    if not all(report.is_good for report in reports):
        raise SiteFilesError(_said(reports))
    conventions = next((report.conventions for report in reports if report.conventions is not None), None)
    measures = tuple(report.measure for report in reports if report.measure is not None)
    forms = tuple(report.form for report in reports if report.form is not None)
    profiles = shipped_profiles().beside(report.profile for report in reports if report.profile is not None)
    return Site(SiteRules(measures, conventions, profiles), forms, reports)


def _said(reports: Iterable[FileReport]) -> str:
    lines = [line for report in reports if not report.is_good for line in report.lines()]
    return "\n".join(["the site's own files cannot be used as they are:", *lines])


def toml_files(folder: Path) -> list[Path]:
    """The files of a folder that are read, by name: measures and conventions, then those of its sources.

    Raises:
        SiteFilesError: There is none.
        OSError: It is no folder that can be read.
    """
    sources = folder / SOURCES
    files = [*_toml_in(folder), *(_toml_in(sources) if sources.is_dir() else ())]
    if not files:
        message = f"{folder} has no file that ends in .toml: put a measure there, or name another folder."
        raise SiteFilesError(message)
    return files


def source_files(folder: Path) -> list[Path]:
    """The profiles of a site's folder, or of one that holds nothing else, by name.

    Raises:
        SiteFilesError: There is none.
        OSError: It is no folder that can be read.
    """
    within = folder / SOURCES
    files = _toml_in(within if within.is_dir() else folder)
    if not files:
        message = f"{folder} has no source's file that ends in .toml: put one there, or name another folder."
        raise SiteFilesError(message)
    return files


def _toml_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix == ".toml" and path.is_file())


def check_files(paths: Iterable[Path], *, beside_shipped: bool) -> tuple[FileReport, ...]:
    """Read each file and say all that is wrong with each; no two may have one identifier, or one source.

    Args:
        paths: The files: measures, conventions, and in a folder `sources` what is to be known of sources.
        beside_shipped: They judge beside the measures that ship; else a file that ships may be among them.

    Raises:
        OSError: A file cannot be read.
    """
    measures: dict[str, str] = {}
    sources: dict[str, str] = {}
    reports = []
    for path in paths:
        content = path.read_bytes()
        if path.absolute().parent.name == SOURCES:
            report = _read_profile(path, content, sources)
        else:
            shipped = _shipped_beside(content, beside_shipped=beside_shipped)
            report = _read(path, content, dict.fromkeys(shipped, _SHIPPED) | measures)
        reports.append(report)
        if report.identifier is not None:
            measures[report.identifier] = f"the identifier of the measure in {path.name}"
        if report.profile is not None:
            sources[report.profile.name] = f"is the source of {path.name} too"
    return tuple(reports)


def check_source_files(paths: Iterable[Path]) -> tuple[FileReport, ...]:
    """Read each file as a source's, wherever it lies, and say all that is wrong with it; no two may have one source.

    Raises:
        OSError: A file cannot be read.
    """
    taken: dict[str, str] = {}
    reports = []
    for path in paths:
        report = _read_profile(path, path.read_bytes(), taken)
        reports.append(report)
        if report.profile is not None:
            taken[report.profile.name] = f"is the source of {path.name} too"
    return tuple(reports)


def _shipped_beside(content: bytes, *, beside_shipped: bool) -> set[str]:
    """Identifiers that a file may not have: all that ship, but for its own where a file that ships is checked."""
    texts = shipped_texts().items()
    return {name for name, text in texts if beside_shipped or text.encode() != content}


def _read(path: Path, content: bytes, taken: Mapping[str, str]) -> FileReport:
    text = _text(content)
    if isinstance(text, Fault):
        return FileReport(path, faults=(text,))
    if path.name == CONVENTIONS:
        said = read_conventions_file(text)
        return FileReport(path, text, conventions=said.conventions, faults=said.faults)
    read = read_measure_file(text, taken)
    return FileReport(path, text, read.measure, read.form, faults=read.faults)


def _read_profile(path: Path, content: bytes, taken: Mapping[str, str]) -> FileReport:
    text = _text(content)
    if isinstance(text, Fault):
        return FileReport(path, faults=(text,))
    read = read_profile_file(text, taken)
    return FileReport(path, text, profile=read.profile, faults=read.faults)


def _text(content: bytes) -> str | Fault:
    try:
        # A mark of the encoding, as some editors put it first, says nothing.
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return Fault((), "is not UTF-8", "save it in this encoding", line=line)
