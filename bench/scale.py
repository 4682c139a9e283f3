"""Measures how Alice answers as a brain grows: `bench/scale.py --memories 1000,10000,100000` prints one JSON object.

The brain is made up of real and invented words, as often repeated as words of a language are; it lives in a scratch
database.
"""

from __future__ import annotations

import itertools
import json
import random
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # it is run as a file

from alice import clock
from alice.domain.policy import Actor, owner, visible
from alice.embeddings import static
from alice.queries import recall
from alice.services import capture
from alice.services.capture import Item
from bench.scratch import scratch_brain

START = datetime(2024, 1, 1, tzinfo=UTC)
VOCABULARY = 40_000
QUESTIONS = 200
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
        self._writer = Writer()
        self.questions: list[str] = []

    def to(self, size: int) -> float:
        """Capture notes until `size` passages are there; return how many came in a second."""
        before, began = self.passages, clock.monotonic()
        while self.passages < size:
            batch = list(itertools.islice(self._notes(size), 40))
            capture.capture_many(self.actor, batch, zone="UTC", now=START + timedelta(days=800))
        return (self.passages - before) / (clock.monotonic() - began)

    def _notes(self, size: int) -> Iterator[Item]:
        while self.passages < size:
            passages = self._writer.note()
            self.passages += len(passages)
            self.sources += 1
            if self.sources % 7 == 0:
                self.questions.append(self._writer.question(passages[-1]))
            when = START + timedelta(minutes=5 * self.sources)
            yield Item(text="\n\n".join(passages), connector="bench", title=f"Note {self.sources}", occurred_at=when)

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


MEASURES: dict[str, Callable[[Grown], dict[str, float]]] = {"recall": measure_recall}


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
            scales.append(grown | {name: measure(brain) for name, measure in MEASURES.items()})
    click.echo(json.dumps({"scales": scales}, indent=2))


if __name__ == "__main__":
    main()
