"""Reads the notes of a folder a part at a time and makes them ready to be stored; it stores nothing."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from alice import clock
from alice.connectors import local_folder, local_notes
from alice.connectors.local_folder import Found, Rejected
from alice.connectors.local_notes import Reading, Ready
from alice.connectors.local_notes_ahead import Ahead
from alice.domain.preparation import content_hash
from alice.domain.redaction import redact
from alice.domain.texts import documents
from alice.errors import InvalidInput
from alice.services.connecting.connectors import Attempt, attempt
from alice.services.evidence.capture import Captured
from alice.services.folders.folder_scans import Lost

FILES_IN_A_PART = 40
BYTES_IN_A_PART = 1_000_000
MANY_FILES = 60  # from here on a second process reads ahead; below it would hardly be up before all is done


@dataclass(frozen=True, slots=True)
class Moved:
    """A note that is known under another place, and the title that it has at this one."""

    found: Found
    before: str
    captured: Captured
    title: str


@dataclass(frozen=True, slots=True)
class Part:
    """Some files with what became of each, and the seconds that reading them took."""

    read: Sequence[tuple[Found, Attempt[Ready | Moved | Rejected]]]
    seconds: float


def parts(reading: Reading, files: Sequence[Found], lost: Lost) -> Generator[Part]:
    """Yield `files` in parts; of many, the next part is read by another process while the caller stores this one.

    What that process cannot tell is read here, so that a trouble is met and named where it always is. So is
    everything when files are `lost`: whether a note is one of these is known here alone.
    """
    cut = list(_cut(files))
    with closing(Ahead(reading)) as ahead:
        for number, part in enumerate(cut):
            began = clock.monotonic()
            done = ahead.answer() if number else None
            if len(files) >= MANY_FILES and not lost.by_hash and number + 1 < len(cut):
                ahead.ask(cut[number + 1])
            results = map(_done, done) if done else (_tried(reading, one, lost) for one in part)
            yield Part(list(zip(part, results, strict=True)), clock.monotonic() - began)


def _cut(files: Iterable[Found]) -> Iterator[list[Found]]:
    part: list[Found] = []
    for found in files:
        part.append(found)
        if len(part) >= FILES_IN_A_PART or sum(f.size for f in part) > BYTES_IN_A_PART:
            yield part
            part = []
    if part:
        yield part


def _done(one: Ready | Rejected) -> Attempt[Ready | Moved | Rejected]:
    return Attempt(one)


def _tried(reading: Reading, found: Found, lost: Lost) -> Attempt[Ready | Moved | Rejected]:
    return attempt(partial(_read, reading, found, lost))


def _read(reading: Reading, found: Found, lost: Lost) -> Ready | Moved | Rejected:
    """Return the note at `found`, ready to be stored; or what it was before; or why it cannot be taken."""
    if not lost.by_hash:
        return local_notes.read(reading, found)
    text = local_folder.read(found)
    if isinstance(text, Rejected):
        return text
    redacted = redact(text)
    return _moved(reading, found, redacted.text, lost) or local_notes.ready(reading, found, text, redacted)


def _moved(reading: Reading, found: Found, kept: str, lost: Lost) -> Moved | None:
    digest = content_hash(kept)
    before = lost.take(digest)
    if before is None:
        return None
    title = documents.read(kept, name=found.place, zone=reading.zone).title
    return Moved(found, before[0], Captured(before[1], digest, True), title)


def named(path: Path) -> str:
    """Return the text of one file that the owner names; raise InvalidInput."""
    text = local_folder.read_path(path)
    if isinstance(text, Rejected):
        raise InvalidInput({"path": f"{path} {text.message}."})
    return text
