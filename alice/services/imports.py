"""Imports a folder of notes, a few at a time: each part is one commit, so that it can stop and go on anywhere."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from alice import clock, ids
from alice.connectors import local_folder
from alice.connectors.local_folder import Found, Rejected
from alice.db import database
from alice.domain.policy import Action, Actor, Subject
from alice.domain.preparation import Item, Prepared, prepare
from alice.domain.vocab import Connector, Domain, Sensitivity
from alice.errors import AliceError, InvalidInput
from alice.ledger import gate
from alice.ledger.events import ImportFinished, ImportStarted
from alice.ledger.unit import Unit
from alice.models import ConnectorItem, ImportBatch
from alice.services import capture
from alice.services.capture import Captured

FILES_IN_A_PART = 40
BYTES_IN_A_PART = 1_000_000
CONNECTOR = Connector.LOCAL_FOLDER.value


@dataclass(slots=True)
class Report:
    """What an import found and did, in the keys of a sync (contract.md section 6)."""

    root: Path
    import_id: UUID
    seen: int = 0
    unchanged: int = 0
    imported: int = 0
    duplicates: int = 0
    chunks: int = 0
    candidates: int = 0
    rejected: list[Rejected] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Return the counts, and each rejected file with its reason."""
        return {
            "status": "ok",
            "connector_name": CONNECTOR,
            "root": str(self.root),
            "import_id": str(self.import_id),
            "item_count": self.seen,
            "imported_count": self.imported,
            "duplicate_count": self.duplicates,
            "skipped_count": self.unchanged,
            "rejected_count": len(self.rejected),
            "failed_count": 0,
            "chunk_count": self.chunks,
            "candidate_count": self.candidates,
            "rejected_by_reason": dict(sorted(Counter(r.reason for r in self.rejected).items())),
            "rejected": [{"place": r.place, "reason": r.reason, "message": r.message} for r in self.rejected],
        }


Progress = Callable[[Report], None]


def import_folder(
    actor: Actor,
    folder: Path,
    *,
    zone: str,
    home: Path,
    now: datetime | None = None,
    domain: Domain = Domain.UNKNOWN,
    sensitivity: Sensitivity = Sensitivity.UNKNOWN,
    progress: Progress | None = None,
) -> Report:
    """Take in every note under `folder` that is new or has changed; a file that cannot be taken is named and passed by.

    Nothing is written into the folder. Stopped at any point, the next import goes on where this one was.
    """
    root = checked_root(folder, home)
    moment = now or clock.now()
    report = Report(root, ids.new_id())
    _begin(actor, report, moment)
    task = _Task(actor, report, zone, moment, domain, sensitivity, capture.owner_names(actor))
    known = _known(actor, root)
    for part in _parts(_changed(report, known, home)):
        _take(task, part)
        if progress:
            progress(report)
    _finish(actor, report, clock.now() if now is None else now)
    return report


def checked_root(folder: Path, home: Path) -> Path:
    """Return the real place of `folder`; raise InvalidInput when it is no folder, or Alice's own."""
    try:
        root = folder.expanduser().resolve(strict=True)
    except (OSError, RuntimeError):
        raise InvalidInput({"path": f"there is no folder {folder}; name one that exists."}) from None
    if not root.is_dir():
        raise InvalidInput({"path": f"{folder} is a file; name the folder that it lies in."})
    own = home.resolve()
    if root.is_relative_to(own):
        raise InvalidInput({"path": f"{folder} holds Alice's own files; name a folder of notes."})
    if not os.access(root, os.R_OK | os.X_OK):
        raise InvalidInput({"path": f"{folder} cannot be opened by this user; change its permissions."})
    return root


@dataclass(frozen=True, slots=True)
class _Task:
    actor: Actor
    report: Report
    zone: str
    now: datetime
    domain: Domain
    sensitivity: Sensitivity
    owner_names: tuple[str, ...]


def _begin(actor: Actor, report: Report, now: datetime) -> None:
    with gate.write(actor, Action.CAPTURE) as unit:
        ImportBatch.insert(
            id=report.import_id, user_id=unit.user_id, connector=CONNECTOR, root=str(report.root), started_at=now
        ).execute()
        unit.record(ImportStarted(str(report.import_id), CONNECTOR))


def _finish(actor: Actor, report: Report, now: datetime) -> None:
    counts = {name: value for name, value in report.as_dict().items() if isinstance(value, int)}
    with gate.write(actor, Action.CAPTURE) as unit:
        ImportBatch.update(finished_at=now, counts=counts).where(ImportBatch.id == report.import_id).execute()
        unit.record(ImportFinished(str(report.import_id), CONNECTOR, counts))


