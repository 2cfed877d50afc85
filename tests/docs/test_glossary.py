"""The glossary has every word that the board can say."""

import re
from importlib.resources import files
from typing import get_args

import pytest

from real_parts.inventory import REPOSITORY
from schemas.alert import AlertKind, AlertReason
from schemas.case_record import CaseStatus
from schemas.verdict import Element, ElementStatus
from scoring.abstraction.form_judge import BAD_ROW
from scoring.abstraction.measure_form import Drop
from scoring.sentence import REASONS

WARNINGS = {"excluded_without_time", "excluded_without_reason", "blank_condition"}
"""Reasons to look at a row of a form; they decide nothing."""
GLOSSARY = REPOSITORY / "docs" / "glossary.md"


def words_defined_in(text):
    """The words in code face in the first column of the glossary's tables."""
    firsts = re.findall(r"^\| (`[^|]+`) \|", text, flags=re.MULTILINE)
    return {word for first in firsts for word in re.findall(r"`([^`]+)`", first)}


def reasons():
    """Every reason that a sentence words, or that a shipped measure or form gives."""
    texts = [text.read_text("utf-8") for text in (files("scoring") / "measures").iterdir()]
    given = {reason for text in texts for reason in re.findall(r'\breason = "([^"]+)"', text)}
    return {*REASONS, *given, *get_args(Drop), BAD_ROW} - WARNINGS


def test_every_reason_of_a_verdict_is_in_the_glossary():
    assert reasons() - words_defined_in(GLOSSARY.read_text(encoding="utf-8")) == set()


@pytest.mark.parametrize("words", [ElementStatus, CaseStatus, AlertKind, AlertReason, Element])
def test_every_word_of_the_code_is_in_the_glossary(words):
    defined = words_defined_in(GLOSSARY.read_text(encoding="utf-8"))

    assert {word.value for word in words} - defined == set()


def test_the_glossary_defines_no_word_that_the_code_does_not_know():
    known = {word.value for words in (ElementStatus, CaseStatus, AlertKind, AlertReason, Element) for word in words}

    assert words_defined_in(GLOSSARY.read_text(encoding="utf-8")) - known - reasons() == set()
