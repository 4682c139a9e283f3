"""Takes in a `result.json` that Telegram Desktop exported: one chat or a whole account. It goes to no network.

Items have the names that a sync gives them, so that an export and a sync of the same account do not double anything.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from alice.connectors.base import Cursor, Failure, Part, Received, Run
from alice.connectors.telegram import exported, messages
from alice.connectors.telegram.exported import Chat
from alice.connectors.telegram.settings import SAVED
from alice.connectors.telegram.streams import Malformed, Reader
from alice.domain.vocab import Domain, Sensitivity
from alice.errors import InvalidInput

MOST_BYTES = 100_000_000
VERSION = 1
_OTHERWISE = {
    b"PK": "is an archive; unpack it and name the result.json in it",
    b"\x1f\x8b": "is an archive; unpack it and name the result.json in it",
    b"<": "is the export as pages; export it again and choose the format JSON",
}


@dataclass(frozen=True, slots=True)
class ExportSettings:
    """Which file, and which chats of it: by number or `me`, all when none is named. `zone` is where it was made."""

    path: Path
    zone: str = "UTC"
    chats: tuple[str, ...] = ()
    domain: Domain = Domain.UNKNOWN
    sensitivity: Sensitivity = Sensitivity.UNKNOWN
    page: int = 100

    def takes(self, chat: Chat) -> bool:
        """Tell whether a chat is among those that were asked for."""
        return not self.chats or str(chat.marked) in self.chats or (SAVED in self.chats and chat.saved)


@dataclass(slots=True)
class _Progress:
    """How many entries of each chat are done, in a file of this size and age."""

    file: list[int]
    done: dict[int, int] = field(default_factory=dict)
    resting: set[int] = field(default_factory=set)

    def as_json(self) -> dict[str, Any]:
        done = {str(chat): count for chat, count in self.done.items()}
        return {"version": VERSION, "file": list(self.file), "done": done}

    def hold(self, items: Sequence[Received]) -> Cursor:
        for received in items:
            chat = int(received.stream)
            self.done[chat] = min(self.done[chat], received.order - 1)
            self.resting.add(chat)
        return self.as_json()


def look(settings: ExportSettings) -> dict[Chat, int]:
    """Return how many entries each chat of the file has; raise InvalidInput with one sentence when it is no export."""
    with _opened(settings.path) as file:
        return _counted(settings, file)


def fetch(settings: ExportSettings, cursor: Cursor | None) -> Run:
    """Return the parts of an export; the whole file is looked through before the first, so that it is all or nothing.

    Asking for the first part raises InvalidInput when the file is no export, too large, or of another shape.
    """
    progress = _Progress([])
    return Run(_parts(settings, cursor, progress), progress.hold)


def _parts(settings: ExportSettings, cursor: Cursor | None, progress: _Progress) -> Generator[Part, None, None]:
    with _opened(settings.path) as file:
        info = os.fstat(file.fileno())
        progress.file = [info.st_size, info.st_mtime_ns]
        if cursor and cursor.get("version") == VERSION and cursor["file"] == progress.file:
            progress.done = {int(chat): count for chat, count in cursor["done"].items()}
        _counted(settings, file)
        file.seek(0)
        page = _Page()
        for chat, number, entry in _entries(settings, file):
            if number <= progress.done.get(chat.marked, 0) or chat.marked in progress.resting:
                continue
            if settings.takes(chat):
                page.add(settings, chat, number, entry)
            progress.done[chat.marked] = number
            if page.seen >= settings.page:
                yield page.part(progress)
                page = _Page()
        yield page.part(progress)


@dataclass(slots=True)
class _Page:
    items: list[Received] = field(default_factory=list)
    passed: list[tuple[int, str]] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    seen: int = 0

    def add(self, settings: ExportSettings, chat: Chat, number: int, entry: Any) -> None:
        self.seen += 1
        try:
            why = exported.unsuitable(entry)
            if why:
                self.passed.append((chat.marked, why))
                return
            item = exported.item(entry, chat, settings.zone, domain=settings.domain, sensitivity=settings.sensitivity)
        except exported.Misshapen as error:
            name = f"{chat.marked}/{error.number if error.number is not None else f'entry {number}'}"
            self.failures.append(Failure(name, str(chat.marked), "wrong_shape", transient=False))
        else:
            self.items.append(Received(item, str(chat.marked), number, exported.revision(entry, settings.zone)))

    def part(self, progress: _Progress) -> Part:
        left_out = messages.left_out(self.passed)
        return Part(tuple(self.items), progress.as_json(), left_out, tuple(self.failures))


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        descriptor = os.open(path.expanduser(), os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError):
        raise InvalidInput({"path": f"{path} cannot be opened; name a result.json that Telegram exported."}) from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise InvalidInput({"path": f"{path} is not a file; name the result.json in it."})
    with open(descriptor, "rb") as file:
        if os.fstat(descriptor).st_size > MOST_BYTES:
            most = f"{MOST_BYTES // 1_000_000} MB"
            raise InvalidInput({"path": f"{path} is larger than {most}; export fewer chats or a shorter time."})
        yield file


def _counted(settings: ExportSettings, file: BinaryIO) -> dict[Chat, int]:
    start = file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n")
    file.seek(0)
    for sign, sentence in _OTHERWISE.items():
        if start.startswith(sign):
            raise InvalidInput({"path": f"{settings.path} {sentence}."})
    counts: dict[Chat, int] = {}
    for chat, number, _ in _entries(settings, file):
        counts[chat] = number
    if not counts:
        raise InvalidInput({"path": f"{settings.path} holds no messages of Telegram; choose JSON when you export."})
    return counts


def _entries(settings: ExportSettings, file: BinaryIO) -> Iterator[tuple[Chat, int, Any]]:
    """Yield each entry with its chat and its place in it, from 1; name the file when it turns out to be no export."""
    reached: dict[Chat, int] = {}
    try:
        for chat, entry in exported.entries(Reader(file)):
            reached[chat] = reached.get(chat, 0) + 1
            yield chat, reached[chat], entry
    except Malformed as error:
        raise InvalidInput({"path": f"{settings.path} {error}; export it again as JSON."}) from None
