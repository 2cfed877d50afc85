"""Whether feeds can ever bring the drugs and routes that a file names; a name that no code leads to is worth a look."""

from collections.abc import Iterator
from functools import cache

from schemas.translate.codebook import codebook
from scoring.measure_file.fault import Fault, nearest
from scoring.measure_file.part import Part, every_part
from scoring.measure_file.toml_places import Path


def word_warnings(file: Part) -> Iterator[Fault]:
    """Warnings of names that are in no table of codes."""
    for part, _ in every_part(file):
        for number, route in enumerate(part.items("routes")):
            yield from _unknown(route, part.place("routes", number), _routes())
        for number, substance in enumerate(part.items("alone")):
            yield from _unknown(substance, part.place("alone", number), _substances())
        for number, group in enumerate(part.items("together")):
            for place, substance in enumerate(group if isinstance(group, list) else []):
                yield from _unknown(substance, part.place("together", number, place), _substances())


def _unknown(name: object, path: Path, known: frozenset[str]) -> Iterator[Fault]:
    if isinstance(name, str) and name not in known:
        meant = nearest(name, sorted(known))
        remedy = f'write "{meant}", or teach it' if meant is not None else "teach it"
        yield Fault(path, f'"{name}" is what no code of ours leads to', f"{remedy} in schemas/codes", is_warning=True)


@cache
def _routes() -> frozenset[str]:
    return frozenset(codebook().routes.values())


@cache
def _substances() -> frozenset[str]:
    return frozenset(drug.substance for drug in codebook().drugs.values())
