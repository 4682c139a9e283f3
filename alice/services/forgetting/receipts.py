"""Proves that something is forgotten: after the commit it is looked for everywhere, and the receipt says where.

What is found is said; nothing is claimed that was not looked at. What Alice cannot reach is named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from alice import config
from alice.db import database
from alice.domain.phrases import Phrases
from alice.domain.policy import Action, Actor, Scope
from alice.domain.recall import questions
from alice.ledger import gate
from alice.ledger.events import ReceiptChecked
from alice.queries.ledger import receipts
from alice.services.forgetting import leftovers, remnants, searching
from alice.services.forgetting.plans import Plan
from alice.services.forgetting.searching import Looked, Tell

CHECKED = "complete", "incomplete"
ALWAYS_BEYOND = (
    "The original, where it came from: Alice writes into no folder, chat or page.",
    "Free space in the database's files, and its write-ahead log, until they are written over.",
    "Backups and dumps that were made elsewhere, and copies in folders that you chose for them before.",
)


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for afterwards: the plan, the words of the index that its passages held, artifacts that changed.

    `outside` says of what it knows beforehand that it is out of reach.
    """

    plan: Plan
    lexemes: Sequence[str]
    artifact_ids: Sequence[str]
    outside: Sequence[str]


def lexemes(user_id: UUID, source_ids: Sequence[UUID]) -> list[str]:
    """Return the words under which passages of sources are found, before they are erased."""
    rows = database.query(
        "SELECT DISTINCT w.lexeme FROM recall_document d JOIN recall_passage p ON p.place >= d.number << 24"
        " AND p.place < (d.number + 1) << 24 CROSS JOIN LATERAL unnest(p.words) w"
        " WHERE d.user_id = %s AND d.subject_id = ANY(%s) AND w.lexeme <> %s",
        user_id, list(source_ids), questions.mark(user_id),
    )  # fmt: skip
    return [row[0] for row in rows]


def outside(plan: Plan, artifact_ids: Sequence[str]) -> list[str]:
    """Return what is known beforehand to be out of reach: exported files, and models that were sent its words."""
    said = []
    exported = database.query(
        "SELECT count(DISTINCT subject_id) FROM event_log WHERE event_type = 'artifact.exported'"
        " AND subject_kind = 'artifact' AND subject_id = ANY(%s)",
        list(artifact_ids),
    )[0][0]  # fmt: skip
    if exported:
        said.append(f"Files to which artifacts that told of it were exported: {exported} of them were.")
    hosts = database.query(
        "SELECT DISTINCT endpoint_host FROM model_call WHERE id = ANY(%s) AND status IN ('approved', 'done', 'failed')"
        " AND decided_at IS NOT NULL ORDER BY 1",
        plan.ids("model_call"),
    )  # fmt: skip
    said += [f"The model server {host}, which may have been sent words of it." for (host,) in hosts]
    if plan.ids("model_call"):
        said.append("Digests of whole requests to models, in the log.")
    return said


def check(
    actor: Actor, receipt_id: UUID, sought: Sought | None, *, now: datetime, tell: Tell = searching.silent
) -> dict[str, Any]:
    """Look for what was forgotten, keep what was seen in the receipt, and return it.

    Without `sought` nobody knows its words any more, since a crash came between: files are put right and the receipt
    stays unchecked.
    """
    home = config.load().home
    with database.session():
        scope = gate.scope(actor)
        if sought is None:
            ids = receipts.get(scope, receipt_id)["gone"].get("artifacts", [])
            remnants.in_copies(scope, Phrases(), ids, now=now)
            return receipts.get(scope, receipt_id)
        vacuumed = leftovers.clear()
        looked = [*_in_database(scope, sought, tell), *_in_files(scope, home, sought, now)]
        beyond = [*ALWAYS_BEYOND, *sought.outside, *_backups(home), *vacuumed]
        _keep(actor, receipt_id, looked, beyond, now)
        return receipts.get(scope, receipt_id)


def _in_database(scope: Scope, sought: Sought, tell: Tell) -> list[Looked]:
    plan = sought.plan
    return [
        *searching.through(scope.user_id, plan.phrases, _rightly(plan), tell=tell),
        *_rows(scope.user_id, plan),
        _full_text(scope.user_id, sought),
        Looked("vectors of passages (none are kept)"),
        leftovers.samples(plan.phrases, rightly=plan.kind == "memory"),
    ]


