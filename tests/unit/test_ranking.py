"""How passages are ranked and what of a text is searched, without a database."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alice.domain.recall import ranking, tokens
from alice.domain.recall.ranking import WEIGHTS, Document, Passage, Totals, Weights

TOTALS = Totals(documents=10, passages=200, length=2_100)
counts = st.floats(0, 20)
rarities = st.floats(0.01, 12)
lengths = st.integers(1, 500)


def place(document: int, slot: int) -> int:
    return document << ranking.SLOT_BITS | slot


def bm25(count: float, rarity: float = 2.0, *, length: float = 10) -> float:
    return ranking.bm25([count], [rarity], length=length, average=10)


@given(rarities, counts, lengths)
def test_a_term_never_takes_away_and_never_counts_more_than_its_rarity_times_k1_plus_1(
    rarity: float, count: float, length: int
) -> None:
    assert 0 <= bm25(count, rarity, length=length) <= rarity * (ranking.K1 + 1)


@given(rarities, counts, counts, lengths)
def test_more_of_a_term_is_never_worse(rarity: float, one: float, more: float, length: int) -> None:
    assert bm25(one, rarity, length=length) <= bm25(one + more, rarity, length=length) + 1e-9


@given(rarities, st.floats(0.5, 20), lengths, lengths)
def test_the_same_words_count_more_in_a_shorter_text(rarity: float, count: float, one: int, more: int) -> None:
    assert bm25(count, rarity, length=one + more) < bm25(count, rarity, length=one)


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_a_rarer_term_is_worth_more_and_a_term_that_is_everywhere_next_to_nothing(one: int, other: int) -> None:
    low, high = sorted((one, other))
    assert ranking.rarity(10_000, low) >= ranking.rarity(10_000, high) >= 0
    assert ranking.rarity(10_000, 10_000) < 0.0001


def test_counts_that_lag_behind_do_not_break_the_rarity() -> None:
    assert ranking.rarity(10, 12) == ranking.rarity(10, 10)


def test_neighbours_never_leave_the_document() -> None:
    assert list(ranking.neighbours(place(7, 1))) == [place(7, slot) for slot in range(4)]
    assert list(ranking.neighbours(place(7, 9))) == [place(7, slot) for slot in range(7, 12)]


@given(st.integers(1, 2**38), st.integers(0, 2**24 - 1))
def test_a_place_is_a_document_and_a_slot(document: int, slot: int) -> None:
    assert (ranking.document_of(place(document, slot)), ranking.slot_of(place(document, slot))) == (document, slot)


def scored(texts: dict[int, tuple[int, list[float]]], weights: Weights = WEIGHTS) -> dict[int, dict[str, float]]:
    passages = {at: Passage(*text) for at, text in texts.items()}
    documents = {ranking.document_of(at): Document(100, [1.0]) for at in texts}
    return ranking.score(texts, passages, documents, rarities=[3.0], totals=TOTALS, weights=weights)


def test_a_passage_beside_the_words_is_found_too_but_after_them() -> None:
    result = scored({place(1, 1): (10, [0]), place(1, 2): (10, [1]), place(1, 9): (10, [0])})
    totals = {at: sum(parts.values()) for at, parts in result.items()}
    assert totals[place(1, 2)] > totals[place(1, 1)] > totals[place(1, 9)]
    assert result[place(1, 1)]["words"] == 0 < result[place(1, 1)]["around"]


def test_a_passage_that_says_nothing_stands_for_little_of_what_is_around_it() -> None:
    result = scored({place(1, 1): (1, [0]), place(1, 2): (10, [1]), place(1, 3): (10, [0])})
    assert result[place(1, 1)]["around"] < result[place(1, 3)]["around"] / 2


def test_without_neighbours_and_document_it_is_plain_bm25() -> None:
    texts = {place(1, 1): (10, [2.0])}
    parts = scored(texts, Weights(around=0, document=0))[place(1, 1)]
    assert sum(parts.values()) == ranking.bm25([2.0], [3.0], length=10, average=TOTALS.average)


def shortlist(matches: dict[int, tuple[int, int]], size: int) -> list[int]:
    a, b = ranking.norm(TOTALS)
    guessed = {
        at: (length, mask, (4.0 * (mask & 1) + (mask >> 1)) / (a + b * length))
        for at, (length, mask) in matches.items()
    }
    best = dict(sorted(guessed.items(), key=lambda item: (-item[1][2], item[0])))
    return ranking.shortlist(best, [4.0, 1.0], TOTALS, weights=WEIGHTS, size=size)


def test_the_shortlist_keeps_the_rarest_words_and_those_beside_them_and_never_a_title() -> None:
    matches = {place(1, 0): (3, 0b11), place(1, 5): (10, 0b10), place(2, 5): (10, 0b01), place(3, 5): (10, 0b11)}
    kept = shortlist(matches, 3)
    assert kept[0] == place(3, 5)
    assert all(ranking.slot_of(at) for at in shortlist(matches, 100))
    assert {place(1, 1), place(1, 2), place(3, 6)} < set(shortlist(matches, 100))


FEW_MATCHES = st.dictionaries(
    st.integers(1, 400).map(lambda n: place(n % 5 + 1, n)), st.tuples(lengths, st.integers(0, 3)), max_size=10
)


@given(FEW_MATCHES)
def test_a_shorter_shortlist_is_the_beginning_of_a_longer_one(matches: dict[int, tuple[int, int]]) -> None:
    assert shortlist(matches, 5) == shortlist(matches, 50)[:5]


@given(rarities, lengths)
def test_the_first_guess_is_bm25_where_each_term_stands_once(rarity: float, length: int) -> None:
    a, b = ranking.norm(TOTALS)
    exact = ranking.bm25([1.0], [rarity], length=length, average=TOTALS.average)
    assert abs(rarity / (a + b * length) - exact) < 1e-9


def test_nothing_glues_words_together() -> None:
    glued = "and/or node.js foo_bar e-mail me@example.org"
    assert " ".join(tokens.plain(glued).split()) == "and or node js foo bar e mail me example org"


def test_words_with_accents_are_found_without_them() -> None:
    assert tokens.plain("Das Café in Łódź").split() == ["das", "café", "cafe", "in", "łódź", "lodz"]
    assert tokens.variants("café") == ["café", "cafe"]
    assert tokens.variants("cafe") == ["cafe"]
    assert tokens.plain("À0").split() == ["à0", "a0"]


def test_unspaced_scripts_are_searched_by_characters_and_pairs() -> None:
    assert tokens.plain("会議は明日").split() == ["会", "議", "は", "明", "日", "会議", "議は", "は明", "明日"]
    assert tokens.words("会議は?") == ["会議", "議は"]
    assert tokens.words("猫") == ["猫"]


def test_letters_of_other_scripts_keep_their_marks() -> None:
    assert tokens.words("йод हिन्दी") == ["йод", "हिन्दी"]


def test_full_width_letters_are_letters() -> None:
    assert tokens.words("ＡＢＣ１") == ["abc1"]
    assert tokens.plain("ＡＢＣ１").split() == ["abc1"]


@given(st.text(st.characters(max_codepoint=0x2FF)))
def test_what_a_text_says_can_be_asked_for(text: str) -> None:
    assert set(tokens.words(text)) <= set(tokens.plain(text).split())


def test_a_question_of_any_length_is_bounded_and_has_each_word_once() -> None:
    assert tokens.words("tea Tea TEA coffee") == ["tea", "coffee"]
    assert len(tokens.words(" ".join(f"word{n}" for n in range(2_000)))) == 400
    assert tokens.words(" … !? \t") == []
    assert max(map(len, tokens.words("x" * 10_000))) == 500


SENTENCES = {
    "english": "We have to talk about the garden and what grows in it.",
    "german": "Wir müssen noch über den Garten reden und was darin wächst.",
    "french": "Il faut que nous parlions du jardin et des plantes qui y poussent.",
    "spanish": "Tenemos que hablar del jardín y de las plantas que hay en el patio.",
    "italian": "Dobbiamo parlare del giardino e di quello che cresce nel prato.",
    "dutch": "We moeten het nog over de tuin hebben en wat er niet groeit.",
    "russian": "Мы должны поговорить о саде и о том, что в нём растёт.",
    "greek": "Πρέπει να μιλήσουμε για τον κήπο.",
    "simple": "请和我谈谈花园",
}


def test_it_tells_the_language_of_a_note() -> None:
    assert {name: tokens.language(text) for name, text in SENTENCES.items()} == {name: name for name in SENTENCES}


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Which worktop do we take?", "english"),
        ("Why does Ann like it?", "english"),
        ("Wann zieht Anna um?", "german"),
        ("Quand part Anne ?", "french"),
        ("¿Dónde vive Ana?", "spanish"),
        ("Quando arriva Anna e dove dorme?", "italian"),
    ],
)
def test_it_tells_the_language_of_a_question(question: str, language: str) -> None:
    assert tokens.language(question) == language


def test_a_list_of_names_counts_as_english() -> None:
    assert tokens.language("tofu, rice, MX-5000") == "english"
