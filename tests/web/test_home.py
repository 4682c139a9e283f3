"""Home: the newest brief with its loops, what waits, what came in; on an empty brain the ways in."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from alice.config import Settings
from alice.db import database, locks
from alice.domain.policy import Actor
from alice.domain.vocab import WorkflowType
from alice.services.composing import briefs
from alice.services.connecting import connectors
from alice.services.evidence import capture
from alice.services.reviewing import memories
from alice.services.reviewing import sources as reviews
from alice.services.reviewing.memories import Wish
from alice.web import current
from tests.support.decisions import claim


def test_an_empty_brain_shows_the_ways_in(browser: FlaskClient) -> None:
    page = browser.get("/vnext").text
    assert "Alice knows nothing yet" in page
    assert 'action="/vnext/sources"' in page
    assert 'action="/vnext/connectors/local-folder/paths"' in page
    assert 'id="way-bookmarklet"' in page


def test_pasting_a_text_works_right_there_without_javascript(browser: FlaskClient) -> None:
    answer = browser.post("/vnext/sources", data={"title": "", "text": "TODO: Mira calls Jonas.\r\nTea at four."})
    assert answer.status_code == 303
    shown = browser.get(answer.headers["Location"]).text
    assert "TODO: Mira calls Jonas.\nTea at four." in shown
    assert "1 source is in." in browser.get("/vnext").text


def test_pasting_nothing_shows_the_form_again_with_its_fault(browser: FlaskClient) -> None:
    answer = browser.post("/vnext/sources", data={"title": "Tea <b>", "text": " "})
    assert answer.status_code == 422
    assert "is empty; write something." in answer.text
    assert 'value="Tea &lt;b&gt;"' in answer.text
    assert 'class="rail"' in answer.text


def test_htmx_gets_the_form_alone_and_then_a_new_page(htmx: FlaskClient) -> None:
    wrong = htmx.post("/vnext/sources", data={"title": "Tea", "text": ""})
    assert wrong.status_code == 422
    assert wrong.text.lstrip().startswith('<form class="way" id="way-paste"')
    right = htmx.post("/vnext/sources", data={"title": "Tea", "text": "Tea at four."})
    assert right.headers["HX-Redirect"].startswith("/vnext/sources/")


def test_a_folder_is_read_from_its_form(browser: FlaskClient, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "one.md").write_text("# One\n\nTea at four.\n")
    answer = browser.post("/vnext/connectors/local-folder/paths", data={"path": str(notes)})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/vnext")
    assert database.query("SELECT connector FROM source") == [("local_folder",)]


def test_a_folder_from_the_form_is_read_from_then_on(
    browser: FlaskClient, settings: Settings, alice: Actor, tmp_path: Path
) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "one.md").write_text("Tea at four.\n")
    with locks.held("connector", alice.user_id, "local_folder"):
        answer = browser.post("/vnext/connectors/local-folder/paths", data={"path": str(notes)})
    assert answer.status_code == 303, "somebody else is reading"
    told = connectors.standing(alice, "local_folder", settings=settings)
    assert (told["enabled"], told["sync_mode"], told["options"]) == (True, "poll", {"folders": [str(notes)]})
    assert browser.post("/vnext/connectors/local-folder/paths", data={"path": str(notes)}).status_code == 303
    assert connectors.standing(alice, "local_folder", settings=settings)["items_captured"] == 1


def test_a_folder_outside_the_roots_or_hidden_is_refused(browser: FlaskClient, tmp_path: Path) -> None:
    hidden = tmp_path / ".hidden"
    hidden.mkdir()
    (tmp_path / "link").symlink_to("/etc")
    (tmp_path / "file").write_text("x")
    (tmp_path / "home").mkdir(exist_ok=True)
    for path, said in (
        ("/etc", "outside the allowed folders"),
        (str(tmp_path / "link"), "outside the allowed folders"),
        (str(tmp_path / "x" / ".." / ".." / ".."), "no folder"),
        (str(hidden), "hidden folder"),
        (str(tmp_path / "file"), "is a file"),
        (str(tmp_path / "nowhere"), "no folder"),
        (str(tmp_path / "home"), "own files"),
        ("", "is empty"),
        ("a\0b", "NUL"),
    ):
        answer = browser.post("/vnext/connectors/local-folder/paths", data={"path": path})
        assert answer.status_code == 422, path
        assert said in answer.text, path


def test_what_a_sentence_is_about_stands_out_at_its_beginning(
    browser: FlaskClient, alice: Actor, now: datetime
) -> None:
    minutes = "# Board\n\n## Present\n\n* Ann Lee\n* Tom Rey\n\n## Agenda\n\n* Roof\n  * Tom: three offers came in.\n"
    capture.capture(
        alice, capture.Item(minutes + "  * Ann: the cheapest offer of them came from Brandt.\n"), zone="UTC", now=now
    )
    briefs.generate(WorkflowType.DAILY_BRIEF, alice, now=now, zone="UTC")
    assert '<b class="lead">Roof:</b> Ann: The cheapest offer of them came from Brandt' in browser.get("/vnext").text


def test_the_brief_stands_on_home_with_its_margin(browser: FlaskClient, brief: dict[str, Any]) -> None:
    page = browser.get("/vnext").text
    assert brief["title"] in page
    assert f"/vnext/artifacts/{brief['id']}/evidence/1" in page
    assert "Mira sends the floor plan to Jonas" in page
    assert 'id="captures"' in page
    assert 'id="waiting"' in page
    assert "local only" in page


def test_every_open_loop_of_the_brief_can_be_ticked_right_there(browser: FlaskClient, brief: dict[str, Any]) -> None:
    told = {s["loop"]["id"] for section in brief["sections"] for s in section["statements"] if s.get("loop")}
    page = browser.get("/vnext").text
    ticks = set(re.findall(r'action="/vnext/open-loops/([0-9a-f-]+)/review"', page))
    assert told
    assert ticks == told


def test_a_part_that_cares_gets_itself_alone(htmx: FlaskClient, brief: dict[str, Any]) -> None:
    for target, start in (("captures", "<section"), ("waiting", "<section"), ("brief", "<div")):
        answer = htmx.get("/vnext", headers={"HX-Target": target})
        assert answer.text.lstrip().startswith(f'{start} id="{target}"'), target
        assert "<html" not in answer.text


def test_without_a_brief_the_place_for_it_keeps_what_it_has(htmx: FlaskClient) -> None:
    assert htmx.get("/vnext", headers={"HX-Target": "brief"}).status_code == 204


def test_going_back_in_the_browser_gets_a_whole_page(htmx: FlaskClient) -> None:
    assert "<html" in htmx.get("/vnext", headers={"HX-History-Restore-Request": "true"}).text


def test_captured_text_is_text_on_every_page(browser: FlaskClient, alice: Actor, now: datetime) -> None:
    evil = (
        '<img src=x onerror=alert(1)> <b hx-get="/vnext/sign-out" hx-trigger="load">TODO: Mira</b> sends it by Friday.'
    )
    done = capture.capture(
        alice, capture.Item(evil, title="<script>1</script>", uri="javascript:1"), zone="UTC", now=now
    )
    for path in ("/vnext/sources", f"/vnext/sources/{done.source_id}", "/vnext"):
        page = browser.get(path).text
        assert "<img" not in page
        assert "<b hx-get" not in page
        assert "<script>1" not in page
        assert 'href="javascript' not in page


def waiting(browser: FlaskClient) -> str:
    """Return what the page says under "What waits", as it is read."""
    found = re.search(r'<section id="waiting".*?</section>', browser.get("/vnext").text, re.S)
    assert found is not None
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())


@pytest.mark.parametrize(
    ("ages", "says"),
    [
        ([], "What waits New sources 1"),
        ([0], "Candidate memories 1 It came in today."),
        ([1], "Candidate memories 1 It has waited 1 day ."),
        ([3, 12], "Candidate memories 2 The oldest has waited 12 days ."),
        ([83], "1 It has waited 11 weeks . It will be put away within a week if nobody decides."),
        ([1, 84], "2 The oldest has waited 12 weeks . 1 will be put away within a week if nobody decides."),
        ([83, 84, 2, 85], "3 will be put away within a week if nobody decides."),
        ([83, 84], "All of them will be put away within a week if nobody decides."),
    ],
    ids=lambda value: "-".join(map(str, value)) or "none" if isinstance(value, list) else "",
)
def test_what_waits_tells_since_when_and_what_goes_soon(
    browser: FlaskClient, alice: Actor, monkeypatch: pytest.MonkeyPatch, now: datetime, ages: list[int], says: str
) -> None:
    capture.capture(alice, capture.Item("Tea at four."), zone="UTC", now=now)
    for age in ages:
        claim(alice, f"The oars have lain there for {age} days.", now=now - timedelta(days=age))
    monkeypatch.setattr(current, "now", lambda: now)
    told = waiting(browser)
    assert says in told
    assert ("put away" in told) == any(age >= 83 for age in ages)


def test_when_all_is_decided_nothing_waits(browser: FlaskClient, alice: Actor, now: datetime) -> None:
    done = capture.capture(alice, capture.Item("Tea at four."), zone="UTC", now=now)
    reviews.review(alice, done.source_id, "review", now=now)
    memories.review(alice, claim(alice, "The oars are in the shed."), Wish("accept"), now=now)
    assert waiting(browser) == "What waits Nothing to decide."
