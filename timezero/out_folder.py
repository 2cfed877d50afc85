"""`--out` of commands that write several files: a folder, named."""

from pathlib import Path
from typing import Any

import click


class OutFolder(click.Path):
    """A folder, made where it is absent; an empty name, as of a variable that is not set, is none."""

    def __init__(self) -> None:
        """A path that is no file."""
        super().__init__(path_type=Path, file_okay=False)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path, or a sentence on what is wrong with it."""
        if value == "":
            self.fail("names no folder; write . for the one you are in.", param, ctx)
        return super().convert(value, param, ctx)
