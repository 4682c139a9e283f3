"""Draws claims from text by rules that can be read: one module for each kind. It proposes and decides nothing."""

from __future__ import annotations

from alice.domain.extraction.claims import Claim
from alice.domain.extraction.extracting import extract

__all__ = ["Claim", "extract"]
