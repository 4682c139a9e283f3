"""Measures the six workflows on a large brain: `bench/workflows.py --memories 100000` prints one JSON object.

The brain is made of invented minutes and notes with promises, decisions and topics that come up again; it lives in a
scratch database. For each workflow: the seconds of composing it three times, and the highest memory of the process.
"""

from __future__ import annotations

import itertools
import json
import resource
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # it is run as a file

from alice import clock
from alice.domain.policy import Actor, owner
from alice.domain.vocab import WorkflowType
from alice.queries.library import inbox
from alice.services.composing import briefs
from alice.services.evidence import capture
from alice.services.evidence.capture import Item
from bench.scale import Writer
from bench.scratch import scratch_brain

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
PEOPLE = ("Ann", "Tom", "Ida", "Bea", "Max", "Eva")
A_DAY = 40  # notes


class Minutes:
    """Writes minutes: a dozen topics out of three hundred that come up again, each with a promise or a decision."""

    def __init__(self) -> None:
        self._writer = Writer(seed=5)
        self._topics = [self._some(3).title() for _ in range(300)]
        self._turn = itertools.count()

    def _some(self, number: int) -> str:
        return " ".join(self._writer.passage().rstrip(".").split()[:number])

    def notes(self, memories: int) -> Iterator[Item]:
        """Yield notes until they hold about so many claims, the newest ones last."""
        count = memories // 24
        for number in range(count):
            at = NOW - timedelta(minutes=(count - number) * 24 * 60 // A_DAY)
            parts = [f"# Board {number}", "## Present", "* Ann Lee\n* Tom Rey\n* Ida Moss", "## Agenda"]
            parts += [self._topic(at) for _ in range(12)]
            yield Item("\n\n".join(parts) + "\n", connector="bench", title=f"Board {number}", occurred_at=at)

    def _topic(self, at: datetime) -> str:
        turn = next(self._turn)
        who, other = PEOPLE[turn % 6], PEOPLE[turn % 5]
        due = (at + timedelta(days=turn % 20)).date().isoformat()
        said = [
            f"{who} will order the {self._some(4)} by {due}.",
            f"Decision: we take the {self._some(4)} for {turn % 90} euros.",
            f"{other}: {self._some(9)} was approved.",
        ]
        return "\n".join([f"* {self._topics[turn * 7 % 300]} [#{turn % 300}](u)", *(f"  * {one}" for one in said)])


def fill(actor: Actor, memories: int) -> dict[str, int]:
    """Capture the notes on their days; return how many of each kind wait."""
    from alice.domain.policy import visible

    notes = Minutes().notes(memories)
    while batch := list(itertools.islice(notes, A_DAY)):
        capture.capture_many(actor, batch, zone="UTC", now=batch[-1].occurred_at)
    return inbox.waiting(visible(actor))


def peak() -> float:
    """Return the highest resident memory of this process so far, in megabytes."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


@click.command()
@click.option("--memories", default=100_000, type=click.IntRange(100), help="about how many claims to fill in")
def main(memories: int) -> None:
    """Fill a brain and print how long each workflow takes there."""
    found: dict[str, Any] = {}
    with scratch_brain() as url:
        actor = owner(_user())
        found["waiting"] = fill(actor, memories)
        _analyze(url)
        found["filled_mb"] = peak()
        for kind in WorkflowType:
            taken = []
            for _ in range(3):
                began = clock.monotonic()
                composed = briefs.compose(kind, actor, now=NOW, zone="UTC")
                taken.append(round(clock.monotonic() - began, 3))
            found[kind.value] = {"seconds": taken, "statements": composed.statements, "peak_mb": peak()}
    click.echo(json.dumps(found, indent=2))


def _user() -> Any:
    from alice import config

    return config.load().user_id


def _analyze(url: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute("ANALYZE")


if __name__ == "__main__":
    main()
