"""Imports a folder of notes, a few at a time: each part is one commit, so that it can stop and go on anywhere.

It reads the folder and never writes there. What an original becomes (edited, moved, gone) is for `revisions` to write.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from alice import clock, ids
from alice.connectors.local_folder import Found, Rejected
from alice.connectors.local_notes import Reading, Ready
from alice.domain.policy import Action, Actor, Subject
from alice.domain.vocab import Connector, Domain, Sensitivity
from alice.ledger import gate
from alice.ledger.events import ImportFinished, ImportStarted
from alice.ledger.unit import Unit
from alice.models import ImportBatch
from alice.services.connecting import connector_states, quarantine
from alice.services.connecting.connector_states import Tally
from alice.services.connecting.connectors import Attempt, attempt
from alice.services.connecting.quarantine import Trouble
from alice.services.evidence import capture, forgotten, revisions
from alice.services.evidence.capture import Captured
from alice.services.evidence.forgotten import Came
from alice.services.folders import folder_items, folder_reading, folder_roots
from alice.services.folders import folder_scans as scans
from alice.services.folders.folder_reading import Moved, Part
from alice.services.folders.folder_scans import Scan

CONNECTOR = Connector.LOCAL_FOLDER.value
checked_root = folder_roots.real


@dataclass(slots=True)
class Report:
    """What an import found and did, in the keys of a sync (contract.md section 6)."""

    root: Path
    import_id: UUID
    begun: bool = False
    seen: int = 0
    unchanged: int = 0
    waiting: int = 0
    imported: int = 0
    duplicates: int = 0
    revised: int = 0
    moved: int = 0
    gone: int = 0
    forgotten: int = 0
    chunks: int = 0
    candidates: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    failed: list[Rejected] = field(default_factory=list)
    source_ids: list[UUID] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Return the counts, and each rejected or failed file with its reason."""
        return {
            "status": "partial" if self.failed else "ok",
            "connector_name": CONNECTOR,
            "root": str(self.root),
            "import_id": str(self.import_id) if self.begun else None,
            "item_count": self.seen,
            "imported_count": self.imported,
            "revised_count": self.revised,
            "moved_count": self.moved,
            "gone_count": self.gone,
            "forgotten_count": self.forgotten,
            "duplicate_count": self.duplicates,
            "skipped_count": self.unchanged + self.waiting,
            "rejected_count": len(self.rejected),
            "failed_count": len(self.failed),
            "chunk_count": self.chunks,
            "candidate_count": self.candidates,
            "rejected_by_reason": dict(sorted(Counter(r.reason for r in self.rejected).items())),
            "rejected": [_told(one) for one in self.rejected],
            "failed": [_told(one) for one in self.failed],
            "source_ids": [str(one) for one in self.source_ids],
        }


def _told(one: Rejected) -> dict[str, str]:
    return {"place": one.place, "reason": one.reason, "message": one.message}


Progress = Callable[[Report], None]


