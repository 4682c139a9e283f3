"""Takes an import back: what came that way goes, what a person decided on stays, and a preview says which is which.

The rows are looked at anew when it is done: nothing is remembered from the preview.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from alice import clock, ids
from alice.config import Settings
from alice.db import database, locks
from alice.domain import connectors as words
from alice.domain.policy import Action, Actor
from alice.domain.vocab import Connector
from alice.errors import Busy, InvalidInput, NotFound
from alice.ledger import gate
from alice.ledger.events import ImportRemoved, SourceRemoved
from alice.ledger.unit import Unit
from alice.services.connecting import connector_settings, telegram
from alice.services.evidence import forgotten, indexing
from alice.services.folders import local_folders

FOLDER = Connector.LOCAL_FOLDER.value
MOST_LISTED = 20

# What waited too long was put away by nobody: it is as undecided as what still waits.
_UNDECIDED = (
    "({0}.status = 'candidate' OR {0}.status = 'archived' AND starts_with((SELECT d.decided_by FROM decision d"
    " WHERE d.subject_id = {0}.id ORDER BY d.version DESC LIMIT 1), 'system:'))"
)
# Why a source stays, by the source's id: what a person decided on keeps the words behind it.
_STAYS = f"""
SELECT p.source_id, m.status || ' memory' FROM provenance p JOIN memory m ON m.id = p.subject_id
    WHERE p.source_id = ANY(%s) AND {_UNDECIDED.format("m")} IS NOT TRUE
UNION SELECT p.source_id, l.status || ' open loop' FROM provenance p JOIN open_loop l ON l.id = p.subject_id
    WHERE p.source_id = ANY(%s) AND l.status <> 'candidate'
UNION SELECT p.source_id, j.status || ' project' FROM provenance p JOIN project j ON j.id = p.subject_id
    WHERE p.source_id = ANY(%s) AND j.status <> 'candidate'
UNION SELECT p.source_id, h.status || ' person' FROM provenance p JOIN person h ON h.id = p.subject_id
    WHERE p.source_id = ANY(%s) AND h.status <> 'candidate'
UNION SELECT c.source_id, a.status || ' ' || replace(a.artifact_type, '_', ' ') FROM citation c
    JOIN artifact a ON a.id = c.artifact_id WHERE c.source_id = ANY(%s) AND a.status <> 'needs_review'
UNION SELECT id, status || ' by you' FROM source
    WHERE id = ANY(%s) AND (reviewed_at IS NOT NULL OR (current AND status <> 'new'))
