"""Reads of the connectors: how each is set, how it fares, what it could not take, and whether evidence arrives."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from alice.domain import connectors
from alice.domain.connectors import KINDS, ItemStatus, Setting, SyncMode
from alice.domain.policy import Scope
from alice.domain.vocab import Domain, Sensitivity
from alice.errors import NotFound
from alice.models import ConnectorQuarantine, ConnectorSetting, ConnectorState
from alice.queries.page import Page, paged

Lack = Callable[[str], str | None]  # why a secret cannot be had, or None; `services.secrets.looker` makes one


def setting(scope: Scope, name: str) -> Setting:
    """Return how the connector `name` is set; its defaults when nobody has set it. Raise NotFound for another name."""
    kind = connectors.kind(name)
    row = ConnectorSetting.get_or_none(
        ConnectorSetting.user_id == scope.user_id, ConnectorSetting.connector_name == kind.name.value
    )
    return _setting(row) if row else kind.default()


def settings(scope: Scope) -> list[Setting]:
    """Return how every connector is set."""
    rows = {
        row.connector_name: _setting(row)
        for row in ConnectorSetting.select().where(ConnectorSetting.user_id == scope.user_id)
    }
    return [rows.get(name, kind.default()) for name, kind in KINDS.items()]


def _setting(row: ConnectorSetting) -> Setting:
    return Setting(
        connectors.kind(row.connector_name).name,
        row.enabled,
        Domain(row.default_domain),
        Sensitivity(row.default_sensitivity),
        SyncMode(row.sync_mode),
        row.poll_interval_seconds,
        row.secret_ref,
        row.options,
        row.version,
    )


def listed(scope: Scope) -> dict[str, Any]:
    """Return every connector with its settings, for a list."""
    items = [present(one) for one in settings(scope)]
    return {"items": items, "count": len(items)}


def present(one: Setting) -> dict[str, Any]:
    """Return one connector's settings as they are listed and sent."""
    return {
        "connector_name": one.name.value,
        "display_name": KINDS[one.name].display_name,
        "enabled": one.enabled,
        "sync_mode": one.sync_mode.value,
        "poll_interval_seconds": one.poll_interval_seconds,
        "default_domain": one.domain.value,
        "default_sensitivity": one.sensitivity.value,
        "secret_ref": one.secret_ref,
        "options": dict(one.options),
        "version": one.version,
    }


def status(scope: Scope, name: str, *, lack: Lack, now: datetime) -> dict[str, Any]:
    """Return one connector's settings, health and items that wait or are quarantined; raise NotFound."""
    one = setting(scope, name)
    told = _health(one, _states(scope).get(one.name), _waiting(scope).get(one.name, {}), lack, now)
    items = quarantine(scope, connector=one.name, limit=20).items
    return told | {"secret_ref": one.secret_ref, "options": dict(one.options), "quarantine": items}


def health(scope: Scope, *, lack: Lack, now: datetime) -> dict[str, Any]:
    """Return how every connector fares, in the keys of contract.md section 6, and whether evidence arrives at all."""
    states, waiting = _states(scope), _waiting(scope)
    items = [_health(one, states.get(one.name), waiting.get(one.name, {}), lack, now) for one in settings(scope)]
    return {"items": items, "count": len(items), "arriving": arriving(items, now)}


def _states(scope: Scope) -> dict[str, ConnectorState]:
    rows = ConnectorState.select().where(ConnectorState.user_id == scope.user_id)
    return {row.connector_name: row for row in rows}


def _waiting(scope: Scope) -> dict[str, dict[str, int]]:
    """Return how many items of each connector wait or are quarantined."""
    told: dict[str, dict[str, int]] = {}
    rows = ConnectorQuarantine.select(ConnectorQuarantine.connector_name, ConnectorQuarantine.status)
    for row in rows.where(ConnectorQuarantine.user_id == scope.user_id):
        counts = told.setdefault(row.connector_name, {})
        counts[row.status] = counts.get(row.status, 0) + 1
    return told


def _health(
    one: Setting, state: ConnectorState | None, waiting: dict[str, int], lack: Lack, now: datetime
) -> dict[str, Any]:
    row = state or ConnectorState(user_id=UUID(int=0), connector_name=one.name)
    problems = connectors.problems(one, lack) if one.enabled else {}
    references = [r for r in (one.secret_ref, *_references(one)) if r]
    return {
        "connector_name": one.name.value,
        "display_name": KINDS[one.name].display_name,
        "enabled": one.enabled,
        "configured": not connectors.problems(one, lack),
        "secret_configured": bool(references) and not any(map(lack, references)),
        "sync_mode": one.sync_mode.value,
        "poll_interval_seconds": one.poll_interval_seconds,
        "default_domain": one.domain.value,
        "default_sensitivity": one.sensitivity.value,
        "cursor_state": row.cursor or {},
        "items_seen": row.items_seen,
        "items_captured": row.items_captured,
        "items_deduped": row.items_deduped,
        "items_rejected": row.items_rejected,
        "items_failed": row.items_failed,
        "items_waiting": waiting.get(ItemStatus.WAITING, 0),
        "items_quarantined": waiting.get(ItemStatus.QUARANTINED, 0),
        "average_processing_time_ms": round(row.processing_ms / row.processed) if row.processed else None,
        "last_captured_item": _last(row),
        "not_before": row.not_before,
        "last_sync_at": row.last_sync_at,
        "last_success_at": row.last_success_at,
        "last_failure_at": row.last_failure_at,
        "last_error": row.last_error,
        "last_error_code": row.last_error_code,
        "validation_errors": problems,
        "says": _sentence(one, row, problems, waiting, now),
    }


