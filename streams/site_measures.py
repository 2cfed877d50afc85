"""A hospital's own measures and conventions: a folder of TOML files, checked before anything is judged by them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scoring.measure_file.conventions_file import CONVENTIONS, read_conventions_file
from scoring.measure_file.fault import Fault
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
        faults: By line, warnings among them.
    """

    path: Path
    text: str
    measure: Measure | None
    form: MeasureForm | None
    conventions: Conventions | None
    faults: tuple[Fault, ...]

    @property
    def is_good(self) -> bool:
        """Whether it can be used."""
        return all(fault.is_warning for fault in self.faults)

    @property
    def identifier(self) -> str | None:
        """Identifier of its measure; None for conventions and where there is a fault."""
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
        rules: Its measures for streams, and its conventions.
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
    return Site(SiteRules(measures, conventions), forms, reports)


def _said(reports: Iterable[FileReport]) -> str:
    lines = [line for report in reports if not report.is_good for line in report.lines()]
    return "\n".join(["the site's own measures cannot be used as they are:", *lines])


def toml_files(folder: Path) -> list[Path]:
    """The files of a folder that are read, by name.

    Raises:
        SiteFilesError: There is none.
        OSError: It is no folder that can be read.
    """
    files = sorted(path for path in folder.iterdir() if path.suffix == ".toml" and path.is_file())
    if not files:
        message = f"{folder} has no file that ends in .toml: put a measure there, or name another folder."
        raise SiteFilesError(message)
    return files


def check_files(paths: Iterable[Path], *, beside_shipped: bool) -> tuple[FileReport, ...]:
    """Read each file, conventions among them, and say all that is wrong with each; no two may have one identifier.

    Args:
        paths: The files.
        beside_shipped: They judge beside the measures that ship; else a file that ships may be among them.

    Raises:
        OSError: A file cannot be read.
    """
    taken: dict[str, str] = {}
    reports = []
    for path in paths:
        content = path.read_bytes()
        itself = (
            set() if beside_shipped else {name for name, text in shipped_texts().items() if text.encode() == content}
        )
        report = _read(path, content, dict.fromkeys(shipped_texts().keys() - itself, _SHIPPED) | taken)
        reports.append(report)
        if report.identifier is not None:
            taken[report.identifier] = f"the identifier of the measure in {path.name}"
    return tuple(reports)


def _read(path: Path, content: bytes, taken: Mapping[str, str]) -> FileReport:
    try:
        # A mark of the encoding, as some editors put it first, says nothing.
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        fault = Fault((), "is not UTF-8", "save it in this encoding", line=line)
        return FileReport(path, "", None, None, None, (fault,))
    if path.name == CONVENTIONS:
        said = read_conventions_file(text)
        return FileReport(path, text, None, None, said.conventions, said.faults)
    read = read_measure_file(text, taken)
    return FileReport(path, text, read.measure, read.form, None, read.faults)
