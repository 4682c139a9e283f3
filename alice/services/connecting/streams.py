"""Stores what a connector fetches from streams, part by part: items and cursor in one transaction, each item once.

A failed item stops its own stream and no other, until it is taken or has failed too often and is put aside.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any
from uuid import UUID

from alice import clock
from alice.connectors.base import Cursor, Failure, Part, Received, Run
from alice.db import database
from alice.domain.connectors import ItemStatus
from alice.domain.policy import Action, Subject
from alice.domain.preparation import Prepared, prepare
from alice.errors import AliceError, InvalidInput, TooLarge
from alice.ledger import gate
from alice.ledger.events import ConnectorGap, ConnectorLeftOut
from alice.ledger.unit import Unit
from alice.services.connecting import connector_states, quarantine
from alice.services.connecting.connector_states import Tally
from alice.services.connecting.connectors import Work, attempt
from alice.services.connecting.quarantine import Held, Key, Trouble
from alice.services.evidence import capture, forgotten, revisions
from alice.services.evidence.capture import Captured
from alice.services.evidence.forgotten import Came


@dataclass(slots=True)
class Told:
    """What a sync of streams did so far, and what is needed to go on."""

    work: Work
    held: dict[Key, Held]
    owner_names: tuple[str, ...]
    cursor: Cursor
    items: int = 0
    imported: int = 0
    revised: int = 0
    duplicates: int = 0
    skipped: int = 0
    rejected: int = 0
    forgotten: int = 0
    failed: list[str] = field(default_factory=list)
    source_ids: list[str] = field(default_factory=list)
    errors: list[dict[str, str]] = field(default_factory=list)
    closed: set[str] = field(default_factory=set)  # streams that could not be read at all
    not_before: Any = None
    place: str = ""  # under which name the cursor is kept
    import_id: UUID | None = None

    @property
    def name(self) -> str:
        """Return the connector's name."""
        return self.work.setting.name.value

    def pass_by(self, count: int) -> None:
        """Count items that were forgotten and are kept away."""
        self.forgotten += count

    def as_dict(self, before: Cursor) -> dict[str, Any]:
        """Return it in the keys of a sync, contract.md section 6."""
        return {
            "status": "partial" if self.errors or self.failed else "ok",
            "connector_name": self.name,
            "item_count": self.items,
            "imported_count": self.imported,
            "revised_count": self.revised,
            "duplicate_count": self.duplicates,
            "skipped_count": self.skipped,
            "rejected_count": self.rejected,
            "forgotten_count": self.forgotten,
            "failed_count": len(self.failed),
            "previous_cursor": dict(before),
            "sync_cursor": dict(self.cursor),
            "not_before": self.not_before,
            "source_ids": self.source_ids,
            "failed_external_ids": self.failed,
            "errors": self.errors,
        }


def again(user_id: UUID, name: str) -> list[str]:
    """Return the items whose stream has gone on without them and that the owner wants tried again."""
    with database.session():
        items = quarantine.held(user_id, name)
    return [external_id for (_, external_id), one in items.items() if not one.aside and one.attempts == 0]


def take(
    work: Work, run: Run, before: Cursor, *, place: str | None = None, import_id: UUID | None = None
) -> dict[str, Any]:
    """Store every part of `run` and return the counts of a sync; what was stored stays when a later part fails.

    `place` is where the cursor is kept when it is not the connector's own: a file that was exported has one too.
    """
    name = work.setting.name.value
    with database.session():
        told = Told(work, quarantine.held(work.actor.user_id, name), capture.owner_names(work.actor), before)
    told.place, told.import_id = place or name, import_id
    with run:
        for part in run:
            _part(told, run, part)
            work.progress(told.items, f"{told.imported:,} items")
    if told.place == name:
        _recover_streams(told)
    return told.as_dict(before)


def _recover_streams(told: Told) -> None:
    """Forget that a whole stream could not be read, now that it was read to its end."""
    over = [
        one
        for (stream, external_id), one in told.held.items()
        if stream == external_id and stream not in told.closed and told.not_before is None
    ]
    if over:
        with gate.write(told.work.actor, Action.CAPTURE) as unit:
            quarantine.recover(unit, told.name, over)


@dataclass(slots=True)
class _Sorted:
    """The items of a part by what becomes of them now."""

    ready: list[tuple[Received, Prepared]] = field(default_factory=list)
    waiting: list[Received] = field(default_factory=list)
    failed: list[tuple[Received, AliceError]] = field(default_factory=list)
    aside: int = 0


def _part(told: Told, run: Run, part: Part) -> None:
    began = clock.monotonic()
    found = _sorted(told, part.items)
    whole = attempt(partial(_store, told, run, part, found, clock.monotonic() - began))
    if whole.trouble is not None:
        _store(told, run, part, _one_by_one(told, found), 0.0)


