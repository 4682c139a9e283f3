"""Measures how well loops are found, through the product's own rules.

`--intent FILE` prints precision, recall and f1 of "asks for or promises an action" over labelled sentences
("Yes<TAB>sentence"); `--notes DIR` prints loops_per_100_notes over a folder of notes. Both print one JSON object.
"""

from __future__ import annotations

import argparse
import json
import time
from datetime import UTC, datetime
from pathlib import Path

from alice.domain.extraction import extract
from alice.domain.extraction.open_loops import asks_or_promises
from alice.domain.texts import documents
from alice.domain.texts.chunking import chunks

UNDATED = datetime(2024, 1, 1, 12, tzinfo=UTC)


def intent_figures(path: Path) -> dict[str, float | int]:
    """Return precision, recall, f1 and the counts behind them for a file of labelled sentences."""
    hits = guesses = asks = total = 0
    for line in path.read_text(encoding="utf-8-sig", errors="replace").split("\n"):
        label, tab, sentence = line.partition("\t")
        if not tab or label.strip().lower() not in ("yes", "no"):
            continue
        label_asks = label.strip().lower() == "yes"
        guess = asks_or_promises(sentence, context="message")
        total, hits, guesses, asks = total + 1, hits + (label_asks and guess), guesses + guess, asks + label_asks
    return {
        "sentences": total,
        "precision": round(hits / max(1, guesses), 4),
        "recall": round(hits / max(1, asks), 4),
        "f1": round(2 * hits / max(1, guesses + asks), 4),
    }


def note_figures(folder: Path) -> dict[str, float | int]:
    """Return how many loops and decisions the notes below `folder` give, and how fast they were read."""
    texts = [(path, path.read_text(encoding="utf-8", errors="replace")) for path in sorted(folder.rglob("*.md"))]
    began = time.process_time()
    kinds: dict[str, int] = {}
    for path, text in texts:
        when = documents.read(text, name=path.name).occurred_at or UNDATED
        for claim in extract(text, chunks(text), occurred_at=when, zone="UTC"):
            kinds[claim.kind] = kinds.get(claim.kind, 0) + 1
    seconds = time.process_time() - began
    return {
        "notes": len(texts),
        "loops_per_100_notes": round(100 * kinds.get("open_loop", 0) / max(1, len(texts)), 2),
        "decisions_per_100_notes": round(100 * kinds.get("decision", 0) / max(1, len(texts)), 2),
        "claims": sum(kinds.values()),
        "milliseconds_per_note": round(1000 * seconds / max(1, len(texts)), 2),
        "kilobytes_per_second": round(sum(len(text) for _, text in texts) / 1000 / max(seconds, 1e-9)),
    }


def main() -> None:
    """Print what was asked for as one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--intent", type=Path)
    parser.add_argument("--notes", type=Path)
    options = parser.parse_args()
    for path in (options.intent, options.notes):
        if path is not None and not path.exists():
            parser.error(f"{path} is not there: give the path of the data to measure with")
    if options.intent is None and options.notes is None:
        parser.error("give --intent FILE, --notes DIR, or both")
    answer: dict[str, float | int] = {}
    if options.intent is not None:
        answer |= intent_figures(options.intent)
    if options.notes is not None:
        answer |= note_figures(options.notes)
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
