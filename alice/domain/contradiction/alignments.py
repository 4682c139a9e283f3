"""Lays the content words of two clauses side by side: which have a counterpart, and which stand alone.

It judges nothing; what a word without a counterpart means is for the rules to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from alice.domain.contradiction.opposites import covers
from alice.domain.contradiction.readings import Word


@dataclass(frozen=True, slots=True)
class Alignment:
    """What of two clauses meets. `shared` pairs words of the one with words of the other, in the order of the one."""

    shared: tuple[tuple[Word, Word], ...]
    only_one: tuple[Word, ...]
    only_other: tuple[Word, ...]

    @property
    def names(self) -> str:
        """Return the shared words as written, for an explanation."""
        return ", ".join(dict.fromkeys(one.text for one, _ in self.shared))


def align(one: Sequence[Word], other: Sequence[Word]) -> Alignment:
    """Return how the words meet: a word of `one` meets an equal word of `other`, or one of its kind.

    The direction counts: "animal" of `one` is met by "dog" of `other`, "dog" is not met by "animal".
    """
    shared, only_one = [], []
    met: set[str] = set()
    for word in one:
        partner = next((peer for peer in other if peer.root == word.root), None) or next(
            (peer for peer in other if covers(word.root, peer.root)), None
        )
        if partner is None:
            only_one.append(word)
        else:
            shared.append((word, partner))
            met.add(partner.root)
    roots = [word.root for word in one]
    alone = (peer for peer in other if peer.root not in met and not any(covers(r, peer.root) for r in roots))
    return Alignment(tuple(shared), tuple(only_one), tuple(alone))
