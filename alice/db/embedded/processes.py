"""The server as a process: does it answer, is anything of it left, launch it, tell it to stop. It decides nothing.

Whoever runs on a data directory holds a lock on it, handed down at launch and kept by the kernel for as long as the
postmaster or any of its children lives. A pid can be reused and a zombie has one; a lock is neither.
"""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from alice.db.embedded.accounts import identity
from alice.db.embedded.places import Server, dsn

LOG_BYTES = 2_000_000


@dataclass(frozen=True, slots=True)
class Postmaster:
    """What postmaster.pid says. `state` is Postgres's own word: starting, ready, stopping, standby."""

    pid: int
    socket_dir: str
    state: str


def answer(server: Server) -> str:
    """Return `ready`, `busy` (it starts, recovers or stops) or `silent`, by asking on the socket as pg_isready does."""
    from psycopg.pq import PGconn, Ping

    said = PGconn.ping(f"{dsn(server)}&connect_timeout=2".encode())
    return {Ping.OK: "ready", Ping.REJECT: "busy"}.get(Ping(said), "silent")


def held(server: Server) -> bool:
    """Tell whether a postmaster or one of its children lives, wherever it was started from."""
    try:
        fd = os.open(server.data, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(fd)
    return False


def claim(server: Server) -> int:
    """Return a locked descriptor of the data directory, to be handed to the server; BlockingIOError when it is held."""
    fd = os.open(server.data, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BaseException:
        os.close(fd)
        raise
    return fd


def command(server: Server, *, durable: bool = True) -> list[str]:
    """Return the server's command line. What keeps it private is said here, where no stored setting overrides it."""
    folder = str(server.socket_dir).replace('"', '""')
    options = {
        "listen_addresses": "",
        "unix_socket_directories": f'"{folder}"',
        "unix_socket_permissions": "0700",
        "port": str(server.port),
        "hba_file": str(server.folder / "pg_hba.conf"),
        "ident_file": str(server.folder / "pg_ident.conf"),
        **({} if durable else {"fsync": "off", "full_page_writes": "off"}),
    }
    pairs = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
    return [str(server.bin / "postgres"), "-D", str(server.data), *pairs]


def launch(server: Server, *, durable: bool) -> None:
    """Start the server in a session of its own, with no parent but init, and return at once.

    The shell puts it in the background and leaves, so no process of ours has to reap it.
    """
    data = claim(server)
    log = os.open(server.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        shell = ["/bin/sh", "-c", '"$@" &', "sh", *command(server, durable=durable)]
        subprocess.run(shell, check=True, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                       pass_fds=(data,), **identity(server))  # fmt: skip
    finally:
        os.close(log)
        os.close(data)


def postmaster(server: Server) -> Postmaster | None:
    """Return what postmaster.pid says when the process it names really runs on this data, else None."""
    try:
        lines = (server.data / "postmaster.pid").read_text(encoding="utf-8", errors="surrogateescape").splitlines()
        found = Postmaster(
            int(lines[0]), lines[4] if len(lines) > 4 else "", lines[7].strip() if len(lines) > 7 else ""
        )
    except (FileNotFoundError, ValueError, IndexError):
        return None
    return found if _runs_on(found.pid, server.data) else None


def orphans(server: Server) -> list[int]:
    """Return the backends that outlived their postmaster: a computing one notices its death only when it is done.

    Empty where there is no /proc: there they are waited for.
    """
    here = [int(p.name) for p in Path("/proc").glob("[0-9]*") if _cwd(int(p.name)) == str(server.data)]
    titles = {pid: _title(pid) for pid in here}
    # A postmaster keeps its command line; its children write `postgres: what they do` over theirs.
    if any(title.partition(b"\0")[0].endswith(b"/postgres") for title in titles.values()):
        return []
    return [pid for pid, title in titles.items() if title.startswith(b"postgres: ")]


def send(pid: int, number: signal.Signals) -> None:
    """Send a signal to a process that may be gone already."""
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def trim(server: Server) -> None:
    """Keep the log small: past LOG_BYTES it becomes `postgres.log.1` and begins anew, under the writer's feet.

    Postgres appends, so a truncated file goes on at its new end.
    """
    with suppress(FileNotFoundError):
        if server.log.stat().st_size > LOG_BYTES:
            kept = server.log.read_bytes()[-LOG_BYTES:]
            fd = os.open(f"{server.log}.1", os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
            with os.fdopen(fd, "wb") as older:
                older.write(kept)
            os.truncate(server.log, 0)


def _runs_on(pid: int, data: Path) -> bool:
    if Path("/proc/self/cwd").exists():
        return _cwd(pid) == str(data)
    asked = ["/bin/ps", "-o", "stat=,command=", "-p", str(pid)]
    said = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
    return bool(said) and not said.startswith("Z") and f"-D {data} " in said


def _cwd(pid: int) -> str | None:
    """Return a process's working directory, which for Postgres is its data; None for a zombie and a stranger's."""
    try:
        return os.readlink(f"/proc/{pid}/cwd")
    except OSError:
        return None


def _title(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
