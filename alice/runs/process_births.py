"""When a process was born, so that a process number that was given out again is not mistaken for the one before.

It reads what the kernel says about a process and never signals one.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_ASK = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC0"}


def identity(pid: int) -> str | None:
    """Return a text that no other process of this machine ever has, or None when there is no such living process.

    Linux: the boot and the start time in clock ticks since then (proc_pid_stat(5), field 22). Elsewhere: what ps says
    about the moment it started. A zombie is dead.
    """
    return _by_proc(pid) if sys.platform.startswith("linux") else _by_ps(pid)


def program(pid: int) -> str:
    """Return the name of the program that a process runs, for a sentence about it."""
    if sys.platform.startswith("linux"):
        try:
            return Path(f"/proc/{pid}/comm").read_text(encoding="utf-8", errors="replace").strip()
        except OSError:
            return "unknown"
    return _ps(pid, "comm=").rpartition("/")[2] or "unknown"


def _by_proc(pid: int) -> str | None:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return None
    # The program's name, in brackets, may hold brackets and blanks itself.
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in ("Z", "X") else f"{boot}:{fields[19]}"


def _by_ps(pid: int) -> str | None:
    state, _, born = _ps(pid, "stat=", "lstart=").partition(" ")
    return " ".join(born.split()) if state and not state.startswith("Z") else None


def _ps(pid: int, *columns: str) -> str:
    ask = ["ps", *(word for column in columns for word in ("-o", column)), "-p", str(pid)]
    return subprocess.run(ask, capture_output=True, text=True, check=False, env=_ASK, timeout=10).stdout.strip()
