"""What is answered about people whom evidence names."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from alice.domain.vocab import Domain, Sensitivity
from alice.web.api.answers import Answer, means
from alice.web.api.answers.projects import NamedStatus
from alice.web.api.answers.words import Quote


class Person(Answer):
    """Somebody whom evidence names."""

    id: UUID = means("Their id.")
    name: str = means("What they are called.", examples=["Ann Lee"])
    handle: str | None = means("How they sign.")
    status: NamedStatus = means("Where it stands that they matter.")
    domain: Domain = means("The part of life that they belong to.")
    sensitivity: Sensitivity = means("How private it is.")
    created_at: datetime = means("When they were first named.")
    last_seen_at: datetime = means("When they were last named.")
    version: int = means("Counts the changes; send it along with a decision.", ge=1)


class WholePerson(Person):
    """Somebody, with the newest words that name them."""

    evidence: list[Quote] = means("The words that name them, the newest first.")
