"""The batched path is a part by itself, on which any job may be built."""

import ast

from real_parts.inventory import REPOSITORY

PROJECT = ("schemas", "scoring", "streams", "dashboards", "timezero")


def modules_named(path):
    """Every module that a file imports, by its whole name."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module


def test_the_batched_path_imports_nothing_else_of_this_project():
    files = sorted((REPOSITORY / "streams" / "batched").glob("*.py"))
    named = {(path.name, module) for path in files for module in modules_named(path)}
    ours = {each for each in named if each[1].startswith(PROJECT)}

    assert {each for each in ours if not each[1].startswith("streams.batched.")} == set()
    assert ours != set()
