"""What is answered about open loops."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from alice.domain.vocab import Domain, LoopKind, LoopStatus, Sensitivity
from alice.web.api.answers import Answer, means
from alice.web.api.answers.words import Quote


class Loop(Answer):
    """Something that somebody has to do, answer or wait for."""

    id: UUID = means("Its id.")
    loop_kind: LoopKind = means("What makes it open.")
    text: str = means("What it is.")
    subject: str | None = means("What it is about.")
    owner: str | None = means("Whose it is.")
    waiting_for: str | None = means("Who or what it waits for.")
    due_text: str | None = means("How the evidence says when it is due.")
    status: LoopStatus = means("Where it stands.")
    domain: Domain = means("The part of life that it belongs to.")
    sensitivity: Sensitivity = means("How private it is.")
    rule: str = means("The rule that found it.")
    proposed_by: str = means("Who proposed it.")
    confidence: float = means("How sure the rule is, from 0 to 1.", ge=0, le=1)
    backlog: bool = means("Whether it is history that came in with an import.")
    due_on: date | None = means("The day on which it is due.")
    occurred_at: datetime = means("When it was said.")
    created_at: datetime = means("When it was found.")
    last_seen_at: datetime = means("When it was last spoken of.")
    snoozed_until: datetime | None = means("Until when it sleeps.")
    closed_at: datetime | None = means("When it was closed.")
    reason: str | None = means("Why it stands as it does, in the words of whoever decided.")
    version: int = means("Counts its changes; send it along with a decision.", ge=1)
    flags: list[str] = means("What to be careful about, such as instruction_like.")
    project_id: UUID | None = means("The project that it belongs to.")
    merged_into: UUID | None = means("The loop that it was merged with.")


class WholeLoop(Loop):
    """An open loop with the words that it was drawn from."""

    evidence: list[Quote] = means("The words that it was drawn from, the newest first.")


class AddedLoop(Loop):
    """A loop that was added, or the one that says the same and was known."""

    duplicate: bool = means("Whether it was known already.")


ADDED = {201: "It is added, and open.", 200: "One that says the same is known, and open now."}
