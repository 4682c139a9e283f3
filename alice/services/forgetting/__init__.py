"""Forgetting: what goes is found, goes in one transaction, and is looked for afterwards; see docs/forgetting.md."""

from __future__ import annotations

from alice.services.forgetting.acts import MEMORY, SOURCE, memory, preview, source

__all__ = ["MEMORY", "SOURCE", "memory", "preview", "source"]
