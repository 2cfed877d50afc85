"""Pages of the repository point at what is there."""

import re
from itertools import chain

import pytest

from real_parts.inventory import REPOSITORY

PAGES = sorted(chain(REPOSITORY.glob("*.md"), (REPOSITORY / "docs").rglob("*.md")))


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(REPOSITORY)) for page in PAGES])
def test_every_local_link_leads_somewhere(page):
    links = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", page.read_text(encoding="utf-8"))

    assert [link for link in links if not (page.parent / link).exists()] == []
