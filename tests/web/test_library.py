"""The library's pages: sources and their passages, artifacts and the evidence behind each numeral."""

from __future__ import annotations

import html
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from alice.db import database
from alice.domain.policy import Actor
from alice.domain.vocab import WorkflowType
from alice.services.composing import briefs
from alice.services.evidence import capture


def add(actor: Actor, now: datetime, *texts: str) -> list[str]:
    done = [
        capture.capture(actor, capture.Item(text), zone="UTC", now=now + timedelta(minutes=n))
        for n, text in enumerate(texts)
    ]
    return [str(one.source_id) for one in done]


def test_sources_are_listed_the_newest_first_and_in_pages(browser: FlaskClient, alice: Actor, now: datetime) -> None:
    add(alice, now, *(f"Note {n} about tea." for n in range(5)))
    first = browser.get("/vnext/sources?limit=2").text
    assert re.findall(r"Note (\d)", first) == ["4", "3"]
    onward = html.unescape(re.search(r'href="([^"]+)" rel="next"', first)[1])  # type: ignore[index]
    assert "limit=2" in onward
    assert re.findall(r"Note (\d)", browser.get(onward).text) == ["2", "1"]


def test_a_filter_is_kept_in_the_address(browser: FlaskClient, alice: Actor, now: datetime) -> None:
    add(alice, now, "Tea at four.")
    assert "Tea at four." in browser.get("/vnext/sources?connector=manual&status=&domain=").text
    page = browser.get("/vnext/sources?connector=telegram").text
    assert '<option value="telegram" selected>' in page


def test_a_list_that_filters_left_empty_says_what_was_asked_and_what_there_is(
    browser: FlaskClient, alice: Actor, now: datetime
) -> None:
    def told(path: str) -> str:
        return " ".join(re.sub(r"<[^>]+>", "", browser.get(path).text).split())

    assert "Nothing has come in yet. Three ways in" in told("/vnext/sources?connector=telegram&domain=health")
    assert "Nothing has been composed yet." in told("/vnext/artifacts?status=archived")
    add(alice, now, "Tea at four.")
    assert "No source fits: from telegram, domain health. There is 1 in all. Show all" in told(
        "/vnext/sources?connector=telegram&domain=health"
    )
    briefs.generate(WorkflowType.DAILY_BRIEF, alice, now=now, zone="UTC")
    briefs.generate(WorkflowType.WEEKLY_SYNTHESIS, alice, now=now, zone="UTC")
    assert "No artifact fits: status archived. There are 2 in all. Show all" in told("/vnext/artifacts?status=archived")


def test_a_list_by_the_time_of_capture_shows_that_time_and_when_it_was_said_beside_it(
    browser: FlaskClient, alice: Actor, now: datetime
) -> None:
    long_ago = now - timedelta(days=400)
    capture.capture(alice, capture.Item("Tea at four.", occurred_at=long_ago), zone="UTC", now=now)
    row = browser.get("/vnext/sources").text
    [captured, said] = re.findall(r'<time datetime="([^"]+)"', row[row.index('class="rows"') :])
    assert (captured, said) == (now.isoformat(), long_ago.isoformat())


def test_what_is_wrong_with_an_address_is_told_once(browser: FlaskClient) -> None:
    answer = browser.get("/vnext/sources?status=lost")
    assert answer.status_code == 422
    assert answer.text.count("must be one of new, reviewed") == 1
    both = browser.get("/vnext/sources?status=lost&domain=tea").text
    assert (both.count("must be one of new, reviewed"), both.count("must be one of professional")) == (1, 1)


def test_a_span_of_a_source_is_highlighted_where_it_stands(browser: FlaskClient, alice: Actor, now: datetime) -> None:
    text = "\n\n".join(f"Passage {n}: " + "words " * 120 for n in range(120)) + "\n\nThe 🍵 kettle sings & boils."
    [source] = add(alice, now, text)
    start = text.index("kettle sings & boils")
    page = browser.get(f"/vnext/sources/{source}?start={start}&end={start + 20}").text
    assert re.findall(r"<mark>(.*?)</mark>", page) == ["kettle sings &amp; boils"]
    assert "Earlier passages" in page


