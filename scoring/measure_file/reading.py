"""Reads a measure's file: the measure, the form, and every fault with its line."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from pydantic_core import PydanticSerializationError

from scoring.abstraction.measure_form import LIMIT_NEEDED, MeasureForm, form_body
from scoring.abstraction.shipped_forms import load_form, shipped_forms
from scoring.catalogue import UnknownRuleError
from scoring.measure import Measure
from scoring.measure_file.case_sense import case_faults, header_faults
from scoring.measure_file.date_sense import date_faults
from scoring.measure_file.element_sense import element_faults
from scoring.measure_file.example import Examples, is_source
from scoring.measure_file.fault import Fault
from scoring.measure_file.form_path import form_path
from scoring.measure_file.form_sense import form_faults
from scoring.measure_file.model_faults import MISSING, OWN_WORDS, model_faults, unknown_key
from scoring.measure_file.number_sense import number_faults
from scoring.measure_file.part import Part, every_part
from scoring.measure_file.section_sense import section_faults
from scoring.measure_file.toml_text import TOO_DEEP, place_faults, read_toml
from scoring.measure_file.word_sense import word_warnings
from scoring.rules import NOT_FOR_STREAMS, measure, named_rules, read_measure, shipped_measures, with_named_rule

_SENSES: tuple[Callable[[Part], Iterator[Fault]], ...] = (
    header_faults,
    case_faults,
    element_faults,
    section_faults,
    number_faults,
    form_faults,
    word_warnings,
)
_UNCERTAIN = "[M?]"
_OF_THE_WHOLE = frozenset({(), ("elements",)})


@dataclass(frozen=True, slots=True)
class MeasureFile:
    """A file that was read.

    Attributes:
        measure: What judges a stream; None where there is a fault, or nothing for streams.
        form: What judges an abstraction file; None where there is a fault, or nothing for forms.
        faults: By line, warnings among them.
    """

    measure: Measure | None
    form: MeasureForm | None
    faults: tuple[Fault, ...]

    @property
    def is_good(self) -> bool:
        """Whether it can be used."""
        return all(fault.is_warning for fault in self.faults)

    @property
    def identifier(self) -> str | None:
        """Identifier with version; None where there is a fault."""
        read = self.measure or self.form
        return None if read is None else read.identifier


def read_measure_file(text: str, taken: Mapping[str, str]) -> MeasureFile:
    """Read a file's text and say all that is wrong with it.

    Args:
        text: As it stands in the file.
        taken: Identifiers that it may not have, each with whose they are: `a measure that ships`, `other.toml`.
    """
    body = read_toml(text)
    if isinstance(body, Fault):
        return MeasureFile(None, None, (body,))
    try:
        faults = place_faults(_every_fault(body, taken), text)
    except (RecursionError, PydanticSerializationError):
        faults = (TOO_DEEP,)
    if not all(fault.is_warning for fault in faults):
        return MeasureFile(None, None, faults)
    told = _judged_from(body)
    read = read_measure(body) if "stream" in told else None
    form = MeasureForm.model_validate(form_body(body)) if "abstraction" in told else None
    return MeasureFile(read, form, faults)


def _every_fault(body: Mapping[str, Any], taken: Mapping[str, str]) -> list[Fault]:
    file = Part(body)
    # Of several faults at one key the first is told: that there is no such key goes before what stands in it.
    found = [*_unknown_keys(body), *date_faults(file), *_refused(body), *_clash(file, taken)]
    found += [fault for sense in _SENSES for fault in sense(file)]
    found += _uncertain(file)
    found = [fault for fault in found if not _follows(fault, found)]
    others = [fault for fault in found if not fault.is_warning and fault.remedy != OWN_WORDS]
    if not others:
        return found
    # What the whole refuses is what one of the others says better, at its own key.
    return [fault for fault in found if fault.remedy != OWN_WORDS or fault.path not in _OF_THE_WHOLE]


def _follows(fault: Fault, found: list[Fault]) -> bool:
    """Whether it says no more than that a key is misspelled: what is missing stands under the other name."""
    meant = [each.meant for each in found if each.meant is not None]
    under = any(fault.path[: len(path)] == path for path in meant)
    of_the_form = any(fault.path == ("abstraction", *path) for path in meant) and fault.what == LIMIT_NEEDED
    return (fault.what.startswith(MISSING) and under) or of_the_form


def _unknown_keys(body: Mapping[str, Any]) -> Iterator[Fault]:
    known = (*Measure.model_fields, *sorted(NOT_FOR_STREAMS))
    return (unknown_key((key,), known, body) for key in body if key not in known)


def _judged_from(body: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(Part({"judged_from": ["stream"], **body}).words("judged_from"))


def _refused(body: Mapping[str, Any]) -> Iterator[Fault]:
    """What the models refuse: that of the stream, and that of the form."""
    told = _judged_from(body)
    if "abstraction" not in told or "stream" in told:
        try:
            yield from model_faults(Measure, with_named_rule(body), _examples())
        except UnknownRuleError:
            names = ", ".join(rule.name for rule in named_rules())
            yield Fault(("time_zero", "name"), "no rule of the catalogue has this name", f"write one of {names}")
    if "abstraction" in told and isinstance(body.get("abstraction"), dict):
        for fault in model_faults(MeasureForm, form_body(body), _examples()):
            yield replace(fault, path=form_path(fault.path, body))


@cache
def _examples() -> Examples:
    measures = [measure(name) for name in shipped_measures()]
    return Examples([*measures, *map(load_form, shipped_forms())])


def _clash(file: Part, taken: Mapping[str, str]) -> Iterator[Fault]:
    identifier = f"{file.word('id')}/{file.word('version')}"
    if identifier in taken:
        yield Fault(("version",), f"{identifier} is {taken[identifier]}", "choose another version, or another id")


def _uncertain(file: Part) -> list[Fault]:
    """One warning for all sources that are marked as uncertain."""
    marked = [
        part.place(key)
        for part in (file, *(each for each, _ in every_part(file)))
        for key in part.body
        if is_source(key) and _UNCERTAIN in (part.word(key) or "")
    ]
    if not marked:
        return []
    what = "is uncertain" if not marked[1:] else f"is uncertain, and so are {len(marked) - 1} more"
    remedy = "confirm it, or keep the mark: `timezero measures show` tells everybody"
    return [Fault(marked[0], f"{what} ({_UNCERTAIN})", remedy, is_warning=True)]
