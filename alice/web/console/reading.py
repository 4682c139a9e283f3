"""Words an artifact and its evidence for the templates: where from, how made, what stands around a quote."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from alice.web import filters

Values = dict[str, Any]


def artifact(told: Mapping[str, Any]) -> Values:
    """Return what the templates of an artifact expect: artifact, sources, making."""
    return {
        "artifact": {**told, "kicker": _kicker(told), "sections": [_section(one) for one in told["sections"]]},
        "sources": told["sources"],
        "making": making(told["metadata"], told["created_at"]),
    }


def making(metadata: Mapping[str, Any], created_at: datetime) -> Values:
    """Return how an artifact was made."""
    return {
        "mode": metadata["generation_mode"],
        "routing": metadata["routing"].get("mode", "local_only"),
        "held_back": metadata.get("held_back"),
        "run_id": metadata["scheduler_run_id"],
        "trace_id": metadata["trace_id"],
        "created_at": created_at,
    }


def _kicker(told: Mapping[str, Any]) -> str:
    count = len(told["sources"])
    cited = "1 source" if count == 1 else f"{count} sources"
    return f"{filters.words(told['artifact_type'])} · {filters.moment(told['created_at'])} · {cited}"


def _section(section: Mapping[str, Any]) -> Values:
    said = [{**one, "loop": _note(one["loop"]) if one.get("loop") else None} for one in section["statements"]]
    return {**section, "statements": said}


def _note(note: Mapping[str, Any]) -> Values:
    due_on = note["due_on"]
    return {**note, "due_on": date.fromisoformat(due_on) if isinstance(due_on, str) else due_on}


def loop(row: Mapping[str, Any]) -> Values:
    """Return an open loop as its row expects it, with its age in whole days where the owner lives."""
    return {**row, "age_days": filters.days_since(row["occurred_at"])}


def evidence(told: Mapping[str, Any]) -> Values:
    """Return a citation as the evidence card expects it."""
    source = told["source"]
    kept = ("number", "quote", "before", "after", "cut_before", "cut_after", "chunk_number", "chunk_count")
    return {
        **{name: told[name] for name in kept},
        **{name: source[name] for name in ("connector", "occurred_at", "captured_at", "sensitivity")},
        "source_title": source["title"],
        "source_href": f"/vnext/sources/{source['id']}?start={told['start']}&end={told['end']}#passage",
        "origin": origin(source["uri"]),
    }


def origin(uri: str | None) -> str | None:
    """Return where a source is from, shortly: the host of a page, the name of a file."""
    parts = urlsplit(uri or "")
    return parts.hostname or unquote(parts.path).rpartition("/")[2] or None


def statement(told: Mapping[str, Any], number: int) -> Values:
    """Return the statement of an artifact that cites `number`; the title when none of them does."""
    for section in told["sections"]:
        for one in section["statements"]:
            if any(citation["number"] == number for citation in one["citations"]):
                return {"kind": one["kind"], "text": one["text"]}
    return {"kind": "fact", "text": told["title"]}
