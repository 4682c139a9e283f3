"""What many answers hold: words of a source with their place, and what the policy decided."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from alice.domain.policy import Action
from alice.domain.vocab import Domain, PolicyOutcome, Profile, Sensitivity
from alice.web.api.answers import Answer, means


class Quote(Answer):
    """Words of a source, letter for letter, and where they stand in it."""

    source_id: UUID = means("The source.")
    chunk_id: UUID = means("The passage of it.")
    start: int = means("Where the words begin, in code points of the source's text.", ge=0)
    end: int = means("Where they end.", ge=0)
    quote: str = means("The words.")


class CitedQuote(Quote):
    """Words of a source with what is known of it."""

    source_title: str = means("What the source is called.")
    connector: str = means("How the source came in.")
    occurred_at: datetime = means("When it was said.")
    domain: Domain = means("The part of life that the source belongs to.")
    sensitivity: Sensitivity = means("How private the source is.")


class PolicyDecision(Answer):
    """What the policy decided about a request, and why."""

    action: Action = means("What was asked for.")
    decision: PolicyOutcome = means("What the policy answered.")
    reasons: list[str] = means("Why, one sentence each.")
    requested_domains: list[Domain] = means("The parts of life that were asked for; none means all.")
    effective_domains: list[Domain] = means("The parts of life that count.")
    requested_project_scope: list[UUID] = means("The projects that were asked for; none means all.")
    effective_project_scope: list[UUID] | None = means("The projects that count; null for all.")
    effective_sensitivity_allowed: list[Sensitivity] = means("How private things may be that are shown.")
    permission_profile: Profile | None = means("The profile of the agent that asked.")
    review_required: bool = means("Whether what is written waits for a person.")
    trace_id: str = means("What the log and the events call the request.")
