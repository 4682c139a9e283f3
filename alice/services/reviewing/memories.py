"""Decisions on memories. Only a person takes them; whoever decides second is told what the first one did.

A memory that was merged lends its words to the one it went into; one that was superseded names what holds now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from alice import clock, ids
from alice.db import database
from alice.domain.extraction.flags import INSTRUCTION_LIKE, INVISIBLE_TEXT, flags_of
from alice.domain.policy import Action, Actor, Scope, Subject
from alice.domain.preparation import check_text
from alice.domain.redaction import redact
from alice.domain.texts import unseen
from alice.domain.vocab import Domain, MemoryStatus, MemoryType, Sensitivity
from alice.errors import AliceError, Conflict, InvalidInput, NotFound
from alice.ledger import gate
from alice.ledger.events import MemoryReviewed
from alice.ledger.unit import Unit
from alice.models import Memory
from alice.queries.ledger import decisions as decided
from alice.queries.library import memories, projects
from alice.services.reviewing import decisions, merged_words
from alice.services.reviewing.decisions import Kind, Verdict
from alice.services.reviewing.graph import check_reason

CANDIDATE, ACCEPTED, REJECTED, SUPERSEDED, ARCHIVED = (
    MemoryStatus.CANDIDATE, MemoryStatus.ACCEPTED, MemoryStatus.REJECTED, MemoryStatus.SUPERSEDED,
    MemoryStatus.ARCHIVED,
)  # fmt: skip
SNOOZE_DAYS, LONGEST_TEXT = 7, 2_000
LIVE = frozenset({CANDIDATE, ACCEPTED})


def _follow(unit: Unit, before: Any, after: Any) -> None:
    """Lend the words of what was merged, as long as it is; refuse a succession that leads back to where it began."""
    was, now = before.__data__["superseded_by"], after.__data__["superseded_by"]
    if was == now:
        return
    if now is not None:
        _check_succession(after, now)
    for into, merged in ((was, before.merged), (now, after.merged)):
        if into is not None and merged:
            merged_words.renew(unit, into)


def _check_succession(row: Any, by: UUID) -> None:
    succession = (
        "WITH RECURSIVE later AS (SELECT id, status, superseded_by, 1 AS step FROM memory WHERE id = %s"
        " UNION ALL SELECT m.id, m.status, m.superseded_by, step + 1 FROM memory m JOIN later ON m.id ="
        " later.superseded_by WHERE step < %s) SELECT id, status FROM later"
    )
    found = database.query(succession, by, merged_words.LONGEST_CHAIN)
    if any(identifier == row.id for identifier, _ in found):
        raise Conflict("What it would give way to gave way to it since; undo that first.", memories.present(row))
    if found[0][1] == MemoryStatus.FORGOTTEN:
        raise Conflict("What it would give way to was forgotten.", memories.present(row))


KIND = Kind("memory", "memory", Memory, MemoryReviewed, memories.present, _follow)


@dataclass(frozen=True, slots=True)
class Move:
    """What an action does: from which statuses it is taken, to which it leads, and how it is told afterwards."""

    leads_to: MemoryStatus
    taken_from: frozenset[MemoryStatus]
    done: str


MOVES = {
    "accept": Move(ACCEPTED, frozenset({CANDIDATE}), "accepted"),
    "edit": Move(ACCEPTED, LIVE, "edited"),
    "reject": Move(REJECTED, LIVE, "rejected"),
    "snooze": Move(CANDIDATE, frozenset({CANDIDATE}), "snoozed"),
    "merge": Move(SUPERSEDED, LIVE, "merged"),
    "supersede": Move(SUPERSEDED, LIVE, "superseded"),
    "expire": Move(ARCHIVED, LIVE, "archived"),
    "reopen": Move(CANDIDATE, frozenset({REJECTED, SUPERSEDED, ARCHIVED}), "reopened"),
}
ACTIONS = (*MOVES, "undo")
_DONE = {name: move.done for name, move in MOVES.items()} | {"undo": "changed by an undo", "follow": "changed with its"
         " source"}  # fmt: skip
EDITABLE = ("text", "memory_type", "domain", "sensitivity", "project_id")
_WORDS: dict[str, type[MemoryType | Domain | Sensitivity]] = {
    "memory_type": MemoryType, "domain": Domain, "sensitivity": Sensitivity
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be decided, and what goes with it.

    `edit` holds columns to set; `into` is the memory to merge with and `by` the one that holds instead; `until` is
    when to be reminded; `revealed` says that the person has seen what a text hides.
    """

    action: str
    reason: str | None = None
    edit: Mapping[str, Any] | None = None
    into: UUID | None = None
    by: UUID | None = None
    until: datetime | None = None
    revealed: bool = False

    @property
    def other(self) -> UUID | None:
        """Return the memory that is named beside the one that is decided on."""
        return self.into or self.by


