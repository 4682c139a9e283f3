"""Makes the table of addresses in the page about the API, of the document that the API makes of itself."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from alice import config
from alice.web.api import openapi
from alice.web.api.openapi import reading
from alice.web.factory import create_app

PAGE = Path(__file__).parent / "api.md"
MARK = "## Every address\n"


def page() -> str:
    """Return the page about the API: what was written by hand, then every address and every error."""
    written = PAGE.read_text(encoding="utf-8").partition(MARK)[0]
    document = _document()
    said = "What an address takes and answers, field by field, stands in the console under `/vnext/api`.\n"
    told = [*_addresses(document), *_headers(document), *_failures(document)]
    return "\n".join([f"{written}{MARK}", said, *told]) + "\n"


def _document() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as home:
        return openapi.document(create_app(config.load({"ALICE_HOME": home})))


def _addresses(document: dict[str, Any]) -> Iterator[str]:
    for group in reading.operations(document):
        yield f"### {group['title']}\n\n| address | |\n|---|---|"
        for one in group["items"]:
            yield f"| `{one['method']} {one['path']}` | {one['says']} |"
        yield ""


def _headers(document: dict[str, Any]) -> Iterator[str]:
    yield "## Headers\n\nEvery address that asks for a key takes these; they narrow what the key allows.\n"
    yield "| header | | |\n|---|---|---|"
    for one in reading.headers(document):
        yield f"| `{one.name}` | {one.kind.text} | {one.meaning} |"
    yield ""


def _failures(document: dict[str, Any]) -> Iterator[str]:
    yield '## Errors\n\nEvery error is `{"error": {"code", "message", "hint", "fields", "trace_id"}}`.\n'
    yield "| status | code | |\n|---|---|---|"
    for one in reading.failures(document):
        yield f"| {one['status']} | `{one['code']}` | {one['says']} |"
