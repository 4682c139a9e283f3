"""Secrets: kept encrypted under a name, never shown, and opened only with the key that locked them."""

from __future__ import annotations

import io
import json
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring

from alice import config
from alice.config import Settings
from alice.connectors.base import Secret
from alice.db import database
from alice.domain.policy import Actor, system
from alice.domain.vocab import Profile
from alice.errors import InvalidInput, NotConfigured, NotFound, PolicyBlocked
from alice.services.access import secret_files, secrets
from alice.services.connecting import connectors

ROOT = Path(__file__).resolve().parents[2]
CANARY = "canary-7Qx-violet-harbour"


class Drawer(KeyringBackend):
    """A keyring in memory."""

    priority = 5

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture(autouse=True)
def headless() -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(NoKeyring())
    yield
    keyring.set_keyring(before)


@pytest.fixture
def drawer() -> Drawer:
    ring = Drawer()
    keyring.set_keyring(ring)
    return ring


@pytest.fixture
def settings() -> Settings:
    return config.load()


@pytest.fixture
def locked(settings: Settings, tmp_path: Path) -> Settings:
    file = tmp_path / "passphrase"
    file.write_text("seven quiet herons\n")
    return settings.changed(passphrase_file=file)


def test_a_kept_secret_comes_back_and_is_not_in_its_file(db: str, alice: Actor, settings: Settings) -> None:
    told = secrets.keep(alice, "file:bot", Secret(CANARY), settings=settings)
    assert told == {"status": "ok", "reference": "file:bot", "protection": "key_file"}
    assert secrets.resolve("file:bot", settings=settings) == Secret(CANARY)
    assert all(CANARY not in file.read_text() for file in secret_files.folder(settings).iterdir())


def test_files_of_secrets_are_for_their_owner_alone(db: str, alice: Actor, settings: Settings) -> None:
    secrets.keep(alice, "file:bot", Secret(CANARY), settings=settings)
    folder = secret_files.folder(settings)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o600}


def test_a_passphrase_locks_and_another_does_not_open(db: str, alice: Actor, locked: Settings) -> None:
    assert secrets.keep(alice, "file:bot", Secret(CANARY), settings=locked)["protection"] == "passphrase"
    assert secrets.resolve("file:bot", settings=locked) == Secret(CANARY)
    assert locked.passphrase_file
    locked.passphrase_file.write_text("eight quiet herons")
    with pytest.raises(NotConfigured, match="passphrase is another one"):
        secrets.resolve("file:bot", settings=locked)
    with pytest.raises(NotConfigured, match="ALICE_PASSPHRASE_FILE is not set"):
        secrets.resolve("file:bot", settings=locked.changed(passphrase_file=None))


@pytest.mark.parametrize("words", ["", "  \n"])
def test_an_empty_passphrase_is_refused(db: str, alice: Actor, locked: Settings, words: str) -> None:
    assert locked.passphrase_file
    locked.passphrase_file.write_text(words)
    with pytest.raises(NotConfigured, match="is empty"):
        secrets.keep(alice, "file:bot", Secret(CANARY), settings=locked)


def test_a_keyring_holds_the_key_of_files_where_there_is_one(
    db: str, alice: Actor, settings: Settings, drawer: Drawer
) -> None:
    assert secrets.keep(alice, "file:bot", Secret(CANARY), settings=settings)["protection"] == "keyring"
    assert secrets.resolve("file:bot", settings=settings) == Secret(CANARY)
    assert not (secret_files.folder(settings) / "key").exists()
    drawer.kept.clear()
    with pytest.raises(NotConfigured, match="not in the keyring"):
        secrets.resolve("file:bot", settings=settings)


def test_a_test_that_sets_no_keyring_has_none() -> None:
    """A backend that was once defined is found by every later look for one, unless the environment names another."""
    code = "from tests.db import test_secrets; from alice.services.access import keyrings; print(keyrings.usable())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == "False\n"


def test_a_secret_that_cannot_be_opened_is_not_called_missing(
    db: str, alice: Actor, settings: Settings, drawer: Drawer
) -> None:
    secrets.keep(alice, "file:bot", Secret(CANARY), settings=settings)
    connectors.configure(alice, "telegram", {"enabled": True, "secret_ref": "file:bot"}, settings=settings)
    keyring.set_keyring(NoKeyring())
    wrong = connectors.standing(alice, "telegram", settings=settings)["validation_errors"]["secret_ref"]
    assert wrong == "names file:bot, which cannot be opened. This machine has no keyring that answers."
    with pytest.raises(NotConfigured, match="secret_ref names file:bot, which cannot be opened"):
        connectors.sync(alice, "telegram", settings=settings)


def test_a_keyring_keeps_a_secret_and_gives_it_back(db: str, alice: Actor, settings: Settings, drawer: Drawer) -> None:
    secrets.keep(alice, "keyring:bot", Secret(CANARY), settings=settings)
    assert secrets.resolve("keyring:bot", settings=settings) == Secret(CANARY)
    [item] = secrets.listed(alice, settings=settings)["items"]
    assert (item["reference"], item["present"]) == ("keyring:bot", True)
    secrets.remove(alice, "keyring:bot", settings=settings)
    assert drawer.kept == {}
    assert secrets.listed(alice, settings=settings)["items"] == []


def test_a_machine_without_a_keyring_says_so(db: str, alice: Actor, settings: Settings) -> None:
    with pytest.raises(NotConfigured, match="no keyring that answers") as caught:
        secrets.keep(alice, "keyring:bot", Secret(CANARY), settings=settings)
    assert "file:NAME" in str(caught.value.hint)


