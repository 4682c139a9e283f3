"""What happens to evidence: sources and imports."""

from __future__ import annotations

from typing import Any

from alice.ledger.events.base import Event, event


@event("source.captured", "source")
class SourceCaptured(Event):
    """A source came in and was stored with its chunks and the claims drawn from it."""

    connector: str
    digest: str
    chunks: int
    memories: int
    open_loops: int
    redactions: int
    backlog: bool


@event("source.seen_again", "source")
class SourceSeenAgain(Event):
    """Content that is known already came in once more; nothing was stored."""

    connector: str


@event("import.started", "import")
class ImportStarted(Event):
    """An import of a folder or an export began."""

    connector: str


@event("import.finished", "import")
class ImportFinished(Event):
    """An import ended; the counts say what happened to each item."""

    connector: str
    counts: dict[str, int]


@event("source.revised", "source")
class SourceRevised(Event):
    """The text of a source was replaced by this one; the earlier text stays as it was."""

    before: str
    revision: int


@event("source.moved", "source")
class SourceMoved(Event):
    """The original of a source lies elsewhere now, with the same words."""

    connector: str


@event("source.gone", "source")
class SourceGone(Event):
    """The original of a source was deleted; what came in stays."""

    connector: str


@event("source.returned", "source")
class SourceReturned(Event):
    """The original of a source is there again."""

    connector: str


@event("source.removed", "source")
class SourceRemoved(Event):
    """A source was taken back with its import."""

    connector: str


@event("import.removed", "import")
class ImportRemoved(Event):
    """An import was taken back; the counts say what went and what stayed."""

    connector: str
    counts: dict[str, int]


@event("output.ingested", "source")
class OutputIngested(Event):
    """An agent handed in what it made, for review."""

    agent: str
    agent_run_id: str | None
    agent_task_id: str | None


@event("source.reviewed", "source")
class SourceReviewed(Event):
    """A person looked at a source, put it away, or said what it is about and how private it is."""

    action: str
    before: str
    after: str
    changed: dict[str, Any]