def _rightly(plan: Plan) -> searching.Rightly:
    """Return who may hold the words: other sources that do, and, of a memory, whatever else says the same."""
    if plan.kind == "memory":
        return lambda table, _key: table not in ("artifact", "event_log", "receipt", "forgotten_mark")
    shared = set(plan.shared)
    passages = {row[0] for row in database.query("SELECT id FROM chunk WHERE source_id = ANY(%s)", plan.shared)}
    return lambda table, key: (table == "source" and key in shared) or (table == "chunk" and key in passages)


_LEFT = {
    "source": "SELECT id FROM source WHERE id = ANY(%s) AND (status <> 'forgotten' OR content_text <> '' OR title <> ''"
    " OR uri IS NOT NULL OR author IS NOT NULL OR external_id IS NOT NULL OR content_hash <> '' OR metadata <> '{}'"
    " OR length(salt) > 0)",
    "chunk": "SELECT id FROM chunk WHERE source_id = ANY(%s)",
    "provenance": "SELECT id FROM provenance WHERE source_id = ANY(%s)",
    "citation": "SELECT id FROM citation WHERE source_id = ANY(%s)",
    "model_call_passage": "SELECT id FROM model_call_passage WHERE source_id = ANY(%s)",
    "connector_item": "SELECT id FROM connector_item WHERE source_id = ANY(%s)",
    "recall_document": "SELECT number FROM recall_document WHERE subject_id = ANY(%s)",
}


def _rows(user_id: UUID, plan: Plan) -> list[Looked]:
    """Return whether a row that had to go, or to be emptied, is still as it was, however short its text was."""
    told = []
    for table, sql in _LEFT.items():
        told.append(Looked(f"rows of {table}", len(plan.ids("source")), _ids(sql, plan.ids("source"))))
    memories = plan.ids("memory")
    sql = "SELECT id FROM memory WHERE user_id = %s AND id = ANY(%s) AND (text <> '' OR status <> 'forgotten')"
    told.append(
        Looked("rows of memory", len(memories), [str(row[0]) for row in database.query(sql, user_id, memories)])
    )
    gone = [one for found in plan.going.values() for one in found]
    sql = "SELECT id FROM decision WHERE subject_id = ANY(%s) AND (before <> '{}' OR after <> '{}' OR reason <> '')"
    told.append(Looked("rows of decision", len(gone), _ids(sql, gone)))
    return told


def _ids(sql: str, *values: object) -> list[str]:
    return [str(row[0]) for row in database.query(sql, *values)]


def _full_text(user_id: UUID, sought: Sought) -> Looked:
    """Return whether the index still knows a word that no passage holds any more."""
    mark = questions.quoted(questions.mark(user_id))
    asked = [f"{questions.quoted(one)} & {mark}" for one in sought.lexemes]
    rows = database.query(
        "SELECT g.term FROM unnest(%s::text[], %s::text[]) AS g (term, asked) WHERE NOT EXISTS"
        " (SELECT 1 FROM recall_passage p WHERE p.words @@ g.asked::tsquery) AND (EXISTS"
        ' (SELECT 1 FROM recall_term t WHERE t.user_id = %s AND t.term = g.term COLLATE "C") OR EXISTS'
        ' (SELECT 1 FROM recall_change c WHERE c.user_id = %s AND g.term COLLATE "C" = ANY(c.terms)))',
        list(sought.lexemes), asked, user_id, user_id,
    )  # fmt: skip
    return Looked("words of the full-text index", len(sought.lexemes), [str(number) for number in range(len(rows))])


def _in_files(scope: Scope, home: Path, sought: Sought, now: datetime) -> list[Looked]:
    phrases = sought.plan.phrases
    return [
        remnants.in_copies(scope, phrases, sought.artifact_ids, now=now),
        remnants.in_logs(home, phrases),
        remnants.in_home(home, phrases),
    ]


def _backups(home: Path) -> list[str]:
    names = remnants.backups(home)
    return [f"Backups in ALICE_HOME, which hold the brain as it was: {', '.join(names)}."] if names else []


def _keep(actor: Actor, receipt_id: UUID, looked: Sequence[Looked], beyond: Sequence[str], now: datetime) -> None:
    left = sum(bool(one.found) for one in looked)
    status = CHECKED[left > 0]
    with gate.write(actor, Action.FORGET) as unit:
        database.query(
            "UPDATE receipt SET status = %s, looked = %s, beyond = %s, checked_at = %s, version = version + 1"
            " WHERE user_id = %s AND id = %s",
            status, Jsonb([one.as_dict() for one in looked]), Jsonb(list(beyond)), now, unit.user_id, receipt_id,
        )  # fmt: skip
        unit.record(ReceiptChecked(str(receipt_id), status, len(looked), left))
