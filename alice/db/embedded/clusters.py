"""The making of a database cluster: initdb, the settings of a laptop, the database `alice`; whole or not at all."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

from alice.db.embedded.accounts import give, identity
from alice.db.embedded.folders import Say
from alice.db.embedded.places import DATABASE, LINUX, MAJOR, SUPERUSER, Server
from alice.errors import DatabaseUnavailable

# One person's laptop: little memory, few writers, an SSD, nothing replicated. Every commit still reaches the disk.
SETTINGS = {
    "shared_buffers": "128MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_connections": "100",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    "wal_compression": "on",
    "min_wal_size": "32MB",
    "max_wal_size": "512MB",
    "checkpoint_timeout": "15min",
    "synchronous_commit": "on",
    "fsync": "on",
    "full_page_writes": "on",
    # After a crash, too, all files are put on the disk by one call instead of a thousand.
    **({"recovery_init_sync_method": "syncfs"} if LINUX else {}),
    "random_page_cost": "1.1",
    "jit": "off",
    # At one person's size a worker costs more to start than it brings.
    "max_parallel_workers_per_gather": "0",
    "max_parallel_maintenance_workers": "0",
    "max_worker_processes": "4",
    "io_method": "sync",
    # systemd-logind empties /dev/shm of a user who logs out (RemoveIPC=yes), under the server that is left running.
    "dynamic_shared_memory_type": "mmap",
    "autovacuum_max_workers": "2",
    "autovacuum_worker_slots": "2",
    "autovacuum_vacuum_scale_factor": "0.1",
    "autovacuum_analyze_scale_factor": "0.05",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # What people captured must not reach a log file: no statements, no row values, no clients' errors.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_checkpoints": "off",
}


def exists(server: Server) -> bool:
    """Tell whether the cluster is there; raise DatabaseUnavailable when it is of another version, or no cluster."""
    try:
        found = (server.data / "PG_VERSION").read_text(encoding="ascii").strip()
    except FileNotFoundError:
        if server.data.is_dir() and any(server.data.iterdir()):
            raise DatabaseUnavailable(
                f"{server.data} is not a Postgres database.",
                "Restore it from a backup, or move it away to begin with an empty one.",
                transient=False,
            ) from None
        return False
    if found != str(MAJOR):
        raise DatabaseUnavailable(
            f"The database in {server.data} is of PostgreSQL {found}, and this Alice brings PostgreSQL {MAJOR}.",
            f"Export with the Alice that made it, or set ALICE_DATABASE_URL to a PostgreSQL {found}.",
            transient=False,
        )
    return True


def tidy(server: Server) -> None:
    """Remove what an interrupted set-up or removal left; to be called under the server's lock."""
    for left in server.folder.glob("data.new.*"):
        shutil.rmtree(left, ignore_errors=True)


def remove(server: Server) -> None:
    """Remove the server's folder, first making the data unfit to be taken for a whole cluster."""
    with suppress(FileNotFoundError):
        server.data.rename(server.folder / "data.new.removed")
    shutil.rmtree(server.folder)


def create(server: Server, say: Say, *, durable: bool) -> None:
    """Make the cluster beside its place and rename it when it is whole, so that a half-made one is never taken."""
    say("Setting up the database, once.")
    fresh = Path(tempfile.mkdtemp(prefix="data.new.", dir=server.folder))
    try:
        give(server, fresh, 0o700)
        _initdb(server, fresh)
        _settle(server, fresh)
        if durable:
            _write_out(server, fresh)
        fresh.rename(server.data)
        if durable:
            _sync(server.folder)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise


def _initdb(server: Server, data: Path) -> None:
    command = [str(server.bin / "initdb"), "-D", str(data), "--username", SUPERUSER,
               "--auth-local=peer", "--auth-host=reject", "--encoding=UTF8", "--locale=C",
               "--no-sync", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]  # fmt: skip
    _run(server, command, "")


def _settle(server: Server, data: Path) -> None:
    """Set the settings and make the database, in single-user mode: one statement a line, answered on stderr."""
    lines = [f"ALTER SYSTEM SET {name} = '{value}';" for name, value in SETTINGS.items()]
    lines.append(f"CREATE DATABASE {DATABASE};")
    command = [str(server.bin / "postgres"), "--single", "-D", str(data), "-F", "-c", "log_checkpoints=off"]
    said = _run(server, [*command, "postgres"], "\n".join(lines) + "\n")
    if "ERROR:" in said:
        raise DatabaseUnavailable(f"The database could not be set up: {_last(said)}", transient=False)


def _write_out(server: Server, data: Path) -> None:
    """Put the new files on the disk, all at once: on a busy disk a thousand single waits took 6 s, this one 0.1 s."""
    method = ["--sync-method=syncfs"] if LINUX else []
    _run(server, [str(server.bin / "initdb"), "-D", str(data), "--sync-only", *method], "")


def _run(server: Server, command: list[str], text: str) -> str:
    done = subprocess.run(command, input=text.encode(), capture_output=True, check=False, **identity(server))
    said = (done.stdout + b"\n" + done.stderr).decode("utf-8", "replace")
    if done.returncode == 0:
        return said
    if "No space left on device" in said or "Disk quota exceeded" in said:
        raise DatabaseUnavailable(f"There is no space left on the disk of {server.folder}.", "Free some, then retry.")
    raise DatabaseUnavailable(f"The database could not be set up: {_last(said)}", transient=False)


def _last(said: str) -> str:
    """Return the line that names the trouble, or the last one."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    named = [line for line in lines if any(word in line for word in ("PANIC:", "FATAL:", "ERROR:", "error:"))]
    return (named or lines or ["it said nothing"])[-1]


def _sync(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
