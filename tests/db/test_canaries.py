"""A canary in notes, in what agents hand in and in settings: afterwards it is looked for everywhere it must not be."""

from __future__ import annotations

import io
import logging
from pathlib import Path

import pytest

from alice import config, logs
from alice.connectors import local_notes
from alice.db import database
from alice.domain.policy import Actor
from alice.domain.vocab import Profile
from alice.errors import AliceError
from alice.ledger import gate
from alice.queries import connectors as reads
from alice.services.access import secrets
from alice.services.agency import agents
from alice.services.connecting import connectors
from alice.services.folders import local_folders

TOKEN = "ghp_" + "Zq4k" * 9
PASSWORD = "horse9battery9staple"
NOTE = f"# Keys\n\nThe token is {TOKEN}.\npassword: {PASSWORD}\nhttps://ann:{PASSWORD}@example.org/x\n"


def everything_stored() -> str:
    out = io.StringIO()
    for (table,) in database.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"):
        for (row,) in database.query(f"SELECT t::text FROM {table} t"):
            out.write(f"{row}\n")
    return out.getvalue()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "notes").mkdir()
    return tmp_path / "notes"


def test_what_looks_like_a_secret_is_stored_nowhere(db: str, alice: Actor, folder: Path, tmp_path: Path) -> None:
    settings = config.load().changed(local_folder_roots=(tmp_path,))
    (folder / "keys.md").write_text(NOTE)
    (folder / "front.md").write_text(f"---\ntitle: {TOKEN}\ntags: [{TOKEN}]\nkey: 'a {TOKEN}'\n---\nBody.\n")
    (folder / "links.md").write_text(f"See ![[{TOKEN}.png]] and [x](a/{TOKEN}.pdf) and #{TOKEN}.\n")
    local_folders.add_path(alice, folder, settings=settings)
    connectors.sync(alice, "local_folder", settings=settings)
    (folder / "keys.md").rename(folder / "kept.md")
    connectors.sync(alice, "local_folder", settings=settings)
    hermes = Actor("agent", "hermes", alice.user_id, Profile.TRUSTED_LOCAL_AGENT)
    agents.ingest_output(
        hermes, agents.Output(NOTE + "More.", title=TOKEN, proposal=f"Use {TOKEN}."), settings=settings
    )
    stored = everything_stored()
    assert "redacted" in stored
    assert TOKEN not in stored
    assert f"password: {PASSWORD}" not in stored


def test_a_failing_note_leaves_no_words_in_log_or_quarantine(
    db: str, alice: Actor, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = config.load().changed(local_folder_roots=(tmp_path,))
    (folder / "keys.md").write_text(NOTE)

    def prepare(item: object, **_: object) -> object:
        raise ZeroDivisionError(NOTE)

    monkeypatch.setattr(local_notes, "prepare", prepare)
    file = tmp_path / "alice.log"
    before = logging.getLogger().handlers[:]
    logs.set_up(file=file)
    try:
        local_folders.add_path(alice, folder, settings=settings)
        connectors.sync(alice, "local_folder", settings=settings)
    finally:
        for handler in logging.getLogger().handlers:
            handler.close()
        logging.getLogger().handlers[:] = before
    told = str(reads.quarantine(gate.scope(alice)).items) + everything_stored()
    assert "ZeroDivisionError" in file.read_text()
    assert TOKEN not in file.read_text() + told
    assert "token" not in told


def test_a_secret_given_as_a_setting_is_refused_and_kept_nowhere(db: str, alice: Actor) -> None:
    settings = config.load()
    said = ""
    for changes in ({"secret_ref": TOKEN}, {"options": {"api_hash_ref": TOKEN}}, {TOKEN: 1}, {"options": {"x": TOKEN}},
                    {"sync_mode": TOKEN}, {"poll_interval_seconds": TOKEN}):  # fmt: skip
        with pytest.raises(AliceError) as caught:
            connectors.configure(alice, "telegram", changes, settings=settings)
        said += str(caught.value) + str(dict(caught.value.fields)) if TOKEN not in changes else ""
    with pytest.raises(AliceError) as caught:
        secrets.resolve(TOKEN, settings=settings)
    assert TOKEN not in said + str(caught.value) + everything_stored()
