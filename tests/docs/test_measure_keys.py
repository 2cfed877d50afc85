"""Every key and word of the vocabulary is told in the reference, and those that decide in the vocabulary's page."""

import re

import pytest

from real_parts.inventory import REPOSITORY
from scoring.abstraction.measure_form import MeasureForm
from scoring.measure import Measure
from scoring.measure_file.vocabulary import allowed, every_table, words_of
from scoring.rules import Conventions

KEYS = (REPOSITORY / "docs" / "reference" / "measure-keys.md").read_text("utf-8")
VOCABULARY = (REPOSITORY / "docs" / "measure-vocabulary.md").read_text("utf-8")
MODELS = (Measure, MeasureForm, Conventions)


def told(page):
    return set(re.findall(r"`([^`]+)`", page))


@pytest.mark.parametrize("table", dict.fromkeys(each for model in MODELS for each in every_table(model)))
def test_every_key_of_a_table_has_its_row(table):
    name = re.sub(r"^_(.*)$", r"\1Convention", table.__name__)
    section = KEYS.partition(f"### {name}\n")[2].partition("\n### ")[0]
    rows = re.findall(r"^\| `([a-z_]+)` \|", section, flags=re.MULTILINE)

    assert rows == list(table.model_fields)


def test_every_word_that_may_stand_somewhere_is_told():
    tables = [table for model in MODELS for table in every_table(model)]
    words = {word for table in tables for field in table.model_fields.values() for word in allowed(field.annotation)}
    words |= {each.value for words in words_of((Measure, MeasureForm)) for each in words}

    assert words - told(KEYS) == set()
    assert {"antibiotic", "pews", "entry", "lactate_level"} <= words


def test_links_of_the_page_lead_to_its_headings():
    headings = {heading.lower().replace(" ", "-") for heading in re.findall(r"^#+ (\w+)$", KEYS, flags=re.MULTILINE)}

    assert set(re.findall(r"\]\(#([a-z0-9-]+)\)", KEYS)) - headings == set()


def test_what_an_act_and_a_circumstance_mean_is_told_in_words():
    """The page of the vocabulary says what each act, rule, clock and circumstance does, not only that it is there."""
    acts = {word for table in every_table(Measure) for key in ("act", "rule") for word in fixed(table, key)}
    deciding = {words.__name__: {each.value for each in words} for words in words_of((Measure,))}
    meant = {*acts, *deciding["Circumstance"], *deciding["CountsFrom"]}
    spoken = " ".join(told(VOCABULARY))

    assert {word for word in meant if word not in spoken} == set()


def fixed(table, key):
    field = table.model_fields.get(key)
    return [] if field is None or len(allowed(field.annotation)) > 2 else allowed(field.annotation)
