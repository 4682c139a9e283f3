"""Markdown of others becomes markup that cannot act."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alice.web.markdown import ATTRIBUTES, TAGS, html

PAYLOADS = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    "[x](javascript:alert(1))", "[x](JaVaScRiPt&#58;alert(1))", "[x](data:text/html,<script>1</script>)",
    "[x](vbscript:1)", "![x](javascript:alert(1))", "![x](https://evil.example/x.png)", "<iframe src=//evil.example>",
    "<form action=//evil.example><input name=token></form>", '<b hx-get="/vnext" hx-trigger="load">x</b>',
    '<b data-hx-post="/vnext">x</b>', '<p style="position:fixed">x</p>', "<style>*{display:none}</style>",
    "<base href=//evil.example>", "<meta http-equiv=refresh content=0>", "<link rel=stylesheet href=//evil.example>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>", '<div id="toasts">x</div>',
    "[x]: javascript:alert(1)\n\n[x]", '[x](https://e.example "\\" onmouseover=alert(1)")', "<https://e.example>",
    "<template><img src=x onerror=1></template>", "`<script>`", "    <script>\n", "<!--><script>1</script>-->",
    '<object data="//evil.example"></object>', "<button formaction=//evil.example>x</button>",
    "<video src=x onerror=1>",
]  # fmt: skip


def opened(markup: str) -> list[tuple[str, str]]:
    return re.findall(r"<([a-zA-Z][\w-]*)([^>]*)>", markup)


def harmless(markup: str) -> None:
    for tag, rest in opened(markup):
        assert tag in TAGS
        names = set(re.findall(r"([\w-]+)=\"", rest))
        assert names <= ATTRIBUTES.get(tag, set()) | {"rel"}
        for address in re.findall(r'href="([^"]*)"', rest):
            assert re.match(r"(https?:|mailto:|[^:]*$)", address, re.I)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_does_nothing(payload: str) -> None:
    harmless(html(payload))


@given(st.text(alphabet=st.sampled_from("<>\"'()[]!:/&;#`*_-=\n abjhrefxsonclikdt1"), max_size=80))
def test_no_text_becomes_anything_that_acts(text: str) -> None:
    harmless(html(text))


def test_what_a_writer_means_is_kept() -> None:
    told = html(
        "# Tea\n\n**four** *o'clock*, `now`\n\n- one\n- two\n\n> said\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n3. x"
    )
    for piece in ("<h1>Tea</h1>", "<strong>four</strong>", "<em>o'clock</em>", "<code>now</code>", "<li>one</li>",
                  "<blockquote>", "<td>2</td>", '<ol start="3">'):  # fmt: skip
        assert piece in told


def test_a_link_leads_out_without_telling_from_where() -> None:
    assert html("[tea](https://example.org)") == (
        '<p><a href="https://example.org" rel="noopener noreferrer nofollow">tea</a></p>\n'
    )
