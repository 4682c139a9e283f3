"""Learns the weights of the request cues from labelled sentences, and measures them by cross-validation.

`python bench/train_requests.py --intent FILE [--write]`; FILE has one "Yes<TAB>sentence" or "No<TAB>sentence" a line.
Plain logistic regression with a penalty on large weights, no library: 70 weights and 4,000 sentences need none.
"""

from __future__ import annotations

import argparse
import json
import math
import random
from pathlib import Path

from alice.domain.extraction import request_weights
from alice.domain.extraction.messages import ASKS_FROM
from alice.domain.extraction.requests import cues_of

Row = tuple[bool, frozenset[str]]
PENALTY, STEPS, RATE, MOMENTUM = 1.0, 150, 2.0, 0.9
LEAST = 0.2  # cues that weigh less are left out: they carry noise, and a reader has one line less


def rows_of(path: Path) -> list[Row]:
    """Return (asks, cues) for each labelled line of the file."""
    lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
    pairs = (line.split("\t", 1) for line in lines if line.startswith(("Yes\t", "No\t")))
    return [(label == "Yes", cues_of(sentence)) for label, sentence in pairs]


def train(rows: list[Row], names: frozenset[str] | None = None) -> dict[str, float]:
    """Return the weight of each cue (of `names`, when given) by gradient descent with momentum."""
    used = sorted({cue for _, cues in rows for cue in cues} if names is None else names)
    index = {cue: place for place, cue in enumerate(used)}
    sparse = [(float(asks), [index[cue] for cue in cues if cue in index]) for asks, cues in rows]
    weights, speed = [0.0] * len(used), [0.0] * len(used)
    for _ in range(STEPS):
        slope = [PENALTY * weight for weight in weights]
        for asks, cues in sparse:
            error = 1 / (1 + math.exp(-sum(weights[cue] for cue in cues))) - asks
            for cue in cues:
                slope[cue] += error
        speed = [MOMENTUM * old + new / len(rows) for old, new in zip(speed, slope, strict=True)]
        weights = [weight - RATE * step for weight, step in zip(weights, speed, strict=True)]
    return dict(zip(used, weights, strict=True))


def pruned(rows: list[Row]) -> dict[str, float]:
    """Train, drop the cues that weigh nothing, train again, round."""
    first = train(rows)
    kept = frozenset(cue for cue, weight in first.items() if abs(weight) >= LEAST or cue == "bias")
    return {cue: round(weight, 2) for cue, weight in train(rows, kept).items()}


def figures(rows: list[Row], weights: dict[str, float]) -> tuple[int, int, int]:
    """Return hits, guesses and asks at the product's threshold."""
    hits = guesses = asks = 0
    for label, cues in rows:
        guess = 1 / (1 + math.exp(-sum(weights.get(cue, 0.0) for cue in cues))) >= ASKS_FROM
        hits, guesses, asks = hits + (label and guess), guesses + guess, asks + label
    return hits, guesses, asks


def cross_validated(rows: list[Row], folds: int = 5, seed: int = 0) -> dict[str, float]:
    """Return precision, recall and f1 where every sentence is judged by weights that never saw it."""
    order = list(range(len(rows)))
    random.Random(seed).shuffle(order)
    hits = guesses = asks = 0
    for fold in range(folds):
        held = set(order[fold::folds])
        weights = pruned([row for place, row in enumerate(rows) if place not in held])
        one, two, three = figures([rows[place] for place in held], weights)
        hits, guesses, asks = hits + one, guesses + two, asks + three
    return {
        "precision": round(hits / max(1, guesses), 4),
        "recall": round(hits / max(1, asks), 4),
        "f1": round(2 * hits / max(1, guesses + asks), 4),
    }


def write(weights: dict[str, float]) -> None:
    """Replace the table in `request_weights`, the heaviest first."""
    path = Path(str(request_weights.__file__))
    head = path.read_text(encoding="utf-8").split("WEIGHTS", 1)[0]
    lines = "".join(f'    "{cue}": {weight},\n' for cue, weight in sorted(weights.items(), key=lambda pair: -pair[1]))
    path.write_text(f"{head}WEIGHTS: dict[str, float] = {{\n{lines}}}\n", encoding="utf-8")


def main() -> None:
    """Print the cross-validated figures as JSON; with --write, learn from all and store the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--intent", type=Path, required=True)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    rows = rows_of(options.intent)
    answer: dict[str, object] = {"sentences": len(rows), "five_fold": cross_validated(rows)}
    weights = pruned(rows)
    answer["cues"] = len(weights)
    if options.write:
        write(weights)
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
