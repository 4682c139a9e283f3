"""The embedded Postgres: where it lives, how it starts, serves, stops and is removed."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from alice.db import embedded
from alice.db.embedded import clusters, folders, places, processes
from alice.errors import Busy
from tests.db.homes import a_home, one, pid_of, python


@pytest.fixture
def home() -> Iterator[Path]:
    with a_home() as path:
        yield path


@pytest.fixture(scope="module")
def running() -> Iterator[Path]:
    """A home that the tests of this module share; each asks for its server, and may stop it."""
    with a_home() as path:
        embedded.ensure(path)
        yield path


def test_it_starts_in_an_empty_home_whose_path_has_blanks_and_other_letters(running: Path) -> None:
    url = embedded.ensure(running)
    assert one(url, "SELECT current_database() || ' ' || current_user") == "alice postgres"
    found = embedded.status(running)
    assert (found.state, found.why) == ("running", None)
    assert (found.version or "").startswith(f"{places.MAJOR}.")


def test_a_second_ask_finds_the_same_server(running: Path) -> None:
    first = pid_of(running)
    assert embedded.ensure(running) == embedded.ensure(running)
    assert pid_of(running) == first


def test_a_link_to_a_home_is_the_same_home(running: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(running)
    assert embedded.locate(tmp_path / "link") == embedded.locate(running)


def test_it_keeps_every_commit_and_sorts_by_code_point(running: Path) -> None:
    url = embedded.ensure(running)
    for name in ("fsync", "synchronous_commit", "full_page_writes", "data_checksums"):
        assert one(url, f"SHOW {name}") == "on", name
    assert one(url, "SHOW jit") == "off"
    assert one(url, "SELECT datlocprovider::text || datlocale FROM pg_database WHERE datname = 'alice'") == "bC.UTF-8"
    assert one(url, "SELECT upper('élan') || ('Z' < 'a')") == "ÉLANtrue"


def test_its_settings_can_be_changed_by_alter_system(running: Path) -> None:
    url = embedded.ensure(running)
    where = one(url, "SELECT sourcefile FROM pg_settings WHERE name = 'shared_buffers'")
    assert str(where).endswith("postgresql.auto.conf")
    names = ",".join(f"'{name}'" for name in clusters.SETTINGS)
    assert one(url, f"SELECT count(*) FROM pg_settings WHERE lower(name) IN ({names})") == len(clusters.SETTINGS)
    assert one(url, "SELECT string_agg(name, ',') FROM pg_file_settings WHERE error IS NOT NULL") is None


def test_it_has_pgvector(running: Path) -> None:
    assert one(embedded.ensure(running), "SELECT count(*) FROM pg_available_extensions WHERE name = 'vector'") == 1


def test_stopping_says_whether_it_ran_and_keeps_the_data(home: Path) -> None:
    assert embedded.status(home) == embedded.Status("stopped", why="it has not been set up yet")
    assert embedded.stop(home) is False
    with psycopg.connect(embedded.ensure(home, durable=False)) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS n")
    assert embedded.stop(home) is True
    assert embedded.stop(home) is False
    assert embedded.status(home) == embedded.Status("stopped")
    assert one(embedded.ensure(home, durable=False), "SELECT n FROM kept") == 42


def test_one_that_is_not_durable_is_durable_when_it_is_next_started_so(running: Path) -> None:
    embedded.stop(running)
    assert one(embedded.ensure(running, durable=False), "SHOW fsync") == "off"
    embedded.stop(running)
    assert one(embedded.ensure(running), "SHOW fsync") == "on"


def test_stopping_rolls_back_what_is_open_and_does_not_wait_for_it(running: Path) -> None:
    with psycopg.connect(embedded.ensure(running, durable=False)) as connection:
        connection.execute("CREATE TABLE unfinished (n int)")
        assert embedded.stop(running) is True
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    assert one(embedded.ensure(running, durable=False), "SELECT to_regclass('unfinished')") is None


def test_purge_removes_the_database_and_nothing_else_of_the_home(home: Path) -> None:
    embedded.ensure(home, durable=False)
    home.mkdir(exist_ok=True)
    (home / "token").write_text("kept")
    pid, server = pid_of(home), embedded.locate(home)
    embedded.purge(home)
    embedded.purge(home)
    assert not processes.held(server)
    assert not os.path.exists(f"/proc/{pid}/cwd") or os.readlink(f"/proc/{pid}/cwd") != str(server.data)
    assert sorted(path.name for path in home.iterdir()) == ["token"]
    assert not server.folder.exists()
    assert one(embedded.ensure(home, durable=False), "SELECT 1") == 1


def test_many_processes_at_once_start_one_server(home: Path) -> None:
    asking = [python("print(embedded.ensure(home, durable=False), embedded.status(home).pid)", home) for _ in range(5)]
    said = {process.communicate(timeout=120)[0] for process in asking}
    assert len(said) == 1
    assert f" {pid_of(home)}\n" in said.pop()


def test_the_server_outlives_its_starter_and_ctrl_c_in_its_terminal(running: Path) -> None:
    embedded.stop(running)
    code = "print(embedded.ensure(home, durable=False), flush=True)\nimport time; time.sleep(60)"
    with python(code, running) as starter:
        assert starter.stdout
        url = starter.stdout.readline().strip()
        os.killpg(starter.pid, signal.SIGINT)
    assert one(url, "SELECT 1") == 1
    assert os.getsid(pid_of(running)) != starter.pid


def test_it_serves_in_the_foreground_until_told_to_end_and_only_once(running: Path) -> None:
    embedded.ensure(running, durable=False)
    with python("embedded.serve(home)", running) as refused:
        pass
    assert refused.returncode == 1
    embedded.stop(running)
    with python("embedded.serve(home)", running) as unit:
        while embedded.status(running).state != "running":
            assert unit.poll() is None
            time.sleep(0.02)
        assert pid_of(running) == unit.pid
        with pytest.raises(Busy, match="runs already"):
            embedded.serve(running)
        assert one(embedded.ensure(running), "SHOW fsync") == "on"
        unit.send_signal(signal.SIGINT)
    assert unit.returncode == 0


def test_who_asks_while_it_shuts_down_is_told_and_waits(running: Path) -> None:
    told: list[str] = []
    session = psycopg.connect(embedded.ensure(running, durable=False))
    session.execute("SELECT 1")
    before = pid_of(running)
    os.kill(before, signal.SIGTERM)  # a smart shutdown: it waits for our session, and lets nobody else in
    while processes.answer(embedded.locate(running)) == "ready":
        time.sleep(0.02)
    assert embedded.status(running).state == "starting"

    def say(sentence: str) -> None:
        told.append(sentence)
        session.close()

    assert one(embedded.ensure(running, say=say, durable=False), "SELECT 1") == 1
    assert pid_of(running) != before
    assert "Postgres is starting" in told[0]


def test_a_log_that_grew_is_cut_while_the_server_writes_on(running: Path) -> None:
    log = embedded.locate(running).log
    with log.open("ab") as file:
        file.write(b"x" * (processes.LOG_BYTES + 1) + b"\nlast\n")
    url = embedded.ensure(running)
    assert log.stat().st_size < 10_000  # the server may have written a line of its own meanwhile
    kept = log.with_name("postgres.log.1")
    assert kept.stat().st_size == processes.LOG_BYTES
    assert b"\nlast\n" in kept.read_bytes()[-10_000:]
    one(url, "SELECT pg_reload_conf()")
    for _ in range(1_500):
        if b"SIGHUP" in log.read_bytes():
            return
        time.sleep(0.02)
    raise AssertionError("the server writes no more")


def test_a_waiting_process_is_told_and_gives_up_in_the_end(tmp_path: Path) -> None:
    told: list[str] = []
    with (
        folders.alone(tmp_path / "lock", told.append),
        pytest.raises(Busy, match="is locked"),
        folders.alone(tmp_path / "lock", told.append, patience=2.1),
    ):
        pass
    assert told == ["Waiting for another process that starts or stops Postgres."]


def test_a_lock_whose_file_was_removed_is_not_believed(tmp_path: Path) -> None:
    path, entered = tmp_path / "lock", threading.Event()

    def wait() -> None:
        with folders.alone(path, print):
            entered.set()
            assert path.exists()

    with folders.alone(path, print):
        waiting = threading.Thread(target=wait)
        waiting.start()
        time.sleep(0.1)
        path.unlink()
    waiting.join(10)
    assert entered.is_set()
