"""No model: it says so when it is asked."""

from __future__ import annotations

from collections.abc import Sequence

from alice.domain.llm.prompts import Passage
from alice.errors import NotConfigured
from alice.llm.base import Reply


class Disabled:
    """Stands where a model would; `why` and `how` say what is missing and how to mend it."""

    provider = "disabled"
    name = "none"
    host: str | None = None
    address: str | None = None

    def __init__(self, why: str, how: str) -> None:
        self.why, self.how = why, how

    def ask(self, body: str, passages: Sequence[Passage], seconds: float) -> Reply:
        """Raise NotConfigured."""
        del body, passages, seconds
        raise NotConfigured(self.why, self.how)
