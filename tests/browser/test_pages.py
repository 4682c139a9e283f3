"""Every page in a real browser: it fits the narrowest screen whatever was captured, is legible in both themes, and can
be walked by the keyboard alone.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from alice import clock
from alice.domain.policy import Actor
from alice.domain.vocab import WorkflowType
from alice.ledger import gate
from alice.queries.library import artifacts
from alice.services.composing import briefs
from alice.services.evidence import capture
from tests.browser.conftest import Window

LONG = "donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 4
ODD = {
    "a title that goes on and on": ("On the boiler house, its keys, its roof and its tea " * 7)[:300],
    "a word without an end": "W" * 300,
    "letters from right to left": "اجتماع لجنة البستان في بيت المرجل القديم: من يدفع ثمن السقف (third meeting)",
    "faces": "🚣‍♀️🎉 Rowing club 👩‍👩‍👧‍👦 minutes 🗒️",
}
TEXT = (
    f"TODO: Jonas sends {LONG} to Mira by 2031-12-01.\n\nDecision: נקנה את הדלת הירוקה.\n\n"
    f"Decision: {'x' * 400} stays.\n\nDecision: we call it "
)

# Of what has the focus: what it is, and whether whoever looks can see it and its ring.
FOCUSED = """() => {
  const e = document.activeElement, r = e.getBoundingClientRect(), s = getComputedStyle(e);
  const x = Math.min(Math.max(r.x + r.width / 2, 0), innerWidth - 1);
  const y = Math.min(Math.max(r.y + r.height / 2, 0), innerHeight - 1), at = document.elementFromPoint(x, y);
  return {name: e.outerHTML.slice(0, 120), body: e === document.body, large: r.width > 4 && r.height > 4,
    within: r.bottom > 0 && r.top < innerHeight && r.right > 0 && r.left < innerWidth,
    open: !!at && (e.contains(at) || at.contains(e)),
    ring: s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2};
}"""
# Every text that falls short of the contrast of WCAG AA against the colour that lies behind it.
FAINT = """() => {
  const read = (colour) => (colour.match(/[\\d.]+/g) ?? []).map(Number);
  const part = (v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  const behind = (e) => {
    for (; e; e = e.parentElement) {
      const colour = read(getComputedStyle(e).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !e.checkVisibility() || e.closest('script, option, :disabled')) continue;
    const [low, high] = [light(read(getComputedStyle(e).color)), light(behind(e))].sort((a, b) => a - b);
    const ratio = (high + 0.05) / (low + 0.05);
    if (ratio < 4.5) found.push([ratio.toFixed(2), e.tagName, e.className, walker.currentNode.data.trim()]);
  }
  return found;
}"""
NAMELESS = re.compile(r"^ *- (?:link|button|textbox|searchbox|combobox|checkbox)(?: \[.*\])?:?$", re.MULTILINE)


@pytest.fixture
def paths(db: str, owner: Actor) -> list[str]:
    """The pages of a brain that holds what is odd to show, each of them once."""
    kept = [
        capture.capture(owner, capture.Item(TEXT + title, title=title, uri=f"file:///{what}{LONG}.md"), zone="UTC")
        for what, title in ODD.items()
    ]
    made = briefs.generate(WorkflowType.DAILY_BRIEF, owner, now=clock.now(), zone="UTC")
    brief: dict[str, Any] = artifacts.get(gate.scope(owner), made["id"])
    cited = sorted({n for source in brief["sources"] for n in source["numbers"]})
    return ["", "/sources", *(f"/sources/{one.source_id}" for one in kept), "/artifacts", f"/artifacts/{brief['id']}",
            *(f"/artifacts/{brief['id']}/evidence/{n}" for n in cited[:4]), "/ask", "/ask?q=Jonas+Mira+door",
            "/ask?q=door&as_of=never&domain=" + "w" * 200, "/sources?status=archived&domain=health",
            "/artifacts?status=archived", "/sources?status=" + "w" * 200, "/api", "/patterns", "/clip",
            "/nowhere/" + "w" * 200]  # fmt: skip


def test_nothing_that_was_captured_makes_a_page_scroll_sideways(window: Window, paths: list[str]) -> None:
    window.sign_in()
    for path in paths:
        page = window.open(f"/vnext{path}")
        for width in (1440, 900, 640, 390, 320):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)


def test_words_opened_in_place_fit_too(window: Window, paths: list[str]) -> None:
    page = window.sign_in()
    page.set_viewport_size({"width": 320, "height": 800})
    for numeral in page.locator("#brief .cite").all()[:4]:
        numeral.click()
        expect(numeral).to_have_attribute("aria-expanded", "true")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_fault_in_a_form_fits_is_red_and_has_the_focus(window: Window) -> None:
    page = window.sign_in()
    page.set_viewport_size({"width": 320, "height": 800})
    page.get_by_label("Folder").fill("/nowhere/" + "x" * 200)
    page.get_by_role("button", name="Read this folder").click()
    expect(page.locator(".fault")).to_contain_text("there is no folder")
    expect(page.get_by_label("Folder")).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    colour = "getComputedStyle(document.querySelector('.fault')).color"
    red = "getComputedStyle(document.querySelector('[aria-invalid]')).borderColor"
    assert page.evaluate(colour) == page.evaluate(red)


def test_what_is_written_from_right_to_left_is_shown_so(window: Window, paths: list[str]) -> None:
    window.sign_in()
    page = window.open("/vnext/sources")
    expect(page.locator(".name", has_text="اجتماع")).to_have_css("direction", "rtl")
    expect(page.locator(".name", has_text="Rowing")).to_have_css("direction", "ltr")
    page.locator(".row", has_text="اجتماع").click()
    expect(page.locator("h1")).to_have_css("direction", "rtl")
    page = window.open("/vnext")
    expect(page.locator(".statement p", has_text="נקנה").first).to_have_css("direction", "rtl")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_text_of_every_page_is_legible(window: Window, paths: list[str], theme: Any) -> None:
    window.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    window.open("/vnext/sign-in")
    assert window.page.evaluate(FAINT) == []
    window.sign_in()
    for path in paths:
        assert window.open(f"/vnext{path}").evaluate(FAINT) == [], path


def test_everything_that_can_be_used_has_a_name(window: Window, paths: list[str]) -> None:
    window.sign_in()
    for path in paths:
        told = window.open(f"/vnext{path}").locator("body").aria_snapshot()
        assert NAMELESS.findall(told) == [], path


@pytest.mark.parametrize("width", [1440, 900, 390])
def test_the_keyboard_sees_where_it_is(window: Window, paths: list[str], width: int) -> None:
    window.page.set_viewport_size({"width": width, "height": 800})
    window.sign_in()
    # One page of each kind: two sources are walked alike.
    kinds = {re.sub(r"[0-9a-f-]{36}|\d+$|=.*", "", path): path for path in paths}
    for path in kinds.values():
        page = window.open(f"/vnext{path}")
        page.evaluate("document.activeElement.blur()")
        for _ in range(60):
            page.keyboard.press("Tab")
            focused = page.evaluate(FOCUSED)
            if focused["body"]:
                break
            assert all(focused[what] for what in ("large", "within", "open", "ring")), (path, focused)


def test_the_first_stop_leads_past_the_rail(window: Window, paths: list[str]) -> None:
    page = window.sign_in()
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the page")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_the_help_opens_by_its_key_and_escape_leads_back(window: Window, paths: list[str]) -> None:
    page = window.sign_in()
    link = page.get_by_role("link", name="Sources", exact=True)
    link.focus()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(page.get_by_role("button", name="Close")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(link).to_be_focused()


def test_signing_out_is_in_reach_on_every_screen(window: Window, paths: list[str]) -> None:
    page = window.sign_in()
    for width in (1440, 900, 390):
        page.set_viewport_size({"width": width, "height": 800})
        button = page.get_by_role("button", name="Sign out")
        button.scroll_into_view_if_needed()
        expect(button).to_be_in_viewport()
        box = button.bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 18, width


def test_words_stand_where_they_stood_on_the_page_before(window: Window, paths: list[str]) -> None:
    window.sign_in()
    edges = set()
    for path in (path for path in paths if path not in ("/clip", "/patterns")):
        box = window.open(f"/vnext{path}").locator(".reading").bounding_box()
        assert box
        edges.add((box["x"], box["width"]))
    assert len(edges) == 1


def test_passages_are_walked_by_their_keys_and_are_no_stops_for_tab(window: Window, paths: list[str]) -> None:
    window.sign_in()
    page = window.open("/vnext" + next(path for path in paths if path.startswith("/sources/")))
    first, second = page.locator("blockquote").all()[:2]
    page.keyboard.press("j")
    expect(first).to_be_focused()
    page.keyboard.press("j")
    expect(second).to_be_focused()
    page.keyboard.press("k")
    expect(first).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("blockquote:focus")).to_have_count(0)
