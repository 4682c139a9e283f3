"""Every address that the application answers, spelled with ids that are nobody's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask

NOBODY = "00000000-0000-7000-8000-00000000dead"
SAMPLES = {"of": "x", "filename": "css/base.css", "number": 1}
SAFE = {"GET", "HEAD", "OPTIONS"}


@dataclass(frozen=True)
class Route:
    """One method at one address."""

    method: str
    path: str
    endpoint: str

    @property
    def is_safe(self) -> bool:
        return self.method in SAFE

    @property
    def is_api(self) -> bool:
        return self.path.startswith("/v0/")

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def routes(app: Flask, *, safe: bool | None = None) -> Iterator[Route]:
    """Yield every route of `app`; with `safe` only those whose method may change something, or may not."""
    adapter = app.url_map.bind("alice.localhost")
    for rule in app.url_map.iter_rules():
        values = {name: SAMPLES.get(name, NOBODY) for name in rule.arguments}
        path = adapter.build(rule.endpoint, values, append_unknown=False)
        for method in sorted(rule.methods or ()):
            if safe is None or (method in SAFE) == safe:
                yield Route(method, path, rule.endpoint)


def queries(one: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what an operation of the document takes in its query; headers stand there by reference."""
    return [field for field in one["parameters"] if field.get("in") == "query"]
