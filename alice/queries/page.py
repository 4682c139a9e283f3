"""One page of a list: keyset paging behind an opaque cursor. It knows no table and no scope; lists hand it a select."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from peewee import Field, ModelSelect, Tuple

from alice.errors import InvalidInput

DEFAULT_LIMIT = 50
MAX_LIMIT = 500
_KINDS: dict[str, type] = {
    "TIMESTAMPTZ": datetime,
    "DATE": date,
    "UUID": UUID,
    "TEXT": str,
    "INT": int,
    "INTEGER": int,
    "BIGINT": int,
}


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a list: how many there are in all, and the cursor of the page after this one, if any."""

    items: list[dict[str, Any]]
    total: int
    next: str | None = None

    @classmethod
    def whole(cls, items: list[dict[str, Any]]) -> Page:
        """Return a short list as its only page."""
        return cls(items, len(items))

    def as_dict(self) -> dict[str, Any]:
        """Return it in the keys of every list answer: items, count (here), total, next."""
        return {"items": self.items, "count": len(self.items), "total": self.total, "next": self.next}


@dataclass(frozen=True, slots=True)
class Key:
    """An order key that is no plain field: what a row calls it, the SQL behind it, and the type of its values."""

    name: str
    node: Any
    kind: type


def paged(
    select: ModelSelect[Any],
    order: Sequence[Field | Key],
    *,
    present: Callable[[Any], dict[str, Any]],
    descending: bool = True,
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> Page:
    """Return one page of `select`, ordered by `order`, whose last key has to be unique and none of which is null.

    `limit` is 1 to 500, or 0 for everything; raise InvalidInput for another limit or a cursor that is none of ours.
    """
    keys = [_key(one) for one in order]
    if not 0 <= limit <= MAX_LIMIT:
        raise InvalidInput({"limit": f"must be a number from 1 to {MAX_LIMIT}, or 0 for all, not {limit}."})
    wanted = select
    if cursor:
        wanted = wanted.where(_beyond(keys, _decoded(cursor, keys), descending))
    wanted = wanted.order_by(*[key.node.desc() if descending else key.node.asc() for key in keys])
    found = list(wanted.limit(limit + 1) if limit else wanted)
    here = found[:limit] if limit else found
    more = _encoded(here[-1], keys) if len(here) < len(found) else None
    return Page([present(row) for row in here], _total(select, found, cursor, more), more)


def _total(select: ModelSelect, found: list[Any], cursor: str | None, more: str | None) -> int:
    """Return how many rows there are, without counting what one page showed whole."""
    return len(found) if not cursor and not more else int(select.order_by().count())


def _key(one: Field | Key) -> Key:
    return one if isinstance(one, Key) else Key(one.name, one, _KINDS[one.field_type])


def _beyond(keys: Sequence[Key], values: list[Any], descending: bool) -> Any:
    """Return the condition for the rows after `values`, as one row comparison, which an index can answer."""
    place, last = Tuple(*[key.node for key in keys]), Tuple(*values)
    return place < last if descending else place > last


def _encoded(row: Any, keys: Sequence[Key]) -> str:
    values = [(row[key.name] if isinstance(row, dict) else getattr(row, key.name), key.kind) for key in keys]
    text = json.dumps([_written(value, kind) for value, kind in values], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _written(value: Any, kind: type) -> int | str:
    """Return an order key as JSON. Peewee hands over what a function makes of a text field as text, numbers too."""
    if kind is datetime:
        return str(value.astimezone(UTC).isoformat())
    return int(value) if kind is int else str(value)


def _decoded(cursor: str, keys: Sequence[Key]) -> list[Any]:
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        values = json.loads(raw)
        if not isinstance(values, list) or len(values) != len(keys):
            raise ValueError
        return [_read(value, key.kind) for value, key in zip(values, keys, strict=True)]
    except (ValueError, TypeError, OverflowError, binascii.Error, RecursionError):
        raise InvalidInput({"cursor": "is not one of Alice's; use the `next` of the page before."}) from None


def _read(value: Any, kind: type) -> Any:
    """Return the order key that was written as `value`; raise ValueError or TypeError for what Postgres cannot hold."""
    if kind is int:
        if isinstance(value, bool) or not isinstance(value, int) or not -(2**63) <= value < 2**63:
            raise ValueError
        return value
    if not isinstance(value, str):
        raise TypeError
    value.encode()
    if kind is datetime:
        return datetime.fromisoformat(value).astimezone(UTC)
    if kind is date:
        return date.fromisoformat(value)
    if kind is str and "\0" in value:
        raise ValueError
    return kind(value)
