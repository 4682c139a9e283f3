"""The folders of notes that are read: added, removed, looked over, watched. It writes nothing into them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from alice.config import Settings
from alice.connectors.local_folder import GENERATED, SUFFIXES
from alice.db import database
from alice.domain.policy import Actor
from alice.domain.vocab import Connector
from alice.errors import AliceError, Busy, InvalidInput, NotConfigured
from alice.services.connecting import connector_settings, connector_states, connectors
from alice.services.connecting.connectors import Work
from alice.services.evidence import imports
from alice.services.evidence.imports import Report
from alice.services.folders import folder_roots

NAME = Connector.LOCAL_FOLDER.value
_SUMMED = ("item_count", "imported_count", "revised_count", "moved_count", "gone_count", "duplicate_count",
           "forgotten_count", "skipped_count", "rejected_count", "failed_count", "chunk_count",
           "candidate_count")  # fmt: skip


def add_path(
    actor: Actor, folder: Path, *, settings: Settings, any_folder: bool = False, now: datetime | None = None
) -> dict[str, Any]:
    """Read `folder` from now on, and switch the connector on; return its settings. Adding it again changes nothing.

    With the first folder the scheduler begins to look every few minutes; set the mode to manual where that is too much.
    `any_folder` is the owner's command line; everybody else stays below the allowed roots. Raise InvalidInput.
    """
    path = folder_roots.checked(folder, settings, anywhere=any_folder)
    known = connector_settings.folders(actor.user_id)
    folder_roots.apart(path, [one for one in known if one != path])
    changes: dict[str, Any] = {"enabled": True, "options": {"folders": list(dict.fromkeys(map(str, [*known, path])))}}
    if not known:
        changes["sync_mode"] = "poll"
    return connectors.configure(actor, NAME, changes, settings=settings, any_folder=any_folder, now=now)


def remove_path(actor: Actor, folder: Path, *, settings: Settings, now: datetime | None = None) -> dict[str, Any]:
    """Read `folder` no more; what came from it stays. Return the connector's settings; raise InvalidInput."""
    known = connector_settings.folders(actor.user_id)
    path = named(folder, known)
    left = [str(one) for one in known if one != path]
    changes: dict[str, Any] = {"options": {"folders": left}}
    if not left:
        changes["enabled"] = False
    return connectors.configure(actor, NAME, changes, settings=settings, any_folder=True, now=now)


def named(folder: Path, known: list[Path]) -> Path:
    """Return which configured folder `folder` means, also when it is not there any more; raise InvalidInput."""
    for candidate in (folder, folder.expanduser(), _resolved(folder)):
        if candidate in known:
            return candidate
    listed = ", ".join(map(str, known)) or "none"
    raise InvalidInput({"path": f"{folder} is not one of the folders that are read; these are: {listed}."})


def _resolved(folder: Path) -> Path:
    try:
        return folder.expanduser().resolve()
    except (OSError, RuntimeError, ValueError):
        return folder


def fetch(work: Work) -> dict[str, Any]:
    """Look over every configured folder; one that is gone or closed is named, and the others are read."""
    user_id = work.actor.user_id
    with database.session():
        before = connector_states.cursor(user_id, NAME)
    told: dict[str, Any] = dict.fromkeys(_SUMMED, 0)
    told |= {"rejected": [], "source_ids": [], "failed_external_ids": [], "errors": [], "folders": []}
    cursor: dict[str, Any] = {}
    for folder in work.setting.options["folders"]:
        cursor[folder] = _one(work, Path(folder), told, before.get("folders", {}).get(folder, {}))
    after = {"folders": cursor}
    with database.session():
        connector_states.keep_cursor(user_id, NAME, after)
    shut = sum(bool(one["problem"]) for one in cursor.values())
    done = "ok" if not shut else "partial" if shut < len(cursor) else "failed"
    return {"status": done, "connector_name": NAME, "previous_cursor": before, "sync_cursor": after, **told}


def _one(work: Work, folder: Path, told: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """Look over one folder and return its cursor: it stays where it was until every note of it could be taken."""
    tried = connectors.attempt(lambda: _import(work, folder))
    if tried.done is None:
        assert tried.trouble is not None
        told["errors"].append({"external_id": str(folder), "message": _said(tried.trouble)})
        return before | {"problem": _said(tried.trouble)}
    counts = tried.done.as_dict()
    _add(told, counts)
    if counts["failed_count"]:
        return before | {"files": counts["item_count"], "problem": None}
    return {"complete_at": work.now.isoformat(), "files": counts["item_count"], "problem": None}


def _said(error: AliceError) -> str:
    return next(iter(error.fields.values()), error.message)


def _import(work: Work, folder: Path) -> Report:
    real = imports.checked_root(folder, work.settings.home)
    if real != folder:
        raise InvalidInput({"path": f"{folder} leads to {real} now; add that folder if it is meant."})
    return imports.import_folder(
        work.actor,
        folder,
        zone=work.settings.timezone,
        home=work.settings.home,
        now=work.now,
        domain=work.setting.domain,
        sensitivity=work.setting.sensitivity,
        progress=lambda r: work.progress(r.imported + r.duplicates, f"{r.imported:,} notes from {folder.name}"),
    )


def _add(told: dict[str, Any], counts: dict[str, Any]) -> None:
    for name in _SUMMED:
        told[name] += counts[name]
    root = counts["root"]
    told["rejected"] += [{"folder": root, **one} for one in counts["rejected"]]
    told["source_ids"] += counts["source_ids"]
    told["failed_external_ids"] += [one["place"] for one in counts["failed"]]
    told["errors"] += [
        {"external_id": one["place"], "message": f"{one['place']} {one['message']}"} for one in counts["failed"]
    ]
    told["folders"].append({"path": root, "import_id": counts["import_id"], "imported_count": counts["imported_count"]})


def watch(actor: Actor, *, settings: Settings, stop: threading.Event, step_ms: int = 1_600) -> Iterator[dict[str, Any]]:
    """Yield a sync now, and another whenever notes have changed and rested for a moment, until `stop` is set.

    With `step_ms` of quiet a change is taken up.
    """
    from watchfiles import watch as changes

    yield connectors.sync(actor, NAME, settings=settings)
    paths = [one for one in connector_settings.folders(actor.user_id) if one.is_dir()]
    if not paths:
        raise NotConfigured("None of the folders is there to be watched.", "Add one: … local-folder add-path PATH")
    for _ in changes(*paths, watch_filter=_of_notes(paths), stop_event=stop, debounce=step_ms, raise_interrupt=False):
        try:
            yield connectors.sync(actor, NAME, settings=settings)
        except Busy:
            continue  # whoever is at it will find the change, or the next one will


def _of_notes(roots: list[Path]) -> Callable[[object, str], bool]:
    """Return the question whether a change below `roots` may concern a note; a folder may hold some."""

    def asks(_change: object, path: str) -> bool:
        place = Path(path)
        parts = next((place.relative_to(root).parts for root in roots if place.is_relative_to(root)), ())
        hidden = any(part.startswith(".") or part in GENERATED for part in parts)
        return not hidden and (place.suffix == "" or place.name.lower().endswith(SUFFIXES))

    return asks
