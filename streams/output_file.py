"""Files that commands write: put in place when complete, and never over what the same command reads."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import TextIO

from streams.sources.message import SourceError


def refuse_inputs(outputs: Iterable[Path], inputs: Iterable[Path]) -> None:
    """Refuse to replace what is read.

    Raises:
        SourceError: one of `outputs` is one of `inputs`, by whatever name or link.
    """
    read = [each for each in inputs if each.exists()]
    for each in outputs:
        if each.exists() and any(each.samefile(other) for other in read):
            message = f"{each} is read by this command and would be replaced by it; name another place to write to."
            raise SourceError(message)


@contextmanager
def written_whole(out: Path) -> Iterator[TextIO]:
    """Write beside the file and put it in its place when all went well; what is no plain file is written directly.

    A link stays one: the file that it names is replaced.

    Raises:
        SourceError: there is no such folder.
        OSError: the file cannot be written.
    """
    if out.exists() and not out.is_file():
        with out.open("w", encoding="utf-8", newline="") as stream:
            yield stream
        return
    place = Path(os.path.realpath(out))
    if not place.parent.is_dir():
        message = f"{out} cannot be written: there is no folder {out.parent}; make it, or name another."
        raise SourceError(message)
    part = place.with_name(f".{place.name}.{token_hex(8)}.part")
    try:
        with part.open("x", encoding="utf-8", newline="") as stream:
            yield stream
        part.replace(place)
    finally:
        part.unlink(missing_ok=True)