@pytest.mark.parametrize("span", ["start=5&end=2", "start=900000&end=900010", "start=3", "end=3", "passage=9999"])
def test_a_span_that_is_not_there_highlights_nothing(
    browser: FlaskClient, alice: Actor, now: datetime, span: str
) -> None:
    [source] = add(alice, now, "Tea at four.")
    answer = browser.get(f"/vnext/sources/{source}?{span}")
    assert answer.status_code == 200
    assert "<mark>" not in answer.text


def test_a_span_over_two_passages_is_highlighted_in_both(browser: FlaskClient, alice: Actor, now: datetime) -> None:
    text = "\n\n".join(f"Passage {n}. " + "Some more words follow here. " * 30 for n in range(3))
    [source] = add(alice, now, text)
    page = browser.get(f"/vnext/sources/{source}?start=0&end={len(text)}").text
    marked = "".join(html.unescape(part) for part in re.findall(r"<mark>(.*?)</mark>", page, re.S))
    assert "".join(marked.split()) == "".join(text.split())


def test_every_citation_leads_to_its_words(browser: FlaskClient, brief: dict[str, Any], numbers: list[int]) -> None:
    assert numbers
    for section in brief["sections"]:
        for statement in section["statements"]:
            for citation in statement["citations"]:
                page = browser.get(f"/vnext/artifacts/{brief['id']}/evidence/{citation['number']}").text
                assert f"<mark>{html.escape(citation['quote'])}</mark>" in page
                onward = re.search(r'href="(/vnext/sources/[^"]+)"', page)
                assert onward is not None
                source = browser.get(html.unescape(onward[1])).text
                assert "".join(re.findall(r"<mark>(.*?)</mark>", source, re.S)) == html.escape(citation["quote"])
                [[text]] = database.query("SELECT content_text FROM source WHERE id = %s", citation["source_id"])
                assert text[citation["start"] : citation["end"]] == citation["quote"]


def test_evidence_opens_in_place_for_htmx(htmx: FlaskClient, brief: dict[str, Any], numbers: list[int]) -> None:
    part = htmx.get(f"/vnext/artifacts/{brief['id']}/evidence/{numbers[0]}").text
    assert part.lstrip().startswith('<figure class="evidence"')
    assert "data-shuts" in part


def test_evidence_says_what_it_is_cited_for(browser: FlaskClient, brief: dict[str, Any], numbers: list[int]) -> None:
    page = browser.get(f"/vnext/artifacts/{brief['id']}/evidence/{numbers[0]}").text
    said = [s for section in brief["sections"] for s in section["statements"]]
    cited = [s["text"] for s in said if any(c["number"] == numbers[0] for c in s["citations"])]
    assert html.escape((cited or [brief["title"]])[0], quote=True) in page.replace("&#34;", "&quot;")


def test_a_numeral_that_is_not_there_is_not_found(browser: FlaskClient, brief: dict[str, Any]) -> None:
    assert browser.get(f"/vnext/artifacts/{brief['id']}/evidence/9999").status_code == 404


def test_artifacts_are_listed_and_open(browser: FlaskClient, brief: dict[str, Any]) -> None:
    page = browser.get("/vnext/artifacts?status=needs_review").text
    assert f"/vnext/artifacts/{brief['id']}" in page
    assert "Needs review" in page
    assert brief["title"] in browser.get(f"/vnext/artifacts/{brief['id']}").text


def test_every_link_and_form_of_every_page_leads_somewhere(
    browser: FlaskClient, brief: dict[str, Any], numbers: list[int]
) -> None:
    start = ["/vnext", "/vnext/patterns", f"/vnext/artifacts/{brief['id']}/evidence/{numbers[0]}"]
    waiting, seen = list(start), set(start)
    while waiting:
        path = waiting.pop()
        answer = browser.get(path)
        assert answer.status_code == 200, path
        if answer.mimetype != "text/html" or path == "/vnext/patterns":
            continue
        for found in re.findall(r'(?:href|src|hx-get)="(/[^"#]*)', answer.text):
            link = html.unescape(found)
            if link not in seen and not link.startswith("/vnext/pulse"):
                seen.add(link)
                waiting.append(link)
        for action in re.findall(r'(?:action|hx-post)="([^"]+)"', answer.text):
            assert browser.options(html.unescape(action)).status_code == 200, action
    assert len(seen) > 15
