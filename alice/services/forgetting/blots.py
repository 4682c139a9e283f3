"""Takes what was forgotten out of artifacts: the statements that tell of it go, and what is left is set anew.

What to take is found before the transaction; inside it only those artifacts are read that appeared in the meantime.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from psycopg.types.json import Jsonb

from alice.brain import rendering
from alice.brain.rendering import SourceLine
from alice.db import database
from alice.domain.composing import blotting
from alice.domain.composing.blotting import Kept, Stain
from alice.domain.composing.grounding import Citation, Draft, LoopNote, Section, Statement
from alice.domain.policy import Scope
from alice.domain.scheduling.workflows import ABOUT
from alice.domain.vocab import StatementKind, WorkflowType
from alice.ledger.events import ArtifactWordsRemoved
from alice.ledger.unit import Unit
from alice.queries.composing import briefing
from alice.services.forgetting.plans import Plan

_GONE = "_What stood here was forgotten._"
_MARK = re.compile(r"(?<!\\)\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Blot:
    """An artifact as it will read: `moved` says where its statements are then, `removed` how many went."""

    title: str
    markdown: str
    sections: list[blotting.Section]
    removed: int
    moved: dict[tuple[int, int], tuple[int, int]]
    emptied: bool
    about: dict[str, Any]  # what was noted about the model that wrote it, without its words


@dataclass(slots=True)
class Blots:
    """What becomes of each artifact that has to change, and which were looked at."""

    by_id: dict[UUID, Blot] = field(default_factory=dict)
    looked_at: set[UUID] = field(default_factory=set)


def find(scope: Scope, plan: Plan, blots: Blots, *, zone: str) -> None:
    """Look through the artifacts that were not looked at, and add what has to become of them to `blots`."""
    cited, called = _cited(scope.user_id, plan), _called(plan)
    loops = frozenset(map(str, plan.ids("open_loop")))
    for row in _rows(scope.user_id, blots.looked_at):
        blots.looked_at.add(row["id"])
        uncited = row["generation_mode"] == "model_backed" and (row["id"] in called or row["id"] in cited)
        stain = Stain(cited.get(row["id"], frozenset()), loops, plan.phrases, uncited)
        if found := _blot(scope, row, stain, zone):
            blots.by_id[row["id"]] = found


def _cited(user_id: UUID, plan: Plan) -> dict[UUID, frozenset[int]]:
    """Return the numbers under which artifacts cite what goes: any word of a source, or exactly those of a memory."""
    rows = database.query(
        "SELECT artifact_id, number FROM citation WHERE user_id = %s AND source_id = ANY(%s)"
        " UNION SELECT c.artifact_id, c.number FROM citation c JOIN provenance p ON p.source_id = c.source_id"
        ' AND p.start = c.start AND p."end" = c."end" WHERE c.user_id = %s AND p.subject_id = ANY(%s)',
        user_id, plan.ids("source"), user_id, plan.ids("memory"),
    )  # fmt: skip
    found: dict[UUID, set[int]] = {}
    for artifact_id, number in rows:
        found.setdefault(artifact_id, set()).add(number)
    return {one: frozenset(numbers) for one, numbers in found.items()}


def _called(plan: Plan) -> set[UUID]:
    """Return the artifacts that a model wrote from what goes."""
    sql = "SELECT artifact_id FROM model_call WHERE id = ANY(%s) AND artifact_id IS NOT NULL"
    return {row[0] for row in database.query(sql, plan.ids("model_call"))}


def _rows(user_id: UUID, known: set[UUID]) -> Iterator[dict[str, Any]]:
    ids = database.query("SELECT id FROM artifact WHERE user_id = %s AND id <> ALL(%s)", user_id, list(known))
    for (artifact_id,) in ids:
        yield from database.rows("SELECT * FROM artifact WHERE id = %s", artifact_id)


def _blot(scope: Scope, row: Mapping[str, Any], stain: Stain, zone: str) -> Blot | None:
    """Return what becomes of an artifact, None when nothing has to."""
    about = {name: row[name] for name in ("model_info", "routing")}
    kept = blotting.blotted(row["sections"], stain)
    title = _title(row, kept, stain, zone)
    held = stain.phrases.stands_in([row["content_markdown"], about])
    if not kept.removed and title == row["title"] and not held:
        return None
    left = {name: {} if stain.phrases.stands_in(value) else value for name, value in about.items()}
    markdown = _markdown(scope, row, title, kept.sections, zone, without=stain.numbers)
    if not stain.phrases.stands_in([title, markdown, kept.sections]):
        return Blot(title, markdown, kept.sections, len(kept.removed), kept.moved, False, left)
    neutral = _neutral(row, zone)
    said = sum(len(section["statements"]) for section in row["sections"])
    return Blot(neutral, f"# {rendering.escaped(neutral)}\n\n{_GONE}\n", [], said, {}, True, left)


def _title(row: Mapping[str, Any], kept: Kept, stain: Stain, zone: str) -> str:
    """Return the title, or one that says nothing when it is drawn from what goes."""
    neutral = _neutral(row, zone)
    its_own = not _numbers(row["sections"]).issuperset(stain.numbers)  # only the headline cites them
    tells = its_own or blotting.gives_away(row["title"], kept, stain, spared=neutral)
    return neutral if tells else row["title"]


def _neutral(row: Mapping[str, Any], zone: str) -> str:
    """Return what an artifact is called whatever it says: its workflow and its day."""
    on = _day(row, zone)
    return f"{ABOUT[WorkflowType(row['artifact_type'])].title}, {on.day} {on:%B %Y}"


def _day(row: Mapping[str, Any], zone: str) -> date:
    moment: datetime = row["covers_to"]
    return moment.astimezone(ZoneInfo(zone)).date()


def _markdown(
    scope: Scope,
    row: Mapping[str, Any],
    title: str,
    sections: list[blotting.Section],
    zone: str,
    *,
    without: Collection[int],
) -> str:
    """Return what is left as Markdown, each citation under the number that it had and in that order."""
    rows = database.query(
        'SELECT number, source_id, chunk_id, start, "end" FROM citation WHERE artifact_id = %s', row["id"]
    )
    cited = {row[0]: Citation(row[1], row[2], row[3], row[4], "") for row in rows}
    left = _numbers(sections)
    if title == row["title"]:
        left |= cited.keys() - _numbers(row["sections"]) - set(without)  # those of the headline alone
    headline = Statement(StatementKind.INFERENCE, title, tuple(cited[one] for one in sorted(left & cited.keys())))
    draft = Draft(headline, tuple(_section(one, cited) for one in sections), title)
    numbers = rendering.numbered(draft)
    ids = sorted({one.source_id for one in numbers}, key=str)
    lines = [SourceLine(*line) for line in briefing.sources(scope, ids, zone)]
    text = rendering.markdown(draft, lines, today=_day(row, zone))
    before = {numbers[one]: number for number, one in cited.items() if one in numbers}
    return _MARK.sub(lambda mark: f"[{before.get(int(mark[1]), mark[1])}]", text)


def _numbers(sections: Sequence[blotting.Section]) -> set[int]:
    """Return the numbers that statements cite."""
    return {number for section in sections for one in section["statements"] for number in one["citations"]}


def _section(told: blotting.Section, cited: Mapping[int, Citation]) -> Section:
    return Section(told["key"], told["title"], tuple(_statement(one, cited) for one in told["statements"]))


def _statement(told: Mapping[str, Any], cited: Mapping[int, Citation]) -> Statement:
    note = told.get("loop")
    loop = None
    if note:
        due = date.fromisoformat(note["due_on"]) if note["due_on"] else None
        loop = LoopNote(UUID(note["id"]), note["age_days"], note["owner"], note["waiting_for"], due)
    cites = tuple(cited[number] for number in told["citations"] if number in cited)
    return Statement(StatementKind(told["kind"]), told["text"], cites, topic=told.get("topic"), loop=loop)


def apply(unit: Unit, blots: Blots, receipt_id: UUID) -> None:
    """Write every artifact as it will read, inside `unit`."""
    for artifact_id, blot in blots.by_id.items():
        database.query(
            "UPDATE artifact SET title = %s, content_markdown = %s, sections = %s, model_info = %s, routing = %s,"
            " prompt_hash = NULL, version = version + 1 WHERE id = %s AND user_id = %s",
            blot.title, blot.markdown, Jsonb(blot.sections), Jsonb(blot.about["model_info"]),
            Jsonb(blot.about["routing"]), artifact_id, unit.user_id,
        )  # fmt: skip
        if blot.emptied:
            database.query("DELETE FROM citation WHERE artifact_id = %s", artifact_id)
        _move_feedback(artifact_id, blot)
        unit.record(ArtifactWordsRemoved(str(artifact_id), str(receipt_id), blot.removed, blot.emptied))


def _move_feedback(artifact_id: UUID, blot: Blot) -> None:
    """Let what the owner said of a statement go with it, or stay with it at its new place."""
    rows = database.query(
        "SELECT id, section, statement FROM insight_feedback WHERE artifact_id = %s AND section >= 0"
        " ORDER BY section, statement",
        artifact_id,
    )  # fmt: skip
    for identifier, section, statement in rows:
        place = blot.moved.get((section, statement))
        if place is None:
            database.query("DELETE FROM insight_feedback WHERE id = %s", identifier)
        else:
            move = "UPDATE insight_feedback SET section = %s, statement = %s WHERE id = %s"
            database.query(move, *place, identifier)
