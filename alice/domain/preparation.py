"""Everything that happens to a text before a transaction opens: check, redact, read, cut, extract. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from alice.domain import extraction
from alice.domain.extraction import Claim
from alice.domain.recall.indexed import Indexed, indexed
from alice.domain.redaction import Redacted, redact
from alice.domain.texts import chunking, documents
from alice.domain.texts.chunking import Chunk
from alice.domain.vocab import Connector, Domain, Sensitivity
from alice.errors import InvalidInput, TooLarge

MOST_BYTES = 10_000_000
BACKLOG_AFTER = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that came in. `external_id` is the sender's name for it, `name` a file name that may hold a date.

    What is `brought` by a person's own hand waits in the inbox however old it is.
    """

    text: str
    connector: str = "manual"
    external_id: str | None = None
    title: str | None = None
    uri: str | None = None
    author: str | None = None
    name: str | None = None
    occurred_at: datetime | None = None
    domain: Domain = Domain.UNKNOWN
    sensitivity: Sensitivity = Sensitivity.UNKNOWN
    project_id: UUID | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    brought: bool = False


@dataclass(frozen=True, slots=True)
class Prepared:
    """An item that is ready to be stored: nothing in it is secret, and every claim knows its words.

    `words` is what recall's index is handed of it.
    """

    item: Item
    text: str
    content_hash: str
    title: str
    occurred_at: datetime
    backlog: bool
    chunks: Sequence[Chunk]
    claims: Sequence[Claim]
    metadata: Mapping[str, Any]
    redactions: int
    words: Indexed


def prepare(
    item: Item, *, zone: str, now: datetime, owner_names: Sequence[str] = (), redacted: Redacted | None = None
) -> Prepared:
    """Return what of `item` will be stored; raise InvalidInput naming the field that cannot be.

    Offsets count code points of the redacted text, which is the text that is kept; `redacted` is that text, from who
    has made it already.
    """
    _check(item)
    redacted = redacted or redact(item.text)
    text = redacted.text
    document = documents.read(text, name=item.name, zone=zone)
    occurred_at = min(item.occurred_at or document.occurred_at or now, now).astimezone(UTC)
    pieces = chunking.chunks(text)
    context, speaker = _voice(item, owner_names)
    claims = extraction.extract(
        text, pieces, occurred_at=occurred_at, zone=zone, owner_names=owner_names, context=context, speaker=speaker
    )
    title = redact(item.title).text[:300] if item.title else document.title
    return Prepared(
        item,
        text,
        content_hash(text),
        title,
        occurred_at,
        not item.brought and now - occurred_at > BACKLOG_AFTER,
        pieces,
        claims,
        {**item.metadata, **_told(document), **({"redactions": redacted.counts} if redacted.counts else {})},
        sum(redacted.counts.values()),
        indexed(title, [(piece.ordinal, piece.heading, piece.text) for piece in pieces]),
    )


def _voice(item: Item, owner_names: Sequence[str]) -> tuple[str, str | None]:
    """Return what kind of text an item is for extraction (note, message or page), and who wrote it, where it matters.

    A message that a chat sends to itself is a broadcast when it comes from a channel (a negative number), and a note
    to oneself in "Saved Messages", where only the owner writes; a forwarded one stays a message of its author.
    """
    if item.connector == Connector.BROWSER_CLIPPER:
        return "page", None
    if item.connector != Connector.TELEGRAM:
        return "note", None
    told, author = item.metadata, (redact(item.author).text if item.author else None)
    in_own_chat = told.get("chat_id") is not None and told.get("chat_id") == told.get("sender_id")
    if in_own_chat and not told.get("forwarded"):
        if int(told["chat_id"]) < 0:
            return "page", None
        if author is None or author in owner_names or told.get("chat") == "Saved Messages":
            return "note", None
    return "message", author


def content_hash(text: str) -> str:
    """Return `sha256:` and the hash of `text` in UTF-8."""
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def _told(document: documents.Document) -> dict[str, Any]:
    told = {"tags": list(document.tags), "links": list(document.links), "front_matter": dict(document.front_matter)}
    return {name: value for name, value in told.items() if value}


def _check(item: Item) -> None:
    for name in ("text", "title", "uri", "author", "external_id"):
        value = getattr(item, name)
        if value is not None:
            check_text(name, value)
    if not item.text.strip():
        raise InvalidInput({"text": "is empty; there is nothing to capture."})
    if len(item.text) > MOST_BYTES or len(item.text.encode()) > MOST_BYTES:
        raise TooLarge(f"text: is larger than {MOST_BYTES // 1_000_000} MB, the most that one note may hold.")


def check_text(name: str, value: str) -> None:
    """Raise InvalidInput naming the field when Postgres could not keep `value` as it is."""
    if "\x00" in value:
        raise InvalidInput({name: "holds a NUL character, which cannot be stored; remove it."})
    try:
        value.encode()
    except UnicodeEncodeError:
        raise InvalidInput({name: "holds half of a surrogate pair, which is not text; send valid Unicode."}) from None