"""
_CLAIMS = ("memory", "open_loop", "person", "project")


@dataclass(frozen=True, slots=True)
class _Plan:
    what: str
    connector: str
    root: Path | None
    going: list[UUID]
    staying: dict[UUID, set[str]]


def preview(actor: Actor, what: str) -> dict[str, Any]:
    """Say what taking `what` back would remove and what would stay, and why; nothing is changed.

    `what` is a connector's name, a folder, or a file that was exported. Raise NotFound when nothing came from there.
    """
    gate.allow(actor, Action.FORGET)
    with database.session():
        plan = _plan(actor.user_id, what)
        return _told(plan, _counts(plan), "preview")


def remove(actor: Actor, what: str, *, settings: Settings, now: datetime | None = None) -> dict[str, Any]:
    """Take back what came by the connector or from the folder `what`, in one transaction; return what went and stayed.

    The folder, or the connector, is read no more, or it would all come in again. Raise NotFound when nothing came
    from there.
    """
    gate.allow(actor, Action.FORGET)
    connector, _ = _meant(actor.user_id, what)
    with locks.held("connector", actor.user_id, connector) as free:
        if not free:
            raise Busy(f"A sync of {connector} is running.", "Wait for it to end.")
        _stop_reading(actor, what, settings, now or clock.now())
        return _remove(actor, what)


def _remove(actor: Actor, what: str) -> dict[str, Any]:
    with gate.write(actor, Action.FORGET) as unit:
        forgotten.turn(unit, alone=True)
        plan = _plan(unit.user_id, what)
        counts = _counts(plan)
        _erase(unit, plan)
        unit.record(ImportRemoved(str(ids.new_id()), plan.connector, counts))
    return _told(plan, counts, "removed")


def _plan(user_id: UUID, what: str) -> _Plan:
    connector, root = _meant(user_id, what)
    found = _found(user_id, connector, root)
    if not found:
        raise NotFound("import from", what, "Name a connector, or a folder as `connectors status local-folder` does.")
    stays: dict[UUID, set[str]] = {}
    for source_id, why in database.query(_STAYS, *[found] * 6) + _elsewhere(found, root):
        stays.setdefault(source_id, set()).add(why)
    return _Plan(what, connector, root, [one for one in found if one not in stays], stays)


def _meant(user_id: UUID, what: str) -> tuple[str, Path | None]:
    """Return the connector that `what` came by, and the folder or the file when it names one."""
    if what.strip().lower().replace("-", "_") in words.KINDS:
        return words.kind(what).name.value, None
    path = Path(what).expanduser()
    try:
        root = path.resolve()
    except (OSError, RuntimeError, ValueError):
        raise InvalidInput({"what": f"{what!r} is neither a connector nor a folder."}) from None
    with database.session():
        known = database.query(
            "SELECT connector FROM import_batch WHERE user_id = %s AND root = %s LIMIT 1", user_id, str(root)
        )
    return known[0][0] if known else FOLDER, root


def _found(user_id: UUID, connector: str, root: Path | None) -> list[UUID]:
    """Return the sources that came that way, the earlier texts of each with it."""
    sql, values = "s.connector = %s", [connector]
    if root is not None:
        below, place = f"{str(root).rstrip('/')}/", root.as_uri()
        sql += " AND (starts_with(b.root, %s) OR s.uri = %s OR starts_with(s.uri, %s)) OR b.root = %s"
        values += [below, place, f"{place.rstrip('/')}/", str(root)]
    rows = database.query(
        "SELECT s.id FROM source s LEFT JOIN import_batch b ON b.id = s.import_id WHERE s.user_id = %s"
        f" AND s.status <> 'forgotten' AND ({sql}) ORDER BY s.id", user_id, *values,
    )  # fmt: skip
    return [row[0] for row in rows]


def _elsewhere(found: list[UUID], root: Path | None) -> list[tuple[UUID, str]]:
    """Return the sources that another folder holds as well."""
    if root is None:
        return []
    sql = (
        "SELECT DISTINCT source_id, 'also in ' || root FROM connector_item WHERE source_id = ANY(%s)"
        " AND root <> %s AND NOT starts_with(root, %s) AND NOT starts_with(%s, rtrim(root, '/') || '/')"
    )
    below = f"{str(root).rstrip('/')}/"
    return [(row[0], row[1]) for row in database.query(sql, found, str(root), below, below)]


def _counts(plan: _Plan) -> dict[str, Any]:
    counts: dict[str, Any] = {"sources": len(plan.going)}
    counts |= {f"{table}_count": len(_alone(table, plan.going)) for table in _CLAIMS}
    counts["artifact_count"] = len(_artifacts(plan.going))
    counts["kept_sources"] = len(plan.staying)
    return counts


def _alone(table: str, going: list[UUID]) -> list[UUID]:
    """Return the undecided claims that nothing speaks for but sources that go."""
    # A project may be what other rows are about, and a memory what others were superseded by.
    used = {
        "project": " AND NOT EXISTS (SELECT 1 FROM memory m WHERE m.project_id = c.id)"
        " AND NOT EXISTS (SELECT 1 FROM open_loop l WHERE l.project_id = c.id)"
        " AND NOT EXISTS (SELECT 1 FROM artifact a WHERE a.project_id = c.id)",
        "memory": " AND NOT EXISTS (SELECT 1 FROM memory m WHERE m.superseded_by = c.id)",
    }.get(table, "")
    undecided = _UNDECIDED.format("c") if table == "memory" else "c.status = 'candidate'"
    sql = (
        f"SELECT c.id FROM {table} c WHERE {undecided} AND c.id IN"
        " (SELECT subject_id FROM provenance WHERE source_id = ANY(%s)) AND NOT EXISTS"
        f" (SELECT 1 FROM provenance p WHERE p.subject_id = c.id AND p.source_id <> ALL(%s)){used}"
    )
    return [row[0] for row in database.query(sql, going, going)]


def _artifacts(going: list[UUID]) -> list[UUID]:
    """Return the artifacts that quote sources that go; nobody has decided on them, or the sources would stay."""
    sql = "SELECT DISTINCT artifact_id FROM citation WHERE source_id = ANY(%s)"
    return [row[0] for row in database.query(sql, going)]


def _erase(unit: Unit, plan: _Plan) -> None:
    """Delete what goes; chunks, provenance, citations and items go with their sources."""
    artifacts = _artifacts(plan.going)
    for table in ("workflow_run", "workflow_slot"):
        database.query(f"UPDATE {table} SET artifact_id = NULL WHERE artifact_id = ANY(%s)", artifacts)
    database.query("DELETE FROM artifact WHERE user_id = %s AND id = ANY(%s)", unit.user_id, artifacts)
    for table in _CLAIMS:
        alone = _alone(table, plan.going)
        database.query(f"DELETE FROM {table} WHERE user_id = %s AND id = ANY(%s)", unit.user_id, alone)
        database.query("DELETE FROM decision WHERE user_id = %s AND subject_id = ANY(%s)", unit.user_id, alone)
    indexing.remove(unit, *plan.going)
    gone = database.query(
        "DELETE FROM source WHERE user_id = %s AND id = ANY(%s) RETURNING id, connector", unit.user_id, plan.going
    )
    for identifier, connector in gone:
        unit.record(SourceRemoved(str(identifier), connector))
    _forget_items(unit, plan)


def _forget_items(unit: Unit, plan: _Plan) -> None:
    """Forget what the folder held, and where the connector was, so that adding it again reads it anew."""
    below = f"{str(plan.root).rstrip('/')}/"
    for table, column in (("connector_item", "root"), ("connector_quarantine", "stream")):
        name = "connector" if table == "connector_item" else "connector_name"
        part, values = "", []
        if plan.root is not None:
            part, values = f" AND ({column} = %s OR starts_with({column}, %s))", [str(plan.root), below]
        database.query(
            f"DELETE FROM {table} WHERE user_id = %s AND {name} = %s{part}", unit.user_id, plan.connector, *values
        )
    names = [plan.connector] if plan.root is None else []
    again = "UPDATE connector_state SET cursor = '{}' WHERE user_id = %s AND connector_name = ANY(%s)"
    database.query(again, unit.user_id, [*names, telegram.EXPORT])


def _stop_reading(actor: Actor, what: str, settings: Settings, now: datetime) -> None:
    connector, root = _meant(actor.user_id, what)
    with database.session():
        _plan(actor.user_id, what)
    if root is None:
        connector_settings.configure(actor, connector, {"enabled": False}, settings=settings, now=now)
        return
    for folder in connector_settings.folders(actor.user_id):
        if folder.is_relative_to(root):
            local_folders.remove_path(actor, folder, settings=settings, now=now)
        elif root.is_relative_to(folder):
            raise InvalidInput(
                {"what": f"{root} lies in {folder}, which is read; move it out of there, or take all of {folder} back."}
            )


def _told(plan: _Plan, counts: dict[str, Any], status: str) -> dict[str, Any]:
    reasons = Counter(why for whys in plan.staying.values() for why in whys)
    titles = dict(database.query("SELECT id, title FROM source WHERE id = ANY(%s)", list(plan.staying)[:MOST_LISTED]))
    return {
        "status": status,
        "import": plan.what,
        "connector_name": plan.connector,
        "goes": {name: value for name, value in counts.items() if name != "kept_sources"},
        "stays": {
            "sources": counts["kept_sources"],
            "because": dict(sorted(reasons.items())),
            "items": [
                {"source_id": str(one), "title": titles[one], "because": sorted(plan.staying[one])} for one in titles
            ],
        },
    }
