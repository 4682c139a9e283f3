"""The embedded Postgres: whom it lets in, what it leaves alone, what it refuses and in which words."""

from __future__ import annotations

import contextlib
import os
import pwd
import socket
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from alice.db import embedded
from alice.db.embedded import folders, places, processes
from alice.errors import DatabaseUnavailable, NotConfigured
from tests.db.homes import a_home, acting_as, as_ordinary, as_root, modes, one, pid_of, small_disk


@pytest.fixture
def home() -> Iterator[Path]:
    with a_home() as path:
        yield path


@pytest.fixture(scope="module")
def running() -> Iterator[Path]:
    """A home that the tests of this module share; each asks for its server."""
    with a_home() as path:
        embedded.ensure(path)
        yield path


def test_it_listens_on_its_private_socket_only(running: Path) -> None:
    server = embedded.locate(running)
    assert one(embedded.ensure(running), "SHOW listen_addresses") == ""
    assert stat.S_IMODE(server.socket_dir.stat().st_mode) == 0o700
    assert stat.S_IMODE(server.socket.stat().st_mode) == 0o700
    assert stat.S_IMODE(server.data.stat().st_mode) == 0o700


def test_its_user_may_be_any_of_alices_roles_and_no_other(running: Path) -> None:
    url = embedded.ensure(running)
    with psycopg.connect(url, autocommit=True) as connection:
        for role in ("alice_owner", "alice_app", "alice_read", "stranger"):
            connection.execute(f"CREATE ROLE {role} LOGIN")
    for role in ("alice_owner", "alice_app", "alice_read"):
        with psycopg.connect(url, user=role) as connection:
            assert connection.info.user == role
    with pytest.raises(psycopg.OperationalError, match="Peer authentication failed"):
        psycopg.connect(url, user="stranger")


@as_root
def test_another_linux_user_is_refused_at_the_folder_and_again_at_the_door(running: Path) -> None:
    url, server = embedded.ensure(running), embedded.locate(running)
    with acting_as("nobody"), pytest.raises(psycopg.OperationalError, match="Permission denied"):
        psycopg.connect(url)
    server.socket_dir.chmod(0o711)
    server.socket.chmod(0o777)
    try:
        for role in ("postgres", "nobody"):
            with acting_as("nobody"), pytest.raises(psycopg.OperationalError, match="Peer authentication failed"):
                psycopg.connect(url, user=role)
    finally:
        server.socket.chmod(0o700)
        server.socket_dir.chmod(0o700)


@as_root
def test_a_server_of_another_user_at_the_same_path_is_not_taken_for_ours(home: Path) -> None:
    server = embedded.locate(home)
    server.socket_dir.mkdir(parents=True)
    with socket.socket(socket.AF_UNIX) as false:
        false.bind(str(server.socket))
        false.listen()
        assert processes.answer(server) == "silent"
        with pytest.raises(psycopg.OperationalError, match="requirepeer"):
            psycopg.connect(embedded.dsn(server))


@as_root
def test_root_gets_a_server_of_an_unprivileged_user_from_binaries_nobody_else_can_change(running: Path) -> None:
    server = embedded.locate(running)
    entry = pwd.getpwnam(places.OS_USER)
    assert Path(f"/proc/{pid_of(running)}").stat().st_uid == entry.pw_uid != 0
    assert entry.pw_shell.endswith(("nologin", "false"))
    assert server.folder.parent == places.STATE
    copied = [server.bin.parents[2], *server.bin.parents[2].rglob("*")]
    assert len(copied) > 100
    for path in copied:
        found = path.lstat()
        assert found.st_uid == 0
        assert path.is_symlink() or (found.st_mode & 0o022 == 0 and found.st_mode & 0o004)


@as_root
def test_root_does_not_begin_a_second_database_in_an_ordinary_users_home(home: Path) -> None:
    (home / "postgres" / "data").mkdir(parents=True)
    with pytest.raises(NotConfigured, match="belongs to the user with uid"):
        embedded.ensure(home)
    assert not embedded.locate(home).folder.exists()


def test_no_folder_that_it_did_not_make_changes_its_mode(home: Path) -> None:
    home.mkdir(mode=0o755)
    home.chmod(0o755)
    (home / "notes").mkdir(mode=0o750)
    before = modes(home, places.wheel().parent / "psycopg", places.wheel(), Path(sys.executable))
    embedded.ensure(home, durable=False)
    assert {path: Path(path).lstat().st_mode for path in before} == before


def test_a_long_home_gets_a_short_private_socket_folder_and_purge_removes_it(tmp_path: Path) -> None:
    home = tmp_path / ("long, with a comma " + "x" * 100)
    server = embedded.locate(home)
    try:
        url = embedded.ensure(home, durable=False)
        assert one(url, "SELECT 1") == 1
        assert len(os.fsencode(server.socket)) <= places.SOCKET_BYTES
        assert stat.S_IMODE(server.socket_dir.stat().st_mode) == 0o700
    finally:
        embedded.purge(home)
    assert not server.socket_dir.exists()
    assert not server.folder.exists()


