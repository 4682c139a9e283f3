"""Homes for the tests of the embedded Postgres, and who acts in them."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from alice.db import embedded

ROOT = os.geteuid() == 0
as_root = pytest.mark.skipif(not ROOT, reason="only root can act as another Linux user or mount a small disk")
as_ordinary = pytest.mark.skipif(ROOT, reason="root's server does not live in ALICE_HOME, and modes do not stop root")


@contextlib.contextmanager
def a_home() -> Iterator[Path]:
    """Yield an empty home whose path has a blank and other letters, and remove its server in the end."""
    above = Path(tempfile.mkdtemp(prefix="alice ö "))
    try:
        yield above / "a home"
    finally:
        embedded.purge(above / "a home")
        shutil.rmtree(above)


def one(url: str, query: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(query).fetchone()
        return row[0] if row else None


def pid_of(home: Path) -> int:
    pid = embedded.status(home).pid
    assert pid is not None
    return pid


def python(code: str, home: Path) -> subprocess.Popen[str]:
    """Run `code` in a process of its own, as a command of Alice would; `home` is ready in it."""
    start = f"from pathlib import Path\nfrom alice.db import embedded\nhome = Path({str(home)!r})\n"
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    return subprocess.Popen(
        [sys.executable, "-c", start + code], stdout=subprocess.PIPE, text=True, env=env, start_new_session=True
    )


@contextlib.contextmanager
def acting_as(name: str) -> Iterator[None]:
    """Act as another Linux user for a while, as far as files and sockets are concerned."""
    entry = pwd.getpwnam(name)
    groups = os.getgroups()
    os.setgroups([])
    os.setegid(entry.pw_gid)
    os.seteuid(entry.pw_uid)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)
        os.setgroups(groups)


@contextlib.contextmanager
def small_disk(options: str) -> Iterator[Path]:
    """Yield the root of a disk of its own that other users may enter; skip where root may not mount one."""
    path = Path(tempfile.mkdtemp(prefix="alice disk "))
    path.chmod(0o755)
    mount = ["mount", "-t", "tmpfs", "-o", f"mode=755,{options}", "tmpfs", str(path)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        path.rmdir()
        pytest.skip("this machine lets root mount no small disk")
    try:
        yield path
    finally:
        subprocess.run(["umount", "-l", str(path)], check=True)
        path.rmdir()


def modes(*tops: Path) -> dict[str, int]:
    """Return the mode of everything in and above `tops`."""
    above = {parent for top in tops for parent in top.parents}
    inside = {path for top in tops if top.exists() for path in (top, *top.rglob("*"))}
    return {str(path): path.lstat().st_mode for path in above | inside if path.exists()}
