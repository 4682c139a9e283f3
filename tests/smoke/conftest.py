"""What the smoke tests of the served console need."""

from __future__ import annotations

from tests.support.serving import served

__all__ = ["served"]