def _sorted(told: Told, items: Iterable[Received]) -> _Sorted:
    """Prepare the items in their order. Behind one that waits or fails its stream stands still."""
    found, stopped = _Sorted(), set[str]()
    for received in items:
        before = told.held.get((received.stream, received.external_id))
        if before is not None and before.aside:
            found.aside += 1
        elif _stands(received, stopped) or (before is not None and before.rests(told.work.now)):
            found.waiting.append(received)
            stopped.add(received.stream)
        else:
            ready = attempt(partial(_prepare, told, received))
            if ready.done is not None:
                found.ready.append((received, ready.done))
            elif ready.trouble is not None:
                found.failed.append((received, ready.trouble))
                if not _last(told, received, ready.trouble):
                    stopped.add(received.stream)
    return found


def _stands(received: Received, stopped: set[str]) -> bool:
    return received.stream in stopped and not received.late


def _transient(error: AliceError) -> bool:
    """Tell whether trying again may help; what cannot be stored today cannot be stored tomorrow."""
    return not isinstance(error, InvalidInput | TooLarge)


def _last(told: Told, received: Received, error: AliceError) -> bool:
    """Tell whether a failure now is the last one, after which the stream goes on without the item."""
    if not _transient(error):
        return True
    before = told.held.get((received.stream, received.external_id))
    return (before.attempts if before else 0) + 1 >= quarantine.MAX_ATTEMPTS


def _prepare(told: Told, received: Received) -> Prepared:
    setting = told.work.setting
    extra = {"stream": received.stream, "edit": received.revision} if received.revision else {"stream": received.stream}
    item = replace(
        received.item,
        connector=told.name,
        domain=setting.domain,
        sensitivity=setting.sensitivity,
        metadata={**received.item.metadata, **extra},
    )
    zone = told.work.settings.timezone
    return prepare(item, zone=zone, now=told.work.now, owner_names=told.owner_names)


def _one_by_one(told: Told, found: _Sorted) -> _Sorted:
    """Store each item by itself, to find the one that cannot be; the cursor is kept afterwards, by the caller."""
    left, stopped = _Sorted(waiting=list(found.waiting), failed=list(found.failed), aside=found.aside), set[str]()
    for received, prepared in found.ready:
        if _stands(received, stopped):
            left.waiting.append(received)
            continue
        alone = attempt(partial(_store_items, told, [(received, prepared)]))
        if alone.trouble is not None:
            left.failed.append((received, alone.trouble))
            if not _last(told, received, alone.trouble):
                stopped.add(received.stream)
    return left


def _store_items(told: Told, ready: Sequence[tuple[Received, Prepared]]) -> None:
    with gate.write(told.work.actor, Action.CAPTURE, _subject(told)) as unit:
        done, edits = _write(told, unit, ready)
        fresh = [one.source_id for one in done if not one.duplicate]
        tally = Tally(captured=len(fresh), deduped=len(done) - len(fresh), last_source_id=fresh[-1] if fresh else None)
        connector_states.count(unit.user_id, told.name, tally, now=told.work.now)
    _count(told, done, edits)


def _subject(told: Told) -> Subject:
    return Subject(told.work.setting.domain, told.work.setting.sensitivity)


def _store(told: Told, run: Run, part: Part, found: _Sorted, seconds: float) -> None:
    """Store a part with the cursor that is true then: it stays before what waits or failed and is tried again."""
    work = told.work
    with gate.write(work.actor, Action.CAPTURE, _subject(told)) as unit:
        done, edits = _write(told, unit, found.ready)
        stands = quarantine.fail(unit, told.name, _troubles(told, part, found), now=work.now)
        wanted = [r for r, _ in found.failed if stands[r.stream, r.external_id] == "waiting"]
        back = [*found.waiting, *wanted]
        cursor = run.hold(back) if back else part.cursor
        connector_states.keep_cursor(unit.user_id, told.place, cursor, not_before=part.not_before)
        connector_states.count(unit.user_id, told.name, _tally(told, part, found, (done, seconds)), now=work.now)
        _tell(told, unit, part)
    told.cursor, told.not_before = cursor, part.not_before
    _count(told, done, edits)
    _count_rest(told, part, found)


def _write(
    told: Told, unit: Unit, ready: Sequence[tuple[Received, Prepared]]
) -> tuple[list[Captured], list[revisions.Edit]]:
    """Write items in their order. One that is known by its name and says something else is an edit."""
    kept = _part_with(told, unit, _newest(told, unit, ready))
    before = _known(unit, told.name, [r.external_id for r, _ in kept])
    done = capture.write_prepared(unit, [p for _, p in kept], now=told.work.now, import_id=told.import_id)
    edits = []
    for (received, _), captured in zip(kept, done, strict=True):
        old = before.get(received.external_id)
        if old is not None and old[0] != captured.source_id:
            edits.append(revisions.Edit(old[0], captured.source_id, not captured.duplicate))
    revisions.stand(unit, [edit.after for edit in edits if not edit.fresh])
    revisions.replace(unit, edits)
    taken = [told.held[key] for r, _ in ready if (key := (r.stream, r.external_id)) in told.held]
    quarantine.recover(unit, told.name, taken)
    return done, edits


