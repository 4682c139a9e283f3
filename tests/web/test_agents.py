"""Agents at the API: one way in, by a key of their own; a request holds itself to less, never to more."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from alice import clock
from alice.db import database
from alice.domain.policy import Actor
from alice.domain.vocab import Domain, Profile, Sensitivity
from alice.services.agency import agent_keys, charters
from alice.services.evidence import capture
from tests.support import agents
from tests.support.routes import NOBODY, routes
from tests.web.test_security import OPEN, ask, events

API = "/v0/vnext"


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A program without a key of its own."""
    return app.test_client()


def bearer(key: str, **more: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}", **{name.replace("_", "-"): value for name, value in more.items()}}


def keep(alice: Actor, text: str, domain: Domain = Domain.PROFESSIONAL,
         sensitivity: Sensitivity = Sensitivity.INTERNAL, project_id: UUID | None = None) -> str:  # fmt: skip
    item = capture.Item(text, domain=domain, sensitivity=sensitivity, project_id=project_id)
    return str(capture.capture(alice, item, zone="UTC", now=clock.now()).source_id)


def seen(client: FlaskClient, headers: dict[str, str], path: str = f"{API}/sources") -> set[str]:
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200, answer.text
    return {item["id"] for item in answer.get_json()["items"]}


# --- who gets in ---


def test_a_key_opens_the_api_and_shows_what_its_profile_reads(client: FlaskClient, alice: Actor) -> None:
    work, diary = keep(alice, "We take oak."), keep(alice, "I am well.", Domain.HEALTH)
    assert seen(client, bearer(agents.key(alice))) == {work}
    assert seen(client, bearer(agents.key(alice, grants=frozenset({Domain.HEALTH})))) == {work, diary}


def spellings(key: str) -> dict[str, bool]:
    """Return spellings of the header, and whether each is one."""
    return {
        f"Bearer {key}": True, f"bearer {key}": True, f"BEARER {key}": True, f"Bearer  {key} ": True,
        key: False, f"Token {key}": False, f"Basic {key}": False, f"Bearer{key}": False, f"Bearer:{key}": False,
        f"Bearer {key},": False, f"Bearer {key} {key}": False, f"Bearer {key[:-1]}": False, f"Bearer {key}A": False,
        f"Bearer {key.upper()}": False, f"Bearer {key.swapcase()}": False, f'Bearer "{key}"': False,
        f"Bearer {key[len('alice_agent_'):]}": False, f"Bearer alice_op_{key[len('alice_agent_'):]}": False,
        f"Bearer key={key}": False, "Bearer alice_agent_": False, f"Bearer {'alice_agent_' + 'A' * 43}": False,
    }  # fmt: skip


def test_no_spelling_but_the_right_one_opens_any_address(app: Flask, client: FlaskClient, alice: Actor) -> None:
    key = agents.key(alice, profile=Profile.READ_ONLY_AGENT, requests_per_minute=6_000)
    before = events()
    for shown, right in spellings(key).items():
        for route in routes(app):
            if route.endpoint in OPEN or (right and not route.is_safe):
                continue
            status = ask(client, route, headers={"Authorization": shown}).status_code
            if right:
                assert status not in (401, 429), f"{route} with {shown!r}"
            else:
                assert status in (401, 429), f"{route} with {shown!r}"
    assert events() > before


def test_what_is_wrong_with_a_key_is_told_to_nobody(client: FlaskClient, alice: Actor, bob: Actor) -> None:
    past = clock.now() - timedelta(days=2)
    revoked = agents.made(alice)
    agent_keys.revoke(alice, revoked["id"])
    rotated = agents.made(alice)
    agent_keys.rotate(alice, rotated["id"])
    wrong = [revoked["key"], rotated["key"], agents.key(bob), "alice_agent_" + "A" * 43, "x",
             agents.key(alice, expires_at=past + timedelta(days=1), now=past)]  # fmt: skip
    answers = [client.get(f"{API}/sources", headers=bearer(key)) for key in wrong]
    assert {answer.status_code for answer in answers} == {401}
    bodies = [answer.get_json()["error"] for answer in answers]
    assert len({(body["code"], body["message"], body["hint"]) for body in bodies}) == 1
    assert all(answer.headers["WWW-Authenticate"] for answer in answers)


