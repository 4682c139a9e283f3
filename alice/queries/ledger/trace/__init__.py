"""The whole chain behind a thing, both ways: words, claims, decisions, artifacts, runs, events, and whether it holds.

A trace is bounded: the list that it is mostly about can be paged through, each other one says how long it is.
"""

from __future__ import annotations

from alice.queries.ledger.trace.artifacts import artifact
from alice.queries.ledger.trace.claims import loop, memory
from alice.queries.ledger.trace.sources import source

__all__ = ["artifact", "loop", "memory", "source"]
