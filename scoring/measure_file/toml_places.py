"""Where the keys of a TOML text stand.

What the text means is for `tomllib` to say; this says on which line. A place that is not found costs the line of a
key, never its value.
"""

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator

import tree_sitter_toml
from tree_sitter import Language, Node, Parser

Path = tuple[str | int, ...]
"""Keys from the top of the file down; a number is the place in a list, from 0."""

_TOML = Language(tree_sitter_toml.language())


class TomlPlaces:
    """The line of each key, table and list element of a text."""

    def __init__(self, text: str) -> None:
        """Find the places; `text` is TOML, or nearly."""
        self._lines: dict[Path, int] = {}
        self._lengths: Counter[Path] = Counter()
        nodes = Parser(_TOML).parse(text.encode()).root_node.named_children
        self._place_pairs((), nodes)
        for node in nodes:
            if node.type in {"table", "table_array_element"}:
                self._place_table(node)

    def line(self, path: Path) -> int:
        """The line of the key, else of the nearest table that holds it; the first for the whole text."""
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 1)

    def _place_table(self, node: Node) -> None:
        header, *pairs = node.named_children
        path = self._below(_keys(header), header)
        if node.type == "table_array_element":
            self._lengths[path] += 1
            path = (*path, self._lengths[path] - 1)
        self._place(path, header)
        self._place_pairs(path, pairs)

    def _place_pairs(self, above: Path, nodes: Iterable[Node]) -> None:
        """The pairs among the nodes; comments stand between them."""
        for node in nodes:
            if node.type == "pair":
                self._place_pair(above, node)

    def _below(self, keys: tuple[str, ...], node: Node) -> Path:
        """A header's path: below a list of tables it means the last one so far."""
        path: Path = ()
        for key in keys:
            if path in self._lengths:
                path = (*path, self._lengths[path] - 1)
            path = (*path, key)
            self._place(path, node)
        return path

    def _place_pair(self, above: Path, pair: Node) -> None:
        key, value = pair.named_children[0], pair.named_children[-1]
        path = above
        for part in _keys(key):
            path = (*path, part)
            self._place(path, key)
        self._place_value(path, value)

    def _place_value(self, path: Path, value: Node) -> None:
        if value.type == "inline_table":
            self._place_pairs(path, value.named_children)
        elif value.type == "array":
            elements = [each for each in value.named_children if each.type != "comment"]
            for number, element in enumerate(elements):
                self._place((*path, number), element)
                self._place_value((*path, number), element)

    def _place(self, path: Path, node: Node) -> None:
        self._lines.setdefault(path, node.start_point.row + 1)


def _keys(node: Node) -> tuple[str, ...]:
    """The keys of a bare, quoted or dotted key."""
    return tuple(_unquoted(each) for each in _simple_keys(node))


def _simple_keys(node: Node) -> Iterator[str]:
    if node.type == "dotted_key":
        for each in node.named_children:
            yield from _simple_keys(each)
    else:
        yield (node.text or b"").decode()


def _unquoted(key: str) -> str:
    """A key as `tomllib` reads it: quotes and escapes are resolved."""
    if not key.startswith(('"', "'")):
        return key
    return next(iter(tomllib.loads(f"{key} = true")))
