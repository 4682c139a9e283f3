"""Memories and decisions as JSON: one body for every decision, and answers that say enough."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from alice.domain.policy import Actor
from tests.support.decisions import claim, past_alice, tell

MEMORIES = "/v0/vnext/memories"
TEXT = "Decision: the boathouse gets a new slipway before the regatta."
NOBODY = "00000000-0000-7000-8000-00000000dead"


@pytest.fixture
def memory(program: FlaskClient, alice: Actor) -> str:
    """The id of a candidate."""
    return str(tell(alice, TEXT, now=datetime(2026, 3, 4, 12, tzinfo=UTC)))


def review(program: FlaskClient, memory: str, **body: Any) -> Any:
    return program.post(f"{MEMORIES}/{memory}/review", json=body)


def test_a_memory_is_decided_on_and_read_with_all_that_is_known(program: FlaskClient, memory: str) -> None:
    done = review(program, memory, action="edit", edit={"text": "The slipway comes in May."}, reason="Ann.", version=1)
    assert (done.status_code, done.json["status"], done.json["version"]) == (200, "accepted", 2)
    told = program.get(f"{MEMORIES}/{memory}").json
    assert (told["text"], told["reason"], told["unsealed"]) == ("The slipway comes in May.", "Ann.", None)
    assert [one["action"] for one in told["decisions"]] == ["edit"]
    assert "slipway" in told["evidence"][0]["quote"]
    [revision] = program.get(f"{MEMORIES}/{memory}/revisions").json["items"]
    assert revision["text_after"] == "The slipway comes in May."


def test_a_second_decision_is_a_conflict_that_says_what_happened(program: FlaskClient, memory: str) -> None:
    review(program, memory, action="reject")
    second = review(program, memory, action="accept")
    assert second.status_code == 409
    assert "was rejected by you at" in second.json["error"]["message"]
    assert second.json["error"]["current"]["status"] == "rejected"
    assert second.json["error"]["hint"] == "Possible now: reopen, undo."


@pytest.mark.parametrize(
    ("body", "field", "says"),
    [
        ({"action": "trust"}, "action", "accept, edit, reject, snooze, merge, supersede, expire, reopen or undo"),
        ({}, "action", "is missing"),
        ({"action": "edit"}, "edit", "holds what to change"),
        ({"action": "edit", "edit": {"text": "  "}}, "edit.text", "is empty"),
        ({"action": "edit", "edit": {"text": ""}}, "edit.text", ""),
        ({"action": "edit", "edit": {"status": "accepted"}}, "edit.status", "is not taken here"),
        ({"action": "accept", "reason": "\x00"}, "reason", "NUL"),
        ({"action": "snooze", "until": "tomorrow"}, "until", "must be a time with its zone"),
        ({"action": "merge", "into": "me"}, "into", ""),
        ({"action": "accept", "revealed": "perhaps"}, "revealed", "must be true or false"),
    ],
)
def test_what_cannot_be_used_is_named(
    program: FlaskClient, memory: str, body: dict[str, Any], field: str, says: str
) -> None:
    told = review(program, memory, **body)
    assert told.status_code == 422
    assert says in told.json["error"]["fields"][field]


def test_an_unknown_memory_is_not_found_wherever_it_is_named(program: FlaskClient, memory: str) -> None:
    assert review(program, NOBODY, action="accept").status_code == 404
    assert review(program, memory, action="merge", into=NOBODY).status_code == 404
    assert program.get(f"{MEMORIES}/{NOBODY}").status_code == 404
    assert program.get(f"{MEMORIES}/{NOBODY}/revisions").status_code == 404
    many = program.post(f"{MEMORIES}/review", json={"ids": [memory], "action": "merge", "into": NOBODY})
    assert many.status_code == 404


def test_the_list_is_filtered_and_says_how_many_wait(program: FlaskClient, memory: str, alice: Actor) -> None:
    claim(alice, "Ann drinks tea.\u202e", now=datetime(2026, 3, 4, 12, tzinfo=UTC))
    told = program.get(f"{MEMORIES}?waiting=true&limit=1").json
    assert (told["count"], told["total"], told["waiting"]["count"]) == (1, 2, 2)
    assert told["waiting"]["oldest_waiting_at"] == "2026-03-04T12:00:00+00:00"
    assert told["items"][0]["unseen"] or told["next"]
    assert program.get(f"{MEMORIES}?status=accepted").json["total"] == 0
    assert program.get(f"{MEMORIES}?memory_type=decision").json["items"][0]["id"] == memory
    assert program.get(f"{MEMORIES}?waiting=perhaps").status_code == 422


def test_a_day_is_told_in_its_own_words(program: FlaskClient, memory: str) -> None:
    review(program, memory, action="edit", edit={"text": "The slipway comes in May."})
    [then] = program.get(f"{MEMORIES}?as_of=2026-03-04&query=slipway").json["items"]
    assert (then["status"], then["held"], then["now"]["text"]) == ("candidate", False, "The slipway comes in May.")
    assert program.get(f"{MEMORIES}?as_of=2026-03-03").json["items"] == []
    [now] = program.get(f"{MEMORIES}?query=slipway").json["items"]
    assert (now["status"], now["held"], now["decided_by"]) == ("accepted", True, "owner")


@pytest.mark.parametrize(
    ("asked", "field"),
    [("as_of=2999-01-01", "as_of"), ("as_of=soon", "as_of"), ("query=%3F%21", "query"),
     ("as_of=2026-03-04&status=accepted", "status"), ("query=boat&cursor=abc", "cursor")],
)  # fmt: skip
def test_a_day_that_cannot_be_told_is_refused_by_field(program: FlaskClient, asked: str, field: str) -> None:
    told = program.get(f"{MEMORIES}?{asked}")
    assert (told.status_code, list(told.json["error"]["fields"])) == (422, [field])


def test_many_are_decided_on_at_once_and_taken_back_at_once(program: FlaskClient, memory: str, alice: Actor) -> None:
    other = str(claim(alice, "Ann drinks tea."))
    body = {"ids": [memory, NOBODY, other], "action": "accept"}
    preview = program.post(f"{MEMORIES}/review", json=body | {"preview": True}).json
    assert [one["outcome"] for one in preview["items"]] == ["possible", "refused", "possible"]
    done = program.post(f"{MEMORIES}/review", json=body).json
    assert (done["done_count"], done["refused_count"]) == (2, 1)
    assert done["items"][1]["error"]["code"] == "not_found"
    decisions = program.get("/v0/vnext/decisions?subject_kind=memory").json
    assert {one["act"] for one in decisions["items"]} == {done["act"]}
    undone = program.post(f"/v0/vnext/decisions/{decisions['items'][0]['id']}/undo", json={"reason": "Too soon."}).json
    assert sorted(one["subject"]["id"] for one in undone["items"]) == sorted([memory, other])
    assert {program.get(f"{MEMORIES}/{one}").json["status"] for one in (memory, other)} == {"candidate"}


@pytest.mark.parametrize(
    ("body", "field"),
    [({"ids": [], "action": "accept"}, "ids"), ({"ids": [NOBODY] * 501, "action": "accept"}, "ids"),
     ({"ids": ["x"], "action": "accept"}, "ids.0"), ({"ids": [NOBODY], "action": "edit"}, "action")],
)  # fmt: skip
def test_a_batch_that_cannot_be_is_refused_by_field(program: FlaskClient, body: dict[str, Any], field: str) -> None:
    told = program.post(f"{MEMORIES}/review", json=body)
    assert (told.status_code, list(told.json["error"]["fields"])) == (422, [field])


def test_a_decision_is_undone_once_and_an_unknown_one_is_not_found(program: FlaskClient, memory: str) -> None:
    review(program, memory, action="accept")
    [one] = program.get(f"/v0/vnext/decisions?subject_id={memory}").json["items"]
    assert program.post(f"/v0/vnext/decisions/{one['id']}/undo", json={}).status_code == 200
    assert program.post(f"/v0/vnext/decisions/{one['id']}/undo", json={}).status_code == 409
    assert program.post(f"/v0/vnext/decisions/{NOBODY}/undo", json={}).status_code == 404
    wrong = program.get("/v0/vnext/decisions?subject_kind=garden").json["error"]["fields"]["subject_kind"]
    assert "memory" in wrong


def test_a_hidden_text_has_to_be_looked_at(program: FlaskClient, alice: Actor) -> None:
    hiding = str(claim(alice, "All is paid.\u2067"))
    told = program.get(f"{MEMORIES}/{hiding}").json
    assert told["revealed_text"] == "All is paid.⟨U+2067⟩"
    refused = review(program, hiding, action="accept")
    assert (refused.status_code, list(refused.json["error"]["fields"])) == (422, ["revealed"])
    assert review(program, hiding, action="accept", revealed=True).json["status"] == "accepted"


def test_what_was_written_past_alice_is_shown_and_not_trusted(db: str, program: FlaskClient, memory: str) -> None:
    past_alice(db, "UPDATE memory SET status = 'accepted'")
    [one] = program.get(MEMORIES).json["items"]
    assert one["unsealed"] == "no decision stands behind it"
    assert program.get(f"{MEMORIES}?query=slipway").json["left_out"] == 1
