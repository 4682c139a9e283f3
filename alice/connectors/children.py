"""How a process of its own is started that reads what anybody may have written: bare, and killed without harm.

It has no environment, so no secret and no address of a database; no folder to stand in; and no voice but its answer,
since what it complains of may quote what it reads.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

_ROOT = str(Path(__file__).resolve().parents[2])
BARE: dict[str, Any] = {"stderr": subprocess.DEVNULL, "env": {}, "cwd": "/"}


def command(module: str) -> list[str]:
    """Return the command that calls `child()` of a module, whether Alice is installed or stands in a checkout."""
    code = f"import sys; sys.path.insert(0, sys.argv[1]); from {module} import child; child()"
    return [sys.executable, "-I", "-c", code, _ROOT]
