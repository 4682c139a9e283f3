"""How fast a folder of notes comes in, end to end: `bench/notes.py --notes DIR` prints one JSON object.

It makes a database of its own on the configured server and drops it afterwards; the second pass has to add nothing.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
from pathlib import Path
from typing import Any

import click

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # it is run as a file

from alice import clock, config
from alice.db import database
from alice.domain.policy import owner
from alice.services.evidence import imports
from bench.scratch import scratch_brain


@click.command()
@click.option("--notes", required=True, type=click.Path(exists=True, file_okay=False, path_type=Path))
def main(notes: Path) -> None:
    """Import NOTES twice and print what it took."""
    with tempfile.TemporaryDirectory() as home, scratch_brain():
        first, seconds = _import(notes, Path(home))
        again, second_seconds = _import(notes, Path(home))
        click.echo(json.dumps(_report(first, seconds, again, second_seconds), indent=2))


def _import(notes: Path, home: Path) -> tuple[imports.Report, float]:
    settings = config.load()
    began = clock.monotonic()
    report = imports.import_folder(owner(settings.user_id), notes, zone=settings.timezone, home=home)
    return report, clock.monotonic() - began


def _report(first: imports.Report, seconds: float, again: imports.Report, second_seconds: float) -> dict[str, Any]:
    kinds = dict(database.query("SELECT loop_kind, count(*) FROM open_loop GROUP BY 1 ORDER BY 1"))
    return {
        "sources": first.imported,
        "chunks": first.chunks,
        "candidates": first.candidates,
        "open_loops_by_kind": kinds,
        "memories_by_type": dict(database.query("SELECT memory_type, count(*) FROM memory GROUP BY 1 ORDER BY 1")),
        "rejected": first.as_dict()["rejected_by_reason"],
        "seconds": round(seconds, 3),
        "notes_per_second": round(first.imported / seconds, 1),
        "second_pass": {"added": again.imported, "seconds": round(second_seconds, 4)},
        "second_pass_share": round(second_seconds / seconds, 4),
        "peak_memory_mb": _peak(resource.RUSAGE_SELF),
        "reader_peak_memory_mb": _peak(resource.RUSAGE_CHILDREN),
    }


def _peak(who: int) -> float:
    """Return the highest resident memory of this process, or of the one that read ahead, in megabytes."""
    return round(resource.getrusage(who).ru_maxrss / 1024, 1)


if __name__ == "__main__":
    main()
