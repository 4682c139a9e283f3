"""Forgetting a source: it and all that was drawn from it alone is gone everywhere, and what else is known stays."""

from __future__ import annotations

import threading
from datetime import datetime
from uuid import UUID

import psycopg
import pytest

from alice.db import database
from alice.domain.policy import Actor, Scope
from alice.domain.vocab import Profile
from alice.errors import AliceError, Busy, Conflict, NotFound, PolicyBlocked
from alice.ledger import gate
from alice.queries.composing import recall
from alice.queries.ledger import decisions, events, receipts, trust
from alice.queries.library import sources as source_reads
from alice.services import forgetting
from alice.services.forgetting import acts
from alice.services.forgetting import receipts as searches
from alice.services.reviewing import loops, memories, undoing
from alice.services.reviewing.memories import Wish
from tests.support.absence import everywhere
from tests.support.diaries import DIARY, MINUTES, brief, count, ids, keep


@pytest.fixture
def diary(db: str, alice: Actor, now: datetime) -> UUID:
    """The note to forget; the minutes of another meeting are there as well."""
    keep(alice, MINUTES, now)
    return keep(alice, DIARY, now)


@pytest.fixture
def scope(db: str, alice: Actor) -> Scope:
    return gate.scope(alice)


def memory_of(source: UUID) -> UUID:
    return ids("SELECT subject_id FROM provenance WHERE source_id = %s AND subject_kind = 'memory'", source)[0]


def test_its_words_are_nowhere_afterwards(diary: UUID, alice: Actor, scope: Scope, now: datetime) -> None:
    brief(alice, now)
    assert {"source", "chunk", "memory", "open_loop", "artifact"} <= set(everywhere(DIARY))
    receipt = forgetting.source(alice, diary, now=now)
    assert everywhere(DIARY) == []
    assert (receipt["status"], receipt["left"]) == ("complete", [])
    assert recall.passages(scope, "turquoise envelope Quill") == []
    assert count("recall_term", "term ~ 'turquois|envelop|marmalad|trombon'") == 0
    assert count("recall_change", "array_to_string(terms, ' ') ~ 'turquois|envelop'") == 0


def test_what_has_nothing_to_do_with_it_stays_as_it_was(diary: UUID, alice: Actor, scope: Scope, now: datetime) -> None:
    sql = "SELECT t::text FROM {} t WHERE t::text ~ 'slate' ORDER BY 1"
    tables = ("source", "chunk", "memory", "open_loop")
    before = {table: database.query(sql.format(table)) for table in tables}
    forgetting.source(alice, diary, now=now)
    assert {table: database.query(sql.format(table)) for table in tables} == before
    assert {hit.source_title for hit in recall.passages(scope, "slate roof")} == {"Roof meeting"}
    assert events.verify(scope)["status"] == "ok"


def test_a_row_without_words_stays_for_the_log_to_lead_to(
    diary: UUID, alice: Actor, scope: Scope, now: datetime
) -> None:
    forgetting.source(alice, diary, now=now)
    [row] = database.rows("SELECT * FROM source WHERE id = %s", diary)
    empty = ("title", "content_text", "content_hash", "uri", "author", "external_id")
    assert {name: row[name] or "" for name in empty} == dict.fromkeys(empty, "")
    assert (row["status"], row["metadata"], bytes(row["salt"]), row["char_count"]) == ("forgotten", {}, b"", 0)
    with pytest.raises(NotFound):
        source_reads.get(scope, diary)
    told = receipts.of(scope, "sources", diary)
    assert told is not None
    [event] = [one for one in events.page(scope).items if one["event_type"] == "source.forgotten"]
    assert (event["subject_id"], event["payload"]["receipt_id"]) == (str(diary), told["id"])
    assert event["payload"]["gone"] == told["gone"]


def test_a_preview_says_what_would_go_and_changes_nothing(diary: UUID, alice: Actor, now: datetime) -> None:
    brief(alice, now)
    before = database.query(
        "SELECT (SELECT count(*) FROM event_log), (SELECT md5(string_agg(t::text, '')) FROM source t)"
    )
    told = forgetting.preview(alice, "source", diary)
    after = database.query(
        "SELECT (SELECT count(*) FROM event_log), (SELECT md5(string_agg(t::text, '')) FROM source t)"
    )
    assert before == after
    receipt = forgetting.source(alice, diary, now=now)
    assert {k: v for k, v in told["counts"].items() if v} == {k: v for k, v in receipt["counts"].items() if v}
    assert "marmalade" in str(told["goes"])


