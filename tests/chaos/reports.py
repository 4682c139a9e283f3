"""Keeps what the chaos tests counted, so that the long form can publish it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any


def note(name: str, outcome: Any) -> None:
    """Add a line to the file that CHAOS_REPORT names; without it nothing is kept."""
    if file := os.environ.get("CHAOS_REPORT"):
        row = {slot: getattr(outcome, slot) for slot in ("baseline", "recovered", "lost", "doubled", "seconds")}
        write(name, row)
        assert Path(file).exists()


def write(name: str, row: dict[str, Any]) -> None:
    """Add one line of figures."""
    if file := os.environ.get("CHAOS_REPORT"):
        with open(file, "a", encoding="utf-8") as out:
            out.write(json.dumps({"name": name, **row}) + "\n")
