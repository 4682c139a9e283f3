"""Tells whether two claims contradict each other, and in what, with its reason. It never says which side is right."""

from __future__ import annotations

from alice.domain.contradiction.pairs import Side, between
from alice.domain.contradiction.rules import Conflict, ConflictKind

__all__ = ["Conflict", "ConflictKind", "Side", "between"]