def _part_with(told: Told, unit: Unit, ready: list[tuple[Received, Prepared]]) -> list[tuple[Received, Prepared]]:
    """Return the items without those that were forgotten, edited or not, and count these once they are committed."""
    forgotten.turn(unit)
    live = _known(unit, told.name, [r.external_id for r, _ in ready])
    came = [Came(forgotten.item(told.name, "", r.external_id), p.content_hash, r.external_id in live) for r, p in ready]
    away = forgotten.keep_away(unit, told.name, came)
    unit.after(lambda: told.pass_by(len(away)))
    return [pair for number, pair in enumerate(ready) if number not in away]


def _newest(told: Told, unit: Unit, ready: Sequence[tuple[Received, Prepared]]) -> list[tuple[Received, Prepared]]:
    """Return the newest text of each item: what was edited twice comes in once, and an older text not at all."""
    last = {received.external_id: (received, prepared) for received, prepared in ready}
    for received, prepared in ready:
        if received.revision > last[received.external_id][0].revision:
            last[received.external_id] = (received, prepared)
    known = _known(unit, told.name, list(last))
    return [pair for name, pair in last.items() if name not in known or known[name][1] <= pair[0].revision]


def _known(unit: Unit, name: str, external_ids: list[str]) -> dict[str, tuple[UUID, int]]:
    """Return the current source of each item that is known by its name, and which edit of it that is."""
    sql = (
        "SELECT external_id, id, coalesce((metadata ->> 'edit')::bigint, 0) FROM source WHERE user_id = %s"
        " AND connector = %s AND external_id = ANY(%s) AND current AND status <> 'forgotten'"
    )
    return {row[0]: (row[1], row[2]) for row in database.query(sql, unit.user_id, name, external_ids)}


def _troubles(told: Told, part: Part, found: _Sorted) -> list[Trouble]:
    items = [
        Trouble(r.stream, r.external_id, error.message, error.code, _transient(error)) for r, error in found.failed
    ]
    return items + [Trouble(f.stream, f.external_id, _why(f), "not_had", f.transient) for f in _fresh(told, part)]


def _fresh(told: Told, part: Part) -> list[Failure]:
    """Return the failures that are news; one that was put aside is no news as long as nobody decides otherwise."""
    return [one for one in part.failures if not ((held := _held(told, one)) and held.aside)]


def _held(told: Told, one: Failure) -> Held | None:
    return told.held.get((one.stream, one.external_id))


def _why(one: Failure) -> str:
    """Say what could not be had; the reason may be a word of the other side's."""
    what = f"{one.external_id} cannot be read" if one.external_id == one.stream else "It could not be had"
    return f"{what}: {one.reason.replace('_', ' ')}."


def _tally(told: Told, part: Part, found: _Sorted, stored: tuple[list[Captured], float]) -> Tally:
    done, seconds = stored
    fresh = [one.source_id for one in done if not one.duplicate]
    left = sum(one.count for one in part.left_out)
    failed = len(found.failed) + len(_fresh(told, part))
    last = fresh[-1] if fresh else None
    return Tally(len(part.items) + left, len(fresh), len(done) - len(fresh), left, failed, seconds, last)


def _tell(told: Told, unit: Unit, part: Part) -> None:
    for one in part.left_out:
        unit.record(ConnectorLeftOut(told.name, one.stream, one.reason, one.count))
    for gap in part.gaps:
        unit.record(ConnectorGap(told.name, gap.stream, gap.reason, gap.filled))


def _count(told: Told, done: list[Captured], edits: list[revisions.Edit]) -> None:
    told.revised += len(edits)
    told.duplicates += sum(one.duplicate for one in done)
    told.imported += sum(not one.duplicate for one in done)
    told.source_ids += [str(one.source_id) for one in done if not one.duplicate]


def _count_rest(told: Told, part: Part, found: _Sorted) -> None:
    told.items += len(part.items)
    told.skipped += len(found.waiting) + found.aside
    told.rejected += sum(one.count for one in part.left_out)
    told.closed |= {one.stream for one in part.failures if one.external_id == one.stream}
    failures = [f for f in part.failures if not ((held := _held(told, f)) and held.status is ItemStatus.DISMISSED)]
    told.failed += [received.external_id for received, _ in found.failed] + [f.external_id for f in failures]
    told.errors += [
        {"external_id": one.external_id, "message": _why(one)} for one in failures if one.external_id == one.stream
    ]
