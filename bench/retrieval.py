"""Measures recall on conversations (LoCoMo) or meetings (QMSum) whose answers are known; prints one JSON object.

Everything goes through capture and recall on a scratch database. It must not change the owner's data.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # it is run as a file

from alice.domain.policy import Actor, owner, visible
from alice.domain.recall.ranking import WEIGHTS, Weights
from alice.queries.composing import recall
from alice.services.evidence import capture
from bench.scratch import scratch_brain

DEPTH = 50  # how far down the list MRR looks, and sessions are taken from
PLAIN = Weights(around=0, document=0, speaker=0, time=0, alike=False)


@dataclass(frozen=True, slots=True)
class Text:
    """A session or a meeting: one source, one line for each turn; `turns` are their names in order."""

    name: str
    title: str
    occurred_at: datetime
    turns: Sequence[str]
    lines: Sequence[str]


@dataclass(frozen=True, slots=True)
class Question:
    """A question, its category, and the answers: each is a set of turns of which one is enough."""

    text: str
    category: str
    answers: Sequence[frozenset[str]]


@dataclass(frozen=True, slots=True)
class Brain:
    """Texts that are remembered together, and what is asked about them."""

    texts: Sequence[Text]
    questions: Sequence[Question]


@dataclass(slots=True)
class Tally:
    """Sums of the figures over questions."""

    rows: list[dict[str, float]] = field(default_factory=list)

    def add(self, found: Sequence[frozenset[str]], answers: Sequence[frozenset[str]]) -> None:
        """Note one ranked list of what each hit covers against the answers."""
        first = [_rank(found, answer) for answer in answers]
        ideal = sum(1 / math.log2(n + 2) for n in range(min(10, len(answers))))
        gain = sum(1 / math.log2(n + 2) for n in first if n is not None and n < 10)
        ranks = [n for n in first if n is not None]
        self.rows.append(
            {
                "recall@5": sum(n < 5 for n in ranks) / len(answers),
                "recall@10": sum(n < 10 for n in ranks) / len(answers),
                "any@10": float(any(n < 10 for n in ranks)),
                "ndcg@10": gain / ideal,
                "mrr": 1 / (min(ranks) + 1) if ranks else 0.0,
            }
        )

    def means(self) -> dict[str, float]:
        """Return the mean of every figure."""
        return {key: round(sum(r[key] for r in self.rows) / len(self.rows), 4) for key in self.rows[0]} | {
            "questions": len(self.rows)
        }


def _rank(found: Sequence[frozenset[str]], answer: frozenset[str]) -> int | None:
    return next((n for n, covered in enumerate(found) if covered & answer), None)


def locomo(file: Path, corrections: Path | None, first: int, last: int | None) -> Iterator[Brain]:
    """Yield the conversations `first` to `last` (counted from 0, both included) as brains."""
    right = {}
    if corrections:
        for entry in json.loads(corrections.read_text()):
            right[entry["question"].strip(), tuple(entry["cited_evidence"])] = entry["correct_evidence"]
    conversations = json.loads(file.read_text())
    for one in conversations[first : None if last is None else last + 1]:
        texts = list(_sessions(one["conversation"]))
        known = {turn for text in texts for turn in text.turns}
        questions = []
        for asked in one["qa"]:
            cited = asked.get("evidence") or []
            cited = right.get((asked["question"].strip(), tuple(cited)), cited)
            named = dict.fromkeys(turn for words in cited for turn in re.findall(r"D\d+:\d+", words))
            answers = [frozenset([turn]) for turn in named if turn in known]
            if answers:
                questions.append(Question(asked["question"], str(asked["category"]), answers))
        yield Brain(texts, questions)


def _sessions(conversation: dict[str, Any]) -> Iterator[Text]:
    numbers = [int(key.split("_")[1]) for key, value in conversation.items() if isinstance(value, list)]
    for number in sorted(numbers):
        when = datetime.strptime(conversation[f"session_{number}_date_time"], "%I:%M %p on %d %B, %Y").replace(
            tzinfo=UTC
        )
        turns = conversation[f"session_{number}"]
        lines = [f"{turn['speaker']}: {_said(turn)}" for turn in turns]
        yield Text(f"D{number}", f"Conversation of {when:%-d %B %Y}", when, [turn["dia_id"] for turn in turns], lines)


def _said(turn: dict[str, Any]) -> str:
    words = " ".join(turn["text"].split())
    return f"{words} [shares {turn['blip_caption']}]" if turn.get("blip_caption") else words


def qmsum(file: Path) -> Iterator[Brain]:
    """Yield each meeting as a brain of its own; an answer is a span of turns."""
    for number, line in enumerate(file.read_text().splitlines()):
        meeting = json.loads(line)
        said = meeting["meeting_transcripts"]
        lines = [f"{turn['speaker']}: {' '.join(turn['content'].split())}" for turn in said]
        text = Text(
            f"M{number}", f"Meeting {number}", datetime(2020, 1, 1, tzinfo=UTC), list(map(str, range(len(said)))), lines
        )
        questions = [
            Question(
                asked["query"],
                "specific",
                [frozenset(map(str, range(int(a), int(b) + 1))) for a, b in asked["relevant_text_span"]],
            )
            for asked in meeting["specific_query_list"]
        ]
        yield Brain([text], questions)


def remember(actor: Actor, brain: Brain) -> dict[Any, tuple[Text, list[tuple[int, str]]]]:
    """Capture the texts; return for each source the text and where its turns begin."""
    items = [
        capture.Item(text="\n".join(text.lines), connector="bench", title=text.title, occurred_at=text.occurred_at)
        for text in brain.texts
    ]
    done = capture.capture_many(actor, items, zone="UTC", now=datetime(2026, 1, 1, tzinfo=UTC))
    placed = {}
    for captured, text in zip(done, brain.texts, strict=True):
        starts, at = [], 0
        for name, line in zip(text.turns, text.lines, strict=True):
            starts.append((at, name))
            at += len(line) + 1
        placed[captured.source_id] = (text, starts)
    return placed


def ask(
    brains: Iterable[Brain], search: Callable[[Actor, str], list[recall.Hit]]
) -> tuple[dict[str, dict[str, Tally]], list[float]]:
    """Put every question to its brain; return tallies by level and category, and the milliseconds taken."""
    tallies: dict[str, dict[str, Tally]] = {"turn": {}, "session": {}}
    taken = []
    for brain in brains:
        actor = owner(uuid4())
        placed = remember(actor, brain)
        session_of = {turn: text.name for text, _starts in placed.values() for turn in text.turns}
        for question in brain.questions:
            began = perf_counter()
            hits = search(actor, question.text)
            taken.append((perf_counter() - began) * 1000)
            covered = [_covered(hit, placed[hit.source_id][1]) for hit in hits]
            sessions = [frozenset([name]) for name in dict.fromkeys(placed[h.source_id][0].name for h in hits)]
            wanted = {session_of[turn] for answer in question.answers for turn in answer}
            for category in ("all", question.category):
                tallies["turn"].setdefault(category, Tally()).add(covered, question.answers)
                tallies["session"].setdefault(category, Tally()).add(sessions, [frozenset([s]) for s in sorted(wanted)])
    return tallies, taken


def _covered(hit: recall.Hit, starts: Sequence[tuple[int, str]]) -> frozenset[str]:
    ends = [at for at, _name in starts[1:]] + [hit.end]
    return frozenset(name for (at, name), end in zip(starts, ends, strict=True) if at < hit.end and end > hit.start)


def report(tallies: dict[str, Tally]) -> dict[str, Any]:
    """Return the means over all questions, and for each category."""
    categories = {name: tally.means() for name, tally in sorted(tallies.items()) if name != "all"}
    return tallies["all"].means() | {"by_category": categories}


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--locomo", type=Path, help="conversations as published by LoCoMo")
    parser.add_argument("--corrections", type=Path, help="corrected evidence for them")
    parser.add_argument("--from", type=int, default=0, dest="first", help="the first conversation, counted from 0")
    parser.add_argument("--to", type=int, default=None, dest="last", help="the last conversation, included")
    parser.add_argument("--qmsum", type=Path, help="meetings as published by QMSum, one JSON object a line")
    parser.add_argument("--plain", action="store_true", help="BM25 of the passage alone, to compare with")
    given = parser.parse_args()
    if bool(given.locomo) == bool(given.qmsum):
        parser.error("name one file: --locomo FILE or --qmsum FILE")
    weights = PLAIN if given.plain else WEIGHTS
    brains = qmsum(given.qmsum) if given.qmsum else locomo(given.locomo, given.corrections, given.first, given.last)
    with scratch_brain():
        tallies, taken = ask(
            brains, lambda actor, text: recall.passages(visible(actor), text, limit=DEPTH, weights=weights)
        )
    taken.sort()
    levels = {"span": report(tallies["turn"])} if given.qmsum else {k: report(v) for k, v in tallies.items()}
    speed = {"p50_ms": round(taken[len(taken) // 2], 2), "p95_ms": round(taken[int(len(taken) * 0.95)], 2)}
    print(json.dumps({"data": "qmsum" if given.qmsum else "locomo", "plain": given.plain} | levels | speed, indent=2))


if __name__ == "__main__":
    main()
