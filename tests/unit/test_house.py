"""The rules of the house that no linter knows."""

import ast
import sys
from importlib import import_module
from itertools import chain
from pathlib import Path

import pytest

from real_parts.inventory import REPOSITORY

PACKAGES = ("schemas", "scoring", "streams", "dashboards", "timezero")
MODULES = sorted(chain.from_iterable((REPOSITORY / package).rglob("*.py") for package in PACKAGES))

# Numbers that are no clinical choice, each with its reason.
NUMBERS_OF_ARITHMETIC = {
    0: "nothing, first",
    1: "one, next",
}

# How a state is written down: its format, and how many facts are a block.
JUDGES_NOTHING = {"scoring/written_facts.py", "scoring/written_state.py"}

# What the words may lean on beside pydantic: nothing that reads a clock, a socket or a log.
WORDS_MAY_IMPORT = {
    "collections", "dataclasses", "datetime", "decimal", "enum", "functools", "hashlib", "importlib", "itertools",
    "json", "math", "operator", "re", "tomllib", "types", "typing", "zoneinfo",
    "annotated_types", "pydantic", "pydantic_core", "schemas",
}  # fmt: skip

NAMES_THAT_SAY_NOTHING = {"utils", "helpers", "common", "manager", "misc", "base", "core"}


def named(path):
    return str(path.relative_to(REPOSITORY))


def tree(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def numbers(path):
    """Every number written in a module, with its line; a minus sign is no part of it."""
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and type(node.value) in {int, float, complex}
    ]


def imported(path):
    """Top-level names of the absolute imports of a module."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or ".").partition(".")[0]


@pytest.mark.parametrize("package", PACKAGES)
def test_what_is_tested_is_the_installed_wheel(package):
    module = import_module(package)

    assert "site-packages" in Path(module.__file__).parts
    assert (Path(module.__file__).parent / "py.typed").exists()


def test_every_file_of_the_packages_is_in_the_wheel():
    """Rule files and pages forgotten in a wheel are missed only on the ward."""
    installed = Path(import_module("schemas").__file__).parents[1]
    ours = [path for package in PACKAGES for path in (REPOSITORY / package).rglob("*") if path.is_file()]
    kept = [path.relative_to(REPOSITORY) for path in ours if path.suffix not in {".pyc", ".so"}]

    assert [str(path) for path in kept if not (installed / path).exists()] == []
    assert kept != []


def test_no_bare_number_stands_in_the_judgement():
    """Clinical numbers live in TOML, with their unit and source."""
    judgement = [
        path for path in MODULES if path.is_relative_to(REPOSITORY / "scoring") and named(path) not in JUDGES_NOTHING
    ]

    assert [
        f"{named(path)}:{line}: {number}"
        for path in judgement
        for line, number in numbers(path)
        if number not in NUMBERS_OF_ARITHMETIC
    ] == []


def test_a_bare_number_would_be_seen(tmp_path):
    module = tmp_path / "window.py"
    module.write_text("from datetime import timedelta\n\nWINDOW = timedelta(hours=6, minutes=-1)\n")

    assert numbers(module) == [(3, 6), (3, 1)]


def test_words_are_said_in_pydantic_and_the_standard_library():
    words = [path for path in MODULES if path.is_relative_to(REPOSITORY / "schemas")]

    assert {
        f"{named(path)}: {name}" for path in words for name in imported(path) if name not in WORDS_MAY_IMPORT
    } == set()


def test_no_test_sleeps():
    """A test that sleeps is slow on a good day and wrong on a bad one; real parts are asked (`eventually`)."""
    tests = [path for path in (REPOSITORY / "tests").rglob("*.py") if "real_parts" not in path.parts]
    calls = [(path, node.func) for path in tests for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]

    assert [
        f"{named(path)}:{called.lineno}"
        for path, called in calls
        if "sleep" in {getattr(called, "attr", None), getattr(called, "id", None)}
    ] == []


def test_files_are_named_by_the_noun_they_own():
    assert [named(path) for path in MODULES if path.stem in NAMES_THAT_SAY_NOTHING] == []


def test_no_module_grows_past_what_one_can_read():
    assert [named(path) for path in MODULES if len(path.read_text(encoding="utf-8").splitlines()) > 400] == []


def test_the_lock_names_no_registry():
    locks = sorted((REPOSITORY / "requirements").glob("*.txt"))

    assert [lock.name for lock in locks if "://" in lock.read_text(encoding="utf-8")] == []
    assert {"build.txt", "dev.txt", "service.txt"} < {lock.name for lock in locks}


def test_the_checkout_is_not_on_the_path():
    assert str(REPOSITORY) not in [str(Path(entry or ".").resolve()) for entry in sys.path]
