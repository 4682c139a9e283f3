"""What every model is to Alice: it is handed messages and returns text. It has no tools and sees no table."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from alice.domain.llm.prompts import Passage


@dataclass(frozen=True, slots=True)
class Question:
    """What a model is asked: messages, the JSON schema of the answer, and how to write it."""

    model: str
    messages: Sequence[Mapping[str, str]]
    schema: Mapping[str, Any]
    temperature: float
    max_tokens: int

    def body(self) -> str:
        """Return the request as it is sent; the same question gives the same bytes."""
        told = {
            "model": self.model,
            "messages": list(self.messages),
            "temperature": self.temperature,
            "max_tokens": self.max_tokens,
            "stream": False,
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "answer", "strict": True, "schema": self.schema},
            },
        }
        return json.dumps(told, ensure_ascii=False, sort_keys=True)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model answered, and what it says it cost. Nothing in it is believed."""

    text: str
    model: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class Key(Protocol):
    """A secret that is shown only where it is used."""

    def reveal(self) -> str: ...


class Model(Protocol):
    """A model at one `address`, or inside Alice: then that and its `host` are None, and nothing leaves the process."""

    provider: str
    name: str
    host: str | None
    address: str | None

    def ask(self, body: str, passages: Sequence[Passage], seconds: float) -> Reply:
        """Send `body` and return the reply; raise Upstream within about `seconds`.

        `passages` are those in the body, for a model that needs no words to be told.
        """
        ...