@dataclass(frozen=True, slots=True)
class _Task:
    actor: Actor
    report: Report
    scan: Scan
    reading: Reading

    @property
    def now(self) -> datetime:
        return self.reading.now


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

    A renamed note keeps its source, an edited one becomes a revision, a deleted one is marked. Nothing is written into
    the folder. Stopped at any point, the next import goes on where this one was; without news it writes nothing.
    """
    root = checked_root(folder, home)
    gate.allow(actor, Action.CAPTURE)
    moment = now or clock.now()
    scan = scans.scan(actor.user_id, root, home, now=moment)
    report = Report(root, ids.new_id(), seen=scan.seen, unchanged=scan.unchanged, waiting=scan.waiting)
    report.forgotten = scan.forgotten
    report.rejected += scan.rejected
    report.failed += scan.told
    names = capture.owner_names(actor)
    task = _Task(actor, report, scan, Reading(root, zone, moment, domain, sensitivity, names))
    if scan.news:
        _work(task, progress)
        _finish(task, clock.now() if now is None else now)
    return report


@dataclass(slots=True)
class Batch:
    """An import under way; its `counts` are kept with it when it ends."""

    import_id: UUID
    counts: dict[str, int] = field(default_factory=dict)


@contextmanager
def batch(actor: Actor, connector: str, root: Path, now: datetime) -> Iterator[Batch]:
    """Note the beginning and the end of an import from `root`, so that it can be taken back whole."""
    made = Batch(ids.new_id())
    _open(actor, made.import_id, connector, root, now=now)
    yield made
    with gate.write(actor, Action.CAPTURE) as unit:
        _close(unit, made.import_id, connector, made.counts, now=now)


def _open(actor: Actor, import_id: UUID, connector: str, root: Path, *, now: datetime) -> None:
    with gate.write(actor, Action.CAPTURE) as unit:
        ImportBatch.insert(
            id=import_id, user_id=unit.user_id, connector=connector, root=str(root), started_at=now
        ).execute()
        unit.record(ImportStarted(str(import_id), connector))


def _close(unit: Unit, import_id: UUID, connector: str, counts: dict[str, int], *, now: datetime) -> None:
    ImportBatch.update(finished_at=now, counts=counts).where(ImportBatch.id == import_id).execute()
    unit.record(ImportFinished(str(import_id), connector, counts))


def _work(task: _Task, progress: Progress | None) -> None:
    _begin(task)
    with closing(folder_reading.parts(task.reading, task.scan.changed, task.scan.lost)) as parts:
        for part in parts:
            _take(task, part)
            if progress:
                progress(task.report)


def _begin(task: _Task) -> None:
    _open(task.actor, task.report.import_id, CONNECTOR, task.report.root, now=task.now)
    task.report.begun = True


def _finish(task: _Task, now: datetime) -> None:
    """Mark what is gone, put aside what failed, and tell how it ended."""
    report, scan = task.report, task.scan
    with gate.write(task.actor, Action.CAPTURE) as unit:
        lost = [one.source_id for one in scan.missing.values() if one.source_id]
        folder_items.forget(unit, report.root, scan.missing)
        report.gone = revisions.lose(unit, lost, now=now)
        _settle(task, unit)
        counts = {name: value for name, value in report.as_dict().items() if isinstance(value, int)}
        _close(unit, report.import_id, CONNECTOR, counts, now=now)


def _settle(task: _Task, unit: Unit) -> None:
    """Put aside the folders that cannot be opened, and forget troubles of what was taken or is gone."""
    root = str(task.report.root)
    broken = [Trouble(root, one.place, f"{one.place} {one.message}", one.reason) for one in task.scan.fresh]
    quarantine.fail(unit, CONNECTOR, broken, now=task.now)
    failed = {one.place for one in task.report.failed}
    over = [held for place, held in task.scan.held.items() if place in task.scan.settled and place not in failed]
    quarantine.recover(unit, CONNECTOR, over)


def _take(task: _Task, part: Part) -> None:
    """Store some files; when they cannot be stored together, one at a time, to find the one that cannot."""
    whole = attempt(partial(_store, task, part.read, part.seconds))
    if whole.trouble is None:
        return
    for pair in part.read:
        alone = attempt(partial(_store, task, [pair], 0.0))
        if alone.trouble is not None:
            _store(task, [(pair[0], Attempt(None, alone.trouble))], 0.0)


Read = Sequence[tuple[Found, "Attempt[Ready | Moved | Rejected]"]]


def _store(task: _Task, pairs: Read, seconds: float) -> None:
    ready = [one.done for _, one in pairs if isinstance(one.done, Ready)]
    moved = [one.done for _, one in pairs if isinstance(one.done, Moved)]
    refused = [one.done for _, one in pairs if isinstance(one.done, Rejected) and one.done.lasting]
    failed = [_failure(found, one) for found, one in pairs if _has_failed(one)]
    passed = [one.done for _, one in pairs if isinstance(one.done, Rejected) and one.done.reason == "vanished"]
    with gate.write(task.actor, Action.CAPTURE, Subject(task.reading.domain, task.reading.sensitivity)) as unit:
        ready, away = _part_with(task, unit, ready)
        gone = forgotten.gone([one.captured.source_id for one in moved])
        moved = [one for one in moved if one.captured.source_id not in gone]
        done = capture.write_prepared(unit, [r.prepared for r in ready], now=task.now, import_id=task.report.import_id)
        edits = _keep(task, unit, ready, done)
        _move(task, unit, moved)
        folder_items.remember_refused(unit, task.report.root, [*refused, *failed], now=task.now)
        troubles = [Trouble(str(task.report.root), f.place, f"{f.place} {f.message}", f.reason) for f in failed]
        quarantine.fail(unit, CONNECTOR, troubles, now=task.now)
        connector_states.count(unit.user_id, CONNECTOR, _tally(done, moved, refused, failed, seconds), now=task.now)
    task.report.forgotten += away
    _count(task, done, edits, moved, [*refused, *passed], failed)


def _part_with(task: _Task, unit: Unit, ready: list[Ready]) -> tuple[list[Ready], int]:
    """Return the notes without those that were forgotten, and how many these are."""
    forgotten.turn(unit)
    root = task.report.root
    came = [
        Came(
            forgotten.item(CONNECTOR, str(root), one.found.place),
            one.prepared.content_hash,
            task.scan.source_of(one.found.place) is not None,
        )
        for one in ready
    ]
    away = forgotten.keep_away(unit, CONNECTOR, came)
    folder_items.touch(unit, root, [ready[number].found for number in away])
    return [one for number, one in enumerate(ready) if number not in away], len(away)


def _has_failed(one: Attempt[Ready | Moved | Rejected]) -> bool:
    return one.trouble is not None or (isinstance(one.done, Rejected) and one.done.reason == "unreadable")


def _failure(found: Found, one: Attempt[Ready | Moved | Rejected]) -> Rejected:
    if isinstance(one.done, Rejected):
        return one.done
    assert one.trouble is not None
    return Rejected(found.place, one.trouble.code, one.trouble.message, found.size, found.mtime_ns)


def _keep(task: _Task, unit: Unit, ready: list[Ready], done: list[Captured]) -> int:
    """Note the files beside their sources, and let new texts stand in place of the ones they replace."""
    pairs = [(one.found, captured) for one, captured in zip(ready, done, strict=True)]
    before = [(task.scan.source_of(found.place), captured) for found, captured in pairs]
    folder_items.remember(unit, task.report.root, pairs, now=task.now)
    revisions.stand(unit, [captured.source_id for captured in done if captured.duplicate])
    unnamed = revisions.unnamed([old for old, _ in before if old])
    edits = [
        revisions.Edit(old, captured.source_id, not captured.duplicate)
        for old, captured in before
        if old in unnamed and old is not None
    ]
    revisions.replace(unit, edits)
    return len(edits)


def _move(task: _Task, unit: Unit, moved: list[Moved]) -> None:
    """Note renamed files under their new places. A source keeps its place while another file still has it."""
    folder_items.forget(unit, task.report.root, [one.before for one in moved])
    folder_items.remember(unit, task.report.root, [(one.found, one.captured) for one in moved], now=task.now)
    revisions.move(
        unit,
        [revisions.Move(m.captured.source_id, m.found.place, m.found.path.as_uri(), m.title) for m in moved],
    )


def _tally(
    done: list[Captured], moved: list[Moved], refused: list[Rejected], failed: list[Rejected], seconds: float
) -> Tally:
    fresh = [one.source_id for one in done if not one.duplicate]
    known = len(done) - len(fresh) + len(moved)
    seen = len(done) + len(moved) + len(refused) + len(failed)
    return Tally(seen, len(fresh), known, len(refused), len(failed), seconds, fresh[-1] if fresh else None)


def _count(
    task: _Task, done: list[Captured], edits: int, moved: list[Moved], refused: list[Rejected], failed: list[Rejected]
) -> None:
    report = task.report
    report.rejected += refused
    report.failed += failed
    report.revised += edits
    report.moved += len(moved)
    for one in moved:
        task.scan.found_again(one.before)
    for captured in done:
        report.duplicates += captured.duplicate
        report.imported += not captured.duplicate
        report.chunks += captured.chunk_count
        report.candidates += captured.candidate_memory_count + captured.open_loop_count
        if not captured.duplicate:
            report.source_ids.append(captured.source_id)
