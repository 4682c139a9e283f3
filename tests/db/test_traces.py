"""Traces: from words to what was made of them and back, bounded, scoped, and with a word on whether all of it holds."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest

from alice.domain.policy import Action, Actor, Scope
from alice.domain.vocab import Domain, Profile, Sensitivity
from alice.errors import NotFound
from alice.ledger import gate
from alice.queries.ledger import trace
from alice.services import forgetting
from alice.services.evidence import revisions
from alice.services.reviewing import loops, memories, sources
from alice.services.reviewing.memories import Wish
from tests.support.diaries import DIARY, MINUTES, brief, ids, keep


@pytest.fixture
def minutes(db: str, alice: Actor, now: datetime) -> UUID:
    return keep(alice, MINUTES, now)


@pytest.fixture
def scope(db: str, alice: Actor) -> Scope:
    return gate.scope(alice)


def drawn(source: UUID, kind: str) -> UUID:
    return ids("SELECT subject_id FROM provenance WHERE source_id = %s AND subject_kind = %s", source, kind)[0]


def past_alice(url: str, sql: str, *values: Any) -> None:
    """Write as a superuser who tells the guards to look away."""
    with psycopg.connect(url) as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute(sql, values)


def test_a_source_is_followed_to_its_claims_decisions_artifacts_and_events(
    minutes: UUID, alice: Actor, scope: Scope, now: datetime
) -> None:
    made = brief(alice, now)
    memory, loop = drawn(minutes, "memory"), drawn(minutes, "open_loop")
    memories.review(alice, memory, Wish("accept", reason="We voted."), now=now)
    loops.review(alice, loop, "accept")
    told = trace.source(scope, minutes)
    assert (told["integrity"], told["source"]["title"], told["receipt_id"]) == ("ok", "Roof meeting", None)
    claims = {one["id"]: one for one in told["claims"]["items"]}
    assert {str(memory), str(loop)} <= set(claims)
    assert [one["action"] for one in claims[str(memory)]["decisions"]] == ["accept"]
    assert claims[str(memory)]["decisions"][0]["reason"] == "We voted."
    for one in claims.values():
        assert one["integrity"] == "ok"
        assert all(w["quote"] == MINUTES[w["start"] : w["end"]] for w in one["spans"])
    [artifact] = told["artifacts"]["items"]
    assert (artifact["id"], artifact["run"]) == (made["id"], None)
    assert {one["number"] for one in artifact["citations"]} == {
        c["number"] for s in made["sections"] for one in s["statements"] for c in one["citations"]
    }
    assert [one["event_type"] for one in told["events"]["items"]] == ["source.captured"]
    assert all(p["integrity"] == "ok" for p in told["passages"]["items"])
    assert told["held_back"] == dict.fromkeys(told["held_back"], 0)


def test_an_artifact_is_followed_back_to_the_words_and_their_claims(
    minutes: UUID, alice: Actor, scope: Scope, now: datetime
) -> None:
    made = brief(alice, now)
    told = trace.artifact(scope, UUID(made["id"]))
    assert (told["integrity"], told["artifact"]["title"]) == ("ok", made["title"])
    for one in told["citations"]["items"]:
        assert one["quote"] == MINUTES[one["start"] : one["end"]]
        assert (one["source_id"], one["source_title"], one["integrity"]) == (str(minutes), "Roof meeting", "ok")
    assert str(drawn(minutes, "memory")) in {c["id"] for one in told["citations"]["items"] for c in one["claims"]}
    said = {(p["section"], p["statement"]) for one in told["citations"]["items"] for p in one["statements"]}
    assert said == {
        (s["key"], n) for s in made["sections"] for n, one in enumerate(s["statements"]) if one["citations"]
    }
    assert [one["event_type"] for one in told["events"]["items"]] == ["artifact.generated"]


@pytest.mark.parametrize("kind", ["memory", "loop"])
def test_a_claim_is_followed_to_its_words_and_to_who_tells_of_it(
    minutes: UUID, alice: Actor, scope: Scope, now: datetime, kind: str
) -> None:
    made = brief(alice, now)
    subject = drawn(minutes, "open_loop" if kind == "loop" else kind)
    told = getattr(trace, kind)(scope, subject)
    assert (told["integrity"], told["claim"]["status"]) == ("ok", "candidate")
    assert [w["source_id"] for w in told["evidence"]["items"]] == [str(minutes)]
    assert [one["id"] for one in told["artifacts"]["items"]] == [made["id"]]


def test_the_run_and_the_slot_that_made_an_artifact_are_named(
    minutes: UUID, db: str, alice: Actor, scope: Scope, now: datetime
) -> None:
    made = brief(alice, now)
    past_alice(
        db,
        "WITH w AS (INSERT INTO workflow (id, user_id, workflow_type, schedule, timezone) VALUES (gen_random_uuid(),"
        " %s,"
        " 'daily_brief', '{}', 'UTC') RETURNING id, user_id), r AS (INSERT INTO workflow_run (id, user_id, workflow_id,"
        " workflow_type, status, triggered_by, started_at, claim, trace_id, generation_mode, artifact_id) SELECT"
        " gen_random_uuid(), user_id, id, 'daily_brief', 'succeeded', 'schedule', now(), gen_random_uuid(), 't',"
        " 'deterministic', %s FROM w RETURNING id, user_id, workflow_id, artifact_id) INSERT INTO workflow_slot (id,"
        " user_id, workflow_id, workflow_type, scheduled_for, outcome, run_id, artifact_id, decided_at) SELECT"
        " gen_random_uuid(), user_id, workflow_id, 'daily_brief', now(), 'succeeded', id, artifact_id, now() FROM r",
        alice.user_id, made["id"],
    )  # fmt: skip
    for one in (trace.artifact(scope, UUID(made["id"])), trace.source(scope, minutes)["artifacts"]["items"][0]):
        assert (one["run"]["status"], one["run"]["triggered_by"]) == ("succeeded", "schedule")
        assert one["slot"]["outcome"] == "succeeded"


TAMPERED = {
    "UPDATE source SET content_text = replace(content_text, 'slate', 'straw')": ("source", "not the one that came in"),
    "UPDATE chunk SET text = replace(text, 'slate', 'straw')": ("source", "passage 2 is not as it was cut"),
    'UPDATE chunk SET start = start + 1, "end" = "end" + 1': ("source", "is not as its source reads"),
    "UPDATE source SET char_count = 1": ("source", "length"),
    'UPDATE provenance SET start = 9000, "end" = 9001': ("memory", "outside of their passage"),
    "UPDATE memory SET text = 'We pay Mallory.'": ("memory", "changed past its decision"),
    "UPDATE memory SET sensitivity = 'public'": ("memory", "changed past its decision"),
    "DELETE FROM decision": ("memory", "no decision stands behind it"),
    "UPDATE citation SET start = 0": ("artifact", "not as their source reads|outside"),
    "DELETE FROM citation": ("artifact", "which is not there"),
    "UPDATE chunk SET text = replace(text, 'we ', 'wE ')": ("artifact", "not as their source reads"),
}


@pytest.mark.parametrize("sql", TAMPERED)
def test_what_was_changed_past_alice_is_named(
    db: str, minutes: UUID, alice: Actor, scope: Scope, now: datetime, sql: str
) -> None:
    made = brief(alice, now)
    memory = drawn(minutes, "memory")
    memories.review(alice, memory, Wish("accept"), now=now)
    kind, why = TAMPERED[sql]
    subject = {"source": minutes, "memory": memory, "artifact": UUID(made["id"])}[kind]
    assert getattr(trace, kind)(scope, subject)["integrity"] == "ok"
    past_alice(db, sql)
    assert re.search(why, getattr(trace, kind)(scope, subject)["integrity"])


def test_every_text_that_a_source_had_is_listed(db: str, alice: Actor, scope: Scope, now: datetime) -> None:
    first, second = keep(alice, MINUTES, now), keep(alice, MINUTES + "\nAnd the gutter.\n", now)
    with gate.write(alice, Action.CAPTURE) as unit:
        revisions.replace(unit, [revisions.Edit(first, second, True)])
    for one in (first, second):
        told = trace.source(scope, one)["revisions"]
        assert [(r["id"], r["revision"], r["current"]) for r in told] == [
            (str(first), 1, False),
            (str(second), 2, True),
        ]


def test_a_source_with_ten_thousand_claims_is_told_in_parts(db: str, minutes: UUID, alice: Actor, scope: Scope) -> None:
    past_alice(
        db,
        "WITH c AS (SELECT id, user_id FROM chunk WHERE source_id = %s LIMIT 1), m AS (INSERT INTO memory (id, user_id,"
        " memory_type, text, key, confidence, rule, proposed_by, occurred_at, created_at, last_seen_at) SELECT"
        " gen_random_uuid(), user_id, 'semantic', 'Slate ' || n, 'key ' || n, 1, 'x', 'owner', now(), now(), now()"
        " FROM c, generate_series(1, 10000) n RETURNING id, user_id) INSERT INTO provenance (id, user_id, subject_kind,"
        ' subject_id, source_id, chunk_id, start, "end", rule) SELECT gen_random_uuid(), m.user_id, \'memory\', m.id,'
        " %s, c.id, 2, 6, 'x' FROM m, c",
        minutes, minutes,
    )  # fmt: skip
    first = trace.source(scope, minutes, limit=100)["claims"]
    assert (first["count"], first["skipped"]) == (100, 0)
    assert first["total"] >= 10_000
    rest = trace.source(scope, minutes, limit=100, skip=100)["claims"]
    assert not {one["id"] for one in first["items"]} & {one["id"] for one in rest["items"]}
    over = trace.source(scope, minutes, limit=100, skip=10**6)["claims"]
    assert (over["count"], over["total"]) == (0, first["total"])


def test_an_agent_sees_its_part_and_how_much_more_there_is(db: str, alice: Actor, now: datetime) -> None:
    seen = keep(alice, MINUTES, now, sensitivity=Sensitivity.INTERNAL, domain=Domain.PROJECT)
    keep(alice, DIARY, now, sensitivity=Sensitivity.PRIVATE, domain=Domain.HEALTH)
    brief(alice, now)
    memory = drawn(seen, "memory")
    past_alice(db, "UPDATE memory SET sensitivity = 'sacred' WHERE id = %s", memory)
    scout = gate.scope(Actor("agent", "scout", alice.user_id, Profile.READ_ONLY_AGENT))
    told = trace.source(scout, seen)
    assert told["source"]["title"] == "Roof meeting"
    assert str(memory) not in str(told["claims"])
    assert told["held_back"]["claims"] == 1
    assert (told["artifacts"]["items"], told["held_back"]["artifacts"]) == ([], 1)
    assert (told["events"]["items"], told["decisions"]) == ([], [])
    assert told["held_back"]["events"] == 1
    with pytest.raises(NotFound):
        trace.memory(scout, memory)


def test_nobody_traces_what_is_another_s(minutes: UUID, alice: Actor, bob: Actor, now: datetime) -> None:
    made, theirs = UUID(brief(alice, now)["id"]), gate.scope(bob)
    for kind, subject in (("source", minutes), ("artifact", made), ("memory", drawn(minutes, "memory")),
                          ("loop", drawn(minutes, "open_loop"))):  # fmt: skip
        with pytest.raises(NotFound):
            getattr(trace, kind)(theirs, subject)


def test_what_was_forgotten_leads_to_its_receipt(minutes: UUID, alice: Actor, scope: Scope, now: datetime) -> None:
    memory = drawn(minutes, "memory")
    receipt = forgetting.source(alice, minutes, now=now)
    told = trace.source(scope, minutes)
    assert (told["receipt_id"], told["integrity"], told["source"]["title"]) == (receipt["id"], "ok", "")
    assert [one["event_type"] for one in told["events"]["items"]] == ["source.captured", "source.forgotten"]
    claim = trace.memory(scope, memory)
    assert (claim["receipt_id"], claim["claim"]["status"], claim["integrity"]) == (receipt["id"], "forgotten", "ok")


def test_an_archived_text_is_no_broken_one(db: str, alice: Actor, scope: Scope, now: datetime) -> None:
    first, second = keep(alice, MINUTES, now), keep(alice, MINUTES + "\nAnd the gutter.\n", now)
    sources.review(alice, first, "review", now=now)
    with gate.write(alice, Action.CAPTURE) as unit:
        revisions.replace(unit, [revisions.Edit(first, second, True)])
    assert trace.source(scope, first)["integrity"] == "ok"
