"""`alicebot vnext traces`: where something comes from and what was made of it, as a tree on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import click

from alice.cli import brain, output
from alice.cli.framework import Group
from alice.cli.identifiers import identifier, short

if TYPE_CHECKING:
    from rich.tree import Tree

Items = Iterable[Mapping[str, Any]]


@click.group(cls=Group)
def group() -> None:
    """The chain behind a thing, both ways, and whether it holds: source, artifact, memory, open-loop."""


def _command(name: str, kind: str, sentence: str) -> None:
    @group.command(name, help=sentence)
    @identifier("subject_id", name.replace("-", " "))
    @click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 500), help="How many of each list.")
    @click.option("--skip", default=0, type=click.IntRange(0), help="How many of the main list to leave out before.")
    def show(subject_id: Any, limit: int, skip: int) -> None:
        from alice.queries.ledger import trace

        with brain.opened() as opened:
            found = getattr(trace, kind)(opened.scope, subject_id, limit=limit, skip=skip)
        output.show(found, lambda: _draw(found))


for _name, _kind, _sentence in (
    ("source", "source", "Follow a source to what was drawn from it and what cites it."),
    ("artifact", "artifact", "Follow an artifact back to the words that it cites."),
    ("memory", "memory", "Follow a memory back to its words, and to what tells of it."),
    ("open-loop", "loop", "Follow an open loop back to its words, and to what tells of it."),
):
    _command(_name, _kind, _sentence)


def _draw(found: Mapping[str, Any]) -> None:
    """Print a trace as a tree; what does not hold is red."""
    from rich.console import Console
    from rich.tree import Tree

    tree = Tree(_line(found["kind"].replace("_", " "), _title(found), found["integrity"]))
    {"source": _source, "artifact": _artifact}.get(found["kind"], _claim)(tree, found)
    _decisions(tree, found["decisions"])
    _part(tree, "events", found["events"], lambda e: _line(f"{e['seq']}", f"{e['event_type']} by {e['actor']}"))
    hidden = {name: count for name, count in found["held_back"].items() if count}
    if hidden:
        tree.add(f"not shown: {output.join([f'{count} {name}' for name, count in hidden.items()])}")
    Console(highlight=False, markup=False).print(tree)


def _title(found: Mapping[str, Any]) -> str:
    row = found.get("source") or found.get("artifact") or found["claim"]
    name = row.get("title") or row.get("text") or "(forgotten)"
    return f"{name} ({row['status'].replace('_', ' ')})"


def _line(lead: str, words: str, integrity: str = "ok") -> Any:
    from rich.text import Text

    line = Text.assemble((f"{lead} ", "bold"), words)
    return line if integrity == "ok" else line.append(f" [{integrity}]", "red")


def _part(tree: Tree, name: str, part: Mapping[str, Any], line: Callable[[Any], Any]) -> None:
    """Add a list with its length; what comes before or after these is counted."""
    if not part["total"]:
        return
    branch = tree.add(f"{name}: {part['total']:,}")
    if part["skipped"]:
        branch.add(f"… {part['skipped']:,} before")
    for one in part["items"]:
        leaf = branch.add(line(one))
        for inner in (*one.get("spans", ()), *one.get("claims", ())):
            leaf.add(_inner(inner))
        _decisions(leaf, one.get("decisions", ()))
    if left := part["total"] - part["skipped"] - part["count"]:
        branch.add(f"… {left:,} more")


def _inner(one: Mapping[str, Any]) -> Any:
    if "quote" in one:
        return _line(f"{one['start']}–{one['end']}", f"“{one['quote']}”", one["integrity"])
    return _line(one["kind"].replace("_", " "), f"{one['text']} ({one['status']})")


def _decisions(tree: Tree, decisions: Items) -> None:
    for one in decisions:
        why = f": {one['reason']}" if one["reason"] else ""
        tree.add(_line(one["action"], f"by {one['decided_by']}, {one['decided_at']:%Y-%m-%d %H:%M}{why}"))


def _source(tree: Tree, found: Mapping[str, Any]) -> None:
    if found["receipt_id"]:
        tree.add(_line("receipt", found["receipt_id"]))
    for one in found["revisions"] if len(found["revisions"]) > 1 else ():
        tree.add(_line(f"text {one['revision']}", f"{one['id']} ({one['status']})"))
    _part(tree, "passages", found["passages"],
          lambda p: _line(f"{p['start']}–{p['end']}", p["heading"] or "", p["integrity"]))  # fmt: skip
    _part(tree, "drawn from it", found["claims"],
          lambda c: _line(c["kind"].replace("_", " "), f"{c['text']} ({c['status']})", c["integrity"]))  # fmt: skip
    _part(tree, "cited by", found["artifacts"], _citing)


def _artifact(tree: Tree, found: Mapping[str, Any]) -> None:
    if run := found["run"]:
        tree.add(_line("run", f"{run['id']} ({run['status']}, {run['triggered_by']})"))
    if slot := found["slot"]:
        tree.add(_line("slot", f"{slot['scheduled_for']:%Y-%m-%d %H:%M} ({slot['outcome']})"))
    _part(tree, "cites", found["citations"],
          lambda c: _line(f"[{c['number']}]", f"“{c['quote']}” — {c['source_title']}", c["integrity"]))  # fmt: skip
    for loop in found["loops"]:
        tree.add(_line("loop", f"{loop['text']} ({loop['status']})"))


def _claim(tree: Tree, found: Mapping[str, Any]) -> None:
    _part(tree, "words", found["evidence"], _words)
    _part(tree, "cited by", found["artifacts"], _citing)


def _words(one: Mapping[str, Any]) -> Any:
    return _line(f"{one['start']}–{one['end']}", f"“{one['quote']}” — {one['source_title']}", one["integrity"])


def _citing(artifact: Mapping[str, Any]) -> Any:
    numbers = "".join(f"[{one['number']}]" for one in artifact["citations"])
    run = artifact["run"]
    by = f", run {short(run['id'])}" if run else ""
    return _line(
        artifact["artifact_type"].replace("_", " "), f"{artifact['title']} {numbers} ({artifact['status']}{by})"
    )
