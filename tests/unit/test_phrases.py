"""Runs of words: a text is known again however it is set, and by nothing that everybody says."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alice.domain import phrases
from alice.domain.phrases import LENGTH

TEXT = "Mira collects the turquoise envelope from Doctor Quill."


@pytest.mark.parametrize(
    "told",
    [
        TEXT,
        TEXT.upper(),
        "- **Mira** collects the _turquoise envelope_ from \\[Doctor\\] Quill",
        "…said that Mira\ncollects the\tturquoise — envelope",
        "“the turquoise envelope from Doctor”",
    ],
)
def test_five_words_in_a_row_are_found_however_they_are_set(told: str) -> None:
    assert phrases.of([TEXT]).found(told)


@pytest.mark.parametrize(
    "told",
    ["", "Mira collects the envelope.", "the turquoise envelope from Ann", "Quill Doctor from envelope turquoise"],
)
def test_fewer_or_other_words_are_not(told: str) -> None:
    assert not phrases.of([TEXT]).found(told)


def test_a_shorter_text_is_looked_for_as_a_whole_and_a_very_short_one_not_at_all() -> None:
    assert phrases.of(["The velvet trombone."]).found("He plays the velvet trombone well.")
    assert not phrases.of(["The velvet trombone."]).found("the velvet hat")
    assert len(phrases.of(["Thanks, Ann!", "ok", "", "2026-03-04", "10 30 11 45 12"])) == 0


def test_dates_and_numbers_are_not_words_that_tell() -> None:
    assert not phrases.of(["2026-03-04 07:00 Minutes"]).found('{"due_on": "2026-03-04", "at": "07:00"}')
    assert phrases.of(["Two hundred slates by 2026-03-06"]).found("two hundred slates by 2026")


FEW = st.lists(st.sampled_from(["the", "pump", "is", "loud", "10"]), max_size=14)


@given(st.lists(FEW, min_size=1, max_size=3), FEW, FEW)
def test_a_sign_of_every_run_is_enough_to_pass_by_the_rest(
    known: list[list[str]], others: list[str], told: list[str]
) -> None:
    made = phrases.of(map(" ".join, known))
    made.without(" ".join(others))
    every = [run for size, runs in made.by_length.items() for run in phrases.runs(told, size) if run in runs]
    assert made.found(" ".join(told)) == bool(every)


def test_scripts_without_blanks_count_by_the_character() -> None:
    known = phrases.of(["私は明日の会議で秘密を話す。"])
    assert known.found("彼は「明日の会議で」と言った")
    assert not known.found("会議は明日")


def test_what_others_say_too_is_looked_for_no_more() -> None:
    known = phrases.of([TEXT])
    assert known.without("Ann knows that Mira collects the turquoise envelope.")
    assert not known.found("Mira collects the turquoise envelope")
    assert known.found("turquoise envelope from Doctor Quill")
    assert not known.without("Something else entirely, of many words.")


def test_texts_within_json_are_found_also_in_json_that_is_text() -> None:
    known = phrases.of([TEXT])
    assert known.stands_in({"a": [{"b": TEXT}]})
    assert known.stands_in({TEXT: 1})
    assert known.stands_in(json.dumps({"messages": [{"content": f"Say:\n{TEXT}"}]}))
    assert not known.stands_in({"a": ["Mira collects the", "turquoise envelope"]})
    assert not known.stands_in("{not json at all")


WORDS = ("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta")


@given(st.lists(st.sampled_from(WORDS), min_size=3, max_size=30), st.data())
def test_every_run_of_a_text_is_found_in_whatever_holds_it(said: list[str], data: st.DataObject) -> None:
    known = phrases.of([" ".join(said)])
    size = min(LENGTH, len(said))
    first = data.draw(st.integers(0, len(said) - size))
    run = ", ".join(said[first : first + size])
    assert known.found(f"Before. {run}! After.")
    known.without(" ".join(said))
    assert len(known) == 0
