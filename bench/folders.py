"""How fast a folder is looked over again: `bench/folders.py --notes 10000` prints one JSON object of seconds.

It writes that many notes into a temporary folder and makes a database of its own, dropped afterwards.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import click

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # it is run as a file

from alice import clock, config
from alice.domain.policy import owner
from alice.services.connecting import connectors
from alice.services.folders import local_folders
from bench.scratch import scratch_brain

EDITED = 10


@click.command()
@click.option("--notes", default=10_000, show_default=True, type=click.IntRange(100))
def main(notes: int) -> None:
    """Sync a folder of NOTES notes: new, unchanged, with a few edits, and moved as a whole."""
    with tempfile.TemporaryDirectory() as place, scratch_brain():
        settings = config.load().changed(home=Path(place).resolve() / "home")
        root = Path(place).resolve() / "notes"
        _write(root / "all", notes)
        actor = owner(settings.user_id)
        local_folders.add_path(actor, root, settings=settings, any_folder=True)
        told: dict[str, Any] = {"notes": notes}
        told["new"] = _sync(actor, settings)
        told["unchanged"] = min((_sync(actor, settings) for _ in range(3)), key=lambda one: one["seconds"])
        for number in range(EDITED):
            (root / "all" / f"{number // 100:03}" / f"{number:05}.md").write_text(f"Edited {number}.")
        told["edited"] = _sync(actor, settings)
        (root / "all").rename(root / "moved")
        told["moved"] = _sync(actor, settings)
        click.echo(json.dumps(told, indent=2))


def _write(root: Path, notes: int) -> None:
    for number in range(notes):
        folder = root / f"{number // 100:03}"
        folder.mkdir(parents=True, exist_ok=True)
        words = " ".join(f"word{number * 7 % (n + 11)}" for n in range(120))
        (folder / f"{number:05}.md").write_text(f"# Note {number}\n\nAnn will send paper {number}.\n\n{words}\n")


def _sync(actor: Any, settings: Any) -> dict[str, Any]:
    began = clock.monotonic()
    told = connectors.sync(actor, "local_folder", settings=settings)
    names = ("imported_count", "revised_count", "moved_count", "skipped_count")
    return {"seconds": round(clock.monotonic() - began, 3), **{name: told[name] for name in names}}


if __name__ == "__main__":
    main()
