"""What a question looks for, and what finds candidates for it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from alice.domain.recall import questions, ranking, tokens
from alice.domain.recall.questions import Term
from alice.embeddings import static


def term(word: str, passages: int, *, alike: bool = False) -> Term:
    return Term((word,), passages, 1.0, alike)


def test_any_rare_word_finds_candidates_and_a_common_one_does_not() -> None:
    found = questions.finders([term("zebra", 3), term("pump", 1_200), term("meet", 90_000)], 100_000)
    assert found == "('zebra') | ('pump')"


def test_common_words_find_only_where_two_stand_together() -> None:
    common = [term("meet", 50_000), term("project", 40_000), term("plan", 30_000)]
    assert questions.finders(common, 100_000) == (
        "('plan') & ('project') | ('plan') & ('meet') | ('project') & ('meet')"
    )
    assert questions.finders(common[:1], 100_000) == "'meet'"


def test_in_a_small_brain_every_word_finds() -> None:
    assert questions.finders([term("meet", 90), term("plan", 80)], 100) == "('plan') | ('meet')"


def test_words_that_mean_alike_find_what_the_words_themselves_leave() -> None:
    asked = [term("art", 900, alike=True), term("paint", 1_200)]
    assert questions.finders(asked, 100_000) == "('paint')"
    assert questions.finders([asked[0], term("paint", 50)], 100_000) == "('paint') | ('art')"


found_terms = st.dictionaries(
    st.tuples(st.integers(0, 60), st.booleans()),
    st.dictionaries(st.text("abcdef'\\ ", min_size=1, max_size=4), st.integers(1, 500), min_size=1, max_size=4),
    min_size=1,
    max_size=60,
)


@given(found_terms)
def test_a_question_has_few_terms_and_no_lexeme_counts_twice(found: dict[tuple[int, bool], dict[str, int]]) -> None:
    terms = questions.terms(found, 1_000)
    lexemes = [lexeme for one in terms for lexeme in one.lexemes]
    assert 1 <= len(terms) <= questions.MOST_TERMS
    assert len(lexemes) == len(set(lexemes))
    assert [one.rarity for one in terms] == sorted((one.rarity for one in terms), reverse=True)
    assert questions.finders(terms, 1_000)


def test_a_word_that_means_alike_is_worth_half_of_the_word_at_most() -> None:
    own, other = questions.terms({(0, False): {"paint": 10}, (0, True): {"art": 3, "canva": 2}}, 1_000)
    assert (own.lexemes, other.lexemes, other.alike) == (("paint",), ("art", "canva"), True)
    assert other.rarity == questions.ALIKE * own.rarity


def test_a_word_that_the_brain_does_not_hold_is_stood_for_by_those_alike() -> None:
    [other] = questions.terms({(0, True): {"art": 3}}, 1_000)
    assert other.rarity == questions.ALIKE * ranking.rarity(1_000, 3)


def test_it_knows_words_that_mean_alike_and_none_for_names_and_nonsense() -> None:
    assert static.available()
    close = static.alike(["doctor", "ran", "xyzzy", "doctor"])
    assert {"medical", "patient"} < set(close["doctor"])
    assert "run" in close["ran"]
    assert "xyzzy" not in close
    assert static.alike([]) == {}


def test_a_capital_inside_the_question_marks_a_name() -> None:
    assert tokens.named("What did Rose say to Mark about the rose?") == {"rose", "mark"}
    assert tokens.named("rose is a rose") == set()


def test_a_spoken_turn_names_its_speaker() -> None:
    assert tokens.speaker("Ann Lee: Good morning.") == ("Ann Lee", "Good morning.")
    assert tokens.speaker("- **Ben**: see above: there") == ("Ben", "see above: there")
    assert tokens.speaker("[10:32] Cleo: hm") == ("Cleo", "hm")
    assert tokens.speaker("Nobody speaks here.") == ("", "Nobody speaks here.")
    assert tokens.speaker("https://example.org") == ("", "https://example.org")
