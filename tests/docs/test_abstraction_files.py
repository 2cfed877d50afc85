"""The page on abstraction files tells every column, and its example is judged as it says."""

import re

from abstraction_form import SPEC
from command_line import say
from real_parts.inventory import REPOSITORY
from scoring.abstraction.column import CODES, FLAGS, Column
from scoring.abstraction.column_words import MEANINGS, kind_of

PAGE = REPOSITORY / "docs" / "reference" / "abstraction-files.md"


def test_every_column_is_told():
    assert list(MEANINGS) == list(Column)


def test_how_a_column_is_written_is_told_in_a_word():
    kinds = {column: kind_of(column) for column in Column}

    assert [kinds[column] for column in (Column.MRN, Column.DATE_OF_BIRTH, Column.DEATH, Column.LACTATE_LEVEL)] == [
        "text", "date", "time", "number"
    ]  # fmt: skip
    assert {column for column, kind in kinds.items() if kind == "flag"} == FLAGS
    assert {column for column, kind in kinds.items() if kind == "code"} == {
        "discharge_status", "pediatric_fluids", "adult_fluids", "excluded_reason", "severity"
    }  # fmt: skip


def test_codes_with_a_name_are_told():
    for column in (Column.EXCLUDED_REASON, Column.SEVERITY):
        assert re.findall("`([a-z_]+)`", MEANINGS[column]) == CODES[column].pattern.split("|")


def test_the_example_is_met(tmp_path, capsys):
    example = re.search("^```csv\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)[1]
    cases, out = tmp_path / "cases.csv", tmp_path / "judged.csv"
    cases.write_text(example, encoding="utf-8")

    said = say(capsys, "score", cases, "--measure", SPEC, "--out", out)

    assert (said.code, "warning" in said.out) == (0, False)
    assert out.read_text("utf-8").splitlines()[1:] == ["C1,denominator,,Y,Y,Y,Y"]
