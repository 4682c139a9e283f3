"""The tools for agents, driven by the client of the official SDK over standard input and output."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from mcp.client.client import Client

from alice.db import database
from alice.domain.policy import Actor
from alice.ledger import gate
from alice.mcp import asked
from alice.mcp.tools import TOOLS
from alice.queries.library import memories, sources
from alice.services.agency import agent_keys
from alice.services.evidence import capture

Ran = Callable[..., Any]
ROOT = Path(__file__).resolve().parents[2]


def events(kind: str) -> list[dict[str, Any]]:
    rows = database.query("SELECT canonical FROM event_log WHERE event_type = %s ORDER BY seq", kind)
    return [json.loads(row[0])["payload"] for row in rows]


async def _every_tool(client: Client) -> dict[str, Any]:
    told: dict[str, Any] = {"tools": {tool.name: tool for tool in (await client.list_tools()).tools}}

    async def call(name: str, **given: Any) -> None:
        told[name] = await client.call_tool(name, given)

    await call("recall", query="Which worktop do we take?", limit=3)
    await call("context_pack", query="Which worktop do we take?", max_tokens=600)
    await call("capture", text="I compared three worktops; oak is the cheapest.", title="Worktops")
    quote = told["recall"].structured_content["items"][0]
    await call("propose_memory", text="The worktop will be of oak.", source_id=quote["source_id"],
               quote=quote["quote"].strip().splitlines()[-1])  # fmt: skip
    await call("open_loops")
    await call("recent_decisions", days=365)
    await call("recent_changes", days=365)
    await call("workflow_status")
    await call("artifact_get")
    return told


def test_every_tool_answers_over_the_wire_and_leaves_its_event(talk: Ran, brief: dict[str, Any], alice: Actor) -> None:
    told = talk(_every_tool, "--agent-run-id", "run-7")
    assert set(told["tools"]) == {tool.name for tool in TOOLS}
    for tool in TOOLS:
        assert not told[tool.name].is_error, told[tool.name].content
    answers = {tool.name: told[tool.name].structured_content for tool in TOOLS}
    assert "oak" in answers["recall"]["items"][0]["quote"]
    assert answers["context_pack"]["text"] == told["context_pack"].content[0].text
    assert answers["artifact_get"]["id"] == brief["id"]
    assert answers["open_loops"]["items"]
    assert answers["recent_decisions"]["items"]
    assert {"source_captured", "artifact_composed"} <= {one["kind"] for one in answers["recent_changes"]["items"]}
    assert len(answers["workflow_status"]["workflows"]) in (0, 6)
    called = events("agent.tool_called")
    assert [one["tool"] for one in called] == [
        "recall", "context_pack", "capture", "propose_memory", "open_loops", "recent_decisions", "recent_changes",
        "workflow_status", "artifact_get",
    ]  # fmt: skip
    assert {(one["outcome"], one["agent_run_id"]) for one in called} == {("ok", "run-7")}
    assert database.query("SELECT count(*) FROM memory WHERE status <> 'candidate'") == [(0,)]
    assert sources.get(gate.scope(alice), answers["capture"]["source_id"])["connector"] == "agent_output"
    proposed = memories.get(gate.scope(alice), answers["propose_memory"]["memory_id"])
    assert (proposed["status"], proposed["proposed_by"]) == ("candidate", "agent:openclaw")


async def _mistakes(client: Client) -> list[Any]:
    return [
        await client.call_tool("recall", {"query": "   "}),
        await client.call_tool("recall", {"query": "oak", "colour": "red"}),
        await client.call_tool("open_loops", {"status": "done"}),
        await client.call_tool("artifact_get", {"artifact_id": "00000000-0000-0000-0000-000000000007"}),
        await client.call_tool("propose_memory", {"text": "x", "source_id": "00000000-0000-0000-0000-000000000007"}),
        await client.call_tool("forget", {}),
        await client.call_tool("recall", {"query": "oak", "domains": ["health"]}),
    ]


def test_a_mistake_is_one_sentence_that_names_what_was_wrong(talk: Ran, brief: dict[str, Any]) -> None:
    told = [(one.is_error, one.structured_content["error"]) for one in talk(_mistakes)]
    assert all(wrong for wrong, _ in told)
    codes = [error["code"] for _, error in told]
    assert codes[:4] == ["invalid_input", "invalid_input", "invalid_input", "not_found"]
    assert codes[5:] == ["not_found", "policy_blocked"]
    assert "query" in told[0][1]["fields"]
    assert "candidate" in told[2][1]["fields"]["status"]
    assert "recall" in told[5][1]["hint"]
    assert "health" in told[6][1]["message"]
    assert "policy_blocked" in {one["outcome"] for one in events("agent.tool_called")}


def test_what_the_key_may_not_read_is_not_told_of(talk: Ran, alice: Actor, settings: Any) -> None:
    capture.capture(alice, capture.Item("Decision: the secret garden opens in May.", sensitivity="sacred"), zone="UTC")

    async def look(client: Client) -> list[Any]:
        return [
            await client.call_tool("recall", {"query": "secret garden"}),
            await client.call_tool("recent_decisions", {"days": 365}),
            await client.call_tool("recent_changes", {"days": 365}),
            await client.call_tool("context_pack", {"query": "secret garden"}),
        ]

    told = talk(look)
    assert [one.structured_content["items"] for one in told[:3]] == [[], [], []]
    assert "opens in May" not in json.dumps([one.structured_content for one in told])
    assert told[3].structured_content["held_back"]["count"] >= 1


def test_a_key_that_was_revoked_opens_nothing_from_the_next_call_on(talk: Ran, alice: Actor, brief: Any) -> None:
    async def revoked(client: Client) -> list[Any]:
        first = await client.call_tool("open_loops", {})
        [listed] = agent_keys.listed(alice).items
        agent_keys.revoke(alice, listed["id"])
        return [first, await client.call_tool("open_loops", {})]

    first, second = talk(revoked)
    assert not first.is_error
    assert second.structured_content["error"]["code"] == "not_authenticated"


def test_without_a_right_key_every_call_says_how_to_get_one(talk: Ran, brief: Any) -> None:
    told = talk(lambda client: client.call_tool("open_loops", {}), with_key="alice_agent_wrong")
    assert told.structured_content["error"]["code"] == "not_authenticated"
    assert "agents keys create" in told.structured_content["error"]["hint"]
    assert database.query("SELECT count(*) FROM event_log WHERE event_type = 'agent.tool_called'") == [(0,)]


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_a_tool_says_when_to_use_it_and_what_each_field_means(tool: Any) -> None:
    assert len(tool.says) > 60
    assert tool.takes is asked.Everything or tool.takes.model_fields
    assert all(field.description for field in tool.takes.model_fields.values())


def test_the_page_for_people_lists_each_tool() -> None:
    page = (ROOT / "docs" / "mcp.md").read_text(encoding="utf-8")
    assert {tool.name for tool in TOOLS} == set(re.findall(r"^\| `(\w+)` \|", page, re.M))
