"""What a question looks for: its terms, what each is worth, and which of them find candidates. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from alice.domain.recall.ranking import rarity

MOST_TERMS = 16
MOST_WORDS = 40  # what is longer is a text and not a question: its own words are enough
MOST_CANDIDATES = 1_500  # passages looked at, whatever the question
COMMON = 0.05  # a term in more of the passages than this finds no candidates …
FEW = 500  # … unless that is no more passages than this
ALIKE = 0.5  # what a word that means alike is worth beside the word itself


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the question: the lexemes it stands for, how many passages hold one, and what finding it is worth.

    `alike` marks lexemes of other words that mean about the same.
    """

    lexemes: tuple[str, ...]
    passages: int
    rarity: float
    alike: bool = False

    @property
    def tsquery(self) -> str:
        """Return the text of a tsquery that matches any of the lexemes."""
        return " | ".join(quoted(lexeme) for lexeme in self.lexemes)


def mark(user_id: UUID) -> str:
    """Return the word that stands in every passage of a brain and in no text: Alice splits words at an `@`."""
    return "@" + hashlib.sha256(user_id.bytes).hexdigest()[:8]


def quoted(lexeme: str) -> str:
    """Return `lexeme` as it is written in a tsquery."""
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"


def terms(found: Mapping[tuple[int, bool], Mapping[str, int]], total: int) -> list[Term]:
    """Return at most `MOST_TERMS` terms for a brain of `total` passages, those first that are worth most.

    `found` has for each word (its number in the question, whether the lexemes are of words alike) the lexemes and how
    many passages hold each. A lexeme counts once, for the question's own word before any other.
    """
    made: list[Term] = []
    taken: set[str] = set()
    own: dict[int, float] = {}
    for (word, alike), held in sorted(found.items(), key=lambda item: (item[0][1], item[0][0])):
        lexemes = tuple(sorted(lexeme for lexeme in held if lexeme not in taken))
        taken.update(lexemes)
        passages = min(total, sum(held[lexeme] for lexeme in lexemes))
        worth = rarity(total, passages)
        if not alike:
            own[word] = worth
        else:
            worth = ALIKE * min(worth, own.get(word, worth))
        if lexemes:
            made.append(Term(lexemes, passages, worth, alike))
    return sorted(made, key=lambda term: (-term.rarity, term.lexemes))[:MOST_TERMS]


def finders(terms: Sequence[Term], total: int) -> str:
    """Return the tsquery that finds candidates among `total` passages: any rare term, or two of the others together.

    A brain with nothing but common words in it is answered too: Postgres meets two posting lists in the index.
    """
    ceiling, left = max(COMMON * total, FEW), MOST_CANDIDATES
    rare: list[Term] = []
    others: list[Term] = []
    for term in sorted(terms, key=lambda term: (term.alike, term.passages, term.lexemes)):
        if term.passages <= ceiling and (term.passages <= left or not rare):
            rare.append(term)
            left -= term.passages
        elif not term.alike:
            others.append(term)
    pairs = [f"({a.tsquery}) & ({b.tsquery})" for n, a in enumerate(others[:3]) for b in others[n + 1 : 3]]
    found = [f"({term.tsquery})" for term in rare] + (pairs if left > 0 else [])
    return " | ".join(found) or min(terms, key=lambda term: term.passages).tsquery
