"""How a text is cut into passages."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alice.domain.texts.blocks import scan
from alice.domain.texts.chunking import LONGEST, Chunk, chunks

PIECES = st.sampled_from(
    [
        "# Garden\n", "## Beds ##\n", "Plan\n====\n", "Plan\n----\n", "---\n", "- item\n", "  - nested item\n",
        "\t- tab\n", "1. first\n", "- [ ] dig\n", "> quoted\n", "| a | b |\n", "|---|---|\n", "```py\n", "```\n",
        "~~~\n", "\n", "\r\n", "\r", "\ufeff", "---\ntitle: x\n---\n", "Ada: hello\n", "Ben (chat): yes\n",
        "**Bold line**\n", "    indented\n", "A sentence. Another one! ", "word ", "🌱", "日本語。", "\u2028", "\x0c",
        "\x85", "* * *\n", "***\n", "....",
    ]
)  # fmt: skip
TEXTS = st.one_of(st.lists(PIECES | st.text(max_size=12), max_size=40).map("".join), st.text(max_size=400))


def texts_of(source: str) -> list[str]:
    return [chunk.text for chunk in chunks(source)]


@given(TEXTS)
@settings(max_examples=400, deadline=None)
def test_every_character_that_is_not_blank_is_in_exactly_one_passage(source: str) -> None:
    position = 0
    for number, chunk in enumerate(chunks(source)):
        assert chunk.ordinal == number
        assert position <= chunk.start < chunk.end <= len(source)
        assert source[position : chunk.start].strip() == ""
        assert chunk.text == source[chunk.start : chunk.end] == chunk.text.strip()
        position = chunk.end
    assert source[position:].strip() == ""


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_blocks_are_ordered_and_point_at_earlier_blocks(source: str) -> None:
    position = 0
    for index, block in enumerate(scan(source)):
        assert position <= block.start <= block.body <= block.end
        assert block.parent < index
        assert block.heading < index
        position = block.end


@given(TEXTS)
@settings(max_examples=100, deadline=None)
def test_the_same_text_is_cut_the_same_way(source: str) -> None:
    assert chunks(source) == chunks(source)


def test_a_passage_carries_the_hash_of_its_words() -> None:
    (chunk,) = chunks("\n  Grüße aus Kiel  \n")
    assert chunk == Chunk(0, 3, 17, "Grüße aus Kiel", None, hashlib.sha256("Grüße aus Kiel".encode()).hexdigest())


def test_it_cuts_paragraphs_apart_and_keeps_wrapped_lines_together() -> None:
    assert texts_of("One line\nand the next.\n\nAnother.") == ["One line\nand the next.", "Another."]


def test_a_list_item_keeps_its_continuation_lines() -> None:
    source = (
        "- water the beds in the evening, when it is cool,\n  and never at noon, when the leaves would burn\n- weed"
    )
    assert texts_of(source)[0].endswith("leaves would burn")


def test_an_item_keeps_what_is_nested_below_it_while_both_are_small() -> None:
    source = (
        "- compost\n  - Ada will turn it\n    - on Sunday\n- roses, another matter, at the wall and by the gate there"
    )
    assert texts_of(source)[0] == "- compost\n  - Ada will turn it\n    - on Sunday"


def test_a_large_item_is_cut_from_what_is_nested_below_it() -> None:
    source = "- compost\n" + "".join(f"  - {number} {'word ' * 30}\n" for number in range(4))
    assert texts_of(source)[0] == "- compost"
    assert len(texts_of(source)) == 5


def test_names_on_a_list_are_one_passage() -> None:
    assert len(chunks("- Ada Lovelace @ada\n- Ben Okri @ben\n- Cleo Laine @cleo\n")) == 1


def test_each_turn_of_a_dialogue_is_a_passage() -> None:
    source = "Ada: shall we move it?\nBen: yes, to Friday.\nAda (chat): good\nso be it"
    assert texts_of(source) == ["Ada: shall we move it?", "Ben: yes, to Friday.", "Ada (chat): good\nso be it"]


def test_a_table_and_a_block_of_code_stay_whole() -> None:
    table, code = "| bed | crop |\n|---|---|\n| 1 | beans |", "```sh\nmake up\n\n- not a list\n# not a heading\n```"
    assert texts_of(f"{table}\n\n{code}\n\ntext") == [table, code, "text"]


def test_code_that_is_never_closed_runs_to_the_end() -> None:
    assert texts_of("before\n\n```\n# a\n\n# b") == ["before", "```\n# a\n\n# b"]


def test_headings_stand_at_the_beginning_of_the_passage_below_them() -> None:
    first, second = chunks("# Garden book\n\n## Beds\n\n### South\n\nBeans grow here.\n\n## Tools\n\nA spade.")
    assert first.text == "# Garden book\n\n## Beds\n\n### South\n\nBeans grow here."
    assert first.heading == "Beds › South"
    assert (second.text, second.heading) == ("## Tools\n\nA spade.", "Tools")


def test_the_path_leaves_out_the_title_and_the_marks() -> None:
    (chunk,) = chunks("Garden book\n===========\n\n## The **south** [bed](https://example.org) ##\n\nBeans.")
    assert chunk.heading == "The south bed"


def test_a_line_in_bold_alone_is_a_heading() -> None:
    assert chunks("text\n\n**Decisions**\n\nWe keep the hedge.")[1].heading == "Decisions"


def test_headings_without_anything_below_them_are_not_lost() -> None:
    (chunk,) = chunks("# Garden\n\n## Beds\n")
    assert (chunk.text, chunk.heading) == ("# Garden\n\n## Beds", "Beds")


def test_a_path_of_endless_headings_is_bounded() -> None:
    source = "# Title\n\n" + "".join(f"{'#' * level} {'long ' * 60}\n" for level in range(2, 7)) + "text"
    assert all(len(chunk.heading or "") <= 202 for chunk in chunks(source))


def test_front_matter_is_a_passage_of_its_own() -> None:
    assert texts_of("---\ntitle: Beds\n---\nBeans.") == ["---\ntitle: Beds\n---", "Beans."]


def test_a_long_paragraph_is_cut_at_the_ends_of_sentences() -> None:
    source = "The beans grow well this year. " * 80
    pieces = texts_of(source)
    assert all(piece.endswith("year.") and len(piece) <= LONGEST for piece in pieces)


def test_chinese_is_cut_at_its_own_full_stops() -> None:
    assert all(piece.endswith("。") for piece in texts_of("今天我们决定种豆子。" * 200))


def test_a_line_without_a_blank_is_cut_all_the_same() -> None:
    assert {len(piece) for piece in texts_of("x" * 8_000)} == {800}


@pytest.mark.parametrize("source", ["", " \n\t\r\n", "\n" * 10_000])
def test_nothing_gives_nothing(source: str) -> None:
    assert chunks(source) == []


def test_offsets_count_the_characters_of_the_text_as_it_is_stored() -> None:
    source = "\ufeffGrüße 🌱\r\n\r\nZweiter Absatz\r\n"
    first, second = chunks(source)
    assert (first.text, second.text) == ("\ufeffGrüße 🌱", "Zweiter Absatz")
    assert source[second.start : second.end] == "Zweiter Absatz"


@pytest.mark.parametrize(
    "source",
    [
        "x" * 300_000, "- " * 100_000, "> " * 100_000, "#" * 100_000, "`" * 100_000, "[" * 100_000, "_" * 100_000,
        "-" + " " * 100_000 + "x", ("-" + " " * 50) * 4_000 + "x", "Aa " * 60_000, "- a\n" * 30_000, "```\n" * 30_000,
        "a\r" * 50_000, "A: b\n" * 20_000, "".join(" " * (n % 300) + "- a\n" for n in range(5_000)), "---\n" * 20_000,
        "a\n---\n" * 20_000,
    ],
    ids=lambda source: repr(source[:8]),
)  # fmt: skip
def test_hostile_text_is_read_without_harm(source: str) -> None:
    assert sum(len(chunk.text) for chunk in chunks(source)) <= len(source)