@pytest.mark.parametrize("kind", ["link", "file", "writable", pytest.param("anothers", marks=as_root)])
def test_it_refuses_a_folder_that_somebody_prepared_for_it(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "alicebot-x"
    (tmp_path / "elsewhere").mkdir()
    if kind == "link":
        path.symlink_to(tmp_path / "elsewhere")
    elif kind == "file":
        path.write_text("")
    else:
        path.mkdir()
        path.chmod(0o777 if kind == "writable" else 0o700)
        if kind == "anothers":
            os.chown(path, pwd.getpwnam("nobody").pw_uid, -1)
    with pytest.raises(NotConfigured, match=r"The database cannot use .*alicebot-x"):
        folders.trusted(path, os.geteuid())


def test_what_people_wrote_does_not_reach_the_log(running: Path) -> None:
    url = embedded.ensure(running)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE once (word text PRIMARY KEY)")
        for _ in range(2):
            with contextlib.suppress(psycopg.errors.UniqueViolation):
                connection.execute("INSERT INTO once VALUES ('heliotrope')")
        with pytest.raises(psycopg.errors.InvalidTextRepresentation):
            connection.execute("SELECT 'heliotrope'::int")
    log = embedded.locate(running).log
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert "ready to accept connections" in log.read_text()
    assert "heliotrope" not in log.read_text()


def test_it_refuses_the_data_of_another_version(home: Path) -> None:
    data = embedded.locate(home).data
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("15\n")
    data.parent.chmod(0o700)
    with pytest.raises(DatabaseUnavailable, match=r"is of PostgreSQL 15, and this Alice brings PostgreSQL 18"):
        embedded.ensure(home)


def test_it_refuses_a_folder_that_is_no_database_and_leaves_it(home: Path) -> None:
    data = embedded.locate(home).data
    data.mkdir(parents=True)
    data.parent.chmod(0o700)
    (data / "diary.txt").write_text("mine")
    with pytest.raises(DatabaseUnavailable, match="is not a Postgres database"):
        embedded.ensure(home)
    assert (data / "diary.txt").read_text() == "mine"


def test_a_server_that_cannot_start_is_named_with_its_own_words(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alice.db.embedded.lifecycles.RETRY_SECONDS", 0.5)
    url = embedded.ensure(home, durable=False)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET shared_preload_libraries = 'no_such_library'")
    embedded.stop(home)
    with pytest.raises(DatabaseUnavailable, match=r"does not start: .*no_such_library") as caught:
        embedded.ensure(home)
    assert "postgres.log" in (caught.value.hint or "")


def test_it_names_what_is_missing_when_the_binaries_are(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "find_spec", lambda _: None)
    with pytest.raises(NotConfigured, match="not installed") as caught:
        places.wheel()
    assert "ALICE_DATABASE_URL" in (caught.value.hint or "")
    monkeypatch.undo()
    with pytest.raises(NotConfigured, match="line break"):
        embedded.locate(home / "two\nlines")


@as_ordinary
def test_a_home_that_may_not_be_written_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(NotConfigured, match=r"the system refuses .*Permission denied") as caught:
            embedded.ensure(tmp_path)
        assert "ALICE_HOME" in (caught.value.hint or "")
    finally:
        tmp_path.chmod(0o700)


@as_root
def test_roots_strict_umask_does_not_keep_the_servers_user_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with small_disk("size=200m") as disk:
        for module in (places, folders):
            monkeypatch.setattr(module, "STATE", disk / "var" / "state")
        (disk / "var").mkdir(mode=0o755)
        before = os.umask(0o077)
        try:
            assert one(embedded.ensure(tmp_path / "home", durable=False), "SELECT 1") == 1
        finally:
            os.umask(before)
            embedded.purge(tmp_path / "home")


@as_root
@pytest.mark.parametrize("size", ["5m", "40m"], ids=["for the binaries", "for the data"])
def test_a_disk_too_full_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: str) -> None:
    with small_disk(f"size={size}") as disk:
        for module in (places, folders):
            monkeypatch.setattr(module, "STATE", disk)
        with pytest.raises(DatabaseUnavailable, match="no space left"):
            embedded.ensure(tmp_path / "home")
        assert not embedded.locate(tmp_path / "home").data.exists()
        assert embedded.locate(tmp_path / "home").bin.is_dir() == (size == "40m")


@as_root
def test_a_disk_that_may_only_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with small_disk("size=1m,ro") as disk:
        for module in (places, folders):
            monkeypatch.setattr(module, "STATE", disk)
        with pytest.raises(NotConfigured, match=r"the system refuses .*Read-only file system"):
            embedded.ensure(tmp_path / "home")
