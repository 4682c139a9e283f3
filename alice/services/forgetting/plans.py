"""Says what goes when something is forgotten: which rows, and by which words it would be known. It changes nothing.

What is drawn from the forgotten words alone goes with them; what other evidence bears out as well stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from alice.db import database
from alice.domain import phrases
from alice.domain.phrases import Phrases
from alice.errors import NotFound

FORGOTTEN = "forgotten"
CLAIMS = ("memory", "open_loop", "person", "project")
UNDECIDED = ("person", "project")  # of these only candidates go: a name that a person accepted is their own
TOLD = {"source": "sources", "memory": "memories", "open_loop": "open_loops", "person": "people", "project": "projects",
        "graph_edge": "graph_edges", "project_update": "project_updates", "model_call": "model_calls"}  # fmt: skip
_NONE: list[UUID] = []


@dataclass(slots=True)
class Plan:
    """What goes, as ids by table, and `phrases` of its words. `kept` are claims that lose words and stay.

    `shared` are other sources in which some of the words stand too: these are their own and are not touched.
    """

    kind: str
    subject_id: UUID
    going: dict[str, list[UUID]]
    kept: dict[str, list[UUID]] = field(default_factory=dict)
    changed_updates: list[UUID] = field(default_factory=list)
    phrases: Phrases = field(default_factory=Phrases)
    shared: list[UUID] = field(default_factory=list)

    def ids(self, table: str) -> list[UUID]:
        """Return the rows of a table that go."""
        return self.going.get(table, _NONE)

    def told(self) -> dict[str, list[str]]:
        """Return the ids of what goes, by what it is called; kinds of which nothing goes are left out."""
        return {TOLD[table]: sorted(map(str, found)) for table, found in self.going.items() if found}

    def same(self, other: Plan) -> bool:
        """Tell whether the same rows go."""
        return (self.going, self.kept, self.changed_updates) == (other.going, other.kept, other.changed_updates)


def whole(user_id: UUID, kind: str, subject_id: UUID) -> Plan:
    """Return what goes with a source or a memory and by which words it is known; raise NotFound.

    All texts of a source go, with what was drawn from them alone. A memory leaves the words that it was drawn from,
    which belong to their sources.
    """
    plan = rows(user_id, kind, subject_id)
    plan.phrases = phrases.of(_words_of(plan))
    if kind == "memory":
        plan.shared = [one for one, texts in _others(user_id, []) if any(map(plan.phrases.found, texts))]
        return plan
    chain = plan.ids("source")
    plan.shared = [one for one, texts in _others(user_id, chain) if _shares(plan.phrases, texts)]
    for text in _elsewhere(user_id, chain):
        plan.phrases.without(text)
    return plan


def rows(user_id: UUID, kind: str, subject_id: UUID) -> Plan:
    """Return the rows that go, without a look at their words; raise NotFound."""
    if kind == "source":
        plan = Plan(kind, subject_id, {"source": _chain(user_id, subject_id)})
        found = bool(plan.ids("source"))
        _add_claims(user_id, plan)
    else:
        sql = "SELECT id FROM memory WHERE user_id = %s AND id = %s AND status <> %s"
        plan = Plan(kind, subject_id, {"memory": _column(sql, user_id, subject_id, FORGOTTEN)})
        found = bool(plan.ids("memory"))
    if not found:
        raise NotFound(kind, subject_id)
    _add_followers(user_id, plan)
    return plan


def _chain(user_id: UUID, source_id: UUID) -> list[UUID]:
    """Return every text that a source ever had, whichever of them is asked for."""
    rows = database.query(
        "WITH RECURSIVE up AS (SELECT id, revision_of FROM source WHERE user_id = %s AND id = %s"
        " UNION SELECT s.id, s.revision_of FROM source s JOIN up ON s.id = up.revision_of WHERE s.user_id = %s),"
        " down AS (SELECT id FROM up UNION SELECT s.id FROM source s JOIN down d ON s.revision_of = d.id"
        " WHERE s.user_id = %s) SELECT s.id FROM source s JOIN down USING (id) WHERE s.status <> %s ORDER BY s.id",
        user_id, source_id, user_id, user_id, FORGOTTEN,
    )  # fmt: skip
    found = [row[0] for row in rows]
    return found if source_id in found else []


def _add_claims(user_id: UUID, plan: Plan) -> None:
    chain = plan.ids("source")
    for table in CLAIMS:
        candidates = " AND c.status = 'candidate'" if table in UNDECIDED else f" AND c.status <> '{FORGOTTEN}'"
        rows = database.query(
            f"SELECT c.id, NOT EXISTS (SELECT 1 FROM provenance p WHERE p.subject_id = c.id AND p.source_id <> ALL(%s))"
            f" FROM {table} c WHERE c.user_id = %s{candidates}"
            " AND c.id IN (SELECT subject_id FROM provenance WHERE source_id = ANY(%s)) ORDER BY c.id",
            chain, user_id, chain,
        )  # fmt: skip
        plan.going[table] = [row[0] for row in rows if row[1]]
        plan.kept[table] = [row[0] for row in rows if not row[1]]
    plan.going["project"] = _unused(user_id, plan)


def _unused(user_id: UUID, plan: Plan) -> list[UUID]:
    """Return the projects that go and that nothing which stays belongs to: a person put it there."""
    used: set[UUID] = set()
    for table in ("source", "memory", "open_loop", "artifact", "graph_edge", "model_call"):
        sql = f"SELECT DISTINCT project_id FROM {table} WHERE user_id = %s AND project_id = ANY(%s) AND id <> ALL(%s)"
        used |= {row[0] for row in database.query(sql, user_id, plan.ids("project"), plan.ids(table))}
    return [one for one in plan.ids("project") if one not in used]


def _add_followers(user_id: UUID, plan: Plan) -> None:
    """Add what hangs on the words or on the claims: ties, updates of projects, requests to models."""
    chain = plan.ids("source")
    ends = [
        *plan.ids("memory"),
        *plan.ids("open_loop"),
        *_column("SELECT id FROM chunk WHERE source_id = ANY(%s)", chain),
    ]
    resting = "SELECT subject_id FROM provenance WHERE source_id = ANY(%s) AND subject_kind = %s"
    plan.going["graph_edge"] = _column(
        f"SELECT id FROM graph_edge WHERE user_id = %s AND (from_id = ANY(%s) OR to_id = ANY(%s) OR id IN ({resting}))",
        user_id, ends, ends, chain, "graph_edge",
    )  # fmt: skip
    updates = database.query(
        "SELECT u.id, u.status = 'candidate' OR u.project_id = ANY(%s) OR NOT EXISTS (SELECT 1 FROM provenance p"
        " WHERE p.subject_id = u.id AND p.source_id <> ALL(%s)) FROM project_update u"
        f" WHERE u.user_id = %s AND (u.project_id = ANY(%s) OR u.id IN ({resting}))",
        plan.ids("project"), chain, user_id, plan.ids("project"), chain, "project_update",
    )  # fmt: skip
    plan.going["project_update"] = [row[0] for row in updates if row[1]]
    plan.changed_updates = [row[0] for row in updates if not row[1]]
    calls = "SELECT DISTINCT model_call_id FROM model_call_passage WHERE source_id = ANY(%s)"
    plan.going["model_call"] = _column(calls, chain)


def _column(sql: str, *values: Any) -> list[UUID]:
    return [row[0] for row in database.query(sql, *values)]


def _words_of(plan: Plan) -> Iterator[str]:
    """Yield the texts that go: of sources, of claims, and of decisions on either."""
    sql = "SELECT content_text, title FROM source WHERE id = ANY(%s)"
    for row in database.query(sql, plan.ids("source")):
        yield from row
    for table in ("memory", "open_loop"):
        yield from (row[0] for row in database.query(f"SELECT text FROM {table} WHERE id = ANY(%s)", plan.ids(table)))
    subjects = [*plan.ids("memory"), *plan.ids("open_loop")]
    for row in database.query(
        "SELECT before ->> 'text', after ->> 'text' FROM decision WHERE subject_id = ANY(%s)", subjects
    ):
        yield from (text for text in row if text)


def _others(user_id: UUID, chain: Sequence[UUID]) -> Iterator[tuple[UUID, tuple[str, str]]]:
    """Yield every other source with its texts, some at a time."""
    with database.handle.atomic(), database.handle.connection().cursor(name="alice_others") as cursor:
        cursor.itersize = 200
        cursor.execute(
            "SELECT id, title, content_text FROM source WHERE user_id = %s AND id <> ALL(%s) AND status <> %s",
            (user_id, list(chain), FORGOTTEN),
        )
        for source_id, title, text in cursor:
            yield source_id, (title, text)


def _shares(known: Phrases, texts: tuple[str, str]) -> bool:
    title, text = map(known.without, texts)
    return title or text


def _elsewhere(user_id: UUID, chain: list[UUID]) -> Iterator[str]:
    """Yield the texts of claims that rest on other words alone: what they say too is theirs."""
    for table in ("memory", "open_loop"):
        rows = database.query(
            f"SELECT text FROM {table} c WHERE user_id = %s AND EXISTS (SELECT 1 FROM provenance p"
            " WHERE p.subject_id = c.id) AND NOT EXISTS (SELECT 1 FROM provenance p WHERE p.subject_id = c.id"
            " AND p.source_id = ANY(%s))",
            user_id, chain,
        )  # fmt: skip
        yield from (row[0] for row in rows)
