"""What cannot be used is refused in one sentence on the command line, and nothing has changed."""

from __future__ import annotations

import json
import os
from pathlib import Path

import psycopg
import pytest

from tests.chaos.test_daemons import cli
from tests.db.homes import as_ordinary, as_root, small_disk

CASES = {
    "timezone": ["configure", "daily_brief", "--enabled", "--timezone", "Europe/Atlantis"],
    "daily": ["configure", "daily_brief", "--enabled", "--daily", "25:61"],
    "cron": ["configure", "daily_brief", "--enabled", "--cron", "0 0 30 2 *"],
    "workflow_type": ["configure", "hourly_miracle", "--enabled"],
    "every": ["configure", "daily_brief", "--enabled", "--every", "-5"],
    "interval_seconds": ["daemon", "start", "--foreground", "--interval-seconds", "-1"],
    "model_options": ["configure", "daily_brief", "--model-options", "{"],
    "log_file": ["daemon", "start", "--log-file", "/proc/no/such.log"],
    "pid_file": ["daemon", "start", "--pid-file", "/tmp"],
    "grace_seconds": ["daemon", "stop", "--grace-seconds", "-5"],
    "status_file": ["daemon", "start", "--foreground", "--status-file", "/dev/null/status.json"],
}


@pytest.mark.parametrize("field", CASES)
def test_it_is_refused_in_one_sentence_that_names_it(db: str, tmp_path: Path, field: str) -> None:
    said = cli(tmp_path / "home", db, *CASES[field])
    assert said.returncode == 2, said.stderr
    (line,) = said.stderr.strip().splitlines()
    sentence = json.loads(line)["error"]["fields"][field]
    assert sentence.endswith(".")
    assert enabled(db) == 0


@pytest.mark.parametrize("words", [["start"], ["start", "--foreground"], ["start", "--once"]])
def test_a_database_url_that_is_none_is_refused_and_its_password_not_repeated(tmp_path: Path, words: list[str]) -> None:
    said = cli(tmp_path / "home", "postgresl://alice:opensesame@db/alice", "daemon", *words)
    assert said.returncode == 2, said.stderr
    assert "must be a Postgres URL" in json.loads(said.stderr)["error"]["fields"]["ALICE_DATABASE_URL"]
    assert "opensesame" not in said.stdout + said.stderr
    assert not (tmp_path / "home").exists()


def enabled(url: str) -> int:
    with psycopg.connect(url) as conn:
        row = conn.execute("SELECT count(*) FROM workflow WHERE enabled").fetchone()
        return int(row[0]) if row else 0


def test_a_pid_file_that_names_another_program_is_left_alone(db: str, tmp_path: Path) -> None:
    file = tmp_path / "other.pid"
    file.write_text(f"{os.getpid()}\n")
    for words in (["--foreground"], []):
        said = cli(tmp_path / "home", db, "daemon", "start", "--pid-file", str(file), *words)
        assert said.returncode == 2
        assert "another program" in json.loads(said.stderr)["error"]["fields"]["pid_file"]
    assert file.read_text() == f"{os.getpid()}\n"
    stopped = cli(tmp_path / "home", db, "daemon", "stop", "--pid-file", str(file))
    assert stopped.returncode == 4


@as_root
def test_a_home_that_cannot_be_written_is_named(db: str) -> None:
    with small_disk("ro,size=1m") as disk:
        said = cli(disk / "home", db, "daemon", "start")
        assert said.returncode == 2
        assert "Read-only file system" in said.stderr
        assert "ALICE_HOME" in said.stderr
        assert not list(disk.iterdir())


@as_ordinary
def test_a_home_that_one_may_not_write_to_is_named(db: str, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    said = cli(tmp_path / "home", db, "daemon", "start")
    tmp_path.chmod(0o700)
    assert said.returncode == 2
    assert "Permission denied" in said.stderr
    assert "ALICE_HOME" in said.stderr
    assert not list(tmp_path.iterdir())
