"""Alice: a local-first, governed second brain for one person and their agents."""

from __future__ import annotations

__version__ = "0.1.0"
