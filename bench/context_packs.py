"""How long a context pack takes and what is in it: `bench/context_packs.py --notes DIR` prints one JSON object.

It asks about the subjects that the notes themselves name, on a database of its own that it drops afterwards.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from statistics import mean, quantiles
from typing import Any

import click

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # it is run as a file

from alice import clock, config
from alice.db import database
from alice.domain.policy import Actor, owner
from alice.services.composing import context_packs
from alice.services.evidence import imports
from bench.scratch import scratch_brain

SECTIONS = ("relevant_memories", "decisions", "beliefs", "open_loops", "supporting_evidence", "contradicting_evidence")


@click.command()
@click.option("--notes", required=True, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--questions", default=60, show_default=True, help="How many subjects to ask about.")
@click.option("--show", is_flag=True, help="Print each contradiction too.")
def main(notes: Path, questions: int, show: bool) -> None:
    """Import NOTES, ask, and print times, sizes and whether every citation stands."""
    with tempfile.TemporaryDirectory() as home, scratch_brain():
        me = owner(config.load().user_id)
        imports.import_folder(me, notes, zone="UTC", home=Path(home))
        database.query("ANALYZE")
        packs = [_asked(me, subject) for subject in _subjects(questions)]
        click.echo(json.dumps(_report(packs), indent=2))
        if show:
            for _seconds, pack in packs:
                for pair in pack["contradicting_evidence"]:
                    click.echo(f"{pair['explanation']}\n  {pair['sides'][0]['text']}\n  {pair['sides'][1]['text']}")


def _subjects(most: int) -> list[str]:
    rows = database.query(
        "SELECT subject FROM open_loop WHERE length(subject) > 12 GROUP BY subject ORDER BY md5(subject) LIMIT %s", most
    )
    return [row[0] for row in rows]


def _asked(me: Actor, subject: str) -> tuple[float, dict[str, Any]]:
    began = clock.monotonic()
    pack = context_packs.build(me, f"What was decided about {subject}?", zone="UTC")
    return clock.monotonic() - began, pack


def _report(packs: list[tuple[float, dict[str, Any]]]) -> dict[str, Any]:
    cuts = quantiles([seconds * 1_000 for seconds, _pack in packs[1:]], n=20)
    cited = [one for _seconds, pack in packs for one in _cited(pack)]
    contents = dict(database.query("SELECT id::text, content_text FROM source"))
    right = [contents[one["source_id"]][one["start"] : one["end"]] == one["quote"] for one in cited]
    return {
        "questions": len(packs),
        "first_ms": round(packs[0][0] * 1_000, 1),
        "p50_ms": round(cuts[9], 1),
        "p95_ms": round(cuts[18], 1),
        "tokens": round(mean(pack["budget"]["used_tokens"] for _seconds, pack in packs)),
        "items": {name: round(mean(len(pack[name]) for _seconds, pack in packs), 2) for name in SECTIONS},
        "citations": len(cited),
        "citations_correct": sum(right) / max(1, len(right)),
    }


def _cited(pack: dict[str, Any]) -> list[dict[str, Any]]:
    found = list(pack["supporting_evidence"])
    for name in ("relevant_memories", "decisions", "beliefs", "open_loops"):
        found += [one for item in pack[name] for one in item["evidence"]]
    return found + [
        one for pair in pack["contradicting_evidence"] for side in pair["sides"] for one in side["evidence"]
    ]


if __name__ == "__main__":
    main()