def test_an_environment_secret_is_read_when_used(
    db: str, alice: Actor, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not secrets.present("env:HERON_TOKEN", settings=settings)
    monkeypatch.setenv("HERON_TOKEN", CANARY)
    assert secrets.resolve("env:HERON_TOKEN", settings=settings) == Secret(CANARY)
    with pytest.raises(InvalidInput, match="belongs to the environment"):
        secrets.keep(alice, "env:HERON_TOKEN", Secret("x"), settings=settings)


@pytest.mark.parametrize(
    "reference", [CANARY, "file:", "file:../key", "file:a/b", "vault:x", "", "file:.hidden", "env:A B"]
)
def test_it_refuses_what_is_no_reference_without_repeating_it(
    db: str, alice: Actor, settings: Settings, reference: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        secrets.keep(alice, reference, Secret("x"), settings=settings)
    assert list(caught.value.fields) == ["secret_ref"]
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize("value", ["", " \n", "a\x00b", "\ud800", "x" * 30_000])
def test_it_refuses_a_value_that_is_none(db: str, alice: Actor, settings: Settings, value: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        secrets.keep(alice, "file:bot", Secret(value), settings=settings)
    assert list(caught.value.fields) == ["value"]


DAMAGES = (
    "",
    "no json",
    "[]",
    '{"key": "key_file"}',
    '{"key": "key_file", "token": 3}',
    '{"key": "passphrase", "n": 1e99, "r": 1, "p": 1, "salt": "", "token": ""}',
)


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_one_sentence(db: str, alice: Actor, locked: Settings, damage: str) -> None:
    secrets.keep(alice, "file:bot", Secret(CANARY), settings=locked.changed(passphrase_file=None))
    (secret_files.folder(locked) / "bot.secret").write_text(damage)
    with pytest.raises(NotConfigured) as caught:
        secrets.resolve("file:bot", settings=locked)
    assert "cannot be opened" in caught.value.message


def test_a_key_that_others_can_read_is_refused(db: str, alice: Actor, settings: Settings) -> None:
    secrets.keep(alice, "file:bot", Secret(CANARY), settings=settings)
    (secret_files.folder(settings) / "key").chmod(0o644)
    with pytest.raises(NotConfigured, match="can be read by others"):
        secrets.resolve("file:bot", settings=settings)


def test_removing_what_is_not_there_says_so(db: str, alice: Actor, settings: Settings) -> None:
    with pytest.raises(NotFound, match="There is no secret file:bot"):
        secrets.remove(alice, "file:bot", settings=settings)


def test_a_removed_secret_is_gone(db: str, alice: Actor, settings: Settings) -> None:
    secrets.keep(alice, "file:bot", Secret(CANARY), settings=settings)
    secrets.remove(alice, "file:bot", settings=settings)
    with pytest.raises(NotConfigured) as caught:
        secrets.resolve("file:bot", settings=settings)
    assert caught.value.hint == "Set it: alicebot secrets set file:bot"


@pytest.mark.parametrize("work", ["keep", "remove", "listed"])
def test_nobody_but_the_owner_touches_secrets(db: str, alice: Actor, settings: Settings, work: str) -> None:
    agent = Actor("agent", "hermes", alice.user_id, Profile.ADMIN_AGENT)
    for actor in (agent, system("scheduler", alice.user_id)):
        arguments: dict[str, tuple[Any, ...]] = {"keep": ("file:x", Secret("y")), "remove": ("file:x",), "listed": ()}
        with pytest.raises(PolicyBlocked):
            getattr(secrets, work)(actor, *arguments[work], settings=settings)
    assert secret_files.names(settings) == []


def test_a_secret_is_never_shown(alice: Actor) -> None:
    secret = Secret(CANARY)
    shown = [repr(secret), str(secret), f"{secret}", f"{secret!r:>30}", "%s" % secret, repr({"a": [secret]})]  # noqa: UP031
    assert all(CANARY not in text for text in shown)
    with pytest.raises(TypeError):
        pickle.dumps(secret)
    with pytest.raises(TypeError):
        json.dumps(secret)


def _everything_stored() -> str:
    tables = [row[0] for row in database.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    out = io.StringIO()
    for table in tables:
        for row in database.query(f"SELECT t::text FROM {table} t"):
            out.write(f"{row[0]}\n")
    return out.getvalue()


def test_a_canary_is_nowhere_but_locked(db: str, tmp_path: Path) -> None:
    """Set by pipe through the real command; then looked for in the database, the files and the answers."""
    environ = {**os.environ, "ALICE_DATABASE_URL": db, "HERON_TOKEN": "unused"}
    answers = ""
    for arguments in (["set", "file:bot"], ["list"], ["set", CANARY], ["set", "keyring:bot"]):
        done = subprocess.run(
            [sys.executable, "-c", "from alice.cli import main; main()", "secrets", *arguments],
            input=CANARY, capture_output=True, text=True, env=environ, check=False,
        )  # fmt: skip
        answers += done.stdout + done.stderr
    assert '"protection": "key_file"' in answers
    assert "no keyring that answers" in answers
    stored = _everything_stored()
    assert "secret.set" in stored
    files = "".join(file.read_text(errors="replace") for file in tmp_path.rglob("*") if file.is_file())
    assert CANARY not in stored + files + answers
