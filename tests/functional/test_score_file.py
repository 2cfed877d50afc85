"""Files that `timezero score` reads: from any table program, crooked, cut off, or no table."""

import json

import pytest

from abstraction_form import CHILD, COLUMNS, SPEC, columns_of, reasons
from command_line import say

# Reading the file


@pytest.mark.parametrize(
    ("encoding", "mark"), [("utf-8", ""), ("utf-8", "\ufeff"), ("utf-16", ""), ("utf-16-be", "\ufeff"), ("cp1252", "")]
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_file_may_come_from_any_table_program(score, encoding, mark, end, delimiter):
    row = columns_of(CHILD | {"facility_id": "Hôpital Général", "case_id": "K1"})
    lines = [delimiter.join(COLUMNS), delimiter.join(row.get(name, "") for name in COLUMNS), ""]
    score.cases.write_bytes((mark + end.join(lines)).encode(encoding))

    said, rows = score(None, SPEC, "--json")

    assert said.code == 0, said.err
    assert list(json.loads(said.out)["facilities"]) == ["Hôpital Général"]
    assert [(row["case_id"], row["bundle"]) for row in rows] == [("K1", "Y")]


def test_columns_are_found_by_name_and_extra_ones_kept_out_of_the_way(score):
    columns = ["remarks", *reversed(COLUMNS), "mood"]
    score([CHILD], columns=columns)
    text = score.cases.read_text(encoding="utf-8")
    score.cases.write_text(text.replace("protocol_datetime", " Protocol_Datetime "), encoding="utf-8")

    said, rows = score(None, SPEC, "--json")

    assert rows[0]["bundle"] == "Y"
    assert json.loads(said.out)["extra_columns"] == 2


def test_blank_lines_are_no_cases_and_crooked_rows_are_dropped(score):
    score([CHILD, CHILD])
    header, first, second = score.cases.read_text(encoding="utf-8").splitlines()
    crooked = [first.rpartition(",")[0], second + ",more", "F1,only", "F1"]
    lines = [header, "", first, *crooked, "," * (len(COLUMNS) - 1), "   ", second]
    score.cases.write_text("\n".join(lines), encoding="utf-8")

    said, rows = score(None, SPEC, "--json", "--internal")

    assert reasons(rows) == ["", "bad_row", "bad_row", "bad_row", "bad_row", ""]
    assert [row["case_id"] for row in rows] == ["C1", "C1", "C2", "only", "", "C2"]
    assert list(json.loads(said.out)["facilities"]) == ["F1"]


def test_a_field_may_hold_a_line_break(score):
    _, rows = score([CHILD | {"case_id": "a\nb", "severity": 'said "so",\nand more'}, CHILD])

    assert [(row["case_id"], row["bundle"]) for row in rows] == [("a\nb", "Y"), ("C2", "Y")]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"\xff\xfeno text\xd8",
        b"these are words\n",
        b'facility_id,"case_id\n1,2',
        b"facility_id,case_id,facility_id\n",
        b"PK\x03\x04\x14\x00\x08\x08\x08\x00 a table program's own file",
        bytes(range(256)),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_one_sentence(score, content):
    score.cases.write_bytes(content)

    said, rows = score(None)

    assert (said.code, said.out, rows) == (2, "", [])
    assert said.err.startswith("timezero: cases.csv ")
    assert said.err.count("\n") == 1


def test_a_file_that_ends_within_a_quoted_field_is_refused_and_leaves_nothing(score):
    score([CHILD])
    score.out.unlink()
    with score.cases.open("a", encoding="utf-8") as stream:
        stream.write('F1,"C2')

    said, rows = score(None)

    assert (said.code, rows) == (2, [])
    assert not score.out.exists()
    assert [each for each in score.out.parent.iterdir() if each.suffix == ".part"] == []


def test_the_files_must_be_files_and_two(score, tmp_path, capsys):
    score([CHILD])
    before = score.cases.read_bytes()
    same = say(capsys, "score", score.cases, "--measure", SPEC, "--out", score.cases)
    folder = say(capsys, "score", tmp_path, "--measure", SPEC, "--out", score.out)
    nowhere = say(capsys, "score", tmp_path / "nowhere.csv", "--measure", SPEC, "--out", score.out)
    below = say(capsys, "score", score.cases, "--measure", SPEC, "--out", tmp_path / "no" / "out.csv")

    assert [each.code for each in (same, folder, nowhere, below)] == [2, 2, 2, 2]
    assert all(each.err.count("\n") == 1 for each in (same, folder, nowhere, below))
    assert nowhere.err == "timezero: nowhere.csv cannot be read: there is no such file.\n"
    assert score.cases.read_bytes() == before


def test_nothing_but_the_file_that_is_named_is_replaced(score, tmp_path, capsys):
    score([CHILD])
    read = tmp_path / "judged.csv.part"
    score.cases.rename(read)
    kept = read.read_bytes()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "link.csv").symlink_to(tmp_path / "elsewhere" / "real.csv")
    beside = say(capsys, "score", read, "--measure", SPEC, "--out", tmp_path / "judged.csv")
    linked = say(capsys, "score", read, "--measure", SPEC, "--out", tmp_path / "link.csv")

    assert (beside.code, linked.code) == (0, 0)
    assert read.read_bytes() == kept
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "elsewhere" / "real.csv").read_text() == (tmp_path / "judged.csv").read_text()


