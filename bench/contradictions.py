"""Measures how well contradictions are told from pairs that only differ, through the product's own function.

`--sick FILE` takes tab-separated pairs with the columns sentence_A, sentence_B and entailment_judgment (or
entailment_label, as some copies call it), and prints one JSON object: precision, recall and f1 of CONTRADICTION against
everything else. `--part even|odd` takes half of the pairs; `--show missed|wrong` lists the pairs instead.
"""

from __future__ import annotations

import argparse
import csv
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from alice.domain.contradiction import Side, between

_WHEN = datetime(2024, 1, 1, 12, tzinfo=UTC)  # the pairs have no day: both sides are said at one time


class Pair(NamedTuple):
    """Two sentences and whether people say that they contradict each other."""

    one: str
    other: str
    contradicts: bool


def pairs_of(path: Path, part: str | None) -> Iterator[Pair]:
    """Yield the pairs of the file, or every second one of them."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        for number, row in enumerate(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)):
            if part is None or part == ("odd" if number % 2 else "even"):
                label = (row.get("entailment_judgment") or row.get("entailment_label") or "").strip().upper()
                yield Pair(row["sentence_A"], row["sentence_B"], label == "CONTRADICTION")


def figures(pairs: list[Pair], guesses: list[bool]) -> dict[str, float | int]:
    """Return the counts and what follows from them."""
    right = sum(guess and pair.contradicts for pair, guess in zip(pairs, guesses, strict=True))
    found, there = sum(guesses), sum(pair.contradicts for pair in pairs)
    return {
        "pairs": len(pairs),
        "contradictions": there,
        "found": found,
        "precision": round(right / max(1, found), 4),
        "recall": round(right / max(1, there), 4),
        "f1": round(2 * right / max(1, found + there), 4),
    }


def main() -> None:
    """Print the figures as one JSON object, or the pairs that were told wrongly."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sick", type=Path, required=True)
    parser.add_argument("--part", choices=("even", "odd"))
    parser.add_argument("--show", choices=("missed", "wrong"))
    options = parser.parse_args()
    if not options.sick.exists():
        parser.error(f"{options.sick} is not there: give the path of the pairs to measure with")
    pairs = list(pairs_of(options.sick, options.part))
    began = time.process_time()
    conflicts = [between(Side(pair.one, _WHEN), Side(pair.other, _WHEN)) for pair in pairs]
    seconds = time.process_time() - began
    if options.show:
        for pair, conflict in zip(pairs, conflicts, strict=True):
            if pair.contradicts == (options.show == "missed") and (conflict is None) == pair.contradicts:
                print(pair.one, pair.other, conflict.explanation if conflict else "", sep=" | ")
        return
    answer = figures(pairs, [conflict is not None for conflict in conflicts])
    print(json.dumps(answer | {"pairs_per_second": round(len(pairs) / max(seconds, 1e-9))}))


if __name__ == "__main__":
    main()
