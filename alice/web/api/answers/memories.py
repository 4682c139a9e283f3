"""What is answered about memories, and about what was decided on them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from alice.domain.vocab import Domain, MemoryStatus, MemoryType, Sensitivity
from alice.inputs.memories import DecidedKind, ManyAction
from alice.web.api.answers import Answer, means
from alice.web.api.answers.words import Quote


class Unseen(Answer):
    """Characters of a text that show nothing."""

    kind: Literal["tags", "selectors", "direction", "zero_width", "control"] = means("What they are.")
    start: int = means("Where they begin, in code points of the text.", ge=0)
    end: int = means("Where they end.", ge=0)
    says: str = means("What they spell, or their names.")


class Today(Answer):
    """How a memory stands now, beside how it stood on the day asked about."""

    status: MemoryStatus = means("Where it stands.")
    text: str = means("What it says.")
    version: int = means("Counts its changes.", ge=1)


class Memory(Answer):
    """Something that is remembered, or waits for a person to say whether it should be."""

    id: UUID = means("Its id.")
    memory_type: MemoryType = means("What kind of thing it holds.")
    text: str = means("What it says.")
    subject: str | None = means("What it is about.")
    status: MemoryStatus = means("Where it stands.")
    domain: Domain = means("The part of life that it belongs to.")
    sensitivity: Sensitivity = means("How private it is.")
    rule: str = means("The rule that found it.")
    proposed_by: str = means("Who proposed it.")
    confidence: float = means("How sure the rule is, from 0 to 1.", ge=0, le=1)
    backlog: bool = means("Whether it is history that came in with an import.")
    occurred_at: datetime = means("When it was said.")
    created_at: datetime = means("When it was found.")
    last_seen_at: datetime = means("When it was last spoken of.")
    decided_at: datetime | None = means("When it was decided on.")
    snoozed_until: datetime | None = means("Until when it sleeps.")
    reason: str | None = means("Why it stands as it does, in the words of whoever decided.")
    merged: bool = means("Whether it was merged, and lends its words.")
    version: int = means("Counts its changes; send it along with a decision.", ge=1)
    project_id: UUID | None = means("The project that it belongs to.")
    superseded_by: UUID | None = means("The memory that holds in its place.")
    flags: list[str] = means("What to be careful about, such as instruction_like.")
    unseen: list[Unseen] = means("What its text hides from whoever reads it; accepting it takes `revealed`.")
    expires_at: datetime | None = means("When it is put away, undecided; null when it is not.", always=False)
    unsealed: str | None = means("Why it is not trusted, though it says that it was accepted.", always=False)
    held: bool = means("As of a day: whether it was accepted then.", always=False)
    decided_by: str | None = means("As of a day: who had decided on it last.", always=False)
    evidence: list[Quote] = means("The words that it was drawn from, as of a day those known then.", always=False)
    now: Today = means("As of a day: how it stands now.", always=False)


class Waiting(Answer):
    """How memories wait for a decision."""

    count: int = means("How many wait now.", ge=0)
    oldest_waiting_at: datetime | None = means("Since when the oldest of them does.")
    expiring_count: int = means("How many are put away within seven days.", ge=0)
    expires_next_at: datetime | None = means("When the first of these is.")
    expires_after_days: int = means("How many days each waits.", ge=1)
    snoozed_count: int = means("How many sleep.", ge=0)
    backlog_count: int = means("How many are history, which neither waits nor is put away.", ge=0)


class Memories(Answer):
    """A part of a list of memories, and how many wait."""

    items: list[Memory] = means("What is listed here.")
    count: int = means("How many are here.", ge=0)
    total: int = means("How many there are in all.", ge=0)
    next: str | None = means("The `cursor` of the part after this one; null at the end.")
    waiting: Waiting = means("How memories wait for a decision, whatever is listed here.")
    left_out: int = means("As of a day: how many say they were accepted, though no decision stands behind them.", ge=0)


class Decision(Answer):
    """One change of one thing by a decision."""

    id: UUID = means("Its id.")
    act: UUID = means("What was decided together, and is undone together, has the same.")
    subject_kind: DecidedKind = means("What kind of thing was decided on.")
    subject_id: UUID = means("Which one.")
    action: str = means("What was decided.", examples=["accept"])
    version: int = means("The version of the thing after it.", ge=1)
    before: dict[str, Any] = means("What the columns that changed held before.")
    after: dict[str, Any] = means("What they held after it.")
    reason: str | None = means("Why.")
    decided_by: str = means("Who decided.", examples=["owner"])
    decided_at: datetime = means("When.")
    undoes: UUID | None = means("The decision that it took back.")
    event_id: UUID | None = means("The event that tells of it.")


class OwnDecision(Decision):
    """A decision on the thing that is shown."""

    undoable: bool = means("Whether it can be taken back now; an older one waits for the newer ones.")


class Opposed(Answer):
    """Another memory that says something else of the same subject."""

    id: UUID = means("Its id.")
    text: str = means("What it says.")
    status: MemoryStatus = means("Where it stands.")
    occurred_at: datetime = means("When it was said.")
    kind: str = means("What they contradict each other in.", examples=["numeric"])
    because: str = means("Why the rules think so.")


class Replaced(Answer):
    """A memory in whose place this one holds."""

    id: UUID = means("Its id.")
    text: str = means("What it says.")
    merged: bool = means("Whether it said the same, and lends its words.")
    decided_at: datetime | None = means("Since when.")


class WholeMemory(Memory):
    """A memory with all that is known of it."""

    revealed_text: str | None = means("Its text with everything written out that shows nothing; null without such.")
    evidence: list[Quote] = means("The words that it was drawn from, the newest first.")
    decisions: list[OwnDecision] = means("What was decided on it, the newest first.")
    conflicts: list[Opposed] = means("What speaks against it.")
    replaced: list[Replaced] = means("What it holds in place of.")


class Rewording(Answer):
    """A change of a memory's words."""

    decision_id: UUID = means("The decision that changed them.")
    version: int = means("The version after it.", ge=1)
    action: str = means("What was decided.", examples=["edit"])
    text_before: str | None = means("The words before it; null when they were forgotten.")
    text_after: str | None = means("The words after it; null when they were forgotten.")
    reason: str | None = means("Why.")
    decided_by: str = means("Who decided.")
    decided_at: datetime = means("When.")


