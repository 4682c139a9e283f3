"""Measures how Alice answers as a brain grows: `bench/scale.py --memories 1000,10000,100000` prints one JSON object.

For each size, in milliseconds: capturing a note, recalling, a page of what waits, a decision, a daily brief, a look at
what is due; beside them how fast notes came in and how much memory the process took at most. The brain is made up of
real and invented words, as often repeated as words of a language are; it lives in a scratch database.
"""

from __future__ import annotations

import itertools
import json
import random
import resource
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # it is run as a file

from alice import clock
from alice.domain.policy import Actor, owner, visible
from alice.domain.vocab import WorkflowType
from alice.embeddings import static
from alice.queries.composing import recall
from alice.queries.library import inbox, loops, sources
from alice.runs import scan
from alice.runs.jobs import Setting
from alice.services import schedules
from alice.services.composing import briefs
from alice.services.evidence import capture
from alice.services.evidence.capture import Item
from alice.services.reviewing import loops as promises
from bench.scratch import scratch_brain

START = datetime(2024, 1, 1, tzinfo=UTC)
VOCABULARY = 40_000
QUESTIONS = 200
TIMES = 50  # how often anything else is done
BRIEFS = 5
PROMISES = 4  # every so many notes, one holds a promise
FUNCTION_WORDS = ["the", "of", "and", "to", "a", "in", "is", "it", "that", "for", "was", "on"]