def review(
    actor: Actor, memory_id: UUID | str, wish: Wish, *, version: int | None = None, now: datetime | None = None
) -> dict[str, Any]:
    """Do as `wish` says with a memory and return it as it is then.

    `version` is the one that the person saw. Raise InvalidInput for what cannot be meant, also for a text that hides
    something that was not revealed; NotFound; or Conflict with the fresh row, saying who did what, when it was decided
    on already.
    """
    moment = now or clock.now()
    check(wish, now=moment)
    with database.session():
        scope = gate.scope(actor)
        row: Any = memories.find(scope, memory_id)
        other: Any = _other(scope, row, wish)
        projects.check(scope, (wish.edit or {}).get("project_id"))
        subject = Subject(Domain(row.domain), Sensitivity(row.sensitivity), row.project_id)
        if wish.action == "undo":
            return _undo(actor, row, wish, version, now=moment)
        with gate.write(actor, Action.REVIEW, subject) as unit:
            decisions.one_at_a_time(unit)
            wanted = [row.id, *([other.id] if other else [])]
            fresh = decisions.hold(unit, KIND, wanted)
            if gone := set(wanted) - set(fresh):
                raise NotFound("memory", gone.pop())
            if wrong := objection(scope, fresh[row.id], wish, version=version or row.version):
                raise wrong
            return memories.present(settle(unit, fresh[row.id], wish, now=moment, other=other and fresh[other.id]))


def _undo(actor: Actor, row: Any, wish: Wish, version: int | None, *, now: datetime) -> dict[str, Any]:
    from alice.services.reviewing import undoing

    if version is not None and version != row.version:
        raise Conflict("Somebody changed this memory after you saw it.", memories.present(row))
    undoing.undo_last(actor, KIND.name, row.id, reason=wish.reason, now=now)
    return memories.present(memories.find(gate.scope(actor), row.id))


def check(wish: Wish, *, now: datetime) -> None:
    """Raise InvalidInput naming each field of `wish` that cannot be meant."""
    if wish.action not in ACTIONS:
        raise InvalidInput({"action": f"must be one of {', '.join(ACTIONS)}, not {wish.action!r}."})
    check_reason(wish.reason)
    wrong = dict(_misplaced(wish))
    if wish.until is not None and wish.until <= now:
        wrong.setdefault("until", "must be a moment to come.")
    if wrong:
        raise InvalidInput(wrong)
    if wish.edit is not None:
        _check_edit(wish.edit)


def _misplaced(wish: Wish) -> list[tuple[str, str]]:
    told = []
    if (wish.action == "edit") != bool(wish.edit):
        told.append(("edit", "holds what to change; it is given with the action edit, and only with it."))
    if (wish.action == "merge") != (wish.into is not None):
        told.append(("into", "names the memory to merge with; it is given with merge, and only with it."))
    if (wish.action == "supersede") != (wish.by is not None):
        told.append(("by", "names the memory that holds now; it is given with supersede, and only with it."))
    if wish.until is not None and wish.action != "snooze":
        told.append(("until", f"says how long to snooze; it has no meaning for {wish.action}."))
    return told


def _check_edit(edit: Mapping[str, Any]) -> None:
    if strange := sorted(set(edit) - set(EDITABLE)):
        raise InvalidInput({f"edit.{strange[0]}": f"cannot be changed; what can: {', '.join(EDITABLE)}."})
    for name, words in _WORDS.items():
        if name in edit and edit[name] not in set(words):
            raise InvalidInput({f"edit.{name}": f"must be one of {', '.join(words)}, not {edit[name]!r}."})
    if "text" in edit:
        check_text("edit.text", edit["text"])
        if not edit["text"].strip() or len(edit["text"]) > LONGEST_TEXT:
            raise InvalidInput({"edit.text": f"must be 1 to {LONGEST_TEXT:,} characters."})


def _other(scope: Scope, row: Any, wish: Wish) -> Any:
    """Return the memory that is named beside `row`, or None; raise NotFound, or InvalidInput when it is the same."""
    if wish.other is None:
        return None
    if wish.other == row.id:
        raise InvalidInput({"into" if wish.into else "by": "is the memory itself; name the other one."})
    return memories.find(scope, wish.other)


