"""What happens when the owner has something forgotten. Ids and counts, never a word of it."""

from __future__ import annotations

from alice.ledger.events.base import Event, event


@event("source.forgotten", "source")
class SourceForgotten(Event):
    """The owner had a source forgotten, with its earlier texts and everything drawn from it alone; `gone` names it."""

    receipt_id: str
    gone: dict[str, list[str]]


@event("memory.forgotten", "memory")
class MemoryForgotten(Event):
    """A memory was forgotten, by itself or with the source that alone spoke for it."""

    receipt_id: str
    gone: dict[str, list[str]]


@event("artifact.words_removed", "artifact")
class ArtifactWordsRemoved(Event):
    """Statements of an artifact went because what they told of was forgotten; `emptied` when none could stay."""

    receipt_id: str
    statements: int
    emptied: bool


@event("source.kept_away", "source")
class SourceKeptAway(Event):
    """What was forgotten came in again and was not taken."""

    connector: str


@event("receipt.checked", "receipt")
class ReceiptChecked(Event):
    """After forgetting, it was looked for everywhere; `left` counts the places where something of it still stands."""

    status: str
    places: int
    left: int
