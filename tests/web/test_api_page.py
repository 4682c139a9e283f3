"""The tour of docs/api.md is taken: every command runs against a served Alice, and answers what the page says."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from alice.config import Settings
from alice.services.access import tokens
from alice.web.factory import create_app
from tests.support.fuzzing import serving
from tests.support.serving import free_port

PAGE = Path(__file__).resolve().parents[2] / "docs" / "api.md"
BLOCK = re.compile(r"```(sh|json)\n(.*?)```", re.S)
MARK = "\x1e"


def steps() -> list[tuple[str, list[Any]]]:
    """Return the commands of the page, each with the answers that stand beneath it."""
    found: list[tuple[str, list[Any]]] = []
    for kind, text in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        if kind == "sh":
            found.append((text, []))
        else:
            found[-1][1].extend(values(text))
    return found


def values(text: str) -> Iterator[Any]:
    """Yield the JSON values that stand one after the other in a text."""
    decoder, at = json.JSONDecoder(), 0
    while text[at:].strip():
        at += len(text[at:]) - len(text[at:].lstrip())
        value, at = decoder.raw_decode(text, at)
        yield value


def fits(answer: Any, told: Any) -> bool:
    """Tell whether an answer is what the page tells of it: `…` is anything, and more may be there than is told."""
    if told == "…":
        return answer is not None
    if isinstance(told, dict):
        return isinstance(answer, dict) and all(name in answer and fits(answer[name], told[name]) for name in told)
    if isinstance(told, list):
        return len(answer) >= len(told) and all(map(fits, answer, told))
    return bool(answer == told)


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl on this machine")
def test_every_command_of_the_page_answers_what_it_says(settings: Settings) -> None:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    tokens.operator(settings.home)
    told = {"ALICE_HOME": str(settings.home), "ALICE_PUBLIC_API_URL": address}
    script = f"set -euo pipefail\n{f'printf {MARK}{chr(10)}'.join(commands for commands, _ in steps())}"
    with serving(create_app(settings.changed(port=port, public_api_url=address)), port):
        done = subprocess.run(
            ["bash", "-c", script], env=os.environ | told, capture_output=True, text=True, timeout=120
        )
    assert done.returncode == 0, done.stderr
    answers = [list(values(said)) for said in done.stdout.split(MARK)]
    assert len(answers) == len(steps()) > 8
    for (commands, wanted), given in zip(steps(), answers, strict=True):
        assert len(given) == len(wanted), commands
        for answer, expected in zip(given, wanted, strict=True):
            assert fits(answer, expected), f"{commands}\nanswered {json.dumps(answer, indent=1)[:3_000]}"


def test_what_does_not_fit_is_seen() -> None:
    assert fits({"a": [1, 2], "b": 3}, {"a": [1]})
    assert not fits({"a": [1]}, {"a": [1, 2]})
    assert not fits({"a": 1}, {"b": "…"})
    assert not fits({"a": None}, {"a": "…"})
    assert list(values('{"a": 1}\n{"b": 2}')) == [{"a": 1}, {"b": 2}]