def test_a_key_never_goes_into_an_address(client: FlaskClient, alice: Actor) -> None:
    key = agents.key(alice)
    for query in (f"key={key}", f"token={key}", f"cursor={key}"):
        answer = client.get(f"{API}/sources?{query}", headers=bearer(key))
        assert answer.status_code == 422
        assert key not in answer.text


def test_a_key_does_not_open_the_console(app: Flask, client: FlaskClient, alice: Actor) -> None:
    shown = bearer(agents.key(alice, profile=Profile.ADMIN_AGENT, requests_per_minute=6_000))
    pages = [route for route in routes(app) if not route.is_api and route.path.startswith("/vnext")]
    pages = [route for route in pages if route.method != "OPTIONS" or route.endpoint not in OPEN]
    assert len(pages) > 20
    for route in pages:
        answer = ask(client, route, headers=shown)
        assert answer.status_code == 403, str(route)
        assert "open console" in answer.text or route.method == "HEAD", str(route)
        assert "rail" not in answer.text, f"{route} shows the frame of the console"
    assert client.get("/vnext/nowhere", headers=shown).status_code == 403
    assert client.get("/", headers=shown).status_code == 403
    assert client.get("/healthz", headers=shown).status_code == 200
    assert client.get("/static/x/css/base.css", headers=shown).status_code == 200


def test_a_good_cookie_does_not_make_up_for_an_agent_s_key(browser: FlaskClient, alice: Actor) -> None:
    shown = bearer(agents.key(alice, profile=Profile.READ_ONLY_AGENT))
    assert browser.get("/vnext", headers=shown).status_code == 403
    assert browser.post(f"{API}/sources", json={"text": "Tea."}, headers=shown).status_code == 403


def test_a_key_that_is_used_too_often_has_to_wait(client: FlaskClient, alice: Actor) -> None:
    key, other = agents.key(alice, requests_per_minute=3), agents.key(alice, "scout")
    answers = [client.get(f"{API}/sources", headers=bearer(key)) for _ in range(5)]
    assert [answer.status_code for answer in answers[:3]] == [200] * 3
    assert {answer.status_code for answer in answers[3:]} <= {429, 200}
    refused = [answer for answer in answers if answer.status_code == 429]
    assert all(1 <= int(answer.headers["Retry-After"]) <= 60 for answer in refused)
    assert all("3 times a minute" in answer.get_json()["error"]["message"] for answer in refused)
    assert client.get(f"{API}/sources", headers=bearer(other)).status_code == 200


