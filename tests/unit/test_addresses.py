"""Addresses of pages: what is kept of one, which mean the same page, which are not taken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alice.domain.texts import addresses

KEPT = {
    "https://example.org/page": "https://example.org/page",
    "HTTPS://Example.ORG:443/Page?b=2&a=1": "https://example.org/Page?b=2&a=1",
    "http://example.org": "http://example.org/",
    "http://example.org:8080/a": "http://example.org:8080/a",
    "https://example.org/a?utm_source=mail&id=7&fbclid=IwAR0": "https://example.org/a?id=7",
    "https://example.org/a?UTM_Campaign=x": "https://example.org/a",
    "https://example.org/a?gclid=1#part": "https://example.org/a#part",
    "https://jo:hunter2@example.org/a": "https://example.org/a",
    "https://example.org/a?access_token=abc&page=2": "https://example.org/a?access_token=redacted&page=2",
    "https://example.org/a?token=abcdefghij&sid=klmnopqr&q=1": "https://example.org/a?token=redacted&sid=redacted&q=1",
    "https://example.org/a?q=ghp_" + "a" * 36 + "&page=2#top": "https://example.org/a?q=redacted&page=2#top",
    "https://example.org/a?%74oken=abc": "https://example.org/a?%74oken=redacted",
    "https://example.org/cb#id_token=abc&state=1": "https://example.org/cb",
    "https://example.org/?pk=12&trk=3&ticket=4": "https://example.org/?pk=12&trk=3&ticket=4",
    "https://example.org/ghp_" + "a" * 36 + "/x": "https://example.org/redacted/x",
    "https://[::1]:443/x": "https://[::1]/x",
    "https://bücher.example/straße": "https://bücher.example/stra%C3%9Fe",
}


@pytest.mark.parametrize("given_address", KEPT)
def test_it_keeps_what_says_which_page_is_meant(given_address: str) -> None:
    assert addresses.page(given_address) == KEPT[given_address]


SAME = [
    ("https://www.example.org/a/", "http://example.org/a?utm_medium=social"),
    ("https://example.org/a#one", "https://example.org/a#two"),
    ("https://example.org", "https://example.org/"),
    ("https://example.org./a", "https://EXAMPLE.org/a"),
]
OTHER = [
    ("https://example.org/a", "https://example.org/A"),
    ("https://example.org/?id=1", "https://example.org/?id=2"),
    ("https://example.org/?token=abcdefghij&id=1", "https://example.org/?token=abcdefghij&id=2"),
    ("https://example.org/#/one", "https://example.org/#/two"),
    ("https://example.org/a", "https://example.net/a"),
    ("https://example.org/a", "https://example.org:8443/a"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_it_knows_two_addresses_of_one_page(one: str, other: str) -> None:
    assert addresses.same_page(one) == addresses.same_page(other)


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_it_tells_two_pages_apart(one: str, other: str) -> None:
    assert addresses.same_page(one) != addresses.same_page(other)


REFUSED = {
    "javascript:alert(1)": "http://",
    "JaVaScRiPt:alert(1)": "http://",
    "java\nscript:alert(1)": "blanks",
    "\x01javascript:alert(1)": "blanks",
    "data:text/html,<b>x</b>": "http://",
    "file:///etc/passwd": "http://",
    "//example.org/a": "http://",
    "example.org": "http://",
    "": "http://",
    "https://": "names no host",
    "https://:80/": "names no host",
    "http://[::1": "no address",
    "http://example.org:99999/": "no address",
    "http://example.org:x/": "no address",
    "https://example.org/a b": "blanks",
}


@pytest.mark.parametrize("address", REFUSED)
def test_it_refuses_what_is_no_page(address: str) -> None:
    with pytest.raises(ValueError, match=REFUSED[address]):
        addresses.page(address)


@given(st.text(max_size=60), st.text(max_size=60))
def test_what_is_kept_is_kept_as_it_is_the_next_time(path: str, query: str) -> None:
    try:
        kept = addresses.page(f"https://example.org/{path}?{query}")
    except ValueError:
        return
    assert addresses.page(kept) == kept