def test_an_accepted_memory_goes_with_what_was_decided_on_it(
    diary: UUID, alice: Actor, scope: Scope, now: datetime
) -> None:
    memory = memory_of(diary)
    edit = {"text": "Nobody tells grandmother of the marmalade surgery at all."}
    why = "Mira said she keeps the turquoise envelope."
    memories.review(alice, memory, Wish("edit", edit=edit, reason=why), now=now)
    [decision] = decisions.page(scope, subject_kind="memory", subject_id=memory).items
    assert everywhere("keep the marmalade surgery secret from grandmother")
    forgetting.source(alice, diary, now=now)
    for text in (DIARY, edit["text"], why):
        assert everywhere(text) == []
    [left] = database.rows("SELECT * FROM decision WHERE subject_id = %s", memory)
    assert (left["before"], left["after"], left["reason"], left["evidence"]) == ({}, {}, None, [])
    assert (left["action"], left["decided_by"]) == (decision["action"], "owner")
    [row] = database.rows("SELECT status, text, subject, key FROM memory WHERE id = %s", memory)
    assert (row["status"], row["text"], row["subject"], row["key"]) == ("forgotten", "", None, f"forgotten:{memory}")
    with pytest.raises(Conflict, match="forgotten"):
        undoing.undo(alice, decision["id"])


def test_an_accepted_loop_goes_too(diary: UUID, alice: Actor, scope: Scope, now: datetime) -> None:
    loop = ids("SELECT subject_id FROM provenance WHERE source_id = %s AND subject_kind = 'open_loop'", diary)[0]
    loops.review(alice, loop, "accept", reason="The turquoise envelope from Doctor Quill matters.")
    decision = decisions.page(scope, subject_kind="open_loop", subject_id=loop).items[0]
    forgetting.source(alice, diary, now=now)
    assert everywhere(DIARY) == []
    assert count("open_loop", f"id = '{loop}'") == 0
    with pytest.raises((Conflict, NotFound)):
        undoing.undo(alice, decision["id"])


SHARED = "Decision: we will sell the old lighthouse to the harbour museum."


def test_a_claim_that_other_evidence_bears_out_stays_and_loses_these_words(
    db: str, alice: Actor, scope: Scope, now: datetime
) -> None:
    other = keep(alice, f"# From a call\n\n{SHARED}\n", now)
    gone = keep(alice, f"# Secret letter of the verger\n\n{SHARED}\n\nThe verger wept about his gambling debts.\n", now)
    memory = memory_of(gone)
    memories.review(alice, memory, Wish("accept"), now=now)
    receipt = forgetting.source(alice, gone, now=now)
    assert ids("SELECT source_id FROM provenance WHERE subject_id = %s", memory) == [other]
    assert database.query("SELECT status FROM memory WHERE id = %s", memory) == [("accepted",)]
    assert trust.held(scope, "memory", [memory]) == {memory}
    assert receipt["stays"]["memories"] == [str(memory)]
    assert receipt["stays"]["sources_with_the_same_words"] == [str(other)]
    assert receipt["status"] == "complete"
    assert everywhere("The verger wept about his gambling debts.") == []
    assert everywhere("Secret letter of the verger") == []
    assert everywhere(SHARED) != []


def test_a_claim_whose_text_is_in_the_forgotten_words_takes_those_that_are_left(
    db: str, alice: Actor, scope: Scope, now: datetime
) -> None:
    keep(alice, f"# From a call\n\n{SHARED}\n", now)
    gone = keep(alice, f"# Letter\n\n{SHARED}\n\nThe verger wept about his gambling debts.\n", now)
    memory = memory_of(gone)
    edit = {"text": "We sell it since the verger wept about his gambling debts."}
    memories.review(alice, memory, Wish("edit", edit=edit), now=now)
    assert forgetting.source(alice, gone, now=now)["status"] == "complete"
    [(text, status)] = database.query("SELECT text, status FROM memory WHERE id = %s", memory)
    assert ("lighthouse" in text, status) == (True, "accepted")
    assert everywhere(edit["text"]) == []
    assert trust.held(scope, "memory", [memory]) == {memory}


def test_a_text_of_a_few_words_takes_nothing_with_it_that_others_said(db: str, alice: Actor, now: datetime) -> None:
    keep(alice, MINUTES, now)
    short = keep(alice, "Thanks, slates!", now)
    brief(alice, now)
    before = database.query("SELECT content_markdown FROM artifact")
    receipt = forgetting.source(alice, short, now=now)
    assert receipt["status"] == "complete"
    assert "slates" in str(database.query("SELECT content_markdown FROM artifact"))
    assert len(before) == 1


