"""What lies at the edge of what is taken is taken whole, or refused by name; it never breaks anything inside."""

from __future__ import annotations

import base64
import json
from itertools import product
from typing import Any

import pytest
from flask.testing import FlaskClient

from alice.config import Settings

API = "/v0/vnext"
ID = "01890a5d-ac96-774b-bcce-b302099a8057"
FIRST, LAST = "1000-01-01T00:00:00+14:00", "2999-12-31T23:59:59.999999-12:00"


@pytest.fixture
def settings(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    """Alice's settings, in the zone that a test names."""
    return settings.changed(timezone=getattr(request, "param", "UTC"))


@pytest.mark.parametrize("settings", ["America/New_York", "Asia/Tokyo"], indirect=True)
@pytest.mark.parametrize("moment", [FIRST, LAST])
def test_the_first_and_the_last_moment_are_kept_and_shown(
    program: FlaskClient, browser: FlaskClient, moment: str
) -> None:
    text = {"text": "We decided to buy tea. Ann will order it by Friday.", "occurred_at": moment}
    source = program.post(f"{API}/sources", json=text)
    clip = {"url": "https://example.org", "selected_text": "Tea keeps for two years.", "captured_at": moment}
    assert (source.status_code, program.post(f"{API}/connectors/browser-clipper/capture", json=clip).status_code) == (
        201, 201,
    )  # fmt: skip
    assert program.post(f"{API}/open-loops", json={"text": "Buy a pot", "due_on": moment[:10]}).status_code == 201
    for page in ("", "/sources", f"/sources/{source.json['source_id']}", "/ask?q=tea"):
        assert browser.get(f"/vnext{page}").status_code == 200, page
    for workflow in ("daily_brief", "open_loop_review"):
        assert program.post(f"{API}/artifacts/generate/{workflow}", json={}).status_code == 201


def test_a_key_that_lasts_as_long_as_any_is_replaced_by_one_that_does(program: FlaskClient) -> None:
    wanted = {"agent": "openclaw", "permission_profile": "read_only_agent", "expires_at": LAST}
    made = program.post(f"{API}/agents/keys", json=wanted).json
    assert program.post(f"{API}/agents/keys/{made['id']}/rotate", json={}).status_code == 201


def cursor(*values: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


FORGED = [cursor("0001-01-01T00:00:00+14:00", ID), cursor("9999-12-31T23:59:59-14:00", ID), cursor(10**30, ID),
          cursor("2026-01-01T00:00:00Z", "\ud800"), cursor([], {}), cursor("2026-01-01T00:00:00Z")]  # fmt: skip


def test_a_forged_cursor_is_refused_by_name(program: FlaskClient) -> None:
    for listed, forged in product(("sources", "memories", "events", "scheduler/runs"), FORGED):
        answer = program.get(f"{API}/{listed}", query_string={"cursor": forged})
        assert (answer.status_code, list(answer.json["error"]["fields"])) == (422, ["cursor"]), (listed, forged)


def test_what_stands_in_the_address_of_a_change_is_refused_and_not_passed_over(program: FlaskClient) -> None:
    for method, path in (("POST", "/scheduler/run-due"), ("DELETE", f"/sources/{ID}")):
        answer = program.open(f"{API}{path}?limit=1", method=method)
        assert (answer.status_code, list(answer.json["error"]["fields"])) == (422, ["limit"])


BODIES = {
    b'{"text": "Tea.", "text": "Coffee."}': ("text", "is given more than once."),
    b'{"text": "Tea.", "more": {"a": 1, "a": 2}}': ("a", "is given more than once."),
    b'{"\xc3\xa9": 1, "\xc3\xa9": 2}': ("\\xe9", "is given more than once."),
    b'{"text": NaN}': ("body", "is not JSON: it holds a number that JSON does not have, or one that is too long."),
    b'{"text": "\xff"}': ("body", "is not JSON: it is not UTF-8."),
    b"{": ("body", "is not JSON: expecting property name enclosed in double quotes."),
}


def test_a_body_that_says_two_things_or_none_is_told_why_it_is_refused(program: FlaskClient) -> None:
    for body, (field, why) in BODIES.items():
        answer = program.post(f"{API}/sources", data=body, content_type="application/json")
        assert (answer.status_code, answer.json["error"]["fields"]) == (422, {field: why}), body


def test_a_number_is_not_spelled_in_a_body(program: FlaskClient) -> None:
    assert program.post(f"{API}/scheduler/run-due", json={"limit": "5"}).status_code == 422
    assert program.post(f"{API}/scheduler/run-due", json={"limit": 5}).status_code == 200
    assert program.get(f"{API}/sources?limit=5").status_code == 200


@pytest.mark.parametrize("text", ["Read https://example.org/a|Read https://example.org/b", "🍵|🎂", "---|…"])
def test_two_loops_or_projects_that_differ_in_a_link_or_in_signs_alone_are_two(program: FlaskClient, text: str) -> None:
    for address, field in (("open-loops", "text"), ("projects", "name")):
        told = [program.post(f"{API}/{address}", json={field: one}) for one in (*text.split("|"), text.split("|")[0])]
        assert [one.status_code for one in told] == [201, 201, 200]


def test_an_answer_does_not_grow_with_what_was_wrong(program: FlaskClient) -> None:
    wrong = {f"field{n}": n for n in range(5_000)}
    for method, path, body in (("POST", "sources", wrong), ("PATCH", "connectors/telegram/config", {"options": wrong})):
        answer = program.open(f"{API}/{path}", method=method, json=body)
        assert (answer.status_code, len(answer.json["error"]["fields"])) == (422, 50)
        assert len(answer.data) < 10_000
