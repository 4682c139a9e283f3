"""The vectors of words: read when the first question is asked, by nobody before, and never fetched."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from alice.embeddings import static

ROOT = Path(__file__).resolve().parents[2]
# Everything that the web server, the daemon and its workers are made of.
_LOADED = """
import importlib, json, pkgutil, sys
import alice.queries, alice.runs, alice.scheduler, alice.services, alice.web
for package in (alice.queries, alice.runs, alice.scheduler, alice.services, alice.web):
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not found.name.endswith("__main__"):
            importlib.import_module(found.name)
from alice.embeddings import static
before = "numpy" in sys.modules
known = len(static.alike(["tea"]))
print(json.dumps({"before": before, "after": "numpy" in sys.modules, "known": known}))
"""


def test_web_and_daemon_load_no_vectors_before_a_question_is_asked() -> None:
    done = subprocess.run([sys.executable, "-c", _LOADED], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["before"] is False
    assert told["after"] is static.available()
    assert told["known"] == int(static.available())


def test_words_that_mean_alike_come_closest_first_and_never_themselves() -> None:
    found = static.alike(["car", "xqzzy"])
    if not static.available():
        pytest.skip("the wordllama wheel is not installed")
    assert "vehicle" in found["car"]
    assert "car" not in found["car"]
    assert "xqzzy" not in found
    assert len(found["car"]) <= static.MOST


def test_without_the_wheel_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(static, "find_spec", lambda _: None)
    static._table.cache_clear()
    try:
        assert static.available() is False
        assert static.alike(["car"]) == {}
        assert static.vocabulary() == []
    finally:
        static._table.cache_clear()
