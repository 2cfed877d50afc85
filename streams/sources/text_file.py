"""Opening text files, compressed or not."""

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from streams.sources.message import SourceError


@contextmanager
def open_bytes(path: Path) -> Iterator["io.BufferedReader[Any]"]:
    """The file's content, unpacked where its name ends in `.gz`.

    Raises:
        SourceError: The file cannot be opened, or is damaged.
    """
    try:
        with path.open("rb") as stream:
            yield io.BufferedReader(gzip.GzipFile(fileobj=stream)) if path.suffix == ".gz" else stream
    except (EOFError, zlib.error) as damaged:
        message = f"{path.name} is damaged: it ends early or cannot be unpacked."
        raise SourceError(message) from damaged
    except OSError as refused:
        message = f"{path.name} cannot be read: {refused.strerror or 'it is not what its name says'}."
        raise SourceError(message) from refused
