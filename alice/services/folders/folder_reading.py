"""Reads one note of a folder and makes it ready to be stored; it stores nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from alice.connectors import local_folder
from alice.connectors.local_folder import Found, Rejected
from alice.domain import documents
from alice.domain.attachments import attachments
from alice.domain.preparation import Item, Prepared, content_hash, prepare
from alice.domain.redaction import Redacted, redact
from alice.domain.vocab import Connector, Domain, Sensitivity
from alice.errors import AliceError, InvalidInput
from alice.services.evidence.capture import Captured
from alice.services.folders.folder_scans import Lost


@dataclass(frozen=True, slots=True)
class Reading:
    """What is known about every note of a folder."""

    root: Path
    zone: str
    now: datetime
    domain: Domain
    sensitivity: Sensitivity
    owner_names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ready:
    """A note that can be stored."""

    found: Found
    prepared: Prepared


@dataclass(frozen=True, slots=True)
class Moved:
    """A note that is known under another place, and the title that it has at this one."""

    found: Found
    before: str
    captured: Captured
    title: str


def read(reading: Reading, found: Found, lost: Lost) -> Ready | Moved | Rejected:
    """Return the note at `found`, ready to be stored; or what it was before; or why it cannot be taken."""
    text = local_folder.read(found)
    if isinstance(text, Rejected):
        return text
    redacted = redact(text)  # nothing that is noted about a note is read from what may not be kept
    return _moved(reading, found, redacted.text, lost) or _ready(reading, found, text, redacted)


def named(path: Path) -> str:
    """Return the text of one file that the owner names; raise InvalidInput."""
    text = local_folder.read_path(path)
    if isinstance(text, Rejected):
        raise InvalidInput({"path": f"{path} {text.message}."})
    return text


def _moved(reading: Reading, found: Found, kept: str, lost: Lost) -> Moved | None:
    if not lost.by_hash:
        return None
    digest = content_hash(kept)
    before = lost.take(digest)
    if before is None:
        return None
    title = documents.read(kept, name=found.place, zone=reading.zone).title
    return Moved(found, before[0], Captured(before[1], digest, True), title)


def _ready(reading: Reading, found: Found, text: str, redacted: Redacted) -> Ready | Rejected:
    attached = attachments(redacted.text)
    item = Item(
        text,
        connector=Connector.LOCAL_FOLDER.value,
        external_id=found.place,
        name=found.place,
        uri=found.path.as_uri(),
        domain=reading.domain,
        sensitivity=reading.sensitivity,
        metadata={"path": found.place, **({"attachments": list(attached)} if attached else {})},
    )
    try:
        return Ready(
            found, prepare(item, zone=reading.zone, now=reading.now, owner_names=reading.owner_names, redacted=redacted)
        )
    except AliceError as error:
        return Rejected(found.place, "not_storable", error.message, found.size, found.mtime_ns)
