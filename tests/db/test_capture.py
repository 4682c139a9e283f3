"""Capture: evidence is kept word for word, once, with candidates that know their words; nothing becomes trusted."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alice.db import database
from alice.domain.policy import Actor, system
from alice.domain.preparation import Item
from alice.domain.vocab import Sensitivity
from alice.errors import InvalidInput, TooLarge
from alice.services import brains
from alice.services.evidence import capture

MINUTES = """# Garden board 2026-03-02

## Present

* Ann Lee @annlee
* Tomás Rey @tomrey

## Agenda

### Water

* Ann: the pump is broken again.
  * Tomás will send the plumber's offer by Friday.
  * Decision: we repair the old pump and buy no new one.
"""


def keep(actor: Actor, text: str, **more: Any) -> capture.Captured:
    return capture.capture(actor, Item(text, **more), zone="UTC", now=more.pop("now", None))


def one(sql: str, *params: object) -> dict[str, Any]:
    [row] = database.rows(sql, *params)
    return row


def test_it_keeps_the_text_to_the_letter(db: str, alice: Actor) -> None:
    text = "\ufeffEin Tag\r\n\tmit «Ümläuten», 漢字, emoji 👩‍🌾 und   Leerraum  \n\n"
    keep(alice, text)
    assert one("SELECT content_text FROM source")["content_text"] == text


def test_it_proposes_and_decides_nothing(db: str, alice: Actor, now: datetime) -> None:
    done = capture.capture(alice, Item(MINUTES, name="2026-03-02.md"), zone="UTC", now=now)
    assert done.open_loop_count >= 1
    assert done.candidate_memory_count >= 1
    states = database.query("SELECT DISTINCT status FROM memory UNION SELECT DISTINCT status FROM open_loop")
    assert states == [("candidate",)]


def test_every_claim_knows_its_words(db: str, alice: Actor, now: datetime) -> None:
    capture.capture(alice, Item(MINUTES, name="2026-03-02.md"), zone="UTC", now=now)
    spans = database.rows(
        'SELECT s.content_text, c.text, c.start AS c_start, c."end" AS c_end, p.start, p."end" FROM provenance p'
        " JOIN source s ON s.id = p.source_id JOIN chunk c ON c.id = p.chunk_id"
    )
    assert spans
    for span in spans:
        quote = span["content_text"][span["start"] : span["end"]]
        assert quote.strip()
        assert span["c_start"] <= span["start"] < span["end"] <= span["c_end"]
        assert span["text"] == span["content_text"][span["c_start"] : span["c_end"]]


def test_a_due_date_is_told_from_the_day_of_the_source(db: str, alice: Actor, now: datetime) -> None:
    capture.capture(alice, Item(MINUTES, name="2026-03-02.md"), zone="UTC", now=now)
    loop = one("SELECT owner, due_on FROM open_loop WHERE due_on IS NOT NULL")
    assert (loop["owner"], str(loop["due_on"])) == ("Tomás", "2026-03-06")


def test_people_are_known_by_name_and_handle(db: str, alice: Actor) -> None:
    keep(alice, MINUTES)
    people = database.query("SELECT name, handle FROM person ORDER BY name")
    assert ("Ann Lee", "annlee") in people


def test_the_same_content_again_is_told_and_not_kept_twice(db: str, alice: Actor) -> None:
    first, second = keep(alice, MINUTES), keep(alice, MINUTES, title="again")
    assert (first.duplicate, second.duplicate) == (False, True)
    assert first.source_id == second.source_id
    assert one("SELECT count(*) AS n FROM source")["n"] == 1
    assert one("SELECT count(*) AS n FROM event_log WHERE event_type = 'source.seen_again'")["n"] == 1


def test_equal_items_in_one_part_are_kept_once(db: str, alice: Actor) -> None:
    done = capture.capture_many(alice, [Item("One thing."), Item("Another."), Item("One thing.")], zone="UTC")
    assert [d.duplicate for d in done] == [False, False, True]
    assert done[0].source_id == done[2].source_id


def test_eight_captures_of_the_same_at_once_keep_one(db: str, alice: Actor) -> None:
    done: list[capture.Captured] = []

    def work() -> None:
        with database.session():
            done.append(keep(alice, MINUTES))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(d.duplicate for d in done) == [False] + [True] * 7
    assert one("SELECT count(*) AS n FROM source")["n"] == 1


def test_a_claim_that_is_known_is_reinforced_and_not_repeated(db: str, alice: Actor, now: datetime) -> None:
    earlier = now - timedelta(days=3)
    capture.capture(alice, Item("Ann will order the seeds for spring.", occurred_at=earlier), zone="UTC", now=now)
    capture.capture(alice, Item("Notes.\n\nAnn will order the seeds for spring."), zone="UTC", now=now)
    loop = one("SELECT id, last_seen_at, occurred_at FROM open_loop")
    assert (loop["occurred_at"], loop["last_seen_at"]) == (earlier, now)
    assert one("SELECT count(*) AS n FROM provenance WHERE subject_id = %s", loop["id"])["n"] == 2
    assert one("SELECT count(*) AS n FROM event_log WHERE event_type = 'claims.reinforced'")["n"] == 1


def test_history_goes_to_the_backlog_and_not_to_the_inbox(db: str, alice: Actor, now: datetime) -> None:
    old = Item("Ann will mend the fence by Monday.", occurred_at=now - timedelta(days=31))
    capture.capture(alice, old, zone="UTC", now=now)
    capture.capture(alice, Item("Bob will paint the door."), zone="UTC", now=now)
    assert database.query("SELECT backlog FROM source ORDER BY occurred_at") == [(True,), (False,)]
    assert database.query("SELECT backlog FROM open_loop ORDER BY occurred_at") == [(True,), (False,)]


def test_a_date_in_the_future_counts_as_now(db: str, alice: Actor, now: datetime) -> None:
    capture.capture(alice, Item("Seen.", occurred_at=datetime(2099, 1, 1, tzinfo=UTC)), zone="UTC", now=now)
    assert one("SELECT occurred_at FROM source")["occurred_at"] == now


def test_secrets_are_gone_before_anything_is_kept(db: str, alice: Actor) -> None:
    canary = "ghp_" + "c4n4ry" * 7
    keep(alice, f"# Deploy {canary}\n\nUse the token {canary} to push.", title=f"Deploy {canary}")
    for table in ("source", "chunk", "memory", "open_loop", "event_log"):
        assert canary not in str(database.query(f"SELECT {table}::text FROM {table}"))


@pytest.mark.parametrize(
    ("item", "field"),
    [
        (Item(""), "text"),
        (Item(" \n\t"), "text"),
        (Item("a\x00b"), "text"),
        (Item("half \ud83d"), "text"),
        (Item("fine", title="a\x00"), "title"),
    ],
)
def test_it_refuses_what_cannot_be_kept_and_names_the_field(db: str, alice: Actor, item: Item, field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        capture.capture(alice, item, zone="UTC")
    assert field in caught.value.fields
    assert one("SELECT count(*) AS n FROM event_log")["n"] == 0


def test_it_refuses_more_than_a_note_holds(db: str, alice: Actor) -> None:
    with pytest.raises(TooLarge, match="10 MB"):
        keep(alice, "x" * 10_000_001)


def test_brains_do_not_see_each_other(db: str, alice: Actor, bob: Actor) -> None:
    assert not keep(alice, MINUTES).duplicate
    assert not keep(bob, MINUTES).duplicate


def test_the_scheduler_may_capture_but_an_agent_without_profile_not(db: str, alice: Actor) -> None:
    assert not keep(system("local_folder", alice.user_id), "A note.").duplicate


def test_my_own_promises_are_mine_once_alice_knows_my_name(db: str, alice: Actor) -> None:
    brains.set_owner_names(alice, ["Ann", "Ann"])
    assert capture.owner_names(alice) == ("Ann",)
    keep(alice, "I will call the plumber tomorrow.", sensitivity=Sensitivity.PRIVATE)
    assert one("SELECT owner FROM open_loop")["owner"] == "Ann"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(min_size=1, max_size=300).filter(lambda t: t.strip()))
def test_any_text_comes_back_letter_for_letter_or_is_refused_whole(db: str, alice: Actor, text: str) -> None:
    if "\x00" in text:
        with pytest.raises(InvalidInput, match="text"):
            keep(alice, text)
        return
    done = keep(alice, text)
    kept = one("SELECT content_text FROM source WHERE id = %s", done.source_id)["content_text"]
    assert kept == text or "[redacted" in kept
