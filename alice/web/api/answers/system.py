"""What is answered about Alice herself: whether she answers, and what her API is."""

from __future__ import annotations

from typing import Any, Literal

from alice.web.api.answers import Answer, Open, means


class Health(Answer):
    """Whether the database is reachable."""

    status: Literal["ok", "down"] = means("Whether Alice can work.")
    database: Literal["reachable", "unreachable"] = means("Whether the database answers.")


class Document(Open):
    """An OpenAPI document."""

    openapi: str = means("The version of OpenAPI.", examples=["3.1.0"])
    info: dict[str, Any] = means("What it is about.")
    paths: dict[str, Any] = means("Every address.")
    components: dict[str, Any] = means("The schemas, errors and keys that addresses refer to.")
