"""What happens to connectors: how they are set, and what they could not take."""

from __future__ import annotations

from alice.ledger.events.base import Event, event


@event("connector.created", "connector")
class ConnectorCreated(Event):
    """A connector got its settings row; it is set as it is by default."""


@event("connector.configured", "connector")
class ConnectorConfigured(Event):
    """A connector was set anew; only the names of what changed are told."""

    changed: list[str]
    version: int


@event("connector.left_out", "connector")
class ConnectorLeftOut(Event):
    """Items were passed by, as the allow-list asks; they are counted and nothing of them is kept."""

    stream: str
    reason: str
    count: int


@event("connector.gap", "connector")
class ConnectorGap(Event):
    """A stretch of a stream was missed."""

    stream: str
    reason: str
    filled: bool


@event("connector_item.failed", "connector_item")
class ItemFailed(Event):
    """An item could not be taken; it is tried again, or quarantined after the last try."""

    connector: str
    reason_code: str
    attempts: int
    status: str


@event("connector_item.recovered", "connector_item")
class ItemRecovered(Event):
    """An item that had failed was taken after all, or is not there any more."""

    connector: str
    attempts: int


@event("connector_item.decided", "connector_item")
class ItemDecided(Event):
    """The owner decided on an item that had failed: try it again, or leave it."""

    connector: str
    before: str
    after: str


@event("capture_token.made", "connector")
class CaptureTokenMade(Event):
    """The owner made a token with which pages and programs may hand in clips; one made before is void."""


@event("capture_token.removed", "connector")
class CaptureTokenRemoved(Event):
    """The owner took the token for clips back."""
