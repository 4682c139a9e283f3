"""The one review of what evidence names, projects and people: accept, edit, reject, reopen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from alice import clock
from alice.db import database
from alice.domain.policy import Action, Actor, Scope, Subject
from alice.domain.preparation import check_text
from alice.domain.redaction import redact
from alice.domain.vocab import Domain, Sensitivity
from alice.errors import Conflict, InvalidInput
from alice.ledger import gate
from alice.services.reviewing import decisions
from alice.services.reviewing.decisions import Kind, Verdict
from alice.services.reviewing.graph import check_reason

CANDIDATE, ACCEPTED, REJECTED = "candidate", "accepted", "rejected"
MOVES = {
    "accept": (ACCEPTED, {CANDIDATE, REJECTED}),
    "edit": (ACCEPTED, {CANDIDATE, ACCEPTED}),
    "reject": (REJECTED, {CANDIDATE, ACCEPTED}),
    "reopen": (CANDIDATE, {ACCEPTED, REJECTED}),
}
LONGEST_NAME = 300


@dataclass(frozen=True, slots=True)
class Wish:
    """What is decided: the action, what an edit sets, why, and the version that was looked at."""

    action: str
    edit: Mapping[str, Any] | None = None
    reason: str | None = None
    version: int | None = None


def review(
    actor: Actor, kind: Kind, find: Callable[[Scope], Any], wish: Wish, *, now: datetime | None = None
) -> dict[str, Any]:
    """Decide on the row that `find` returns for the scope, and return it as it is then."""
    _check(wish)
    moment = now or clock.now()
    with database.session():
        row = find(gate.scope(actor))
        with gate.write(actor, Action.REVIEW, Subject(Domain(row.domain), Sensitivity(row.sensitivity))) as unit:
            _guard(kind, row, wish)
            changes = {"status": MOVES[wish.action][0], **checked(wish.edit or {})}
            fresh = decisions.take(unit, kind, row, Verdict(wish.action, changes, moment, wish.reason))
    return kind.present(fresh)


def _check(wish: Wish) -> None:
    if wish.action not in MOVES:
        raise InvalidInput({"action": f"must be one of {', '.join(MOVES)}, not {wish.action!r}."})
    if (wish.action == "edit") != bool(wish.edit):
        raise InvalidInput({"edit": "holds what to change; it is given with the action edit, and only with it."})
    check_reason(wish.reason)


def checked(edit: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an edit sets, without secrets; raise InvalidInput for a name that cannot be kept."""
    columns = dict(edit)
    for field in ("name", "state", "handle"):
        if columns.get(field) is not None:
            check_text(field, columns[field])
            columns[field] = redact(columns[field].strip()).text
    if "name" in columns:
        columns["name"] = " ".join((columns["name"] or "").split())
        if not 1 <= len(columns["name"]) <= LONGEST_NAME:
            raise InvalidInput({"name": f"must be 1 to {LONGEST_NAME} characters."})
    return columns


def _guard(kind: Kind, row: Any, wish: Wish) -> None:
    if wish.version is not None and wish.version != row.version:
        raise Conflict(f"Somebody changed this {kind.words} after you saw it.", kind.present(row))
    taken_from = MOVES[wish.action][1]
    if row.status not in taken_from:
        allowed = ", ".join(sorted(taken_from))
        raise Conflict(
            f"This {kind.words} is {row.status}; {wish.action} is for what is {allowed}.", kind.present(row)
        )  # fmt: skip
