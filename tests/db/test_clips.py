"""Clips in the brain: kept for review, revised when a page is clipped again, without secrets, and counted."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from alice import config
from alice.connectors.browser_clipper import Clip
from alice.db import database
from alice.domain.policy import Actor, system
from alice.domain.vocab import Domain, Sensitivity
from alice.errors import InvalidInput, NotConfigured, PolicyBlocked
from alice.ledger import gate
from alice.queries import connectors
from alice.queries.library import inbox, sources
from alice.services.access import capture_tokens
from alice.services.connecting import connector_settings
from alice.services.evidence import capture, clips
from alice.services.evidence.capture import Captured

URL = "https://news.example/tea"
TODO = "TODO: Mira sends the floor plan to Jonas by 2026-03-06."


def keep(actor: Actor, now: datetime, **fields: Any) -> Captured:
    return clips.keep(actor, Clip(**{"url": URL, **fields}), zone="UTC", now=now)


def source(actor: Actor, done: Captured) -> dict[str, Any]:
    return sources.get(gate.scope(actor), done.source_id)


def rows(sql: str) -> list[tuple[Any, ...]]:
    return database.query(sql)


def current() -> list[str]:
    return [row[0] for row in rows("SELECT content_text FROM source WHERE current ORDER BY captured_at, id")]


def events(name: str) -> int:
    return int(database.query("SELECT count(*) FROM event_log WHERE event_type = %s", name)[0][0])


def test_a_clip_is_kept_for_review_with_what_it_says(db: str, alice: Actor, now: datetime) -> None:
    done = keep(alice, now, page_text=f"# Tea\n\n{TODO}", title="Tea", user_note="Ask Mira about this.")
    kept = source(alice, done)
    assert (kept["connector"], kept["status"], kept["title"], kept["uri"]) == ("browser_clipper", "new", "Tea", URL)
    assert done.open_loop_count >= 1
    assert done.chunk_count >= 1
    assert rows("SELECT DISTINCT status FROM open_loop") == [("candidate",)]
    assert inbox.waiting(gate.scope(alice))["sources"] == 1


def test_what_a_person_clips_waits_in_the_inbox_however_old_the_page_is(db: str, alice: Actor, now: datetime) -> None:
    page = f'<html><head><meta name="date" content="2013-05-06"></head><body><p>{TODO}</p></body></html>'
    kept = source(alice, keep(alice, now, html=page))
    assert kept["occurred_at"].year == 2013
    assert inbox.waiting(gate.scope(alice))["sources"] == 1


def test_the_same_words_again_store_nothing(db: str, alice: Actor, now: datetime) -> None:
    first = keep(alice, now, page_text="Tea at four.")
    again = keep(alice, now, page_text="Tea at four.", url=URL + "?utm_source=mail#top")
    assert (again.duplicate, again.source_id) == (True, first.source_id)
    assert rows("SELECT count(*) FROM source") == [(1,)]
    assert events("source.seen_again") == 1


def test_the_same_page_with_other_words_is_a_revision(db: str, alice: Actor, now: datetime) -> None:
    first = keep(alice, now, page_text="Tea at four.")
    second = keep(alice, now + timedelta(hours=1), page_text="Tea at five.")
    assert current() == ["Tea at five."]
    assert rows("SELECT revision, revision_of, id FROM source WHERE current") == [
        (2, first.source_id, second.source_id)
    ]
    assert source(alice, first)["content_text"] == "Tea at four."
    assert events("source.revised") == 1
    back = keep(alice, now + timedelta(hours=2), page_text="Tea at four.")
    assert back.source_id == first.source_id
    assert current() == ["Tea at four."]


def test_other_pages_are_other_sources(db: str, alice: Actor, now: datetime) -> None:
    keep(alice, now, page_text="Tea at four.")
    keep(alice, now, page_text="Cake at five.", url="https://news.example/cake")
    assert current() == ["Tea at four.", "Cake at five."]


def test_a_second_selection_does_not_drive_out_the_first(db: str, alice: Actor, now: datetime) -> None:
    keep(alice, now, selected_text="Water is dear.")
    keep(alice, now, selected_text="We take the oak worktop.", user_note="My words.")
    keep(alice, now, page_text="The page itself.")
    [text] = current()
    assert [word in text for word in ("Water is dear.", "oak worktop", "My words.", "The page itself.")] == [True] * 4
    keep(alice, now, page_text="The page as it is now.")
    [text] = current()
    assert "The page itself." not in text
    assert "Water is dear." in text


def test_what_is_not_said_about_privacy_stays_as_it_was(db: str, alice: Actor, now: datetime) -> None:
    keep(alice, now, page_text="One.", domain=Domain.HEALTH, sensitivity=Sensitivity.CONFIDENTIAL)
    kept = source(alice, keep(alice, now, page_text="Two."))
    assert (kept["domain"], kept["sensitivity"]) == ("health", "confidential")
    kept = source(alice, keep(alice, now, page_text="Three.", sensitivity=Sensitivity.PUBLIC))
    assert (kept["domain"], kept["sensitivity"]) == ("health", "public")


def test_the_connectors_settings_fill_in(db: str, alice: Actor, now: datetime) -> None:
    settings = config.load()
    connector_settings.configure(alice, "browser-clipper", {"default_domain": "learning"}, settings=settings)
    assert source(alice, keep(alice, now, page_text="One."))["domain"] == "learning"
    connector_settings.configure(alice, "browser-clipper", {"enabled": False}, settings=settings)
    with pytest.raises(NotConfigured) as refused:
        keep(alice, now, page_text="Two.")
    assert "--enabled" in str(refused.value.hint)
    assert current() == ["One."]


def test_a_look_keeps_nothing(db: str, alice: Actor, now: datetime) -> None:
    keep(alice, now, selected_text="Water is dear.")
    before = events("source.captured")
    seen = clips.look(alice, Clip(URL, selected_text="Oak.", domain=Domain.FAMILY))
    assert seen.text.endswith("Oak.")
    assert "Water is dear." in seen.text
    assert (seen.domain, seen.known is not None) == (Domain.FAMILY, True)
    assert events("source.captured") == before
    assert rows("SELECT count(*) FROM source") == [(1,)]


def test_it_counts_what_came_in(db: str, alice: Actor, now: datetime) -> None:
    done = keep(alice, now, page_text="One.")
    keep(alice, now, page_text="One.")
    told = connectors.status(gate.scope(alice), "browser_clipper", lack=lambda _: None, now=now)
    assert (told["items_seen"], told["items_captured"], told["items_deduped"]) == (2, 1, 1)
    assert str(done.source_id) in str(told["last_captured_item"])
    assert told["last_success_at"] == now


SECRET = "ghp_" + "Zq7" * 12


def test_no_secret_of_a_page_is_kept_anywhere(db: str, alice: Actor, now: datetime) -> None:
    page = f"""<html><head><title>Key {SECRET}</title><meta name="author" content="{SECRET}"></head>
    <body><p>Use {SECRET} today.</p></body></html>"""
    keep(alice, now, html=page, user_note=f"note {SECRET}", selected_text=f"chosen {SECRET}",
         url=f"https://jo:{SECRET}@news.example/{SECRET}?access_token=hush-hush-1&id=7")  # fmt: skip
    keep(alice, now, title=f"Again {SECRET}", page_text=f"Other {SECRET}", url=f"https://news.example/{SECRET}?id=7")
    for (table,) in rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"):
        told = database.query(f'SELECT coalesce(string_agg(t::text, $$ $$), $$$$) FROM "{table}" t')[0][0]
        assert SECRET not in told, table
        assert "hush-hush" not in told, table
    assert current() != []
    assert "[redacted github token]" in current()[0]


def test_two_who_clip_the_same_page_at_once_leave_one_standing(db: str, alice: Actor, now: datetime) -> None:
    keep(alice, now, selected_text="The first words.")
    start, faults = threading.Barrier(4), []

    def clip(number: int) -> None:
        start.wait()
        try:
            keep(alice, now, selected_text=f"Passage number {number}.")
        except Exception as error:
            faults.append(error)

    threads = [threading.Thread(target=clip, args=(number,)) for number in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert faults == []
    [text] = current()
    assert [f"Passage number {n}." in text for n in range(4)] == [True] * 4
    assert "The first words." in text


def test_another_brain_has_its_own_page(db: str, alice: Actor, bob: Actor, now: datetime) -> None:
    keep(alice, now, page_text="Alice reads.")
    keep(bob, now, page_text="Bob reads.")
    assert current() == ["Alice reads.", "Bob reads."]
    assert rows("SELECT DISTINCT revision FROM source") == [(1,)]


def test_nothing_is_written_for_what_is_refused(db: str, alice: Actor, now: datetime) -> None:
    for fields in ({"url": "javascript:alert(1)", "page_text": "x"}, {"page_text": ""}, {"page_text": "a\0b"},
                   {"page_text": "x", "title": "a\0b"}):  # fmt: skip
        with pytest.raises(InvalidInput):
            keep(alice, now, **fields)
    assert rows("SELECT count(*) FROM source") == [(0,)]


def test_the_capture_token_is_shown_once_and_kept_as_a_hash(db: str, alice: Actor, tmp_path: Path) -> None:
    token = capture_tokens.make(alice, home=tmp_path)
    assert capture_tokens.is_right(tmp_path, token)
    assert not capture_tokens.is_right(tmp_path, token + "x")
    assert not capture_tokens.is_right(tmp_path, "")
    file = capture_tokens.place(tmp_path)
    assert token not in file.read_text()
    assert not capture_tokens.is_right(tmp_path, file.read_text())
    assert file.stat().st_mode & 0o777 == 0o600
    assert events("capture_token.made") == 1


def test_a_new_token_voids_the_one_before_and_removing_it_voids_all(db: str, alice: Actor, tmp_path: Path) -> None:
    assert not capture_tokens.is_right(tmp_path, "alice_cap_" + "a" * 43)
    first = capture_tokens.make(alice, home=tmp_path)
    second = capture_tokens.make(alice, home=tmp_path)
    assert (capture_tokens.is_right(tmp_path, first), capture_tokens.is_right(tmp_path, second)) == (False, True)
    assert capture_tokens.remove(alice, home=tmp_path)
    assert not capture_tokens.is_right(tmp_path, second)
    assert not capture_tokens.remove(alice, home=tmp_path)
    assert events("capture_token.removed") == 1


def test_only_the_owner_makes_tokens(db: str, alice: Actor, tmp_path: Path) -> None:
    with pytest.raises(PolicyBlocked):
        capture_tokens.make(system("browser_clipper", alice.user_id), home=tmp_path)
    assert not capture_tokens.place(tmp_path).exists()


def test_a_clip_of_what_is_known_from_elsewhere_is_known(db: str, alice: Actor, now: datetime) -> None:
    known = capture.capture(alice, capture.Item("Tea at four."), zone="UTC", now=now)
    assert keep(alice, now, page_text="Tea at four.").source_id == known.source_id
