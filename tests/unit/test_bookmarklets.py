"""The bookmarklet: made smaller without being changed, with an address in it and nothing secret."""

from __future__ import annotations

import re
import shutil
import subprocess
from urllib.parse import unquote

import pytest

from alice import config
from alice.services.access import bookmarklets

SMALLER = {
    "const a = 1;\n\n  let b = a ;": "const a=1;let b=a;",
    "f(); // a word\ng();": "f();g();",
    "f(/* in between */ 1);": "f(1);",
    "return // why\n x;": "return x;",
    "return /* a *//* b */ x;": "return x;",
    'f("a // b   c");': 'f("a // b   c");',
    'f("a \\" // b", \'c  "  d\');': 'f("a \\" // b",\'c  "  d\');',
    "a in b": "a in b",
    "$a of $b": "$a of $b",
    "  x  ": "x",
    "a('x')  // y": "a('x')",
    "new  A( b )": "new A(b)",
    "\"it's\" ; // it's": '"it\'s";',
    "": "",
}


@pytest.mark.parametrize("script", SMALLER)
def test_it_takes_out_what_is_not_needed_and_nothing_else(script: str) -> None:
    assert bookmarklets.minified(script) == SMALLER[script]


def test_what_is_small_stays_as_it_is() -> None:
    once = bookmarklets.minified(bookmarklets.source(config.load()))
    assert bookmarklets.minified(once) == once
    assert "\n" not in once
    assert len(once) < 2_500


def test_the_source_holds_nothing_that_would_be_changed_by_making_it_smaller() -> None:
    text = re.sub(r"(?m)^\s*//.*$|(?<=;)\s*//.*$", "", bookmarklets.source(config.load()))
    text = re.sub(r'"(?:[^"\\\n]|\\.)*"', '""', text)
    assert "`" not in text
    assert not re.search(r"[=(,:]\s*/", text), "a regular expression"
    assert not re.search(r"(\+\s+\+|-\s+-)", text)
    for line in map(str.rstrip, text.splitlines()):
        assert not line or line.endswith((";", "{", "}", "(", ",", ")")) or line.strip().startswith("const unread"), (
            line
        )


def test_the_link_can_be_kept_anywhere_and_means_the_same() -> None:
    settings = config.load()
    link = bookmarklets.link(settings)
    assert link.startswith("javascript:(()")
    assert not re.search(r"[\s\"<>#`^\\%](?![0-9A-F]{2})", link)
    assert link.isascii()
    assert unquote(link.removeprefix("javascript:")) == bookmarklets.minified(bookmarklets.source(settings))


def test_it_knows_the_address_and_no_secret() -> None:
    settings = config.load().changed(port=8433)
    link = unquote(bookmarklets.link(settings))
    assert '"http://alice.localhost:8433/vnext/clip"' in link
    assert not re.search(r"alice_|token|cookie|key", link, re.IGNORECASE)


@pytest.mark.skipif(shutil.which("node") is None, reason="no node on this machine")
def test_it_is_a_script_before_and_after() -> None:
    text = bookmarklets.source(config.load())
    for script in (text, bookmarklets.minified(text)):
        done = subprocess.run(["node", "--check", "-"], input=script.encode(), capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
