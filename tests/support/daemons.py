"""Real daemons for the tests, with the small workflows in their workers; run as a module, it is such a daemon."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import UUID

from alice import config
from alice.runs.runtime_files import runtime_files
from tests.support import clocks  # noqa: F401 - moves the clock where it is asked to

ROOT = Path(__file__).resolve().parents[2]
MODULES = ("tests.support.clocks", "tests.support.schedules")


class Daemon:
    """A daemon in a home of its own; it can be killed, stopped in its tracks, and started anew."""

    def __init__(self, home: Path, url: str, *, prefix: list[str] | None = None, **options: Any) -> None:
        self.home, self.url, self.options, self.prefix = home, url, options, prefix or []
        self.process: subprocess.Popen[bytes] | None = None
        self.roots: str | None = None  # what its folder connector may read

    def start(self) -> Daemon:
        self.home.mkdir(parents=True, exist_ok=True)
        with open(self.home / "output.log", "ab") as log:
            self.process = subprocess.Popen(
                [*self.prefix, sys.executable, "-m", "tests.support.daemons", json.dumps(self.options)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=ROOT, start_new_session=True,
                env=environment(self.home, self.url) | ({"ALICE_LOCAL_FOLDER_ROOTS": self.roots} if self.roots else {}),
            )  # fmt: skip
        return self

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def status(self) -> dict[str, Any]:
        """Return what its status file says; empty before it has one."""
        try:
            return dict(json.loads((self.home / "vnext-scheduler" / "scheduler-status.json").read_text()))
        except (FileNotFoundError, ValueError):
            return {}

    def family(self) -> list[int]:
        """Return the daemon, its fork server and the workers, as far as they live."""
        return [self.pid, *descendants(self.pid)]

    def send(self, number: signal.Signals, *pids: int) -> None:
        for pid in pids or self.family():
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def kill(self) -> None:
        """Kill it without a word; its workers live on."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """Ask it to stop and wait; return its exit code."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.wait(60)

    def log(self) -> str:
        return (self.home / "vnext-scheduler" / "scheduler.log").read_text(encoding="utf-8")


def environment(home: Path, url: str) -> dict[str, str]:
    """Return the environment of a process that works on this home and database."""
    keep = {name: value for name, value in os.environ.items() if not name.startswith("ALICE_")}
    return keep | {
        "ALICE_HOME": str(home),
        "ALICE_DATABASE_URL": url,
        "ALICE_TIMEZONE": "UTC",
        "PYTHONPATH": os.pathsep.join([str(ROOT), *[path for path in sys.path if path]]),
    }


def descendants(pid: int) -> list[int]:
    """Return the processes below `pid`, the nearest first."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = entry.read_text().rpartition(")")[2].split()
            if fields[0] != "Z":
                children.setdefault(int(fields[1]), []).append(int(entry.parent.name))
    found, at = [], [pid]
    while at:
        at = [child for parent in at for child in children.get(parent, [])]
        found += at
    return found


def slay(pid: int, url: str) -> bool:
    """Kill a process that works on the database at `url`; False when that number is nobody's, or another's by now.

    A number that was read a moment ago may have been given out again, on a busy machine to somebody else's program.
    """
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return False
    try:
        told = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        if f"ALICE_DATABASE_URL={url}".encode() not in told:
            return False
        signal.pidfd_send_signal(handle, signal.SIGKILL)
    except (OSError, ProcessLookupError):
        return False
    finally:
        os.close(handle)
    return True


@contextmanager
def running(*daemons: Daemon) -> Iterator[None]:
    """Start daemons, and in the end stop what is left of them."""
    try:
        for daemon in daemons:
            daemon.start()
        yield
    finally:
        for daemon in daemons:
            left = daemon.family()
            daemon.send(signal.SIGCONT, *left)
            daemon.send(signal.SIGKILL, *left)
            if daemon.process is not None:
                daemon.process.wait()


def until(true: Callable[[], Any], seconds: float = 60.0, *, what: str = "it") -> Any:
    """Wait until something is true and return it."""
    deadline = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < deadline, f"{what} did not come true within {seconds:g} s"
        time.sleep(0.02)
    return found


def main(options: dict[str, Any]) -> None:
    """Be a daemon with these options."""
    from alice.scheduler import daemons
    from alice.scheduler.loops import Options

    settings = config.load()
    if user := options.pop("user_id", None):
        settings = settings.changed(user_id=UUID(user))
    daemons.foreground(settings, Options(runtime_files(settings), modules=MODULES, **options))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