@pytest.mark.parametrize("act", ["source", "memory"])
def test_another_brain_s_id_is_none_at_all(diary: UUID, alice: Actor, bob: Actor, act: str) -> None:
    subject = diary if act == "source" else memory_of(diary)
    for work in (getattr(forgetting, act), lambda actor, one: forgetting.preview(actor, act, one)):
        with pytest.raises(NotFound):
            work(bob, subject)
    assert everywhere(DIARY) != []


@pytest.mark.parametrize("profile", list(Profile))
def test_an_agent_is_refused_and_the_refusal_is_in_the_log(
    diary: UUID, alice: Actor, scope: Scope, profile: Profile
) -> None:
    agent = Actor("agent", "hermes", alice.user_id, profile)
    for work in (lambda: forgetting.source(agent, diary), lambda: forgetting.preview(agent, "source", diary),
                 lambda: forgetting.memory(agent, memory_of(diary))):  # fmt: skip
        with pytest.raises(PolicyBlocked):
            work()
    told = [one for one in events.page(scope).items if one["event_type"] == "policy.decided"]
    assert [one["payload"]["decision"]["action"] for one in told] == ["forget"] * 3
    assert everywhere(DIARY) != []


def test_a_second_time_there_is_the_receipt_of_the_first(diary: UUID, alice: Actor, now: datetime) -> None:
    first = forgetting.source(alice, diary, now=now)
    with pytest.raises(Conflict, match="forgotten already") as caught:
        forgetting.source(alice, diary)
    assert caught.value.extra["current"]["id"] == first["id"]


def test_of_two_at_once_one_forgets_and_the_other_is_told(db: str, diary: UUID, alice: Actor) -> None:
    told: list[object] = []

    def forget() -> None:
        try:
            with database.session():
                told.append(forgetting.source(alice, diary)["status"])
        except AliceError as error:
            told.append(error)

    threads = [threading.Thread(target=forget) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert told.count("complete") == 1
    assert {type(one) for one in told if one != "complete"} <= {Conflict, Busy}
    assert count("receipt") == 1
    assert count("event_log", "event_type = 'source.forgotten'") == 1


def test_a_receipt_says_where_something_is_left_and_claims_nothing_else(
    db: str, diary: UUID, alice: Actor, now: datetime
) -> None:
    with psycopg.connect(db) as conn:
        conn.execute("SET session_replication_role = replica")
        text = "My agents know that Mira collects the turquoise envelope from Doctor Quill."
        conn.execute(
            "INSERT INTO charter (id, user_id, content_markdown, constraints, created_at, updated_at)"
            " VALUES (gen_random_uuid(), %s, %s, '{}', now(), now())", (alice.user_id, text),
        )  # fmt: skip
    receipt = forgetting.source(alice, diary, now=now)
    assert receipt["status"] == "incomplete"
    assert [(one["place"], one["found"]) for one in receipt["left"]] == [("charter.content_markdown", 1)]


def test_a_receipt_names_every_column_that_can_hold_words(diary: UUID, alice: Actor, now: datetime) -> None:
    receipt = forgetting.source(alice, diary, now=now)
    columns = database.query(
        "SELECT a.attrelid::regclass || '.' || a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
        " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT attisdropped"
        " AND a.atttypid::regtype::text IN ('text', 'jsonb', 'text[]')"
    )
    assert {row[0] for row in columns} <= {one["place"] for one in receipt["looked"]}
    assert all(one["found"] == 0 for one in receipt["looked"])


def test_what_a_crash_left_unchecked_is_said_and_not_called_complete(
    diary: UUID, alice: Actor, scope: Scope, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(searches, "check", die)
        with pytest.raises(KeyboardInterrupt):
            forgetting.source(alice, diary, now=now)
    assert everywhere(DIARY) == []
    told = receipts.of(scope, "sources", diary)
    assert told is not None
    assert (told["status"], told["checked_at"], told["looked"]) == ("unchecked", None, [])
    assert forgetting.source(alice, diary, now=now)["status"] == "unchecked"


def test_what_is_decided_in_the_meantime_is_looked_at_anew(
    diary: UUID, alice: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, late = acts._found, []

    def found(*given: object) -> object:
        done = real(*given)  # type: ignore[arg-type]
        if not late:
            late.append(keep(alice, f"# A second opinion\n\n{DIARY.splitlines()[4]}\n", now))
        return done

    monkeypatch.setattr(acts, "_found", found)
    receipt = forgetting.source(alice, diary, now=now)
    assert receipt["stays"]["sources_with_the_same_words"] == [str(late[0])]
    assert len(receipt["stays"]["memories"]) == 1
