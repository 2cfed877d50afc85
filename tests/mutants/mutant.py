"""Mutants of a module: every small change that mutmut's operators make to a function, one at a time."""

import __future__

import difflib
import textwrap
from dataclasses import dataclass
from functools import cached_property

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import mutation_operators

# A type is checked by mypy, a decorator stays as it is, and what isinstance asks for dies with every test.
LEFT_ALONE = (cst.Annotation, cst.Decorator)
CALLS_LEFT_ALONE = {"len", "isinstance", "cast", "assert_never"}
ANNOTATIONS_STAY_TEXT = __future__.annotations.compiler_flag


@dataclass(frozen=True)
class Mutant:
    """A function with one change.

    Attributes:
        name: Module and qualified name of the function.
        starts: The line of the module on which the function starts, its decorators included.
        line: The line of the module that the change is on.
        original: The function as it is, without decorators.
        source: The function with the change.
    """

    path: str
    name: str
    starts: int
    line: int
    original: str
    source: str

    @cached_property
    def change(self):
        """The lines that differ, as a diff has them."""
        lines = difflib.unified_diff(self.original.splitlines(), self.source.splitlines(), lineterm="", n=0)
        return "\n".join(line for line in lines if not line.startswith(("---", "+++", "@@")))

    def take_effect(self, function):
        """Give the running function this body: whoever holds the function, and however it is decorated."""
        known = dict(function.__globals__)
        exec(compile(textwrap.dedent(self.source), self.path, "exec", ANNOTATIONS_STAY_TEXT), known)  # noqa: S102
        changed = known[function.__code__.co_name]
        function.__defaults__, function.__kwdefaults__ = changed.__defaults__, changed.__kwdefaults__
        function.__code__ = changed.__code__


def mutants_of(path, root):
    """Every mutant of a module below the root, in the order of its lines."""
    wrapper = MetadataWrapper(cst.parse_module(path.read_text(encoding="utf-8")))
    places = wrapper.resolve(PositionProvider)
    module = ".".join(path.relative_to(root).with_suffix("").parts)
    for name, function in _functions(wrapper.module, module):
        first = function.decorators[0] if function.decorators else function
        for line, source in _sources(function, places):
            yield Mutant(str(path), name, places[first].start.line, line, _text(function), source)


def _functions(node, within):
    """The outermost functions, methods included: what stands inside a function changes with it."""
    for child in node.children:
        if isinstance(child, cst.FunctionDef):
            yield f"{within}.{child.name.value}", child
        else:
            inner = f"{within}.{child.name.value}" if isinstance(child, cst.ClassDef) else within
            yield from _functions(child, inner)


def _sources(function, places):
    for node in _nodes(function):
        for kind, operator in mutation_operators:
            if isinstance(node, kind):
                for changed in operator(node):
                    if not _lacks_the_proof(node, changed):
                        yield places[node].start.line, _text(function.deep_replace(node, changed))


def _nodes(node):
    for child in node.children:
        if not isinstance(child, LEFT_ALONE) and not _is_left_alone(child):
            yield child
            yield from _nodes(child)


def _is_left_alone(node):
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Name):
        return node.func.value in CALLS_LEFT_ALONE
    return isinstance(node, cst.Expr) and isinstance(node.value, cst.SimpleString)


def _lacks_the_proof(node, changed):
    """Whether only `case _: assert_never(...)` went: mypy proves that nothing comes there."""
    if not isinstance(node, cst.Match) or node.cases[-1] in changed.cases:
        return False
    return "assert_never(" in cst.Module([node.cases[-1]]).code


def _text(function):
    return cst.Module([function.with_changes(decorators=[], leading_lines=[])]).code
