"""Looks for phrases wherever a database keeps text: every column of every table, as the catalogue names them.

Nothing is listed by hand, so that a table which comes later is looked through as well. It changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from alice.db import database
from alice.domain.phrases import Phrases

_COLUMNS = """
SELECT c.table_name::text, array_agg(c.column_name::text ORDER BY c.ordinal_position)
FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND (c.data_type IN ('text', 'character varying',
    'character', 'json', 'jsonb', 'xml') OR c.udt_name IN ('_text', '_varchar', '_json', '_jsonb'))
GROUP BY c.table_name ORDER BY c.table_name
"""
_OWNED = """
SELECT c.table_name::text, array_agg(c.column_name::text) FROM information_schema.columns c
WHERE c.table_schema = 'public' AND c.column_name IN ('user_id', 'id') GROUP BY c.table_name
"""
_STRIDE = 500
MOST_NAMED = 20
Rightly = Callable[[str, Any], bool]
Tell = Callable[[int, str], None]


@dataclass(slots=True)
class Looked:
    """What was seen in one place: how many rows or files, and which of them hold the words, by id where they have one.

    `place` is `table.column`, or says in words what was looked through. `others` hold the words in their own right.
    """

    place: str
    seen: int = 0
    found: list[str] = field(default_factory=list)
    others: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Return it as a receipt has it."""
        told = {"place": self.place, "looked_at": self.seen, "found": len(self.found), "others": self.others}
        return told | ({"where": self.found[:MOST_NAMED]} if self.found else {})


def tables() -> dict[str, list[str]]:
    """Return the columns that may hold words, by table."""
    return dict(database.query(_COLUMNS))


def silent(_rows: int, _where: str) -> None:
    """Tell nobody how far the search is."""


def through(
    user_id: UUID,
    phrases: Phrases,
    rightly: Rightly,
    *,
    only: Collection[str] | None = None,
    tell: Tell = silent,
) -> list[Looked]:
    """Return what was seen in every column of the brain's rows, or of the tables `only`.

    `rightly` says of a table and an id whether that row may hold the words. What belongs to no brain is looked through
    as a whole. `tell` hears before each table how many rows were looked through.
    """
    owned = dict(database.query(_OWNED))
    told: list[Looked] = []
    rows = 0
    for table, columns in tables().items():
        if only is None or table in only:
            tell(rows, f"looking through {table.replace('_', ' ')}")
            told += _table(user_id, phrases, rightly, table, columns, owned.get(table, []))
            rows += told[-1].seen
    return told


def _table(
    user_id: UUID, phrases: Phrases, rightly: Rightly, table: str, columns: list[str], owned: list[str]
) -> list[Looked]:
    told = [Looked(f"{table}.{column}") for column in columns]
    for key, *values in _rows(user_id, table, columns, owned):
        for one, value in zip(told, values, strict=True):
            one.seen += 1
            if value is None or not phrases.stands_in(value):
                continue
            if rightly(table, key):
                one.others += 1
            else:
                one.found.append(str(key))
    return told


def _rows(user_id: UUID, table: str, columns: list[str], owned: list[str]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a table, some at a time: there may be more than fit into memory."""
    named = ", ".join(f'"{column}"' for column in columns)
    where, values = ("WHERE user_id = %s", (user_id,)) if "user_id" in owned else ("", ())
    key = "id" if "id" in owned else "ctid::text"
    with database.handle.atomic(), database.handle.connection().cursor(name="alice_search") as cursor:
        cursor.itersize = _STRIDE
        cursor.execute(f'SELECT {key}, {named} FROM "{table}" {where}', values)
        yield from cursor