def _references(one: Setting) -> list[str]:
    return [value for name, value in one.options.items() if name.endswith("_ref")]


def _last(row: Any) -> dict[str, Any] | None:
    if row.last_captured_at is None:
        return None
    source = row.last_captured_source_id
    return {"source_id": str(source) if source else None, "captured_at": row.last_captured_at}


def _sentence(
    one: Setting, row: ConnectorState, problems: dict[str, str], waiting: dict[str, int], now: datetime
) -> str:
    """Say whether evidence arrives this way, and if not, since when and why."""
    name = KINDS[one.name].display_name
    if not one.enabled:
        return f"{name} is switched off."
    if problems:
        field, why = next(iter(problems.items()))
        return f"{name} cannot work: {field} {why}"
    if row.failures_in_a_row and row.last_failure_at:
        since = row.last_success_at or row.last_failure_at
        return f"Nothing comes from {name} since {_when(since, now)}: {row.last_error}"
    if row.not_before and row.not_before > now:
        return f"{name} wants silence for another {_span(row.not_before - now)}; then it is read on."
    if row.last_error:
        return f"{name} works in part: {row.last_error}"
    held = waiting.get(ItemStatus.QUARANTINED, 0)
    aside = f" {held} {'item is' if held == 1 else 'items are'} in quarantine." if held else ""
    if KINDS[one.name].fetches and row.last_sync_at is None:
        return f"{name} is set up and has not been looked at yet.{aside}"
    if one.sync_mode is SyncMode.POLL and row.last_sync_at and now - row.last_sync_at > _late(one):
        late = _when(row.last_sync_at, now)
        return f"{name} was last looked at {late}, though it is to be polled; is the scheduler running?{aside}"
    if row.last_captured_at is None:
        return f"{name} works; nothing has come in yet.{aside}"
    return f"{name} works; the newest item came in {_when(row.last_captured_at, now)}.{aside}"


def _late(one: Setting) -> timedelta:
    return timedelta(seconds=3 * one.poll_interval_seconds + 120)


def _when(moment: datetime, now: datetime) -> str:
    return "just now" if now - moment < timedelta(minutes=1) else f"{_span(now - moment)} ago"


def _span(length: timedelta) -> str:
    minutes = max(int(length.total_seconds() // 60), 1)
    for size, word in ((1_440, "day"), (60, "hour"), (1, "minute")):
        if minutes >= size:
            count = minutes // size
            return f"{count} {word}{'' if count == 1 else 's'}"
    raise AssertionError(minutes)


def arriving(items: list[dict[str, Any]], now: datetime) -> dict[str, Any]:
    """Answer in one sentence whether evidence arrives, and if not, since when and why; `items` are of `health`."""
    on = [item for item in items if item["enabled"]]
    broken = [item for item in on if item["validation_errors"] or _failing(item)]
    troubled = [item for item in on if item in broken or item["last_error"]]
    last = max(
        (item["last_captured_item"]["captured_at"] for item in items if item["last_captured_item"]), default=None
    )
    if not on:
        return {"ok": False, "message": "No connector is switched on: evidence comes in by hand only.", "since": last}
    if troubled:
        return {"ok": len(broken) < len(on), "message": " ".join(item["says"] for item in troubled), "since": last}
    if last is None:
        return {"ok": True, "message": "Every connector works; nothing has come in yet.", "since": None}
    return {"ok": True, "message": f"Evidence is arriving; the newest came in {_when(last, now)}.", "since": last}


def _failing(item: dict[str, Any]) -> bool:
    success, failure = item["last_success_at"], item["last_failure_at"]
    return bool(failure and (success is None or success < failure))


def quarantine(
    scope: Scope,
    *,
    connector: str | None = None,
    status: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page:
    """Return items that could not be taken, the newest first: where each lies, why, and when it is tried again."""
    table = ConnectorQuarantine
    select: Any = table.select().where(table.user_id == scope.user_id)
    if connector:
        select = select.where(table.connector_name == connectors.kind(connector).name.value)
    if status:
        select = select.where(table.status == status)
    return paged(select, (table.first_failed_at, table.id), present=present_item, limit=limit, cursor=cursor)


def present_item(row: ConnectorQuarantine) -> dict[str, Any]:
    """Return one item that could not be taken as it is listed and sent."""
    names = ("connector_name", "stream", "external_id", "status", "reason", "reason_code", "attempts",
             "first_failed_at", "last_failed_at", "next_attempt_at", "version")  # fmt: skip
    return {"id": str(row.id), **{name: getattr(row, name) for name in names}}


def item(scope: Scope, item_id: UUID) -> dict[str, Any]:
    """Return one item that could not be taken; raise NotFound."""
    row = ConnectorQuarantine.get_or_none(
        ConnectorQuarantine.user_id == scope.user_id, ConnectorQuarantine.id == item_id
    )
    if row is None:
        raise NotFound("item in quarantine", item_id)
    return present_item(row)
