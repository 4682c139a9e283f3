"""Sets a checked draft: numbers its citations, and writes it as Markdown and as plain JSON values.

It must not compose or check, and never changes a word of a statement.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from alice.brain.wording import day
from alice.domain.composing.grounding import Citation, Draft, LoopNote, Statement
from alice.domain.texts.spans import span
from alice.domain.vocab import StatementKind

_SAID = {StatementKind.INFERENCE: "", StatementKind.UNCERTAINTY: "_Not certain:_ ", StatementKind.FACT: ""}
_MARKUP = re.compile(r"[\\`*\[\]<]|(?<!\w)_|_(?!\w)|^(?=[#>|+=-])")
_NUMBERED = re.compile(r"^(\d{1,9})(?=[.)](?:\s|$))")  # a backslash before a digit would be shown


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A source as the foot of an artifact names it."""

    id: UUID
    title: str
    connector: str
    occurred_on: date


def numbered(draft: Draft) -> dict[Citation, int]:
    """Return a number for each different citation, from 1, in the order of reading."""
    said = [draft.headline, *(s for section in draft.sections for s in section.statements)]
    return {c: n for n, c in enumerate(dict.fromkeys(c for s in said for c in s.citations), 1)}


def sections(draft: Draft) -> list[dict[str, Any]]:
    """Return the sections as JSON values; a citation is its number, since its words belong to the source."""
    numbers = numbered(draft)
    return [
        {
            "key": section.key,
            "title": section.title,
            "statements": [_statement(one, numbers) for one in section.statements],
        }
        for section in draft.sections
    ]


def _statement(said: Statement, numbers: Mapping[Citation, int]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "kind": said.kind.value,
        "text": said.text,
        "topic": said.topic,
        "citations": [numbers[c] for c in said.citations],
    }
    if said.loop:
        note = said.loop
        told["loop"] = {
            "id": str(note.id),
            "due_on": note.due_on.isoformat() if note.due_on else None,
            "owner": note.owner,
            "waiting_for": note.waiting_for,
            "age_days": note.age_days,
        }
    return told


def markdown(draft: Draft, lines: Sequence[SourceLine], *, today: date) -> str:
    """Return the draft as Markdown: the headline, the sections, and the sources with the numbers that cite them."""
    numbers = numbered(draft)
    parts = [f"# {escaped(draft.headline.text)}"]
    for section in draft.sections:
        said = [_line(one, numbers, today) for one in section.statements]
        parts += [f"## {section.title}", "\n".join(said)]
    if foot := _foot(numbers, lines, today):
        parts += ["## Sources", foot]
    return "\n\n".join(parts) + "\n"


def _line(said: Statement, numbers: Mapping[Citation, int], today: date) -> str:
    text = escaped(said.text)
    lead = escaped(said.topic) if said.topic else ""
    if lead and text.startswith(f"{lead}: "):
        text = f"**{lead}:** {text[len(lead) + 2 :]}"
    marks = "".join(f"[{numbers[c]}]" for c in said.citations)
    when = f" — {_when(said.loop, today)}" if said.loop else ""
    return f"- {_SAID.get(said.kind, '')}{text}{when}{' ' if marks else ''}{marks}"


def _when(note: LoopNote, today: date) -> str:
    age = "since today" if note.age_days == 0 else f"{span(note.age_days)} old"
    if note.due_on is None:
        return age
    late = "was due" if note.due_on < today else "due"
    return f"{late} {day(note.due_on, today)}, {age}"


def _foot(numbers: Mapping[Citation, int], lines: Sequence[SourceLine], today: date) -> str:
    """Return one line for each source, in the order in which it is first cited."""
    cited: dict[UUID, list[int]] = {}
    for citation, number in numbers.items():
        cited.setdefault(citation.source_id, []).append(number)
    by_id = {line.id: line for line in lines}
    found = []
    for source_id, marks in cited.items():
        line = by_id[source_id]
        told = f"{escaped(line.title)}, {day(line.occurred_on, today)} ({line.connector.replace('_', ' ')})"
        found.append(f"- {told} {''.join(f'[{mark}]' for mark in marks)}")
    return "\n".join(found)


def escaped(text: str) -> str:
    """Return plain text so that Markdown shows it as it is."""
    return _NUMBERED.sub(r"\1\\", _MARKUP.sub(r"\\\g<0>", text))
