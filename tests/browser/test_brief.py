"""Reading a brief in a real browser: in by the link, to the words behind a numeral, a loop ticked and undone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from playwright.sync_api import expect

from alice import clock
from alice.db import database
from alice.domain.policy import Actor
from alice.services.evidence import capture
from tests.browser.conftest import Window
from tests.support.decisions import claim


def quotes(brief: dict[str, Any]) -> dict[int, str]:
    said = [statement for section in brief["sections"] for statement in section["statements"]]
    return {c["number"]: c["quote"] for statement in said for c in statement["citations"]}


def test_the_link_opens_home_signed_in_and_leaves_no_ticket_behind(window: Window, brief: dict[str, Any]) -> None:
    page = window.sign_in()
    expect(page.get_by_role("heading", level=1)).to_have_text(brief["title"])
    assert page.url == window.settings.console_url + "/vnext"
    assert page.evaluate("history.length") <= 2
    page.go_back()
    assert "ticket" not in page.url


def test_a_numeral_opens_its_words_in_place_and_closes_again(window: Window, brief: dict[str, Any]) -> None:
    page = window.sign_in()
    for number, quote in sorted(quotes(brief).items())[:3]:
        numeral = page.locator("#brief .cite", has_text=str(number)).first
        numeral.click()
        card = page.locator(".evidence mark")
        expect(card).to_have_text(quote)
        expect(numeral).to_have_attribute("aria-expanded", "true")
        page.keyboard.press("Escape")
        expect(card).to_have_count(0)
        expect(numeral).to_be_focused()


def test_the_words_lead_on_to_their_source_with_the_span_in_sight(window: Window, brief: dict[str, Any]) -> None:
    page = window.sign_in()
    number, quote = min(quotes(brief).items())
    page.locator("#brief .cite", has_text=str(number)).first.click()
    page.locator(".evidence-head a").first.click()
    mark = page.locator("mark")
    expect(mark).to_have_text(quote)
    expect(mark).to_be_in_viewport()


def test_without_scripts_a_numeral_leads_to_a_page_with_its_words(plain_window: Window, brief: dict[str, Any]) -> None:
    page = plain_window.sign_in()
    number, quote = min(quotes(brief).items())
    page.locator("#brief .cite", has_text=str(number)).first.click()
    assert page.url.endswith(f"/vnext/artifacts/{brief['id']}/evidence/{number}")
    assert page.locator("mark").inner_text() == quote


def test_a_loop_is_ticked_right_there_and_undone_from_the_toast(window: Window, brief: dict[str, Any]) -> None:
    page = window.sign_in()
    tick = page.locator(".tick").first
    tick.click()
    expect(tick).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#toasts")).to_contain_text("Closed.")
    assert database.query("SELECT count(*) FROM open_loop WHERE status = 'closed'") == [(1,)]
    page.get_by_role("button", name="Undo").click()
    expect(tick).to_have_attribute("aria-pressed", "false")
    assert database.query("SELECT count(*) FROM open_loop WHERE status = 'closed'") == [(0,)]


def test_without_scripts_a_loop_is_ticked_too(plain_window: Window, brief: dict[str, Any]) -> None:
    page = plain_window.sign_in()
    page.locator(".tick").first.click()
    assert page.url == plain_window.settings.console_url + "/vnext"
    assert page.locator(".tick").first.get_attribute("aria-pressed") == "true"


def test_what_arrives_meanwhile_is_told_and_moves_nothing(
    window: Window, brief: dict[str, Any], owner: Actor, now: datetime
) -> None:
    page = window.sign_in()
    expect(page.locator("#captures")).to_contain_text("Captures")
    title = page.locator("h1").inner_text()
    capture.capture(owner, capture.Item("Tea at four."), zone="UTC")
    with page.expect_response(lambda answer: "/vnext/pulse" in answer.url and answer.status == 200):
        page.evaluate("htmx.trigger('#pulse', 'pulse')")
    expect(page.locator("#captures summary")).to_contain_text("1 today")
    assert page.locator("h1").inner_text() == title


def test_the_first_text_is_pasted_on_the_first_page(window: Window) -> None:
    page = window.sign_in()
    page.get_by_role("button", name="Keep this text").click()
    page.get_by_label("Text").fill("TODO: Mira calls Jonas.\nTea at four.")
    page.get_by_role("button", name="Keep this text").click()
    page.wait_for_url("**/vnext/sources/*")
    expect(page.locator("blockquote").first).to_contain_text("TODO: Mira calls Jonas.")


def test_signing_out_leads_to_the_door(window: Window, brief: dict[str, Any]) -> None:
    page = window.sign_in()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Operator token")).to_be_visible()
    window.open("/vnext")
    expect(page.get_by_label("Operator token")).to_be_visible()


def test_every_page_opens_without_a_complaint(window: Window, brief: dict[str, Any]) -> None:
    window.sign_in()
    asked = ("/ask", "/ask?q=worktop", "/ask?q=%3F")
    for path in ("", "/sources", "/artifacts", f"/artifacts/{brief['id']}", *asked, "/patterns", "/nowhere"):
        page = window.open(f"/vnext{path}")
        page.wait_for_load_state("networkidle")
        for width in (1440, 900, 390):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)


def test_what_waits_keeps_itself_fresh_under_the_hands_that_hold_it(
    window: Window, brief: dict[str, Any], owner: Actor
) -> None:
    page = window.sign_in()
    link = page.get_by_role("link", name="Artifacts to review")
    link.focus()
    page.locator("#captures summary").evaluate("one => one.parentElement.open = true")
    claim(owner, "The oars are in the shed.", now=clock.now() - timedelta(days=800))
    capture.capture(owner, capture.Item("Tea at four."), zone="UTC")
    with page.expect_response(lambda answer: "/vnext/pulse" in answer.url and answer.status == 200):
        page.evaluate("htmx.trigger('#pulse', 'pulse')")
    told = page.locator("#waiting")
    expect(told).to_contain_text("The oldest has waited 2 years.")
    expect(told).to_contain_text("will be put away within a week if nobody decides.")
    expect(page.locator("#captures summary")).to_contain_text("1 today")
    expect(page.locator("#captures table")).to_be_visible()
    expect(link).to_be_focused()
