"""A clock that the tests move for several processes at once: a file holds how many seconds it is ahead.

Importing this in a process that has TEST_CLOCK_FILE in its environment puts its clock there.
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

from alice import clock

_real = clock.now


def _moved() -> datetime:
    return _real() + timedelta(seconds=float(Path(os.environ["TEST_CLOCK_FILE"]).read_text(encoding="ascii")))


if "TEST_CLOCK_FILE" in os.environ:
    clock.now = _moved


def put(file: Path, seconds: float) -> None:
    """Set every clock that goes by `file`, at once."""
    fresh = file.with_suffix(".new")
    fresh.write_text(str(seconds), encoding="ascii")
    fresh.replace(file)
