"""Answers a question with a context pack: decides what may be read, reads it, has it composed. It writes nothing but
the decision on what an agent asked.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid5
from zoneinfo import ZoneInfo

from alice import clock, logs
from alice.brain import context_pack
from alice.domain.policy import TABLE, Actor, Decision, Scope
from alice.domain.recall import packs, periods, tokens
from alice.domain.recall.packs import HeldBack, Question
from alice.domain.vocab import Domain
from alice.errors import InvalidInput
from alice.queries.composing import context
from alice.services.composing import recalling


def build(
    actor: Actor,
    query: str,
    *,
    zone: str,
    domains: Sequence[Domain] = (),
    project: str | None = None,
    max_tokens: int = packs.TOKENS,
    as_of: date | None = None,
    now: datetime | None = None,
) -> dict[str, Any]:
    """Return a context pack in the keys of contract.md section 6, and `compositions`, `fence` and `text` beside them.

    `project` is an id or a name. `as_of` asks what was held at the end of that day in `zone`. Raise InvalidInput for a
    query without a word or a budget out of range, PolicyBlocked when nothing of what was asked for may be read.
    """
    moment = now or clock.now()
    _check(query, max_tokens, as_of, moment)
    decision, scope = recalling.readable(actor, domains, project)
    question = _question(query, moment, zone=zone, as_of=as_of, max_tokens=max_tokens)
    filtered = actor.kind == "agent"
    question = replace(question, domains=tuple(domains), project=project, filtered=filtered)
    held = _held_back(scope, decision, domains, filtered=filtered)
    pack = context_pack.compose(context.material(scope, question, held))
    return {"context_pack_id": _identifier(actor, pack), **pack, **_trace(decision)}


def _held_back(scope: Scope, decision: Decision, domains: Sequence[Domain], *, filtered: bool) -> HeldBack:
    """Return what the policy keeps from an agent; what the owner did not ask for is not held back."""
    if not filtered:
        return HeldBack(0, "Nothing is held back from the owner.")
    return context.held_back(scope, domains=domains, rule=_rule(decision))


def _check(query: str, max_tokens: int, as_of: date | None, now: datetime) -> None:
    if not query.strip() or not tokens.words(query):
        raise InvalidInput({"query": "must have at least one word to look for."})
    if len(query) > packs.LONGEST_QUERY:
        raise InvalidInput({"query": f"is too long: at most {packs.LONGEST_QUERY:,} characters are taken."})
    if not packs.LEAST_TOKENS <= max_tokens <= packs.MOST_TOKENS:
        raise InvalidInput({"max_tokens": f"must be {packs.LEAST_TOKENS} to {packs.MOST_TOKENS:,}, not {max_tokens}."})
    if as_of is not None and as_of > now.date() + timedelta(days=1):
        raise InvalidInput({"as_of": f"must be a day that has been, not {as_of}."})


def _question(query: str, now: datetime, *, zone: str, as_of: date | None, max_tokens: int) -> Question:
    today = as_of or now.astimezone(ZoneInfo(zone)).date()
    period = periods.asked(query, today)
    return Question(
        text=query,
        words=tuple(tokens.words(query)),
        language=tokens.language(query),
        now=now,
        today=today,
        period=(period.first, period.last) if period else None,
        as_of=as_of,
        until=periods.end_of(as_of, zone) if as_of else None,
        max_tokens=max_tokens,
    )


def _identifier(actor: Actor, pack: dict[str, Any]) -> str:
    """Return an id that is the same for the same pack of the same brain."""
    text = json.dumps(pack, sort_keys=True, ensure_ascii=False, default=str)
    return str(uuid5(actor.user_id, hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()))


def _trace(decision: Decision) -> dict[str, Any]:
    trace_id = logs.trace_id()
    return {"trace_id": trace_id, "policy_decision": decision.as_dict(trace_id)}


def _rule(decision: Decision) -> str:
    """Return in a sentence what decides on what is held back."""
    if decision.profile is None:
        return "An agent without a profile reads nothing."
    row = TABLE[decision.profile]
    within = "its projects" if row.only_projects else "the domains that it was granted"
    asked = decision.reasons if decision.requested_domains or decision.requested_projects else ()
    return f"{'; '.join((f'{decision.profile} reads up to {row.ceiling}, within {within}', *asked))}."
