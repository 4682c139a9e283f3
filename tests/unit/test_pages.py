"""Reading web pages: what they say about themselves, what is readable of them, and pages that were made to do harm."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from lxml import html as parsing

from alice.connectors import page_heads, pages

STORY = "".join(
    f"<p>The {word} meeting of the allotment club took place in the old boiler house, and all had brought tea.</p>"
    for word in ("first", "second", "third", "fourth", "fifth")
)
PAGE = f"""<!doctype html><html lang="en"><head><title>Tea in the boiler house | Allotment News</title>
<meta property="og:site_name" content="Allotment News"><meta name="author" content="By Mira Holm">
<meta property="article:published_time" content="2026-02-03T10:00:00+01:00"></head><body>
<nav><a href="/">Home</a> <a href="/about">About us</a> <a href="/shop">Shop</a></nav>
<article><h1>Tea in the boiler house</h1>{STORY}<h2>What was decided</h2>
<p>We water on Mondays.<br>And on Thursdays.</p><ul><li>Jonas buys a hose<ul><li>ten metres</li></ul></li>
<li>Mira asks for the key</li></ul><pre>litres = 3\n  * 4</pre>
<table><tr><th>Day</th><th>Who</th></tr><tr><td>Monday</td><td>Jonas</td></tr></table>
<blockquote>Water is dear.</blockquote></article><script>alert("no words")</script>
<footer>Imprint, cookies, newsletter</footer></body></html>"""


def head(markup: str) -> page_heads.Head:
    return page_heads.read(parsing.document_fromstring(markup))


def test_it_keeps_what_is_readable_with_its_order_and_shape() -> None:
    page = pages.read(PAGE)
    assert page.reader == "trafilatura"
    assert "## What was decided" in page.text
    assert "We water on Mondays.\nAnd on Thursdays." in page.text
    assert "- Jonas buys a hose\n  - ten metres\n- Mira asks for the key" in page.text
    assert "```\nlitres = 3\n  * 4\n```" in page.text
    assert "Day | Who\nMonday | Jonas" in page.text
    assert "> Water is dear." in page.text
    assert page.text.index("first meeting") < page.text.index("fifth meeting")
    assert not [word for word in ("Shop", "newsletter", "alert", "About us") if word in page.text]


def test_letters_in_an_archive_of_mail_are_no_code() -> None:
    letter = "Dear all,\n\nI will bring the hose on Monday.\n  We meet at the gate.\n\nMira"
    page = pages.read(f"<html><body><article>{STORY}<pre>{letter}</pre></article></body></html>")
    assert letter in page.text
    assert "```" not in page.text


def test_it_keeps_title_author_and_date() -> None:
    page = pages.read(PAGE)
    assert page.title == "Tea in the boiler house"
    assert page.author == "Mira Holm"
    assert page.published_at == datetime(2026, 2, 3, 9, tzinfo=UTC)


TITLES = {
    "<title>Window</title><meta property='og:title' content='Shared'>": "Shared",
    "<title>How tea is made - Teapot</title><meta property='og:title' content='Tea!'>"
    "<script type='application/ld+json'>{'headline': 1}</script>": "Tea!",
    '<title>How tea is made - Teapot</title><meta property="og:title" content="Tea!">'
    '<script type="application/ld+json">{"@graph": [{"headline": "How tea is made"}]}</script>': "How tea is made",
    '<title>How tea is made - Teapot</title><meta property="og:title" content="Tea!">'
    '<script type="application/ld+json">{"headline": "Another story altogether"}</script>': "Tea!",
    '<title>How tea is made</title><script type="application/ld+json">\n<![CDATA[\n{"headline": "How tea is made"}\n]]>'
    "</script>": "How tea is made",
    '<title>A long way home</title><meta property="og:title" content="Teapot">'
    '<meta property="og:site_name" content="Teapot">': "A long way home",
    "<title>A walk in the rain | Walks | Jo Doe</title><h1>Hello, I am Jo</h1>": "A walk in the rain | Walks",
    "<title>Rain - Jo Doe</title><h1>Rain</h1>": "Rain",
    "<title>Rain - Jo Doe</title><h1>Welcome</h1>": "Rain - Jo Doe",
    "<title>Rain - Jo Doe</title><meta name=author content='Jo Doe'>": "Rain",
    "<title>draft-rain-04 - The rain protocol</title>": "The rain protocol",
    "<title>Jo Doe: Notes on rain</title><meta name=author content='Jo Doe'>": "Notes on rain",
    "<title>Notes: on rain</title>": "Notes: on rain",
    "<title>Self-made tea</title>": "Self-made tea",
    "<title>  </title><h1>Only a heading</h1>": "Only a heading",
    "<p>x</p><svg><title>close</title></svg>": None,
}


@pytest.mark.parametrize("markup", TITLES)
def test_it_finds_what_a_page_is_called(markup: str) -> None:
    assert head(markup).title == TITLES[markup]


AUTHORS = {
    '<script type="application/ld+json">{"headline": "x", "author": [{"name": "Ann Lee"}, {"name": "Bo"}]}</script>':
        "Ann Lee, Bo",
    '<meta property="article:author" content="https://social.example/ann"><a rel="author">Ann Lee</a>': "Ann Lee",
    '<div class="post byline">By  Ann\nLee —</div>': "Ann Lee",
    '<div class="byline">' + "word " * 60 + "</div>": None,
}  # fmt: skip


@pytest.mark.parametrize("markup", AUTHORS)
def test_it_finds_who_wrote_it(markup: str) -> None:
    assert head(f"<p>x</p>{markup}").author == AUTHORS[markup]


MOMENTS = {
    '<meta name="date" content="2024-05-06">': datetime(2024, 5, 6, tzinfo=UTC),
    '<meta name="citation_date" content="2024/05/06">': datetime(2024, 5, 6, tzinfo=UTC),
    '<article><time datetime="2024-05-06T07:08:09Z">May</time></article>': datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC),
    '<meta name="date" content="last Tuesday">': None,
    '<meta name="date" content="0001-01-01T00:00:00+14:00">': None,
    '<meta name="date" content="9999-12-31T23:59:59-14:00">': None,
    "<time datetime=2024-05-06>a comment</time>": None,
}


@pytest.mark.parametrize("markup", MOMENTS)
def test_it_finds_when_it_was_published(markup: str) -> None:
    assert head(f"<p>x</p>{markup}").published_at == MOMENTS[markup]


def test_every_word_of_a_page_that_has_no_readable_part_is_kept() -> None:
    page = pages.read("<title>Hours - Museum</title><div>Open</div><div>9 &ndash; 5</div><script>x()</script>")
    assert page.text.split() == ["Open", "9", "–", "5"]


HOSTILE = {
    "nested deeply": ("<div>" * 180_000 + "words", "words"),
    "nested deeply inline": ("<b>" * 300_000 + "words", "words"),
    "many attributes": ("<p " + " ".join(f"a{i}=1" for i in range(100_000)) + ">words</p>", "words"),
    "entities of their own": (
        '<!DOCTYPE a [<!ENTITY l "lol">' + "".join(f'<!ENTITY l{i} "&l{i - 1};&l{i - 1};">' for i in range(2, 40))
        + "]><p>words &l39;</p>", "words"),
    "a file of this machine": ('<!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/passwd">]><p>words &f;</p>', "words"),
    "a huge reference": ("<p>words &#" + "9" * 900_000 + ";</p>", "words"),
    "comments that never end": ("<p>words</p>" + "<!--" * 240_000, "words"),
    "scripts that never end": ("<p>words</p>" + "<script>" * 120_000, "words"),
    "JSON-LD without end": ('<script type="application/ld+json">' + "[" * 200_000 + "</script><p>words</p>", "words"),
    "only blanks in the title": ("<title>" + " " * 900_000 + "-</title><p>words</p>", "words"),
    "NUL characters": ("<p>wo\0rds</p>words", "words"),
    "half a character": ("<p>words \ud800</p>", "words"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_page_made_to_do_harm_does_none(name: str) -> None:
    markup, words = HOSTILE[name]
    page = pages.read(markup)
    assert words in page.text
    assert "root:" not in page.text
    assert len(page.text) < 1_000_000


def test_a_page_that_takes_too_long_is_read_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MOST_SECONDS", 0.01)
    page = pages.read(PAGE)
    assert page.reader == "plain"
    assert page.title == "Tea in the boiler house"
    assert "The first meeting" in page.text
    assert "alert" not in page.text


def test_no_more_than_the_most_is_read() -> None:
    page = pages.read("<p>" + "word " * 400_000)
    assert 900_000 < len(page.text) <= pages.MOST_CHARACTERS


PLAIN = {
    "a<b>c</b>d": "acd",
    "<p>one</p><p>two</p>": "one\ntwo",
    "one<br>two": "one\ntwo",
    "1 < 2 and 3 > 2": "1 < 2 and 3 > 2",
    "<!-- no > words -->words": "words",
    "<!-- a <b> c --> words": "words",
    "<style>p { }</style>words<script>if (a < b) c()</script>": "words",
    "<svg/>words": "words",
    "tea &amp; cake &#8211; &nbsp;": "tea & cake –",
    "<textarea>private</textarea>words": "words",
    "": "",
}


@pytest.mark.parametrize("markup", PLAIN)
def test_the_plain_words_are_those_that_a_reader_sees(markup: str) -> None:
    assert pages.plain(markup) == PLAIN[markup]
