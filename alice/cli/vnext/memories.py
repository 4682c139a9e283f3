"""`alicebot vnext memories`: what is remembered or waits for you to say whether it should be."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import click

from alice.cli import brain, output
from alice.cli.framework import Group, cursor_option, limit_option
from alice.cli.identifiers import Identifier, identifier, identifiers, short
from alice.cli.reviews import DOMAIN, SENSITIVITY, said, why
from alice.domain.texts import unseen
from alice.domain.vocab import MemoryStatus, MemoryType

DAY = click.DateTime(["%Y-%m-%d"])
STATUS, KIND = click.Choice([s.value for s in MemoryStatus]), click.Choice([t.value for t in MemoryType])
COLUMNS: output.Columns = {
    "said": lambda memory: str(memory["occurred_at"])[:10],
    "id": lambda memory: short(memory["id"]),
    "status": lambda memory: memory["status"],
    "what": lambda memory: unseen.revealed(memory["text"]),
    "careful": lambda memory: output.join(_careful(memory)),
}


LATE = {"forget": ("alice.cli.vnext.forgetting:forget_memory", "Forget a memory for good, after a preview.")}


@click.group(cls=Group, late=LATE)
def group() -> None:
    """What is remembered: list, show, decide on, as it was held on a day, forget."""


@group.command("list")
@click.option("--status", type=STATUS, help="Only in this state.")
@click.option("--type", "memory_type", type=KIND, help="Only of this kind.")
@click.option("--domain", type=DOMAIN, help="Only of this part of life.")
@click.option("--project", "project_id", type=Identifier("project"), help="Only of the project with this id.")
@click.option("--flag", help="Only with this flag, such as instruction_like.")
@click.option("--waiting/--not-waiting", default=None, help="Only what needs a decision now, or what does not.")
@click.option("--backlog/--no-backlog", default=None, help="Only history that came with an import, or none of it.")
@click.option("--query", help="Only what holds words of this.")
@limit_option
@cursor_option
def list_memories(**wanted: Any) -> None:
    """Show memories, the newest first, and how many wait."""
    narrowed = any(value is not None for name, value in wanted.items() if name not in ("limit", "cursor"))
    _list(wanted, "No memory is as you asked." if narrowed else "Nothing is remembered yet.")


@group.command("as-of")
@click.argument("date", type=DAY)
@click.argument("query", required=False)
@limit_option
def as_of(date: datetime, query: str | None, limit: int) -> None:
    """Show what was held, or waited, at the end of DATE, in the words of then; with QUERY what speaks of that."""
    _list({"as_of": date.date(), "query": query, "limit": limit}, "Nothing was held on that day.")


def _list(wanted: dict[str, Any], empty: str) -> None:
    from alice import clock
    from alice.queries.library import memory_lists

    with brain.opened() as opened:
        told = opened.settings
        found = memory_lists.listed(opened.scope, wanted, now=clock.now(), zone=told.timezone, days=told.candidate_days)
    output.show(found, lambda: output.table(found["items"], COLUMNS, empty=empty, foot=_foot(found)))


def _foot(found: dict[str, Any]) -> str:
    waiting = found["waiting"]
    parts = [f"{found['count']} of {found['total']}.", f"{waiting['count']} wait for a decision."]
    if waiting["expiring_count"]:
        parts.append(f"{waiting['expiring_count']} of them are put away within a week.")
    if found["left_out"]:
        parts.append(f"{found['left_out']} left out: no decision stands behind them.")
    return " ".join(parts)


def _careful(memory: Any) -> list[str]:
    hides = ["hides text"] if memory["unseen"] else []
    return [*memory["flags"], *hides, *(["not trusted"] if memory.get("unsealed") else [])]


@group.command()
@identifier("memory_id", "memory")
def show(memory_id: UUID) -> None:
    """Show one memory with its words, what was decided on it and what speaks against it."""
    from alice.queries.library import memories

    with brain.opened() as opened:
        found = memories.get(opened.scope, memory_id, days=opened.settings.candidate_days)
    output.show(found, lambda: _print(found))


def _print(found: dict[str, Any]) -> None:
    names = ("id", "status", "memory_type", "domain", "sensitivity", "proposed_by", "occurred_at", "decided_at",
             "expires_at", "reason", "unsealed")  # fmt: skip
    click.echo(unseen.revealed(found["text"]) + "\n")
    output.pairs({name: found[name] for name in names if found[name] is not None})
    for title, lines in {
        "Hidden in it": [one["says"] for one in found["unseen"]],
        "From": [unseen.revealed(one["quote"]) for one in found["evidence"]],
        "Against it": [f"{one['id']}  {unseen.revealed(one['text'])} ({one['because']})" for one in found["conflicts"]],
        "In place of": [f"{one['id']}  {unseen.revealed(one['text'])}" for one in found["replaced"]],
        "Decided": [f"{one['decided_at']:%Y-%m-%d %H:%M}  {one['action']} by {one['decided_by']}  {one['id']}"
                    for one in found["decisions"]],
    }.items():  # fmt: skip
        if lines:
            click.echo(f"\n{title}:")
            for line in lines:
                click.echo(f"  {line}")


@group.command()
@identifier("memory_id", "memory")
@limit_option
@cursor_option
def revisions(memory_id: UUID, limit: int, cursor: str | None) -> None:
    """Show how the words of a memory changed, the newest change first."""
    from alice.queries.library import memories

    with brain.opened() as opened:
        page = memories.revisions(opened.scope, memory_id, limit=limit, cursor=cursor)
    columns: output.Columns = {
        "when": lambda one: one["decided_at"],
        "action": lambda one: one["action"],
        "before": lambda one: unseen.revealed(one["text_before"] or ""),
        "after": lambda one: unseen.revealed(one["text_after"] or ""),
    }
    output.page(page, columns, empty="Its words never changed.")


_revealed = click.option("--revealed", is_flag=True, help="I have seen what the text hides.")
_ids = identifiers("ids", "memory")
_preview = click.option("--preview", is_flag=True, help="Only say what would happen to each.")


@group.command()
@identifier("memory_id", "memory")
@click.option("--text", help="What is held, in one sentence.")
@click.option("--type", "memory_type", type=KIND)
@click.option("--domain", type=DOMAIN)
@click.option("--sensitivity", type=SENSITIVITY)
@click.option("--project", "project_id", type=Identifier("project"), help="The id of the project it belongs to.")
@_revealed
@why
def edit(memory_id: UUID, reason: str | None, version: int | None, revealed: bool, **values: Any) -> None:
    """Correct a memory; a candidate is accepted with it, and the words before stay as a revision."""
    wanted = said(**values)
    if wanted is None:
        raise click.UsageError("Say what to change: --text, --type, --domain, --sensitivity or --project.")
    _one(memory_id, version, action="edit", edit=wanted, reason=reason, revealed=revealed)


@group.command()
@identifier("memory_id", "memory")
@click.option("--by", required=True, type=Identifier("memory"), help="The id of the memory that holds now.")
@_revealed
@why
def supersede(memory_id: UUID, by: UUID, reason: str | None, version: int | None, revealed: bool) -> None:
    """Let another memory hold in place of this one; a candidate is accepted with it."""
    _one(memory_id, version, action="supersede", by=by, reason=reason, revealed=revealed)


@group.command()
@identifier("memory_id", "memory")
@click.option("--reason", help="Why; it is kept with the decision.")
def undo(memory_id: UUID, reason: str | None) -> None:
    """Take the newest decision on a memory back, with all that was decided in the same act."""
    _one(memory_id, None, action="undo", reason=reason)


@group.command()
@_ids
@click.option("--until", type=DAY, help="The day they come back, YYYY-MM-DD; else in a week.")
@_preview
@why
def snooze(ids: tuple[UUID, ...], until: datetime | None, **more: Any) -> None:
    """Put candidates aside until a day."""
    _several(ids, action="snooze", until=until, **more)


@group.command()
@_ids
@click.option("--into", required=True, type=Identifier("memory"), help="The id of the memory that says the same.")
@_preview
@why
def merge(ids: tuple[UUID, ...], into: UUID, **more: Any) -> None:
    """Let memories go into one that says the same; their words stand behind that one then."""
    _several(ids, action="merge", into=into, **more)


@group.command()
@_ids
@_revealed
@_preview
@why
def accept(ids: tuple[UUID, ...], **more: Any) -> None:
    """Agree that it is so."""
    _several(ids, action="accept", **more)


def _decision(action: str, sentence: str) -> None:
    @group.command(action, help=sentence)
    @_ids
    @_preview
    @why
    def decide(ids: tuple[UUID, ...], **more: Any) -> None:
        _several(ids, action=action, **more)


for _action, _sentence in {
    "reject": "It is not so.",
    "expire": "Put it away: it holds no more, or was never looked at.",
    "reopen": "Let it wait for a decision again.",
}.items():
    _decision(_action, _sentence)


def _several(ids: tuple[UUID, ...], *, preview: bool, version: int | None, until: datetime | None = None,
             **wish: Any) -> None:  # fmt: skip
    """Decide on one memory as on one, so that what cannot be done is an error, and on more as on many."""
    if len(ids) > 1 and version is not None:
        raise click.UsageError("--version goes with one memory.")
    with brain.opened() as opened:
        moment = _moment(until, opened.settings.timezone)
    if len(ids) == 1 and not preview:
        _one(ids[0], version, until=moment, **wish)
    else:
        _many(list(ids), preview, until=moment, **wish)


def _moment(day: datetime | None, zone: str) -> datetime | None:
    from zoneinfo import ZoneInfo

    return day.replace(tzinfo=ZoneInfo(zone)) if day else None


def _one(memory_id: UUID, version: int | None, **wish: Any) -> None:
    from alice.services.reviewing import memories

    with brain.opened() as opened:
        found = memories.review(opened.actor, memory_id, memories.Wish(**wish), version=version)
    output.show(found, lambda: click.echo(f"{found['status'].capitalize()}: {unseen.revealed(found['text'])}"))


def _many(ids: list[UUID], preview: bool, **wish: Any) -> None:
    from alice.services.reviewing import memories, memory_batches

    with brain.opened() as opened:
        done = memory_batches.review(opened.actor, ids, memories.Wish(**wish), preview=preview)
    columns: output.Columns = {
        "outcome": lambda one: one["outcome"],
        "id": lambda one: short(one["id"]),
        "what": lambda one: unseen.revealed((one["memory"] or {"text": ""})["text"]),
        "why not": lambda one: (one["error"] or {"message": None})["message"],
    }
    foot = f"{len(ids) - done['refused_count']} {'possible' if preview else 'done'}, {done['refused_count']} refused."
    output.show(done, lambda: output.table(done["items"], columns, empty="", foot=foot))
