"""Reads a folder of notes: walks it, passes by what is not a note, and reads one file safely. It never writes there."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from alice.domain.preparation import MOST_BYTES

SUFFIXES = (".md", ".markdown", ".txt", ".text")
# Folders that tools make and nobody writes notes in. A leading dot passes a folder by as well.
GENERATED = frozenset(
    {"node_modules", "__pycache__", "venv", "env", "site-packages", "dist", "build", "target", "vendor",
     "bower_components", "coverage", "htmlcov", "alice-exports"}
)  # fmt: skip
OWN_EXPORT = "generated_by: alice"


@dataclass(frozen=True, slots=True)
class Found:
    """A file that may be a note: its place under the root in `/`-form, and what tells whether it has changed."""

    place: str
    path: Path
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Rejected:
    """A file that is not taken: a word for the count, and a sentence for the reader."""

    place: str
    reason: str
    message: str
    size: int = 0
    mtime_ns: int = 0

    @property
    def lasting(self) -> bool:
        """Tell whether it stays so until the file changes; a file that cannot be read now may be readable later."""
        return self.reason not in ("vanished", "unreadable")


def walk(root: Path, *, leave_out: Path | None = None) -> Iterator[Found | Rejected]:
    """Yield what lies under `root` in the order of names; generated and hidden folders are passed by in silence.

    `leave_out` is a folder that is never entered: Alice's own files.
    """
    real_root = root.resolve(strict=True)
    waiting = [(root, "")]
    while waiting:
        folder, prefix = waiting.pop()
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name, reverse=True)
        except OSError as error:
            yield Rejected(prefix.rstrip("/") or ".", "unreadable", f"cannot be opened: {_why(error)}")
            continue
        files = []
        for entry in entries:
            place = prefix + _shown(entry.name)
            if entry.is_dir(follow_symlinks=False):
                if not _passed_by(entry) and Path(entry.path) != leave_out:
                    waiting.append((Path(entry.path), place + "/"))
            elif _may_be_a_note(entry):
                files.append((entry, place))
        yield from (_look(entry, place, real_root) for entry, place in reversed(files))


def _passed_by(entry: os.DirEntry[str]) -> bool:
    return entry.name.startswith(".") or entry.name in GENERATED


def _may_be_a_note(entry: os.DirEntry[str]) -> bool:
    """Tell whether to look closer: a file by its ending, and a link to a folder, which somebody may miss."""
    if entry.name.startswith((".", "~")) or entry.name in GENERATED:
        return False
    return entry.name.lower().endswith(SUFFIXES) or (entry.is_symlink() and Path(entry.path).is_dir())


def _look(entry: os.DirEntry[str], place: str, real_root: Path) -> Found | Rejected:
    try:
        if entry.is_symlink():
            return _link(entry, place, real_root)
        info = entry.stat(follow_symlinks=False)
    except OSError as error:
        return _vanished(place, error)
    if not stat.S_ISREG(info.st_mode):
        return Rejected(place, "not_a_file", "is not an ordinary file")
    if not _is_text(entry.path):
        return Rejected(place, "bad_name", "has a name that is not UTF-8; rename it", info.st_size, info.st_mtime_ns)
    return Found(place, Path(entry.path), info.st_size, info.st_mtime_ns)


def _link(entry: os.DirEntry[str], place: str, real_root: Path) -> Rejected:
    target = Path(os.path.realpath(entry.path))
    if target.is_relative_to(real_root):
        there = "to what is read at its own place" if target.exists() and not target.is_symlink() else "to nothing"
        return Rejected(place, "link", f"is a link {there}")
    return Rejected(place, "link_outside", "is a link that leads out of the folder; it is not followed")


def _is_text(place: str) -> bool:
    try:
        place.encode()
    except UnicodeEncodeError:
        return False
    return True


def _shown(name: str) -> str:
    """Return a name as text that can be stored and printed, whatever bytes the disk has for it."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def read(found: Found) -> str | Rejected:
    """Return the text of a file, or why it is not taken. A link put in its place meanwhile is not followed."""
    try:
        descriptor = os.open(found.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, "rb") as file:
            if os.fstat(descriptor).st_size > MOST_BYTES:
                return _refuse(found, "too_large", f"is larger than {MOST_BYTES // 1_000_000} MB")
            raw = file.read(MOST_BYTES + 1)
    except OSError as error:
        return _vanished(found.place, error, found)
    return _decoded(found, raw)


def read_path(path: Path) -> str | Rejected:
    """Return the text of one file that the owner named, or why it is not taken. A link of theirs is followed."""
    try:
        real = path.expanduser().resolve(strict=True)
        info = real.stat()
    except (OSError, RuntimeError) as error:
        return Rejected(str(path), "unreadable", "does not exist" if _gone(error) else "cannot be read")
    if not stat.S_ISREG(info.st_mode):
        return Rejected(str(path), "not_a_file", "is not an ordinary file")
    return read(Found(str(path), real, info.st_size, info.st_mtime_ns))


def _gone(error: Exception) -> bool:
    return isinstance(error, FileNotFoundError)


def _decoded(found: Found, raw: bytes) -> str | Rejected:
    if len(raw) > MOST_BYTES:
        return _refuse(found, "too_large", f"is larger than {MOST_BYTES // 1_000_000} MB")
    if b"\x00" in raw:
        return _refuse(found, "binary", "is binary, not text")
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        return _refuse(found, "not_utf8", f"is not UTF-8: byte {error.start + 1} cannot be read; save it as UTF-8")
    if not text.strip("\ufeff \t\r\n\f\v"):
        return _refuse(found, "empty", "is empty")
    if text.startswith("---\n") and OWN_EXPORT in text[:2_000].split("\n---", 1)[0]:
        return _refuse(found, "own_export", "was written by Alice and is not taken in again")
    return text


def _refuse(found: Found, reason: str, message: str) -> Rejected:
    return Rejected(found.place, reason, message, found.size, found.mtime_ns)


def _vanished(place: str, error: OSError, found: Found | None = None) -> Rejected:
    size, changed = (found.size, found.mtime_ns) if found else (0, 0)
    if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ESTALE):
        return Rejected(place, "vanished", "was there and then gone")
    if error.errno == errno.ELOOP:
        return Rejected(place, "link_outside", "turned into a link; it is not followed")
    return Rejected(place, "unreadable", f"cannot be read: {_why(error)}", size, changed)


def _why(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