class Refusal(Answer):
    """Why one of many could not be decided on."""

    code: str = means("A word for programs.", examples=["conflict"])
    message: str = means("One sentence for people.")
    hint: str | None = means("The way out, where there is one.")
    fields: dict[str, str] = means("For each field that was wrong, what was wrong.")


class Decided(Answer):
    """What a decision on many came to for one of them."""

    id: UUID = means("Which one.")
    outcome: Literal["done", "possible", "refused"] = means("What it came to; possible in a preview.")
    memory: Memory | None = means("The memory as it is then; null when there is none.")
    error: Refusal | None = means("Why it was refused.")


class Batch(Answer):
    """What a decision on many came to."""

    action: ManyAction = means("What was decided.")
    preview: bool = means("Whether nothing was changed.")
    act: UUID | None = means("What the decisions have in common; undoing one of them undoes all.")
    done_count: int = means("How many were decided on.", ge=0)
    refused_count: int = means("How many could not be.", ge=0)
    items: list[Decided] = means("What it came to for each, in the order asked.")


class Restored(Answer):
    """One thing as it is after an undo."""

    subject_kind: DecidedKind = means("What kind of thing.")
    subject: dict[str, Any] = means("It, as its own address shows it.")


class Undone(Answer):
    """What stands after a decision was taken back."""

    undid: UUID = means("The decision that was taken back.")
    action: str = means("What it had decided.")
    act: UUID = means("What the undoing has in common; it can be undone too.")
    items: list[Restored] = means("Everything that was decided together, as it is now.")
