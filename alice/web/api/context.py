"""Context packs as JSON: what is held about a question, for programs and agents."""

from __future__ import annotations

from flask import Response

from alice.inputs import agents as inputs
from alice.services.agency import agent_identities
from alice.services.agency.agent_identities import Assertion
from alice.services.composing import context_packs
from alice.web import current
from alice.web.api import present, routes
from alice.web.api.answers import answers
from alice.web.api.answers.packs import ContextPack
from alice.web.inputs import accepts


@routes.post("/context-packs")
@accepts(inputs.BuildContextPack)
@answers(ContextPack, fails=(404,))
def build_context_pack(given: inputs.BuildContextPack) -> Response:
    """Answer a question with evidence, claims, loops, contradictions, and how much was held back; nothing is kept."""
    actor = agent_identities.acting(current.actor(), Assertion(**given.acting()))
    pack = context_packs.build(actor, zone=current.settings().timezone, now=current.now(), **given.rest())
    return present.one(pack)
