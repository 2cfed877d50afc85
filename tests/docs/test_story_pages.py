"""The pages of the stories are those that would be written now."""

from click.testing import CliRunner

from real_parts.inventory import REPOSITORY
from story_files import story_files
from story_pages import INDEX, anchor, main, stale_pages


def test_the_pages_of_the_stories_are_current():
    assert stale_pages(REPOSITORY / "docs" / "reference" / "stories") == []


def test_a_stale_page_is_found_and_written_anew(tmp_path):
    run = CliRunner()
    run.invoke(main, ["--folder", str(tmp_path)], catch_exceptions=False)
    (tmp_path / INDEX).write_text("old")
    (tmp_path / "of-no-measure.md").write_text("left over")
    checked = run.invoke(main, ["--check", "--folder", str(tmp_path)])

    assert checked.exit_code == 1
    assert checked.output == f"not current: {INDEX}, of-no-measure.md; run make docs\n"
    run.invoke(main, ["--folder", str(tmp_path)], catch_exceptions=False)
    assert stale_pages(tmp_path) == []


def test_every_link_to_a_story_finds_its_heading():
    """Two headings with one anchor would lead a reader to the wrong story."""
    for file in story_files():
        anchors = [anchor(line.lstrip("# ")) for line in file.text.splitlines() if line.startswith("#")]

        assert len(set(anchors)) == len(anchors), file.measure
