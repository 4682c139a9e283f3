"""Checks on reading that words are where they are said to be: passages against their source, spans against passages,
texts against their digests. What a person decided is checked against its seal by `trust`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from alice.db import database
from alice.domain.policy import Scope
from alice.domain.preparation import content_hash
from alice.queries.ledger import trust

OK = "ok"
MOST_TOLD = 20
UNDECIDED = {"memory": "candidate", "open_loop": "candidate"}  # where each may stand without any decision


@dataclass(frozen=True, slots=True)
class Text:
    """A source as it reads, and what is wrong with it."""

    text: str
    problem: str | None


def told(problems: Iterable[str | None]) -> str:
    """Return `ok`, or what is wrong, the first few of many."""
    found = [one for one in dict.fromkeys(problems) if one]
    more = [f"and {len(found) - MOST_TOLD} more"] if len(found) > MOST_TOLD else []
    return "; ".join([*found[:MOST_TOLD], *more]) or OK


def texts(scope: Scope, source_ids: Iterable[UUID]) -> dict[UUID, Text]:
    """Return sources of the brain as they read, each compared with its digest and its length."""
    rows = database.query(
        "SELECT id, content_text, content_hash, char_count, status FROM source WHERE user_id = %s AND id = ANY(%s)",
        scope.user_id, list(set(source_ids)),
    )  # fmt: skip
    return {row[0]: Text(row[1], _of_text(*row[1:])) for row in rows}


def _of_text(text: str, digest: str, length: int, status: str) -> str | None:
    if status == "forgotten":
        return "its text was not emptied when it was forgotten" if text or digest else None
    if digest != content_hash(text):
        return "its text is not the one that came in"
    return None if length == len(text) else "its length is not the one that was noted"


def passage(source: Text, row: Mapping[str, Any]) -> str | None:
    """Return what is wrong with a passage (ordinal, start, end, text, text_hash) of `source`, or None."""
    name = f"passage {row['ordinal'] + 1}"
    if hashlib.sha256(row["text"].encode()).hexdigest() != row["text_hash"]:
        return f"{name} is not as it was cut"
    return None if source.text[row["start"] : row["end"]] == row["text"] else f"{name} is not as its source reads"


def span(source: Text, row: Mapping[str, Any]) -> str | None:
    """Return what is wrong with words (start, end, of a passage: chunk_start, chunk_end, quote), or None."""
    if not row["chunk_start"] <= row["start"] < row["end"] <= row["chunk_end"]:
        return "its words lie outside of their passage"
    return None if source.text[row["start"] : row["end"]] == row["quote"] else "its words are not as their source reads"


def seals(scope: Scope, kind: str, rows: Sequence[Mapping[str, Any]]) -> dict[UUID, str]:
    """Return what is wrong with the decisions behind things of a `kind`: rows of id, status and version.

    What no person has decided on needs no seal. A source and an artifact also change by themselves, when a note is
    edited or words are forgotten: the seal then speaks of what they were.
    """
    newest = dict(
        database.query(
            "SELECT subject_id, max(version) FROM decision WHERE user_id = %s AND subject_kind = %s"
            " AND subject_id = ANY(%s) GROUP BY 1",
            scope.user_id, kind, [row["id"] for row in rows],
        )
    )  # fmt: skip
    asked = [row["id"] for row in rows if row["status"] != "forgotten" and _needs(kind, row, newest.get(row["id"]))]
    return trust.broken(scope, kind, asked) if asked else {}


def _needs(kind: str, row: Mapping[str, Any], decided: int | None) -> bool:
    """Tell whether a seal has to hold for `row`, whose newest decision made the version `decided`."""
    if kind in UNDECIDED:
        return decided is not None or row["status"] != UNDECIDED[kind]
    return decided == row["version"]
