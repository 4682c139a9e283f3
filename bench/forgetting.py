"""How long forgetting takes as a brain grows: `bench/forgetting.py --memories 1000,20000` prints one JSON object.

At each size one long note is forgotten, with everything drawn from it; seconds are of the preview and of the whole act,
the look through every column of the database included. The receipt has to be complete.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import click

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # it is run as a file

from alice import clock, config
from alice.db import database
from alice.domain.policy import owner
from alice.services.forgetting import acts
from bench.scale import Grown, peak
from bench.scratch import scratch_brain


@click.command()
@click.option("--memories", default="1000,20000", help="sizes of the brain in passages, rising")
def main(memories: str) -> None:
    """Grow a brain to each size and forget one of its notes."""
    with scratch_brain():
        brain = Grown(owner(config.load().user_id))
        scales = []
        for size in sorted(int(part) for part in memories.split(",")):
            brain.to(size)
            scales.append(_forgotten(brain))
    click.echo(json.dumps({"scales": scales}, indent=2))


def _forgotten(brain: Grown) -> dict[str, Any]:
    note, length = _long_note()
    began = clock.monotonic()
    acts.preview(brain.actor, acts.SOURCE, note)
    seen = clock.monotonic()
    receipt = acts.source(brain.actor, note, now=brain.now)
    done = clock.monotonic()
    if receipt["status"] != "complete":
        raise click.ClickException(f"the receipt is {receipt['status']}")
    return {
        "memories": brain.passages,
        "sources": brain.sources,
        "characters": length,
        "places": len(receipt["looked"]),
        "preview_seconds": round(seen - began, 2),
        "forget_seconds": round(done - seen, 2),
        "resident_mb": peak(),
    }


def _long_note() -> tuple[UUID, int]:
    """Return a note of thirty passages or so: the longest of the newest hundred."""
    found: tuple[UUID, int] = database.query(
        "SELECT id, char_count FROM (SELECT id, char_count FROM source WHERE status <> 'forgotten'"
        " ORDER BY captured_at DESC LIMIT 100) AS newest ORDER BY char_count DESC LIMIT 1"
    )[0]
    return found


if __name__ == "__main__":
    main()
