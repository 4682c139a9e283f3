"""What wakes the daemon: a notification of the database, a worker that ends, a signal, or the time it asked for."""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Iterable
from contextlib import suppress
from types import FrameType
from typing import Any

import psycopg

from alice.db import locks
from alice.services.slots import CHANNEL


class Signals:
    """SIGTERM and SIGINT as a request to stop, which also ends a wait, and SIGCONT as word of having been stopped.

    Only the main thread may make one.
    """

    def __init__(self) -> None:
        self.asked = 0
        self._stopped = False
        self.fd, self._write = os.pipe()
        for fd in (self.fd, self._write):
            os.set_blocking(fd, False)
        self._before = {number: signal.signal(number, self._ask) for number in (signal.SIGTERM, signal.SIGINT)}
        self._before[signal.SIGCONT] = signal.signal(signal.SIGCONT, self._note)
        self._fd_before = signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self.asked += 1

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        self._stopped = True

    def continued(self) -> bool:
        """Tell whether the process was stopped in its tracks and went on since this was asked last."""
        stopped, self._stopped = self._stopped, False
        return stopped

    def drain(self) -> None:
        """Forget the bytes that ended the wait."""
        with suppress(BlockingIOError):
            os.read(self.fd, 512)

    def close(self) -> None:
        """Put the signals back as they were."""
        signal.set_wakeup_fd(self._fd_before)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        os.close(self.fd)
        os.close(self._write)


class Ear:
    """A connection that listens for changes to schedules and for requests."""

    def __init__(self, url: str) -> None:
        self._conn: psycopg.Connection[Any] = locks.connect(url)
        self._conn.execute(f"LISTEN {CHANNEL}")

    @property
    def fd(self) -> int:
        """Return what becomes readable when there is something to hear."""
        return self._conn.fileno()

    def heard(self) -> set[str]:
        """Return the brains that were called since the last time; raise psycopg.OperationalError on a dead line."""
        told = set()
        self._conn.pgconn.consume_input()
        while (said := self._conn.pgconn.notifies()) is not None:
            told.add(said.extra.decode())
        return told

    def close(self) -> None:
        """Hang up."""
        self._conn.close()


def wait(fds: Iterable[int], timeout: float) -> set[int]:
    """Wait until a descriptor is readable, at most `timeout` seconds, and return those that are."""
    poll = select.poll()
    for fd in fds:
        poll.register(fd, select.POLLIN | select.POLLHUP | select.POLLERR)
    return {fd for fd, _ in poll.poll(max(0, round(timeout * 1000 + 0.5)))}
