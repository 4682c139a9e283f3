"""Clips as evidence: the words in their order, what is known about the page, and what is added to what."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alice.connectors import browser_clipper, pages
from alice.connectors.browser_clipper import Clip, Reading
from alice.domain.preparation import Item
from alice.domain.redaction import redact
from alice.domain.vocab import Domain, Sensitivity
from alice.errors import InvalidInput
from tests.unit.test_pages import PAGE

URL = "https://news.example/tea?utm_source=mail"
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


def clip(**fields: Any) -> Clip:
    return Clip(**{"url": URL, **fields})


def kept(**fields: Any) -> Item:
    made = clip(**fields)
    return browser_clipper.item(
        made, browser_clipper.read(made), domain=Domain.PERSONAL, sensitivity=Sensitivity.PRIVATE
    )


def test_a_page_becomes_evidence_with_its_title_author_and_date() -> None:
    item = kept(html=PAGE, captured_at=NOON)
    assert (item.title, item.author) == ("Tea in the boiler house", "Mira Holm")
    assert item.occurred_at == datetime(2026, 2, 3, 9, tzinfo=UTC)
    assert item.uri == "https://news.example/tea"
    assert item.external_id == "news.example/tea"
    assert item.metadata["clipped_at"] == NOON.isoformat()
    assert item.text.startswith("The first meeting") or item.text.startswith("# Tea in the boiler house")


def test_html_in_the_place_of_text_is_read_as_html() -> None:
    assert "Shop" not in kept(page_text=PAGE).text


def test_the_words_as_the_browser_shows_them_are_kept_as_they_are() -> None:
    assert kept(page_text="One.\r\n\r\n\r\n\r\n  Two.  \n").text == "One.\n\n  Two."


def test_note_selection_and_page_are_told_apart() -> None:
    item = kept(user_note="I call Jonas.", selected_text="Water is dear.", page_text="All of it.")
    assert item.text == "## Note\n\nI call Jonas.\n\n## Selected\n\nWater is dear.\n\n## Page\n\nAll of it."
    assert browser_clipper.parts_of(item.text, item.metadata) == [
        ("note", "I call Jonas."), ("selection", "Water is dear."), ("page", "All of it.")
    ]  # fmt: skip


def test_one_part_stands_without_a_heading() -> None:
    assert kept(selected_text="Water is dear.").text == "Water is dear."


def test_a_note_is_of_the_moment_and_a_page_of_its_day() -> None:
    assert kept(html=PAGE, user_note="I call Jonas by Friday.", captured_at=NOON).occurred_at == NOON
    assert kept(page_text="No date.", captured_at=NOON).occurred_at == NOON
    assert kept(page_text="No date.").occurred_at is None


def test_what_the_clip_is_called_counts_unless_it_is_only_what_the_window_says() -> None:
    assert kept(html=PAGE, title="My own name for it").title == "My own name for it"
    assert kept(html=PAGE, title="Tea in the boiler house | Allotment News").title == "Tea in the boiler house"
    assert kept(page_text="Words.", title=" Two\nlines ").title == "Two lines"
    assert kept(page_text="Words.").title == "news.example"


def test_where_the_page_could_not_be_read_the_browsers_own_words_are_better(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MOST_SECONDS", 0.01)
    assert kept(html="<p>a</p><p>b</p>", page_text="a b").text == "a b"


EMPTY: list[dict[str, Any]] = [
    {}, {"title": "Only a title"}, {"page_text": " \n"}, {"html": "<p> </p>"}, {"selected_text": ""},
    {"html": "<script>words()</script>", "user_note": "\t"},
]  # fmt: skip


@pytest.mark.parametrize("fields", EMPTY, ids=str)
def test_an_empty_clip_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as refused:
        browser_clipper.read(clip(**fields))
    assert "empty" in refused.value.fields["page_text"]


def test_an_address_that_is_no_page_is_refused() -> None:
    with pytest.raises(InvalidInput) as refused:
        browser_clipper.read(Clip("javascript:alert(1)", page_text="x"))
    assert "http://" in refused.value.fields["url"]


def test_too_much_together_is_refused() -> None:
    half = "word " * 120_000
    with pytest.raises(InvalidInput) as refused:
        browser_clipper.read(clip(page_text=half, selected_text=half))
    assert "1,000,000" in refused.value.fields["page_text"]


def reading(*parts: tuple[str, str]) -> Reading:
    return Reading("https://news.example/tea", "news.example/tea", parts)


MERGED = {
    "the page is replaced": ([("page", "old")], [("page", "new")], [("page", "new")]),
    "a selection is added": ([("selection", "a")], [("selection", "b")], [("selection", "a"), ("selection", "b")]),
    "the same selection is not": ([("selection", "a  b")], [("selection", "a b")], [("selection", "a  b")]),
    "a note stays when the page changes": (
        [("note", "n"), ("page", "old")], [("page", "new")], [("note", "n"), ("page", "new")]),
    "a note is added to a page": ([("page", "p")], [("note", "n")], [("note", "n"), ("page", "p")]),
    "nothing was there": ([], [("page", "p")], [("page", "p")]),
}  # fmt: skip


@pytest.mark.parametrize("name", MERGED)
def test_what_is_clipped_again_is_added_to_what_was_clipped(name: str) -> None:
    before, now, expected = MERGED[name]
    assert list(browser_clipper.merged(before, reading(*now)).parts) == expected


WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1).filter(str.strip)
SECRETS = st.sampled_from(["password: hunter2hunter2", "ghp_" + "a" * 36, "Bearer abcdefghijklmnopqrstuvwxyz012345"])


@given(st.lists(st.tuples(st.sampled_from(["note", "selection", "page"]), WORDS | SECRETS), min_size=1, max_size=4))
def test_the_parts_of_a_text_are_found_again_after_secrets_were_taken_out(parts: list[tuple[str, str]]) -> None:
    kept_text = redact(reading(*parts).text).text
    told = browser_clipper.spans(parts)
    assert browser_clipper.parts_of(kept_text, {"parts": told}) == [(kind, redact(text).text) for kind, text in parts]
