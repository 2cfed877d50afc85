"""The glossary has every word that the board can say."""

import re

import pytest

from real_parts.inventory import REPOSITORY
from schemas.alert import AlertKind, AlertReason
from schemas.case_record import CaseStatus
from schemas.verdict import Element, ElementStatus

GLOSSARY = REPOSITORY / "docs" / "glossary.md"


def words_defined_in(text):
    """The words in code face in the first column of the glossary's tables."""
    firsts = re.findall(r"^\| (`[^|]+`) \|", text, flags=re.MULTILINE)
    return {word for first in firsts for word in re.findall(r"`([^`]+)`", first)}


@pytest.mark.parametrize("words", [ElementStatus, CaseStatus, AlertKind, AlertReason, Element])
def test_every_word_of_the_code_is_in_the_glossary(words):
    defined = words_defined_in(GLOSSARY.read_text(encoding="utf-8"))

    assert {word.value for word in words} - defined == set()


def test_the_glossary_defines_no_word_that_the_code_does_not_know():
    known = {word.value for words in (ElementStatus, CaseStatus, AlertKind, AlertReason, Element) for word in words}

    assert words_defined_in(GLOSSARY.read_text(encoding="utf-8")) - known == set()
