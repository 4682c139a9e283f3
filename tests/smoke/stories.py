"""What the smokes of connectors tell: notes, clips, an agent's output, and everything that was stored of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alice.db import database

API = "/v0/vnext"


def note(path: Path, text: str) -> None:
    """Write a note, with the folders around it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def clip(text: str, **more: str) -> dict[str, Any]:
    """Return a clip as an extension sends it."""
    return {"url": "https://club.example/minutes", "title": "Minutes", "page_text": text, **more}


def output(text: str, **more: str) -> dict[str, Any]:
    """Return what an agent hands in."""
    return {"text": text, "agent_id": "openclaw", "agent_run_id": "r1", "agent_task_id": "t1", **more}


def stored() -> str:
    """Return every row of every table as text."""
    tables = [row[0] for row in database.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    return "\n".join(str(database.query(f'SELECT t::text FROM "{table}" t')) for table in tables)