def objection(scope: Scope, row: Any, wish: Wish, *, version: int | None = None) -> AliceError | None:
    """Return why `wish` cannot be done with `row` as it is now, or None. `version` is the one that was looked at."""
    move = MOVES[wish.action]
    if row.status not in move.taken_from or (version is not None and version != row.version):
        return _decided_already(scope, row, wish.action)
    text = (wish.edit or {}).get("text", row.text)
    if move.leads_to is ACCEPTED and not wish.revealed and (hides := unseen.sentence(text)):
        return InvalidInput({"revealed": f"must be true: the text {hides}. Look at it, then accept it."})
    if wish.action == "edit" and row.status == ACCEPTED and not changes_of(row, wish.edit or {}):
        return InvalidInput({"edit": "changes nothing."})
    return None


def _decided_already(scope: Scope, row: Any, action: str) -> Conflict:
    newest = decided.newest(scope, KIND.name, row.id)
    happened = f"is {row.status}"
    if newest is not None and newest.version == row.version:
        who = "you" if newest.decided_by == "owner" else newest.decided_by
        done = _DONE.get(newest.action, newest.action)
        happened = f"was {done} by {who} at {newest.decided_at:%Y-%m-%d %H:%M} UTC and is {row.status} now"
    possible = [name for name, move in MOVES.items() if row.status in move.taken_from]
    way = f"Possible now: {', '.join([*possible, *(['undo'] if newest else [])])}."
    allowed = MOVES[action].taken_from
    because = f"{action} is for one that is {' or '.join(sorted(allowed))}"
    if row.status in allowed:
        because = "it is not as you saw it any more"
    return Conflict(f"This memory {happened}; {because}.", memories.present(row), way)


def settle(unit: Unit, row: Any, wish: Wish, *, now: datetime, other: Any = None, act: UUID | None = None) -> Any:
    """Change `row`, which is locked, inside `unit`, and accept the `other` when it takes its place; return it then."""
    act = act or ids.new_id()
    if other is not None:
        _prepare(unit, other, wish, now=now, act=act)
    verdict = Verdict(wish.action, changes(row, wish, now=now), now, wish.reason, act=act)
    return decisions.take(unit, KIND, row, verdict)


def _prepare(unit: Unit, other: Any, wish: Wish, *, now: datetime, act: UUID) -> None:
    """Refuse another memory that does not stand; accept a candidate that is to hold from now on."""
    if other.status not in LIVE:
        raise Conflict(f"The other memory is {other.status}; reopen it first.", memories.present(other))
    if wish.by is None or other.status != CANDIDATE:
        return
    if not wish.revealed and (hides := unseen.sentence(other.text)):
        raise InvalidInput({"revealed": f"must be true: the text of the other memory {hides}."})
    accepting = changes(other, Wish("accept", wish.reason), now=now)
    decisions.take(unit, KIND, other, Verdict("accept", accepting, now, wish.reason, act=act))


def changes(row: Any, wish: Wish, *, now: datetime) -> dict[str, Any]:
    """Return the columns that `wish` changes."""
    leads_to = MOVES[wish.action].leads_to
    told: dict[str, Any] = {
        "status": leads_to.value,
        "reason": wish.reason,
        "decided_at": None if leads_to is CANDIDATE else now,
        "snoozed_until": None,
    }
    if wish.action == "snooze":
        told["snoozed_until"] = wish.until or now + timedelta(days=SNOOZE_DAYS)
    if wish.action == "reopen":
        told["backlog"] = False
    if wish.action in ("merge", "supersede", "reopen"):
        told |= {"superseded_by": wish.other, "merged": wish.action == "merge"}
    return told | (changes_of(row, wish.edit) if wish.edit else {})


def changes_of(row: Any, edit: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of `edit` is not so already; a new text is looked at anew for what it might command or hide."""
    said = {name: str(value) if name in _WORDS else value for name, value in edit.items()}
    if "text" in said:
        said["text"] = redact(said["text"].strip()).text
        kept = [flag for flag in row.flags if flag not in (INSTRUCTION_LIKE, INVISIBLE_TEXT)]
        said["flags"] = [*kept, *flags_of(said["text"])]
    now = {name: row.project_id if name == "project_id" else getattr(row, name) for name in said}
    return {name: value for name, value in said.items() if value != now[name]}