class Writer:
    """Writes notes without sense: word n is about n times rarer than the first, as in Zipf's law."""

    def __init__(self, seed: int = 1) -> None:
        self._draw = random.Random(seed)
        real = [word for word in static.vocabulary() if word not in FUNCTION_WORDS]
        self._words = self._draw.sample(real, len(real))
        self._words += itertools.islice(self._invented(), VOCABULARY - len(real))
        # Function words take the first ranks of a language; the commonest of the others stands in a tenth of the texts.
        self._weights = list(itertools.accumulate(1 / (rank + 30) for rank in range(VOCABULARY)))

    def _invented(self) -> Iterator[str]:
        syllables = [
            a + b
            for a in ["b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "z", "br", "tr", "st", "pl"]
            for b in "aeiou"
        ]
        seen: set[str] = set()
        while True:
            word = "".join(self._draw.choices(syllables, k=self._draw.choice((2, 3, 3, 4))))
            if word not in seen:
                seen.add(word)
                yield word

    def passage(self) -> str:
        """Return a paragraph of 8 to 45 words."""
        content = self._draw.choices(self._words, cum_weights=self._weights, k=self._draw.randint(5, 30))
        said = [
            f"{word} {self._draw.choice(FUNCTION_WORDS)}" if self._draw.random() < 0.5 else word for word in content
        ]
        return " ".join(said).capitalize() + "."

    def note(self) -> list[str]:
        """Return a note: a message of one passage, or a page of up to thirty."""
        return [self.passage() for _ in range(self._draw.choice((1, 1, 8, 15, 30)))]

    def question(self, passage: str) -> str:
        """Return two to eight words of a passage, in another order."""
        words = passage.rstrip(".").split()
        return " ".join(self._draw.sample(words, min(len(words), self._draw.randint(2, 8))))


class Grown:
    """A brain that grows to each size in turn and is asked about what is in it."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.passages = 0
        self.sources = 0
        self.now = START
        self._writer = Writer()
        self.questions: list[str] = []

    def to(self, size: int) -> float:
        """Capture notes until `size` passages are there; return how many came in a second."""
        before, began = self.passages, clock.monotonic()
        while self.passages < size:
            batch = list(itertools.islice(self._notes(size), 40))
            capture.capture_many(self.actor, batch, zone="UTC", now=self.now)
        return (self.passages - before) / (clock.monotonic() - began)

    def _notes(self, size: int) -> Iterator[Item]:
        while self.passages < size:
            yield self.note()

    def note(self) -> Item:
        """Return the next note, five minutes after the one before."""
        passages = self._writer.note()
        self.sources += 1
        self.now = START + timedelta(minutes=5 * self.sources)
        if self.sources % 7 == 0:
            self.questions.append(self._writer.question(passages[-1]))
        if self.sources % PROMISES == 0:
            due = (self.now + timedelta(days=self.sources % 30)).date().isoformat()
            passages.append(f"TODO: Ann sends the {' '.join(passages[0].rstrip('.').split()[:4])} by {due}.")
        self.passages += len(passages)
        title = f"Note {self.sources}"
        return Item(text="\n\n".join(passages), connector="bench", title=title, occurred_at=self.now)

    def asked(self) -> list[str]:
        """Return the same number of questions at every size."""
        return random.Random(2).sample(self.questions, min(QUESTIONS, len(self.questions)))


def timed(work: Callable[[Any], object], inputs: list[Any]) -> dict[str, float]:
    """Run `work` on each input and return the median and the 95th percentile in milliseconds."""
    taken = []
    for one in inputs:
        began = clock.monotonic()
        work(one)
        taken.append((clock.monotonic() - began) * 1000)
    taken.sort()
    return {
        "p50_ms": round(taken[len(taken) // 2], 2),
        "p95_ms": round(taken[int(len(taken) * 0.95)], 2),
        "n": len(taken),
    }


def measure_recall(brain: Grown) -> dict[str, float]:
    """Ask for ten passages at a time."""
    scope = visible(brain.actor)
    for question in brain.asked()[:5]:
        recall.passages(scope, question)
    return timed(lambda question: recall.passages(scope, question), brain.asked())


def measure_capture(brain: Grown) -> dict[str, float]:
    """Capture notes one by one, each in a unit of its own."""
    notes = [brain.note() for _ in range(TIMES)]
    return timed(lambda note: capture.capture(brain.actor, note, zone="UTC", now=brain.now), notes)


def measure_inbox(brain: Grown) -> dict[str, float]:
    """Read what the inbox shows: the counts, and a page of sources and of loops."""
    scope = visible(brain.actor)

    def page(_: int) -> None:
        inbox.waiting(scope)
        sources.page(scope, status="new")
        loops.page(scope, status="candidate")

    return timed(page, list(range(TIMES)))


def measure_decision(brain: Grown) -> dict[str, float]:
    """Accept proposed loops, the newest first."""
    waiting = loops.page(visible(brain.actor), status="candidate", limit=TIMES).items
    return timed(lambda loop: promises.review(brain.actor, loop["id"], "accept", now=brain.now), waiting)


def measure_brief(brain: Grown) -> dict[str, float]:
    """Compose a Daily Brief and check it; store nothing."""
    kind = WorkflowType.DAILY_BRIEF
    return timed(lambda _: briefs.compose(kind, brain.actor, now=brain.now, zone="UTC"), list(range(BRIEFS)))


def measure_due_scan(brain: Grown) -> dict[str, float]:
    """Look for what is due, as the daemon does with each tick; nothing is."""
    schedules.ensure_rows(brain.actor, zone="UTC")

    def look(_: int) -> None:
        scan.pick(Setting("", False), now=brain.now, limit=10, busy=[])
        scan.due_count(now=brain.now)
        scan.next_due_at()

    return timed(look, list(range(TIMES)))


MEASURES: dict[str, Callable[[Grown], dict[str, float]]] = {
    "capture": measure_capture,
    "recall": measure_recall,
    "inbox_page": measure_inbox,
    "decision": measure_decision,
    "brief": measure_brief,
    "due_scan": measure_due_scan,
}


def peak() -> float:
    """Return the highest resident memory of this process so far, in megabytes."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


@click.command()
@click.option("--memories", default="1000,10000,100000", help="sizes of the brain in passages, rising")
def main(memories: str) -> None:
    """Grow a brain to each size and print how long each thing takes there."""
    scales = []
    with scratch_brain():
        from alice import config

        brain = Grown(owner(config.load().user_id))
        for size in sorted(int(part) for part in memories.split(",")):
            rate = brain.to(size)
            grown = {"memories": brain.passages, "sources": brain.sources, "import_per_second": round(rate, 1)}
            figures = {name: measure(brain) for name, measure in MEASURES.items()}
            scales.append(grown | figures | {"resident_mb": peak()})
    click.echo(json.dumps({"scales": scales}, indent=2))


if __name__ == "__main__":
    main()
