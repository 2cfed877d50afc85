"""A measure's page in a real browser: it reads on a phone, prints on paper, and fetches nothing."""

import pytest

from timezero.measure_html import measure_html
from timezero.measure_page import measure_page


@pytest.fixture
def opened(page, tmp_path):
    """The page from a file, with what it asked for."""
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    file = tmp_path / "measure.html"
    file.write_text(measure_html(measure_page("nys-adult-6h/public-2015")), encoding="utf-8")
    page.goto(file.as_uri())
    return page, asked


def test_nothing_is_fetched(opened):
    page, asked = opened

    assert len(asked) == 1
    assert page.title().startswith("nys-adult-6h/public-2015: ")


def test_a_phone_shows_it_without_moving_the_page_sideways(opened):
    page, _ = opened
    page.set_viewport_size({"width": 390, "height": 800})

    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_a_screen_reader_meets_one_main_and_named_tables(opened):
    page, _ = opened

    assert page.get_by_role("main").count() == 1
    assert page.get_by_role("heading", level=1).count() == 1
    for name in ("Every number of the measure, with where it comes from", "The rules of the form, in their order"):
        assert page.get_by_role("table", name=name).count() == 1
    assert page.get_by_role("table", name="Read and approved").get_by_role("rowheader").count() == 3


def test_it_prints_dark_on_white_whatever_the_screen_is(opened):
    page, _ = opened
    page.emulate_media(media="print", color_scheme="dark")
    ink, paper = page.evaluate(
        "(({color, backgroundColor}) => [color, backgroundColor])(getComputedStyle(document.body))"
    )

    assert (ink, paper) == ("rgb(21, 32, 43)", "rgb(255, 255, 255)")
