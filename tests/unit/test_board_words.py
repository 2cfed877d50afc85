"""The board's words: rules a coordinator understands, dates as the rest of the board writes them."""

import pytest

from dashboards.board.words import reason_in_words, rule_in_words, sentence_in_words


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("surrogate_infection_provisional", "infection suspected, not confirmed yet"),
        ("arrived", "arrival"),
        ("order_set_started", "order set started"),
    ],
)
def test_a_rule_goes_by_words_for_people_or_else_by_its_own(rule, words):
    assert rule_in_words(rule) == words


@pytest.mark.parametrize(
    ("sentence", "shown"),
    [
        ("Window closed 2145-12-02 00:01, no fluids charted.", "Window closed 2 Dec 00:01, no fluids charted."),
        ("Antibiotics on 2026-03-14, known by its day only.", "Antibiotics on 14 Mar, known by its day only."),
        ("Time zero 21:00, by triaged.", "Time zero 21:00, by triage."),
        ("Lot 2026-13-01 given 10:20.", "Lot 2026-13-01 given 10:20."),
    ],
)  # fmt: skip
def test_dates_and_rules_in_a_sentence_read_as_the_rest_of_the_board(sentence, shown):
    assert sentence_in_words(sentence) == shown


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("expired_6h", "expired within 6 h"),
        ("antibiotics_over_24h", "antibiotics over 24 h"),
        ("covid19", "COVID-19"),
        ("stay_over_120_days", "stay over 120 days"),
        ("age", "age"),
    ],
)
def test_a_reason_reads_as_a_clinician_would_write_it(reason, words):
    assert reason_in_words(reason) == words
