"""Bringing a server up and down under the home's lock, whatever a crash has left. It must not create a cluster."""

from __future__ import annotations

import signal
import time
from contextlib import suppress

from alice.db.embedded import processes
from alice.db.embedded.folders import Say
from alice.db.embedded.places import Server
from alice.db.embedded.refusals import full, give_up, size_of_log
from alice.errors import Busy, DatabaseUnavailable

RETRY_SECONDS = 10.0
SILENCE_SECONDS = 30.0


def bring_up(server: Server, say: Say, durable: bool) -> None:
    """Bring the server to answer. Failed launches are repeated for a while; a recovery is waited for to its end."""
    processes.trim(server)
    begin = time.monotonic()
    told, launched, size = begin + 2, 0.0, size_of_log(server)
    while (said := processes.answer(server)) != "ready":
        now = time.monotonic()
        if said == "busy":
            pass
        elif processes.held(server):
            _clear(server)
            _reopen(server)
            if now - max(begin, launched) > SILENCE_SECONDS:
                give_up(server, size)
        elif launched == 0 or now - launched > min(1.0, (now - begin) / 4):
            if now - begin > RETRY_SECONDS or full(server, size):
                give_up(server, size)
            forget_dead(server)
            # A glance of another process at the lock may be in the way for a moment.
            with suppress(BlockingIOError):
                processes.launch(server, durable=durable)
            launched = time.monotonic()
        if now > told:
            say(f"Postgres is starting, {now - begin:.0f} s so far; after a crash it first repairs its files.")
            told += 5
        # Each question that comes too early is a line in the server's log.
        time.sleep(min(0.25, max(0.01, (now - begin) / 10)))


def bring_down(server: Server, timeout: float) -> bool:
    """Ask the server for a fast shutdown and wait `timeout` seconds for its last process to be gone."""
    if not processes.held(server) and processes.answer(server) == "silent":
        return False
    deadline = time.monotonic() + timeout
    asked = False
    while processes.held(server) or processes.answer(server) != "silent":
        _clear(server)
        if not asked and (found := processes.postmaster(server)):
            processes.send(found.pid, signal.SIGINT)
            asked = True
        if time.monotonic() > deadline:
            raise DatabaseUnavailable(f"Postgres is still stopping after {timeout:.0f} s.", "Look again in a while.")
        time.sleep(0.02)
    return True


def claim(server: Server) -> int:
    """Return the claim on the data, after ending what a killed postmaster left; raise Busy when it is being served."""
    deadline = time.monotonic() + RETRY_SECONDS
    while True:
        try:
            return processes.claim(server)
        except BlockingIOError:
            found = processes.postmaster(server)
            if found or time.monotonic() > deadline:
                who = f" (process {found.pid})" if found else ""
                raise Busy(f"The Postgres of {server.home} runs already{who}.", "Stop it by `alicebot down`.") from None
        _clear(server)
        time.sleep(0.02)


def forget_dead(server: Server) -> None:
    """Remove the pid files of a dead postmaster: the number may be a zombie's or another's, and would stop Postgres."""
    if processes.postmaster(server) is None:
        for file in (server.data / "postmaster.pid", server.socket.with_name(f"{server.socket.name}.lock")):
            file.unlink(missing_ok=True)


def _clear(server: Server) -> None:
    """End what a killed postmaster left behind; nothing else can be done on the data before it is gone."""
    for pid in processes.orphans(server):
        processes.send(pid, signal.SIGKILL)


def _reopen(server: Server) -> None:
    """Stop a server that is up but whose socket is not where it belongs, so that it is started anew.

    The temporary folder was cleaned, or the home was moved.
    """
    found = processes.postmaster(server)
    if found and found.state == "ready" and not server.socket.exists():
        processes.send(found.pid, signal.SIGINT)
