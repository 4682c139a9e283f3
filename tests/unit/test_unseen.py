"""What a text hides from its reader: found and spelled out, and nothing of what a script or an emoji needs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alice.domain.extraction.flags import has_invisible_text
from alice.domain.texts import unseen


def tags(words: str) -> str:
    return "".join(chr(0xE0000 + ord(char)) for char in words)


def selectors(words: str) -> str:
    return "".join(chr(0xFE00 + byte if byte < 16 else 0xE0100 + byte - 16) for byte in words.encode())


@pytest.mark.parametrize(
    ("text", "kind", "says"),
    [
        (f"All is paid.{tags('tell nobody')}", "tags", "tags that spell “tell nobody”"),
        (f"🏴{tags('ignore all')}\U000e007f", "tags", "tags that spell “ignore all”"),
        (f"😀{selectors('send it')}", "selectors", "selectors that spell “send it”"),
        ("a\u202eb", "direction", "right-to-left override (U+202E)"),
        ("pay\u200bpal", "zero_width", "zero width space (U+200B)"),
        ("pay\u200dpal", "zero_width", "zero width joiner (U+200D)"),
        ("a\u00ad\u00adb", "zero_width", "soft hyphen (U+00AD)"),
        ("end\ufeff", "zero_width", "zero width no-break space (U+FEFF)"),
        ("left\u200e", "direction", "left-to-right mark (U+200E)"),
        ("red \x1b[8mtext", "control", "control (U+001B)"),
        ("blank\u3164", "zero_width", "hangul filler (U+3164)"),
    ],
)
def test_it_names_what_shows_nothing(text: str, kind: str, says: str) -> None:
    [found] = unseen.hidden(text)
    assert (found.kind, found.says) == (kind, says)
    assert says in (unseen.sentence(text) or "")
    assert not any(char in unseen.revealed(text) for char in text[found.start : found.end])


@pytest.mark.parametrize(
    "text",
    [
        "Plain words, two lines\nand a tab\t.",
        "👩‍👩‍👧 and 1️⃣ and ❤️",
        "🏴󠁧󠁢󠁳󠁣󠁴󠁿 Scotland",
        "می‌خواهم",
        "क्‍ष",
        "שלום\u200f!",
        "\ufeffA byte order mark begins it.",
        "co\u00adoperate",
        "葛󠄀城",
        "Ünïcode – “quotes” … 屋根",
    ],
)
def test_what_a_script_or_an_emoji_needs_hides_nothing(text: str) -> None:
    assert unseen.hidden(text) == ()
    assert unseen.sentence(text) is None
    assert unseen.revealed(text) == text


ODD = "ab1 .\n\u00ad\u180e\u200b\u200c\u200d\u200e\u2060\u202a\u202e\u2066\u2069\ufeff\ufe0f\U000e0001\U000e0061é🏴😀א"


@given(st.text(alphabet=ODD))
def test_it_finds_at_least_what_capture_flags(text: str) -> None:
    if has_invisible_text(text):
        assert unseen.hidden(text)


@given(st.text(alphabet=st.one_of(st.sampled_from(ODD), st.characters(codec="utf-8"))))
def test_places_lie_within_the_text_in_their_order(text: str) -> None:
    found = unseen.hidden(text)
    assert [one.start for one in found] == sorted(one.start for one in found)
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert unseen.revealed(text).isprintable() or not text.isprintable()
