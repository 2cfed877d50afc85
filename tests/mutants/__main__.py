"""`python -m mutants FILE...`: hunt the mutants of files of `scoring/`, and show those that no test notices."""

from collections import Counter, defaultdict
from pathlib import Path

import click
import pytest

from mutants.accepted import is_accepted, read_accepted
from mutants.hunt import KILLED, Hunt
from mutants.mutant import mutants_of

ROOT = Path(__file__).parents[2]
# What these say of judgement is said in tests/spec or tests/unit without a server, a feed or a board.
ELSEWHERE = ("streams", "dashboards", "timezero", "board_", "running_", "fake_engine", "leaking_engine", "whole_way")
# The pages and the commands that show the words of measures, and of what is wrong with one.
SHOWN = ("docs/test_reference.py", "functional/test_measures_show.py", "functional/test_site_measures.py")


def tests_of_judgement():
    """The stories, the unit tests that need nothing but words and judgement, and what shows the words."""
    files = sorted((ROOT / "tests" / "unit").glob("test_*.py"))
    units = (str(path) for path in files if _is_of_judgement(path.read_text(encoding="utf-8")))
    return ["tests/spec", *units, *(f"tests/{name}" for name in SHOWN)]


def _is_of_judgement(text):
    imports = [line.split()[1] for line in text.splitlines() if line.startswith(("import ", "from "))]
    judges = any(name.startswith(("scoring", "storyteller", "site_files")) for name in imports)
    return judges and not any(name.startswith(ELSEWHERE) for name in imports)


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path, resolve_path=True))
@click.option("--tests", multiple=True, help="Tests to meet; else the stories and the unit tests of judgement.")
@click.option("--at-most", type=float, help="Seconds of tests a mutant has to outlive; else all tests that reach it.")
def main(files, tests, at_most):
    """Hunt the mutants of files of `scoring/`; the status is 1 where one lives that nobody has accepted."""
    accepted, counts, alive = read_accepted(), defaultdict(Counter), []

    def note(mutant, outcome):
        told = "accepted" if outcome != KILLED and is_accepted(mutant, accepted) else outcome
        counts[mutant.path][told] += 1
        if told not in {KILLED, "accepted"}:
            alive.append(mutant)
            click.echo(f"{told}: {Path(mutant.path).relative_to(ROOT)}:{mutant.line} {mutant.name}\n{mutant.change}")

    hunt = Hunt([each for path in files for each in mutants_of(path, ROOT)], at_most, note)
    status = pytest.main(["-q", "-p", "no:cacheprovider", *(tests or tests_of_judgement())], plugins=[hunt])
    for name in hunt.reach.left_out:
        click.echo(f"left out, for it fails without any mutant here: {name}")
    for path, counted in counts.items():
        click.echo(f"{Path(path).relative_to(ROOT)}: {dict(sorted(counted.items()))}")
    raise SystemExit(status or bool(alive))


if __name__ == "__main__":
    main()
