"""Agents as JSON: what they hand in and propose, what they did, and their keys."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from flask import Response

from alice.inputs import Nothing
from alice.inputs import agents as inputs
from alice.queries.page import Page
from alice.services.agency import agent_identities, agent_keys, agents, memory_proposals
from alice.services.agency.agent_identities import Assertion
from alice.web import current
from alice.web.api import present, routes
from alice.web.api.answers import answers, page_of
from alice.web.api.answers.agents import Agent, AgentKey, NewKey, Proposed, Telemetry
from alice.web.api.answers.connectors import Ingested
from alice.web.api.answers.sources import KEPT
from alice.web.inputs import accepts


@routes.get("/agents")
@accepts(Nothing)
@answers(page_of(Agent))
def list_agents() -> Response:
    """List the agents that have a key or left a trace, and what they may do; an agent is shown itself alone."""
    return present.page(Page.whole(agent_identities.listed(current.actor(), now=current.now())))


@routes.get("/agents/policy-telemetry")
@accepts(inputs.ShowTelemetry)
@answers(Telemetry)
def policy_telemetry(given: inputs.ShowTelemetry) -> Response:
    """Return what agents did and what the policy answered, by agent and by day; an agent is shown itself alone."""
    return present.one(agent_identities.telemetry(current.actor(), now=current.now(), **given.model_dump()))


@routes.get("/agents/keys")
@accepts(inputs.ListKeys)
@answers(page_of(AgentKey))
def list_keys(given: inputs.ListKeys) -> Response:
    """List the keys of agents, the newest first; what opens anything is in none of them. Only for the owner."""
    return present.page(agent_keys.listed(current.actor(), now=current.now(), **given.model_dump()))


@routes.post("/agents/keys")
@accepts(inputs.CreateKey)
@answers(NewKey, {201: "The key, which is shown this once."})
def create_key(given: inputs.CreateKey) -> Response:
    """Make a key for an agent, which is made with it when there is none of that name. Only for the owner."""
    wanted = agent_keys.Wanted(**given.wanted(current.now()))
    return present.one(agent_keys.create(current.actor(), wanted, now=current.now()), 201)


@routes.post("/agents/keys/<uuid:key_id>/revoke")
@accepts(inputs.RevokeKey)
@answers(AgentKey)
def revoke_key(key_id: UUID, given: inputs.RevokeKey) -> Response:
    """Take a key back for good, and return it as it is then. Only for the owner."""
    return present.one(agent_keys.revoke(current.actor(), key_id, version=given.version, now=current.now()))


@routes.post("/agents/keys/<uuid:key_id>/rotate")
@accepts(inputs.RotateKey)
@answers(NewKey, {201: "The key that takes its place, which is shown this once."})
def rotate_key(key_id: UUID, given: inputs.RotateKey) -> Response:
    """Replace a key by one that allows the same; the old one ends at once, or after a grace. Only for the owner."""
    grace = timedelta(minutes=given.grace_minutes)
    made = agent_keys.rotate(current.actor(), key_id, grace=grace, version=given.version, now=current.now())
    return present.one(made, 201)


@routes.post("/agents/ingest-output")
@accepts(inputs.IngestOutput)
@answers(Ingested, KEPT, fails=(409,))
def ingest_output(given: inputs.IngestOutput) -> Response:
    """Keep what an agent made, for review: 201 when it is new, 200 when the same words are kept already."""
    agent = agent_identities.acting(current.actor(), Assertion(**given.acting()), needed=True)
    told = agents.ingest_output(agent, agents.Output(**given.output()), settings=current.settings(), now=current.now())
    return present.one(told, 200 if told["duplicate"] else 201)


@routes.post("/memory-proposals")
@accepts(inputs.ProposeMemory)
@answers(Proposed, {201: "It waits for a person.", 200: "The memory is known; it was seen again."}, fails=(404, 409))
def propose_memory(given: inputs.ProposeMemory) -> Response:
    """Propose a memory, with the words it rests on; it becomes a candidate, and a person decides on it."""
    agent = agent_identities.acting(current.actor(), Assertion(**given.acting()), needed=True)
    proposal = memory_proposals.Proposal(**given.rest())
    told = memory_proposals.propose(agent, proposal, settings=current.settings(), now=current.now())
    return present.one(told, 200 if told["known"] else 201)
