"""Reads the charter as it stands, and as it once stood."""

from __future__ import annotations

from typing import Any

from alice.domain import charters
from alice.domain.charters import DEFAULT_TEXT
from alice.domain.policy import Scope
from alice.errors import NotFound
from alice.models import Charter, CharterRevision

MOST_REVISIONS = 100


def get(scope: Scope, *, version: int | None = None) -> dict[str, Any]:
    """Return the charter of a version, or as it stands, with what it enforces and when each revision was saved.

    A brain whose owner has written none has a proposal, version 0, that enforces nothing beyond the profiles. Raise
    NotFound for a version that never was.
    """
    row = Charter.get_or_none(Charter.user_id == scope.user_id)
    stands = row.version if row else 0
    text = DEFAULT_TEXT if row is None else row.content_markdown
    if version is not None and version != stands:
        text = _once(scope, version)
    return {
        "version": stands if version is None else version,
        "current_version": stands,
        "is_default": row is None,
        "content_markdown": text,
        "constraints": charters.read(text).as_dict(),
        "updated_at": row.updated_at if row else None,
        "revisions": _revisions(scope),
    }


def _once(scope: Scope, version: int) -> str:
    if version == 0:
        return DEFAULT_TEXT
    found = CharterRevision.get_or_none(CharterRevision.user_id == scope.user_id, CharterRevision.version == version)
    if found is None:
        raise NotFound("charter of version", version)
    return str(found.content_markdown)


def _revisions(scope: Scope) -> list[dict[str, Any]]:
    """Return when each revision was saved, the newest first."""
    select = CharterRevision.select().where(CharterRevision.user_id == scope.user_id)
    return [
        {"version": row.version, "saved_at": row.saved_at}
        for row in select.order_by(CharterRevision.version.desc()).limit(MOST_REVISIONS)
    ]
