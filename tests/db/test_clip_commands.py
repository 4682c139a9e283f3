"""The clipper's commands, as a person or a script types them."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from alice import config
from alice.cli import root
from alice.db import database
from alice.services.access import bookmarklets, capture_tokens

CLIP = {"url": "https://news.example/tea", "page_text": "Tea at four.", "domain": "family"}
WORDS = ("vnext", "connectors", "browser-clipper")


@pytest.fixture
def type_(db: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Type one command of the clipper; return its exit code and what it printed, on either stream, as JSON."""
    monkeypatch.setenv("ALICE_DATABASE_URL", db)

    def typed(*words: str, stdin: str = "") -> tuple[int, Any]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        code = root.code(["--json", *WORDS, *words])
        database.bind(db)
        database.handle.connect(reuse_if_open=True)
        out, err = capsys.readouterr()
        return code, json.loads(out or err)

    return typed


def test_a_file_a_pipe_and_options_hand_in_the_same_clip(type_: Any, tmp_path: Path) -> None:
    (tmp_path / "clip.json").write_text(json.dumps(CLIP))
    code, told = type_("capture", str(tmp_path / "clip.json"))
    assert (code, told["status"]) == (0, "imported")
    assert type_("capture", "-", stdin=json.dumps(CLIP))[1]["duplicate"]
    assert type_("capture", "--url", CLIP["url"], "--page-text", CLIP["page_text"])[1]["duplicate"]
    assert database.query("SELECT domain FROM source") == [("family",)]


def test_options_say_more_than_the_file(type_: Any, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<title>Tea</title><p>Tea at four.</p>")
    words = ("--html-file", str(tmp_path / "page.html"), "--user-note", "Mine.", "--sensitivity", "public")
    assert type_("capture", "-", *words, stdin=json.dumps({"url": CLIP["url"]}))[0] == 0
    assert database.query("SELECT title, sensitivity, content_text FROM source") == [
        ("Tea", "public", "## Note\n\nMine.\n\n## Page\n\nTea at four.")
    ]


WRONG: list[tuple[tuple[str, ...], str, str]] = [
    (("-",), "{", "file"),
    (("-",), "[]", "file"),
    (("-",), "[" * 100_000, "file"),
    (("/nowhere/clip.json",), "", "file"),
    (("-",), json.dumps(CLIP | {"url": "javascript:alert(1)"}), "url"),
    (("-",), json.dumps(CLIP | {"page_text": 7}), "page_text"),
    (("-",), json.dumps(CLIP | {"captured_at": "now"}), "captured_at"),
    (("--url", "https://news.example/"), "", "page_text"),
    ((), "", "url"),
    (("--url", "https://news.example/", "--html-file", "/nowhere"), "", "html_file"),
]


@pytest.mark.parametrize(("words", "stdin", "field"), WRONG, ids=str)
def test_what_cannot_be_kept_is_refused_by_its_field(
    type_: Any, words: tuple[str, ...], stdin: str, field: str
) -> None:
    code, told = type_("capture", *words, stdin=stdin)
    assert (code, list(told["error"]["fields"])) == (2, [field])
    assert database.query("SELECT count(*) FROM source") == [(0,)]


def test_it_prints_the_bookmarklet(type_: Any) -> None:
    code, told = type_("bookmarklet")
    assert (code, told["bookmarklet"]) == (0, bookmarklets.link(config.load()))
    assert told["source"].startswith("// Brings this page")


def test_it_makes_a_token_and_takes_it_back(type_: Any) -> None:
    home = config.load().home
    first = type_("token")[1]["capture_token"]
    second = type_("token")[1]["capture_token"]
    assert [capture_tokens.is_right(home, one) for one in (first, second)] == [False, True]
    assert type_("token", "--remove") == (0, {"removed": True})
    assert type_("token", "--remove") == (0, {"removed": False})
    assert not capture_tokens.is_right(home, second)
