"""The pattern sheet: every component in every state, with made-up values, to look at before a change is called done."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Response

from alice.queries.library.sources import Activity
from alice.web import current, shell
from alice.web.console import pages, reading

_ID = UUID(int=7)
_QUOTE = "Mira sends the floor plan to Jonas by Friday."


@pages.get("/patterns")
def patterns() -> Response:
    """Show the sheet."""
    counts = [n * 5 % 9 for n in range(14)]
    days = [{"day": current.now().date() - timedelta(days=13 - n), "count": count} for n, count in enumerate(counts)]
    values = reading.artifact(_artifact()) | {
        "captures": Activity(days, counts[-1], 23, 412),
        "waiting": [{"kind": "memories", "label": "Candidate memories", "count": 3, "href": None, "expiring": 1,
                     "oldest_at": current.now() - timedelta(days=84)},
                    {"kind": "sources", "label": "New sources", "count": 7, "href": "/vnext/sources?status=new",
                     "expiring": 0, "oldest_at": None}],
        "evidence": reading.evidence(_citation()),
    }  # fmt: skip
    return shell.show("pages/system/patterns.html", **values)


def _artifact() -> dict[str, Any]:
    moment = current.now() - timedelta(hours=3)
    source = {"source_id": _ID, "title": "Kitchen rebuild, third meeting", "connector": "local_folder", "numbers": [1]}
    held_back = {"count": 2, "rule": "health is a restricted domain."}
    metadata = {"generation_mode": "deterministic", "routing": {"mode": "local_only"}, "scheduler_run_id": _ID,
                "trace_id": "0f3b2a91c4d5e6f7", "held_back": held_back}  # fmt: skip
    sections = [
        {"title": "What was said", "statements": [_said("fact", "The floor plan is due on Friday."),
                                                  _said("inference", "Jonas has waited for it since Monday.")]},
        {"title": "What to do", "statements": [_said("recommendation", "Ask Mira whether Friday holds."),
                                               _said("uncertainty", "Nobody wrote down who pays for the tiles.")]},
        {"title": "Open loops", "statements": [_loop("open", -2), _loop("open", 3), _loop("closed", 0)]},
    ]  # fmt: skip
    return {"id": _ID, "title": "A floor plan, and two questions", "artifact_type": "daily_brief", "sections": sections,
            "sources": [source], "metadata": metadata, "created_at": moment}  # fmt: skip


def _said(kind: str, text: str) -> dict[str, Any]:
    return {"kind": kind, "text": text, "citations": [{"number": 1, "source_title": "Kitchen rebuild, third meeting"}]}


def _loop(status: str, due_in_days: int) -> dict[str, Any]:
    note = {"id": UUID(int=due_in_days + 9), "status": status, "owner": "Mira", "waiting_for": None, "age_days": 4,
            "due_on": current.now().date() + timedelta(days=due_in_days)}  # fmt: skip
    return _said("fact", "Send the floor plan to Jonas.") | {"loop": note}


def _citation() -> dict[str, Any]:
    moment = current.now() - timedelta(days=2)
    source = {"id": _ID, "title": "Kitchen rebuild, third meeting", "connector": "local_folder", "occurred_at": moment,
              "captured_at": moment, "uri": "file:///notes/kitchen.md", "sensitivity": "private"}  # fmt: skip
    return {"number": 1, "quote": _QUOTE, "before": "The tiles are chosen. ", "after": " The sink stays where it is.",
            "cut_before": True, "cut_after": True, "chunk_number": 4, "chunk_count": 12, "start": 0,
            "end": len(_QUOTE), "source": source}  # fmt: skip
