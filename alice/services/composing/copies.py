"""Copies of artifacts as Markdown files, and a calendar of due loops, in a folder that the owner chose.

It writes nowhere else, replaces no file that is not Alice's, and marks each so that it is never taken in again.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from alice import clock, files, ids
from alice.config import load
from alice.db import database
from alice.domain.composing.calendars import Due, calendar
from alice.domain.policy import Action, Actor, Scope, Subject
from alice.domain.vocab import Domain
from alice.errors import InvalidInput, NotConfigured
from alice.ledger import gate
from alice.ledger.events import ArtifactExported, CopiesChosen
from alice.queries import brains
from alice.queries.library import artifacts, loops
from alice.services.folders import folder_roots

CALENDAR = "alice-open-loops.ics"
_MARK = "generated_by: alice"
_ARTIFACT = re.compile(r"^artifact_id: (\S+)$", re.MULTILINE)
_WAY = "Give this user the folder and some room on the disk, or choose another folder."


@dataclass(frozen=True, slots=True)
class Written:
    """The files that were written."""

    markdown: Path
    calendar: Path | None = None


def choose(actor: Actor, folder: Path | None, *, with_calendar: bool = False) -> Path | None:
    """Remember where copies of new artifacts go, None for nowhere, and return its real place.

    Raise InvalidInput when `folder` is none that Alice may use. Choosing the same again changes nothing.
    """
    place = folder_roots.real(folder, load().home) if folder else None
    with gate.write(actor, Action.CONFIGURE) as unit:
        changed = database.query(
            "INSERT INTO brain (id, user_id, copies_folder, copies_calendar, created_at) VALUES (%s, %s, %s, %s, %s)"
            " ON CONFLICT (user_id) DO UPDATE SET copies_folder = EXCLUDED.copies_folder,"
            " copies_calendar = EXCLUDED.copies_calendar, version = brain.version + 1"
            " WHERE (brain.copies_folder, brain.copies_calendar)"
            " IS DISTINCT FROM (EXCLUDED.copies_folder, EXCLUDED.copies_calendar) RETURNING id",
            ids.new_id(), unit.user_id, str(place) if place else None, with_calendar and place is not None,
            clock.now(),
        )  # fmt: skip
        if changed:
            unit.record(CopiesChosen(str(changed[0][0]), place is not None, with_calendar and place is not None))
    return place


def after_publishing(actor: Actor, artifact_id: UUID) -> None:
    """Write a copy of a new artifact when the owner chose a folder; what an agent made is not copied."""
    if actor.kind == "agent":
        return
    with database.session():
        wanted = brains.copies(gate.scope(actor))
    if wanted:
        write(actor, artifact_id, wanted.folder, with_calendar=wanted.calendar)


def write(
    actor: Actor,
    artifact_id: UUID | str,
    folder: Path,
    *,
    with_calendar: bool = False,
    now: datetime | None = None,
) -> Written:
    """Write an artifact into `folder` as Markdown, with a calendar of due loops if asked; return the files.

    Raise NotFound, InvalidInput for a folder that cannot be used or a file of that name that is not Alice's, and
    NotConfigured when the folder has become another place or cannot be written.
    """
    place = folder_roots.real(folder, load().home)
    if folder.is_absolute() and place != folder:
        raise NotConfigured(f"{folder} leads to {place} now.", "Choose the folder for copies again.")
    with database.session():
        scope = gate.scope(actor)
        artifact = artifacts.get(scope, artifact_id)
        made = Written(place / _name(artifact), place / CALENDAR if with_calendar else None)
        _put(made.markdown, markdown(artifact))
        # Words of it may have been forgotten while it was written.
        while (fresh := artifacts.get(scope, artifact_id))["version"] != artifact["version"]:
            artifact = fresh
            _put(made.markdown, markdown(artifact))
        if made.calendar:
            _put_calendar(scope, made.calendar, now or clock.now())
    return made


def _put_calendar(scope: Scope, path: Path, now: datetime) -> None:
    dues = [Due(one["id"], one["due_on"], one["text"], one["subject"] or "") for one in loops.due(scope)]
    _put(path, calendar(dues, now=now))


def refresh(scope: Scope, folder: Path, artifact_ids: Collection[str], *, now: datetime) -> list[Path]:
    """Write those of Alice's files in `folder` anew that are copies of the artifacts, and the calendar if there is one.

    Return the files. Raise NotConfigured when one cannot be written.
    """
    done = [path for path in ours(folder) if path.name == CALENDAR or _copied(path) in artifact_ids]
    for path in done:
        if path.name == CALENDAR:
            _put_calendar(scope, path, now)
        else:
            _put(path, markdown(artifacts.get(scope, _copied(path))))
    return done


def ours(folder: Path) -> list[Path]:
    """Return the files in `folder` that Alice wrote."""
    found = [*folder.glob("*.md"), folder / CALENDAR] if folder.is_dir() else []
    return sorted(path for path in found if path.is_file() and not path.is_symlink() and _ours(path))


def _copied(path: Path) -> str:
    """Return the id of the artifact that a file is a copy of, or nothing."""
    with path.open(encoding="utf-8", errors="replace") as file:
        found = _ARTIFACT.search(file.read(2_000))
    return found[1] if found else ""


def export(actor: Actor, artifact_id: UUID | str, *, to: Path | None = None) -> dict[str, Any]:
    """Return an artifact as a Markdown file, its name and its text, having written it to `to` when that is given.

    That it was taken out is told in the log, before it is. Raise InvalidInput when something is at `to` already.
    """
    taken = InvalidInput({"to": f"{to} is there already; name another file."})
    if to is not None and os.path.lexists(to):
        raise taken
    with database.session():
        artifact = artifacts.get(gate.scope(actor), artifact_id)
        told = {"artifact_id": artifact["id"], "filename": _name(artifact), "content_markdown": markdown(artifact)}
        with gate.write(actor, Action.READ, Subject(Domain(artifact["domain"]))) as unit:
            unit.record(ArtifactExported(str(artifact["id"])))
    if to is not None and not files.create_private(to, told["content_markdown"]):
        raise taken
    return told | ({"path": str(to)} if to else {})


def _name(artifact: Mapping[str, Any]) -> str:
    """Return the name of a copy, day and kind of artifact: the second of a day replaces the first."""
    return f"{artifact['covers_to']:%Y-%m-%d} {artifact['artifact_type'].replace('_', '-')}.md"


def markdown(artifact: Mapping[str, Any]) -> str:
    """Return an artifact as a Markdown file whose front matter says that Alice wrote it."""
    head = {
        "title": json.dumps(artifact["title"], ensure_ascii=False),
        "workflow_type": artifact["artifact_type"],
        "artifact_id": artifact["id"],
        "created_at": artifact["created_at"].isoformat(),
        "domain": artifact["domain"],
        "sensitivity": artifact["sensitivity"],
        "review_status": artifact["status"],
    }
    lines = [_MARK, *(f"{name}: {value}" for name, value in head.items())]
    return "---\n{}\n---\n\n{}".format("\n".join(lines), artifact["content_markdown"])


def _put(path: Path, text: str) -> None:
    """Replace Alice's own file at `path` by `text` in one step; raise InvalidInput when the file is somebody else's."""
    if path.is_symlink() or (path.exists() and not _ours(path)):
        raise InvalidInput({"path": f"{path} is there and not written by Alice; move it away first."})
    files.write_private(path, text, way=_WAY)


def _ours(path: Path) -> bool:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            start = file.read(2_000)
    except OSError:
        return False
    return start.startswith(f"---\n{_MARK}\n") or "X-GENERATED-BY:alice" in start