def test_the_count_is_told_when_the_minute_is_frozen(
    client: FlaskClient, alice: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = agents.key(alice, requests_per_minute=2, now=now)
    monkeypatch.setattr("alice.clock.now", lambda: now)
    answers = [client.get(f"{API}/sources", headers=bearer(key)) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[-1].headers["Retry-After"] == "60"


# --- what a request says ---


def test_every_read_of_an_agent_is_recorded_once(app: Flask, client: FlaskClient, alice: Actor) -> None:
    key = agents.key(alice, profile=Profile.READ_ONLY_AGENT)
    client.get(f"{API}/sources", headers=bearer(key, X_Alice_Agent_Run_Id="r7", X_Alice_Agent_Task_Id="t9"))
    rows = database.query("SELECT actor, canonical FROM event_log WHERE event_type = 'policy.decided'")
    assert [row[0] for row in rows] == ["agent:openclaw"]
    assert '"agent_run_id":"r7","agent_task_id":"t9","asserted":false' in rows[0][1]


def test_looking_leaves_nothing_but_what_the_policy_decided(app: Flask, client: FlaskClient, alice: Actor) -> None:
    shown = bearer(agents.key(alice, profile=Profile.ADMIN_AGENT, requests_per_minute=6_000))
    before = events()
    for route in routes(app, safe=True):
        if route.is_api and route.method == "GET":
            assert client.get(route.path, headers=shown).status_code < 500, str(route)
    [(kinds,)] = database.query("SELECT array_agg(DISTINCT event_type) FROM event_log WHERE seq > %s", before)
    assert kinds == ["policy.decided"]


def test_headers_narrow_on_every_address(client: FlaskClient, alice: Actor, now: datetime) -> None:
    garden = agents.project(alice, "Garden", now=now)
    low, high = keep(alice, "Open."), keep(alice, "Closed.", sensitivity=Sensitivity.CONFIDENTIAL)
    bound = keep(alice, "Beans.", project_id=garden)
    key = agents.key(alice)
    assert seen(client, bearer(key)) == {low, high, bound}
    assert seen(client, bearer(key, X_Alice_Permission_Profile="read_only_agent")) == {low, bound}
    assert seen(client, bearer(key, X_Alice_Project_Scope=str(garden))) == {bound}
    narrow = bearer(key, X_Alice_Permission_Profile="read_only_agent")
    refused = client.post(f"{API}/memory-proposals", json={"text": "Beans grow."}, headers=narrow)
    assert refused.status_code == 403
    assert "read_only_agent may not propose memory" in refused.get_json()["error"]["message"]


@pytest.mark.parametrize("above", ["trusted_local_agent", "admin_agent", "project_scoped_agent"])
def test_a_profile_above_its_own_is_refused_and_says_so(client: FlaskClient, alice: Actor, above: str) -> None:
    key = agents.key(alice, profile=Profile.MEMORY_PROPOSAL_AGENT)
    by_header = client.get(f"{API}/sources", headers=bearer(key, X_Alice_Permission_Profile=above))
    by_body = client.post(f"{API}/context-packs", json={"query": "oak", "permission_profile": above},
                          headers=bearer(key))  # fmt: skip
    for answer in (by_header, by_body):
        assert answer.status_code == 422
        [said] = answer.get_json()["error"]["fields"].values()
        assert said == f"{above} allows more than memory_proposal_agent, which the key has; a request can only narrow."


def test_an_agent_cannot_be_another(client: FlaskClient, alice: Actor) -> None:
    key = agents.key(alice)
    by_header = client.get(f"{API}/sources", headers=bearer(key, X_Alice_Agent_Id="hermes"))
    by_body = client.post(f"{API}/memory-proposals", json={"text": "x", "agent_id": "hermes"}, headers=bearer(key))
    for answer, field in ((by_header, "X-Alice-Agent-Id"), (by_body, "agent_id")):
        assert answer.status_code == 422
        assert answer.get_json()["error"]["fields"] == {field: "must be openclaw, to which the key belongs."}
    assert client.get(f"{API}/sources", headers=bearer(key, X_Alice_Agent_Id="OpenClaw")).status_code == 200


WRONG_HEADERS = {
    "X-Alice-Permission-Profile": "god",
    "X-Alice-Project-Scope": "garden",
    "X-Alice-Agent-Run-Id": "x" * 201,
    "X-Alice-Agent-Id": " ",
    "X-Alice-Agent-Type": "",
    "X-Alice-Agent-Profile": "read_only_agent",
}


@pytest.mark.parametrize("name", WRONG_HEADERS)
def test_a_header_that_is_wrong_is_named(client: FlaskClient, alice: Actor, name: str) -> None:
    answer = client.get(f"{API}/sources", headers=bearer(agents.key(alice)) | {name: WRONG_HEADERS[name]})
    assert answer.status_code == 422
    assert list(answer.get_json()["error"]["fields"]) == [name]


def test_the_operator_may_act_as_an_agent_which_is_recorded_as_asserted(program: FlaskClient, alice: Actor) -> None:
    keep(alice, "I am well.", Domain.HEALTH)
    answer = program.get(f"{API}/sources", headers={"X-Alice-Agent-Id": "openclaw"})
    assert answer.get_json()["items"] == []
    [(canonical,)] = database.query("SELECT canonical FROM event_log WHERE event_type = 'policy.decided'")
    assert '"asserted":true' in canonical
    nameless = program.get(f"{API}/sources", headers={"X-Alice-Permission-Profile": "read_only_agent"})
    assert nameless.get_json()["error"]["fields"] == {
        "X-Alice-Agent-Id": "is missing: name the agent that is acting, such as openclaw."
    }


def test_asking_for_a_restricted_domain_by_name_is_blocked_and_counted(client: FlaskClient, alice: Actor) -> None:
    keep(alice, "I am well.", Domain.HEALTH)
    shown = bearer(agents.key(alice))
    answer = client.get(f"{API}/sources?domain=health", headers=shown)
    assert answer.status_code == 403
    told = answer.get_json()["error"]
    assert told["message"] == "This is not allowed: domain health is not granted."
    assert told["policy_decision"]["requested_domains"] == ["health"]
    pack = client.post(f"{API}/context-packs", json={"query": "how am I", "domains": ["health"]}, headers=shown)
    assert pack.status_code == 403
    counted = client.get(f"{API}/agents/policy-telemetry", headers=shown).get_json()["summary"]
    assert counted["restricted_domains_requested"] == {"health": 2}
    assert counted["policy_blocks_by_agent"] == {"openclaw": 2}


def test_a_context_pack_tells_how_far_the_request_was_narrowed(client: FlaskClient, alice: Actor) -> None:
    keep(alice, "The oak worktop is in the hall.")
    asked = {"query": "oak worktop", "permission_profile": "read_only_agent", "agent_run_id": "r1"}
    pack = client.post(f"{API}/context-packs", json=asked, headers=bearer(agents.key(alice))).get_json()
    assert pack["policy_decision"]["permission_profile"] == "read_only_agent"
    assert pack["supporting_evidence"]


# --- proposals, keys, charter ---


def test_a_proposal_waits_for_a_person_and_is_known_the_second_time(client: FlaskClient, alice: Actor) -> None:
    shown = bearer(agents.key(alice))
    first = client.post(f"{API}/memory-proposals", json={"text": "Oak is heavy."}, headers=shown)
    again = client.post(f"{API}/memory-proposals", json={"text": "Oak is heavy."}, headers=shown)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.get_json()["policy_decision"]["decision"] == "requires_review"
    assert again.get_json()["memory_id"] == first.get_json()["memory_id"]
    assert database.query("SELECT status, proposed_by FROM memory") == [("candidate", "agent:openclaw")]


def test_a_proposal_by_the_operator_names_its_agent(program: FlaskClient) -> None:
    answer = program.post(f"{API}/memory-proposals", json={"text": "Oak is heavy."})
    assert list(answer.get_json()["error"]["fields"]) == ["agent_id"]


def test_the_owner_makes_rotates_and_revokes_keys(program: FlaskClient, client: FlaskClient, alice: Actor) -> None:
    made = program.post(f"{API}/agents/keys", json={"agent": "scout", "permission_profile": "read_only_agent",
                                                    "grants": ["health"], "expires_in_days": 30})  # fmt: skip
    assert made.status_code == 201
    told = made.get_json()
    assert client.get(f"{API}/sources", headers=bearer(told["key"])).status_code == 200
    fresh = program.post(f"{API}/agents/keys/{told['id']}/rotate", json={"grace_minutes": 5}).get_json()
    assert client.get(f"{API}/sources", headers=bearer(told["key"])).status_code == 200
    assert client.get(f"{API}/sources", headers=bearer(fresh["key"])).status_code == 200
    gone = program.post(f"{API}/agents/keys/{fresh['id']}/revoke", json={"version": 1}).get_json()
    assert gone["status"] == "revoked"
    assert client.get(f"{API}/sources", headers=bearer(fresh["key"])).status_code == 401
    conflict = program.post(f"{API}/agents/keys/{fresh['id']}/revoke", json={})
    assert (conflict.status_code, conflict.get_json()["error"]["current"]["status"]) == (409, "revoked")
    listed = program.get(f"{API}/agents/keys?agent=scout").get_json()
    assert [item["rotated_to"] for item in listed["items"]] == [None, fresh["id"]]
    assert "key" not in listed["items"][0]
    assert program.post(f"{API}/agents/keys/{NOBODY}/revoke", json={}).status_code == 404
    [agent] = program.get(f"{API}/agents").get_json()["items"]
    assert (agent["name"], [key["id"] for key in agent["keys"]]) == ("scout", [told["id"]])


def test_another_brain_s_key_is_like_one_that_never_was(program: FlaskClient, bob: Actor) -> None:
    theirs = agents.made(bob)["id"]
    for action in ("revoke", "rotate"):
        mine, nobody = (program.post(f"{API}/agents/keys/{one}/{action}", json={}) for one in (theirs, NOBODY))
        assert mine.status_code == nobody.status_code == 404
        assert mine.get_json()["error"]["message"].replace(theirs, NOBODY) == nobody.get_json()["error"]["message"]


def test_the_charter_is_the_owner_s_to_write_and_everybody_s_to_read(
    program: FlaskClient, client: FlaskClient, alice: Actor
) -> None:
    shown = bearer(agents.key(alice, grants=frozenset({Domain.HEALTH})))
    diary = keep(alice, "I am well.", Domain.HEALTH)
    assert seen(client, shown) == {diary}
    text = "---\nnever_domains: [health]\n---\n\nMine alone.\n"
    assert client.put(f"{API}/settings/charter", json={"content_markdown": text}, headers=shown).status_code == 403
    saved = program.put(f"{API}/settings/charter", json={"content_markdown": text, "version": 0})
    assert (saved.status_code, saved.get_json()["version"]) == (200, 1)
    assert seen(client, shown) == set()
    assert client.get(f"{API}/settings/charter", headers=shown).get_json()["content_markdown"] == text
    assert program.get(f"{API}/settings/charter?version=0").get_json()["is_default"] is False
    late = program.put(f"{API}/settings/charter", json={"content_markdown": "Other.", "version": 0})
    assert (late.status_code, late.get_json()["error"]["current"]["version"]) == (409, 1)
    wrong = program.put(f"{API}/settings/charter", json={"content_markdown": "---\ncloud: no\n---\n"})
    assert wrong.get_json()["error"]["fields"] == {"cloud": "must be one of never, as_configured."}
    assert charters.show(alice)["version"] == 1


@pytest.mark.parametrize("change", [{"default_domain": "professional"}, {"default_sensitivity": "public"},
                                    {"secret_ref": "env:HOME"}, {"options": {"folders": ["/"]}}], ids=str)  # fmt: skip
def test_an_admin_agent_cannot_call_evidence_less_private_than_the_owner_does(
    client: FlaskClient, alice: Actor, change: dict[str, Any]
) -> None:
    shown = bearer(agents.key(alice, profile=Profile.ADMIN_AGENT))
    answer = client.patch(f"{API}/connectors/local-folder/config", json=change, headers=shown)
    assert answer.status_code == 403
    assert client.patch(f"{API}/connectors/local-folder/config", json={"poll_interval_seconds": 600},
                        headers=shown).status_code == 200  # fmt: skip


OWNERS: list[tuple[str, str, dict[str, Any]]] = [
    ("GET", "/agents/keys", {}),
    ("POST", "/agents/keys", {"agent": "mallory", "permission_profile": "admin_agent"}),
    ("POST", f"/agents/keys/{NOBODY}/revoke", {}),
    ("POST", f"/agents/keys/{NOBODY}/rotate", {}),
    ("PUT", "/settings/charter", {"content_markdown": "x"}),
    ("GET", "/model-calls", {}),
    ("POST", "/sources", {"text": "x"}),
]


@pytest.mark.parametrize(("method", "path", "body"), OWNERS, ids=lambda one: str(one)[:40])
def test_what_is_the_owner_s_is_refused_to_every_agent(
    client: FlaskClient, alice: Actor, method: str, path: str, body: dict[str, Any]
) -> None:
    shown = bearer(agents.key(alice, profile=Profile.ADMIN_AGENT, grants=frozenset({Domain.HEALTH})))
    sent = {} if method == "GET" else {"json": body}
    answer = client.open(f"{API}{path}", method=method, headers=shown, **sent)
    assert answer.status_code == 403, answer.text
    assert answer.get_json()["error"]["code"] == "policy_blocked"
    assert database.query("SELECT count(*) FROM event_log WHERE canonical LIKE '%%blocked%%'") == [(1,)]
