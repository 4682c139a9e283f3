"""Attachments are named as the note names them, each once; notes, addresses and headings are none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alice.domain.texts.attachments import attachments

CASES = {
    "embedded": ("![[pump drawing.png]]", ("pump drawing.png",)),
    "with a size": ("![[a/pump.png|300]]", ("a/pump.png",)),
    "linked": ("[bill](files/bill.pdf)", ("files/bill.pdf",)),
    "with blanks": ("[bill](<files/bill march.pdf>)", ("files/bill march.pdf",)),
    "percent-encoded": ("![x](files/bill%20march.pdf)", ("files/bill march.pdf",)),
    "with a title": ('![x](pump.png "The pump")', ("pump.png",)),
    "with a page": ("[p](book.pdf#page=3)", ("book.pdf",)),
    "twice": ("![[a.png]] and [a](a.png)", ("a.png",)),
    "a note": ("[[House]] [[House.md]] [h](house.md) [t](x.TXT)", ()),
    "an address": ("[w](https://example.org/a.pdf) [m](mailto:ann@example.org) [r](//host/a.png)", ()),
    "a heading": ("[h](#section.one)", ()),
    "a version": ("[[Release 1.2]]", ()),
}


@pytest.mark.parametrize("case", CASES)
def test_it_finds_what_is_shown_and_linked(case: str) -> None:
    text, expected = CASES[case]
    assert attachments(text) == expected


@given(st.text(alphabet="[]()!<>|#./ a\n%\x00", max_size=200))
def test_it_takes_any_text_and_never_names_one_twice(text: str) -> None:
    found = attachments(text)
    assert len(set(found)) == len(found)
    assert not any("\x00" in name for name in found)
