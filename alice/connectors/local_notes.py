"""Reads one note of a folder and makes it ready to be stored. It knows no database, so any process may do it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from alice.connectors import local_folder
from alice.connectors.local_folder import Found, Rejected
from alice.domain.preparation import Item, Prepared, prepare
from alice.domain.redaction import Redacted, redact
from alice.domain.texts.attachments import attachments
from alice.domain.vocab import Connector, Domain, Sensitivity
from alice.errors import AliceError


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


def read(reading: Reading, found: Found) -> Ready | Rejected:
    """Return the note at `found`, ready to be stored, or why it cannot be taken."""
    text = local_folder.read(found)
    return text if isinstance(text, Rejected) else ready(reading, found, text, redact(text))


def ready(reading: Reading, found: Found, text: str, redacted: Redacted) -> Ready | Rejected:
    """Return the note with this `text`, ready to be stored; nothing noted about it is read from what was redacted."""
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