def _known(actor: Actor, root: Path) -> dict[str, tuple[int, int]]:
    sql = (
        "SELECT external_id, size, mtime_ns FROM connector_item"
        " WHERE user_id = %s AND connector = %s AND root = %s AND mtime_ns > 0"
    )
    with database.session():
        return {row[0]: (row[1], row[2]) for row in database.query(sql, actor.user_id, CONNECTOR, str(root))}


def _changed(report: Report, known: dict[str, tuple[int, int]], home: Path) -> Iterator[Found]:
    """Yield the files that are not as they were; a look at size and time is enough to pass one by."""
    for item in local_folder.walk(report.root, leave_out=home.resolve()):
        report.seen += 1
        if isinstance(item, Rejected):
            report.rejected.append(item)
        elif known.get(item.place) == (item.size, item.mtime_ns):
            report.unchanged += 1
        else:
            yield item


def _parts(files: Iterator[Found]) -> Iterator[list[Found]]:
    part: list[Found] = []
    for found in files:
        part.append(found)
        if len(part) >= FILES_IN_A_PART or sum(f.size for f in part) > BYTES_IN_A_PART:
            yield part
            part = []
    if part:
        yield part


def _take(task: _Task, part: list[Found]) -> None:
    ready: list[tuple[Found, Prepared]] = []
    refused: list[Rejected] = []
    for found in part:
        outcome = _prepare(task, found)
        if isinstance(outcome, Rejected):
            refused.append(outcome)
        else:
            ready.append((found, outcome))
    subject = Subject(task.domain, task.sensitivity)
    with gate.write(task.actor, Action.CAPTURE, subject) as unit:
        done = capture.write_prepared(unit, [p for _, p in ready], now=task.now, import_id=task.report.import_id)
        _remember(task, unit, ready, done)
        _remember_refused(task, unit, refused)
    _count(task.report, done, refused)


def _prepare(task: _Task, found: Found) -> Prepared | Rejected:
    text = local_folder.read(found)
    if isinstance(text, Rejected):
        return text
    item = Item(
        text,
        connector=CONNECTOR,
        external_id=found.place,
        name=found.place,
        uri=found.path.as_uri(),
        domain=task.domain,
        sensitivity=task.sensitivity,
        metadata={"path": found.place},
    )
    try:
        return prepare(item, zone=task.zone, now=task.now, owner_names=task.owner_names)
    except AliceError as error:
        return Rejected(found.place, "not_storable", error.message, found.size, found.mtime_ns)


def _remember(task: _Task, unit: Unit, ready: list[tuple[Found, Prepared]], done: list[Captured]) -> None:
    _upsert(
        {
            **_place(task, unit, found.place),
            "size": found.size,
            "mtime_ns": found.mtime_ns,
            "content_hash": captured.content_hash,
            "source": captured.source_id,
            "problem": None,
        }
        for (found, _), captured in zip(ready, done, strict=True)
    )


def _remember_refused(task: _Task, unit: Unit, refused: list[Rejected]) -> None:
    _upsert(
        {
            **_place(task, unit, item.place),
            "size": item.size,
            "mtime_ns": 0,  # so that it is looked at again, and named again, until it can be taken
            "content_hash": None,
            "source": None,
            "problem": item.message,
        }
        for item in refused
    )


def _place(task: _Task, unit: Unit, place: str) -> dict[str, Any]:
    return {
        "id": ids.new_id(),
        "user_id": unit.user_id,
        "connector": CONNECTOR,
        "root": str(task.report.root),
        "external_id": place,
        "seen_at": task.now,
    }


def _upsert(rows: Iterator[dict[str, Any]]) -> None:
    kept = (ConnectorItem.size, ConnectorItem.mtime_ns, ConnectorItem.content_hash, ConnectorItem.source,
            ConnectorItem.problem, ConnectorItem.seen_at)  # fmt: skip
    place = (ConnectorItem.user_id, ConnectorItem.connector, ConnectorItem.root, ConnectorItem.external_id)
    if values := list(rows):
        ConnectorItem.insert_many(values).on_conflict(conflict_target=place, preserve=kept).execute()


def _count(report: Report, done: list[Captured], refused: list[Rejected]) -> None:
    report.rejected += refused
    for captured in done:
        report.duplicates += captured.duplicate
        report.imported += not captured.duplicate
        report.chunks += captured.chunk_count
        report.candidates += captured.candidate_memory_count + captured.open_loop_count
