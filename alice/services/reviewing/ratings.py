"""What the owner thinks of an artifact: a rating of the whole, and whether single statements helped."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from alice import clock, ids
from alice.db import database
from alice.domain.policy import Action, Actor
from alice.domain.preparation import check_text
from alice.errors import InvalidInput
from alice.ledger import gate
from alice.ledger.events import ArtifactRated, InsightGiven
from alice.models import ArtifactRating, InsightFeedback
from alice.queries.library import artifacts, ratings

MARKS = ("usefulness", "accuracy", "source_grounding", "novel_connections", "actionability", "hallucination_risk")
WORDS = ("missed_context", "comments")
WHOLE = -1


def rate(
    actor: Actor, artifact_id: UUID | str, rating: Mapping[str, Any], *, now: datetime | None = None
) -> dict[str, Any]:
    """Rate an artifact, in place of an earlier rating, and return the rating.

    `rating` holds marks from 1 to 5, `verbosity`, `missed_context` and `comments`; what is not said is not rated.
    """
    said = {name: value for name, value in rating.items() if value not in (None, "")}
    if not said:
        raise InvalidInput({"usefulness": f"nothing was rated; say one of {', '.join((*MARKS, 'verbosity', *WORDS))}."})
    for name in WORDS:
        if name in said:
            check_text(name, said[name])
    with database.session():
        row = artifacts.find(gate.scope(actor), artifact_id)
        with gate.write(actor, Action.REVIEW) as unit:
            blank = dict.fromkeys((*MARKS, "verbosity", *WORDS))
            values = blank | said | {"rated_at": now or clock.now()}
            made = ArtifactRating.insert(
                id=ids.new_id(), user_id=unit.user_id, artifact=row.id, rated_by=unit.actor.identity, **values
            )
            again = values | {"version": ArtifactRating.version + 1}
            made.on_conflict(conflict_target=(ArtifactRating.artifact, ArtifactRating.rated_by), update=again).execute()
            told = {name: said[name] for name in (*MARKS, "verbosity") if name in said}
            unit.record(ArtifactRated(str(row.id), told))
            return ratings.of(gate.scope(actor), row.id)[0]


def give_feedback(
    actor: Actor,
    artifact_id: UUID | str,
    *,
    useful: bool,
    section: int | None = None,
    statement: int | None = None,
    note: str | None = None,
    now: datetime | None = None,
) -> dict[str, Any]:
    """Say whether a statement helped, or without a place the artifact as a whole, and return what was said.

    Saying it again replaces it. Raise InvalidInput for a place where nothing stands.
    """
    if note is not None:
        check_text("note", note)
    with database.session():
        row = artifacts.find(gate.scope(actor), artifact_id)
        _check_place(row, section, statement)
        with gate.write(actor, Action.REVIEW) as unit:
            place = {"section": WHOLE if section is None else section,
                     "statement": WHOLE if statement is None else statement}  # fmt: skip
            values = {"useful": useful, "note": note, "given_at": now or clock.now()}
            made = InsightFeedback.insert(
                id=ids.new_id(), user_id=unit.user_id, artifact=row.id, given_by=unit.actor.identity, **place, **values
            )
            once = (InsightFeedback.artifact, InsightFeedback.section, InsightFeedback.statement,
                    InsightFeedback.given_by)  # fmt: skip
            again = values | {"version": InsightFeedback.version + 1}
            made.on_conflict(conflict_target=once, update=again).execute()
            unit.record(InsightGiven(str(row.id), section, statement, useful))
            told = ratings.feedback(gate.scope(actor), row.id)
            return next(one for one in told if (one["section"], one["statement"]) == (section, statement))


def _check_place(row: Any, section: int | None, statement: int | None) -> None:
    if (section is None) != (statement is None):
        missing = "section" if section is None else "statement"
        raise InvalidInput({missing: "is missing: a place is a section and a statement in it."})
    if section is None or statement is None:
        return
    if section >= len(row.sections):
        raise InvalidInput({"section": f"there is no section {section}; this artifact has {len(row.sections)}."})
    count = len(row.sections[section]["statements"])
    if statement >= count:
        raise InvalidInput({"statement": f"there is no statement {statement}; section {section} has {count}."})
