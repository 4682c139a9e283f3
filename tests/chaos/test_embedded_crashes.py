"""The embedded Postgres after the worst: killed, orphaned, frozen, half made, and with false traces of itself."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from alice.db import embedded
from alice.db.embedded import processes
from alice.errors import DatabaseUnavailable
from tests.db.homes import a_home, one, pid_of, python


@pytest.fixture
def fresh() -> Iterator[Path]:
    with a_home() as path:
        yield path


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A home that these tests share: every one of them has to leave it able to come back."""
    with a_home() as path:
        yield path


@pytest.fixture
def url(home: Path) -> str:
    """The URL of the server of `home`, running, with one committed row."""
    url = embedded.ensure(home, durable=False)
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept AS SELECT 42 AS n")
    return url


def until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def kill(home: Path) -> int:
    """Kill the postmaster and wait until its children have noticed."""
    pid, server = pid_of(home), embedded.locate(home)
    os.kill(pid, signal.SIGKILL)
    until(lambda: not processes.held(server))
    return pid


def pretend(home: Path, pid: int) -> None:
    """Let the server's pid files name another process, as when its number was given again."""
    server = embedded.locate(home)
    for file in (server.data / "postmaster.pid", server.socket_dir / f"{server.socket.name}.lock"):
        lines = file.read_text().splitlines()
        file.write_text("\n".join([str(pid), *lines[1:]]) + "\n")


def test_a_killed_postmaster_is_stopped_for_status_and_comes_back_with_every_commit(home: Path, url: str) -> None:
    killed = kill(home)
    assert embedded.status(home) == embedded.Status("stopped")
    assert embedded.stop(home) is False
    assert embedded.ensure(home, durable=False) == url
    assert one(url, "SELECT n FROM kept") == 42
    assert pid_of(home) != killed


def test_it_comes_back_at_once_when_asked_right_after_the_kill(home: Path, url: str) -> None:
    os.kill(pid_of(home), signal.SIGKILL)
    assert one(embedded.ensure(home, durable=False), "SELECT n FROM kept") == 42
    assert url


def test_a_query_that_outlives_its_postmaster_does_not_keep_the_next_one_out(home: Path, url: str) -> None:
    def compute() -> None:
        with contextlib.suppress(psycopg.OperationalError):
            one(url, "SELECT count(*) FROM generate_series(1, 10000000000)")

    computing = threading.Thread(target=compute)
    computing.start()
    query = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%series(1%'"
    until(lambda: one(url, query) == 2)
    os.kill(pid_of(home), signal.SIGKILL)
    time.sleep(0.2)
    assert processes.held(embedded.locate(home))
    assert one(embedded.ensure(home, durable=False), "SELECT n FROM kept") == 42
    computing.join(10)
    assert not computing.is_alive()


def test_a_query_that_outlives_its_postmaster_does_not_keep_stop_from_stopping(home: Path, url: str) -> None:
    server = embedded.locate(home)
    with psycopg.connect(url) as connection:
        backend = connection.info.backend_pid
        os.kill(backend, signal.SIGSTOP)
        os.kill(pid_of(home), signal.SIGKILL)
        until(lambda: backend in processes.orphans(server))
        assert embedded.stop(home) is True
    assert not processes.held(server)


@pytest.mark.parametrize("name", ["ours", "init's", "nobody's"])
def test_a_pid_file_that_names_another_process_does_not_keep_it_from_starting(home: Path, url: str, name: str) -> None:
    kill(home)
    pretend(home, {"ours": os.getpid(), "init's": 1, "nobody's": 4_190_000}[name])
    assert embedded.status(home).state == "stopped"
    assert one(embedded.ensure(home, durable=False), "SELECT n FROM kept") == 42
    assert url


def test_a_pid_file_that_names_a_zombie_of_the_servers_user_does_not_either(home: Path, url: str) -> None:
    kill(home)
    server = embedded.locate(home)
    owner = server.data.stat().st_uid
    with subprocess.Popen(["/bin/true"], user=owner if os.geteuid() == 0 else None) as zombie:
        until(lambda: os.waitid(os.P_PID, zombie.pid, os.WEXITED | os.WNOWAIT))
        pretend(home, zombie.pid)
        assert embedded.status(home).state == "stopped"
        assert one(embedded.ensure(home, durable=False), "SELECT n FROM kept") == 42
    assert url


def test_a_damaged_pid_file_does_not_either(home: Path, url: str) -> None:
    kill(home)
    (embedded.locate(home).data / "postmaster.pid").write_text("")
    assert one(embedded.ensure(home, durable=False), "SELECT n FROM kept") == 42
    assert url


def test_a_lost_socket_brings_the_server_back_at_its_place(home: Path, url: str) -> None:
    embedded.locate(home).socket.unlink()
    assert embedded.status(home).state == "starting"
    assert one(embedded.ensure(home, durable=False), "SELECT n FROM kept") == 42
    assert url


def test_a_frozen_server_is_named_and_left_alone(home: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alice.db.embedded.lifecycles.SILENCE_SECONDS", 1.0)
    pid = pid_of(home)
    os.kill(pid, signal.SIGSTOP)
    try:
        with pytest.raises(DatabaseUnavailable, match=f"process {pid}.* does not answer"):
            embedded.ensure(home, durable=False)
    finally:
        os.kill(pid, signal.SIGCONT)
    assert one(url, "SELECT n FROM kept") == 42


def test_a_set_up_that_was_killed_in_the_middle_is_begun_again(fresh: Path) -> None:
    folder = embedded.locate(fresh).folder
    with python("embedded.ensure(home)", fresh) as first:
        until(lambda: list(folder.glob("data.new.*/base/1")))
        first.kill()
    assert not embedded.locate(fresh).data.exists()
    assert embedded.status(fresh).state == "stopped"
    assert one(embedded.ensure(fresh, durable=False), "SELECT 1") == 1
    embedded.stop(fresh)
    embedded.ensure(fresh, durable=False)
    assert [path.name for path in folder.glob("data*")] == ["data"]


def test_a_removal_that_was_killed_in_the_middle_leaves_no_half_database(
    home: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("alice.db.embedded.clusters.shutil.rmtree", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            embedded.purge(home)
    assert one(embedded.ensure(home, durable=False), "SELECT to_regclass('kept')") is None
    assert url


def test_a_server_killed_again_and_again_loses_nothing(fresh: Path) -> None:
    url = embedded.ensure(fresh, durable=False)
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE counted (n int)")
    for number in range(3):
        with psycopg.connect(url) as connection:
            connection.execute("INSERT INTO counted VALUES (%s)", (number,))
        os.kill(pid_of(fresh), signal.SIGKILL)
        embedded.ensure(fresh, durable=False)
        assert one(url, "SELECT count(*) FROM counted") == number + 1
