"""What the tests of commands share."""

from __future__ import annotations

import json
from typing import Any

import pytest

from alice.cli import root
from alice.db import database
from alice.domain.policy import Actor


@pytest.fixture
def run(db: str, alice: Actor, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Type one command; return its exit code and what it printed as JSON, the error where there was one."""
    monkeypatch.setenv("ALICE_DATABASE_URL", db)
    monkeypatch.setenv("ALICE_USER_ID", str(alice.user_id))

    def typed(*words: str) -> tuple[int, Any]:
        code = root.code(["--json", "vnext", *words])
        database.bind(db)
        database.handle.connect(reuse_if_open=True)
        out, err = capsys.readouterr()
        return code, json.loads(out) if out.strip() else json.loads(err)["error"]

    return typed