@pytest.mark.parametrize("name", ["", ".", "-"])
@pytest.mark.parametrize("place", ["CASES.csv", "--out"])
def test_a_name_that_is_none_is_refused(score, tmp_path, capsys, monkeypatch, name, place):
    score([CHILD])
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.iterdir())

    files = {"CASES.csv": "cases.csv", "--out": "out.csv"} | {place: name}
    said = say(capsys, "score", files["CASES.csv"], "--measure", SPEC, "--out", files["--out"])

    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert f"'{place}'" in said.err
    assert sorted(tmp_path.iterdir()) == before


def test_what_cannot_be_written_is_named_as_it_was_told(score, capsys):
    score([CHILD])

    said = say(capsys, "score", score.cases, "--measure", SPEC, "--out", "/proc/judged.csv")

    assert said.code == 2
    assert said.err.startswith("timezero: /proc/judged.csv cannot be written: ")


def test_a_line_for_a_table_program_alone_is_named(score):
    score([CHILD])
    score.out.unlink()
    text = score.cases.read_text(encoding="utf-8")
    for line in ("sep=,", "SEP=;", '"sep=,"', "sep=\t"):
        score.cases.write_text(f"{line}\n{text}", encoding="utf-8")

        said, rows = score(None)

        assert (said.code, rows) == (2, [])
        assert "begins with a line that tells a table program its separator; take that line out" in said.err


@pytest.mark.parametrize(
    ("crooked", "what"),
    [
        ('F1,"C4\n\n\n', "unexpected end of data"),
        (f'F1,"{"x" * 140_000}', "field larger than field limit"),
        ('F1,"C4"x,', "',' expected after"),
    ],
)
def test_where_a_table_goes_wrong_is_told_by_the_line_in_which_its_row_begins(score, crooked, what):
    score([CHILD | {"case_id": "a\nb"}, CHILD])
    with score.cases.open("a", encoding="utf-8") as stream:
        stream.write(crooked)

    said, _ = score(None)

    assert f"cases.csv is not comma-separated text: {what}" in said.err
    assert "in the row that begins in line 5. Look there for a quotation mark" in said.err


def test_a_header_can_be_had_for_the_asking(score, capsys):
    said = say(capsys, "measures", "show", SPEC, "--template", "--out", score.cases)
    scored, rows = score(None)

    assert (said.code, scored.code, rows) == (0, 0, [])
    assert say(capsys, "measures", "show", SPEC, "--template").out == score.cases.read_text("utf-8")
    assert say(capsys, "measures", "show", "sep1-like/1", "--template").code == 2


def test_a_missing_column_comes_with_what_to_do(score):
    said, _ = score([CHILD], columns=[name for name in COLUMNS if name != "mrn"])

    assert "Add what is missing to the first line" in said.err
    assert f"timezero measures show {SPEC} --template" in said.err


def test_results_may_go_to_what_is_no_plain_file(score, capsys):
    score([CHILD])

    said = say(capsys, "score", score.cases, "--measure", SPEC, "--out", "/dev/null")

    assert said.code == 0


def test_no_value_of_a_row_is_said_on_the_way_out(score):
    score([CHILD | {"mrn": "marked-mrn", "case_id": "marked-case", "born": "marked-birth"}] * 2)

    said, _ = score(None, SPEC, "--internal")

    assert "marked" not in said.out + said.err
