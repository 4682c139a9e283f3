"""Takes forgotten words out of files of Alice's own, and looks for them there: copies, logs, what lies in ALICE_HOME.

It writes into no file but Alice's. A line of a log is blanked where it stands, since others may be writing behind it.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from datetime import datetime
from pathlib import Path

from alice.domain.phrases import Phrases
from alice.domain.policy import Scope
from alice.errors import AliceError
from alice.queries import brains
from alice.services.composing import copies
from alice.services.forgetting.searching import Looked

BACKUPS = "backups"
_LARGEST = 50_000_000
_WINDOW = 3  # lines over which a run of words may be broken


def in_copies(scope: Scope, phrases: Phrases, artifact_ids: Collection[str], *, now: datetime) -> Looked:
    """Write the copies of artifacts that changed anew, and return what was seen in all of Alice's files there."""
    wanted = brains.copies(scope)
    looked = Looked("copies of artifacts in your folder")
    if wanted is None:
        return looked
    try:
        copies.refresh(scope, wanted.folder, artifact_ids, now=now)
    except (AliceError, OSError):
        looked.found.append(str(wanted.folder))  # what cannot be written may hold them still
    for path in copies.ours(wanted.folder):
        looked.seen += 1
        if phrases.found(_text(path)) and str(path) not in looked.found:
            looked.found.append(str(path))
    return looked


def in_logs(home: Path, phrases: Phrases) -> Looked:
    """Blank the lines of logs that hold the words, and return what was seen afterwards."""
    looked = Looked("logs in ALICE_HOME")
    for path in _files(home):
        if _is_log(path):
            looked.seen += 1
            if phrases.found(_text(path)):
                _blank(path, phrases)
                if phrases.found(_text(path)):
                    looked.found.append(path.name)
    return looked


def in_home(home: Path, phrases: Phrases) -> Looked:
    """Return what was seen in all other files of ALICE_HOME, but for the database's own and backups."""
    looked = Looked("other files in ALICE_HOME")
    for path in _files(home):
        if not _is_log(path):
            looked.seen += 1
            if phrases.found(_text(path)):
                looked.found.append(path.name)
    return looked


def backups(home: Path) -> list[str]:
    """Return the names of the backups that lie in ALICE_HOME; each holds the brain as it was."""
    place = home / BACKUPS
    return sorted(path.name for path in place.iterdir()) if place.is_dir() else []


def _is_log(path: Path) -> bool:
    return ".log" in path.suffixes


def _files(home: Path) -> Iterator[Path]:
    """Yield the files below ALICE_HOME, a database's folder and backups left out."""
    for folder, inner, names in os.walk(home):
        here = Path(folder)
        if "PG_VERSION" in names:
            inner.clear()
            continue
        inner[:] = [name for name in inner if not (here == home and name == BACKUPS)]
        yield from (path for name in names if (path := here / name).is_file() and not path.is_symlink())


def _text(path: Path) -> str:
    """Return the text of a file, or of the end of one that is very large; nothing of one that cannot be read."""
    try:
        with path.open("rb") as file:
            file.seek(max(os.fstat(file.fileno()).st_size - _LARGEST, 0))
            return file.read().decode("utf-8", "replace")
    except OSError:
        return ""


def _blank(path: Path, phrases: Phrases) -> None:
    """Overwrite the lines that hold the words with as many blanks, in the file itself."""
    try:
        with path.open("r+b") as file:
            start = max(os.fstat(file.fileno()).st_size - _LARGEST, 0)
            file.seek(start)
            lines = file.read().splitlines(keepends=True)
            for place, line in _holding(lines, phrases):
                file.seek(start + place)
                bare = line.rstrip(b"\r\n")
                file.write(b" " * len(bare) + line[len(bare) :])
    except OSError:
        return  # whoever looks afterwards finds them there, and says so


def _holding(lines: list[bytes], phrases: Phrases) -> list[tuple[int, bytes]]:
    """Return the lines that hold the words by themselves or with their neighbours, each with its place."""
    marked: set[int] = set()
    for size in range(1, _WINDOW + 1):
        for first in range(len(lines) - size + 1):
            span = range(first, first + size)
            if marked.isdisjoint(span) and phrases.found(b" ".join(lines[n] for n in span).decode("utf-8", "replace")):
                marked.update(span)
    places, at = [], 0
    for number, line in enumerate(lines):
        if number in marked:
            places.append((at, line))
        at += len(line)
    return places
