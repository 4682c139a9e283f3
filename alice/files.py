"""Private files under ALICE_HOME: readable by their owner alone, and never seen half-written. It knows no contents."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alice.errors import NotConfigured

_WAY = "Give this user the folder and some room on the disk, or point ALICE_HOME elsewhere."


def private_folder(path: Path) -> Path:
    """Return `path`, made with mode 0700 where it is missing; a folder that is there keeps the mode it has."""
    with _plainly(path):
        make_private(path)
    return path


def make_private(path: Path) -> None:
    """Make the folder `path`, and those above it that are missing, with mode 0700; raise OSError when it cannot."""
    for missing in reversed([folder for folder in (path, *path.parents) if not folder.exists()]):
        missing.mkdir(mode=0o700, exist_ok=True)


def write_private(path: Path, text: str, *, way: str = _WAY) -> None:
    """Put `text` at `path` with mode 0600; a reader sees the old file or the new one, never a part.

    `way` is the hint when it cannot be written."""
    with _plainly(path, way), _beside(path, text) as fresh:
        os.replace(fresh, path)


def create_private(path: Path, text: str) -> bool:
    """Put `text` at `path` with mode 0600 unless something is there already; tell whether it was put."""
    with _plainly(path), _beside(path, text) as fresh:
        try:
            os.link(fresh, path)
        except FileExistsError:
            return False
        return True


@contextmanager
def _beside(path: Path, text: str) -> Iterator[Path]:
    """Write `text` into a new file next to `path`, and remove it again unless it was moved away."""
    private_folder(path.parent)
    fresh = path.parent / f".{path.name}.{secrets.token_hex(6)}"
    try:
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        yield fresh
    finally:
        fresh.unlink(missing_ok=True)


@contextmanager
def _plainly(path: Path, way: str = _WAY) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise NotConfigured(f"{path} cannot be written: {error.strerror or error}.", way) from error
