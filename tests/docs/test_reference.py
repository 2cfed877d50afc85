"""The generated pages of the reference are those that would be written now."""

import subprocess
import sys
from pathlib import Path

from timezero.reference_docs import PAGES, stale_pages

ROOT = Path(__file__).parents[2]
WRITE = [sys.executable, "-m", "timezero.reference_docs"]


def test_the_generated_pages_are_current():
    assert stale_pages(ROOT / "docs" / "reference") == []


def test_a_stale_page_is_found_and_written_anew(tmp_path):
    subprocess.run([*WRITE, "--folder", str(tmp_path)], check=True)
    (tmp_path / "settings.md").write_text("old")
    checked = subprocess.run(
        [*WRITE, "--check", "--folder", str(tmp_path)], check=False, capture_output=True, text=True
    )

    assert checked.returncode == 1
    assert "settings.md" in checked.stderr
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted(PAGES)
    assert (tmp_path / "settings.md").read_text() == "old"
