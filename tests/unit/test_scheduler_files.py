"""The status file, always whole and never believed against the process; the log, followed and rotated; their places."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from alice import config
from alice.errors import InvalidInput
from alice.runs import log_files, pidfiles, runtime_files, status_files
from alice.runs.pidfiles import Found, Standing
from alice.runs.status_files import DaemonStatus

KEYS = [
    "configured", "running", "mode", "pid", "process_identity", "started_at", "stopped_at", "last_heartbeat_at",
    "last_due_scan_at", "last_due_count", "last_due_scan", "next_due_at", "next_due_workflow", "running_workflows",
    "interval_seconds", "limit", "last_error", "database", "pid_file", "status_file", "log_file",
]  # fmt: skip
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
RUNNING = DaemonStatus(
    running=True, mode="foreground", pid=4711, process_identity="boot:1", started_at=NOON, last_heartbeat_at=NOON,
    last_due_count=2, last_due_scan={"due_count": 2}, running_workflows=["daily_brief"], interval_seconds=60, limit=10,
    database={"reachable": True}, status_file="/s", log_file="/l",
)  # fmt: skip


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "scheduler-status.json"


def test_the_status_has_the_keys_that_scripts_expect(path):
    status_files.write(path, RUNNING)
    told = list(json.loads(path.read_text()))
    assert told[: len(KEYS)] == KEYS, "what scripts expect comes first, and what was added after it"
    assert told == [known.name for known in fields(DaemonStatus)]


def test_a_status_is_read_back_as_it_was_written(path):
    status_files.write(path, RUNNING)
    assert status_files.read(path) == RUNNING


def test_times_are_written_in_utc(path):
    madrid = timezone(timedelta(hours=2))
    status_files.write(path, replace(RUNNING, next_due_at=datetime(2026, 5, 5, 7, tzinfo=madrid)))
    assert json.loads(path.read_text())["next_due_at"] == "2026-05-05T05:00:00+00:00"


def test_the_file_is_private_and_nothing_else_is_left(path):
    status_files.write(path, RUNNING)
    status_files.write(path, RUNNING)
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_status_that_cannot_be_written_leaves_the_old_one(path):
    status_files.write(path, RUNNING)
    circular: dict[str, object] = {}
    circular["itself"] = circular
    with pytest.raises((ValueError, RecursionError)):
        status_files.write(path, replace(RUNNING, last_due_scan=circular))
    assert status_files.read(path) == RUNNING
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_reader_never_finds_half_a_status(path):
    long = replace(RUNNING, last_error="x" * 200_000)
    status_files.write(path, long)
    program = (
        "import sys; from pathlib import Path; from alice.runs import status_files as f\n"
        "path = Path(sys.argv[1]); status = f.read(path)\nwhile True: f.write(path, status)"
    )
    writer = subprocess.Popen([sys.executable, "-c", program, str(path)])
    try:
        written = set()
        while len(written) < 50:
            written.add(path.stat().st_mtime_ns)
            assert len(json.loads(path.read_text())["last_error"]) == 200_000
            assert writer.poll() is None
    finally:
        writer.kill()
        writer.wait()
    assert status_files.read(path) == long


def test_a_daemon_that_never_ran_is_not_configured(path):
    assert status_files.read(path) == DaemonStatus(configured=False)


@pytest.mark.parametrize("text", ["", "[]", "{", "\x00", '{"started_at": "yesterday"}', '{"started_at": 5}', "null"])
def test_a_broken_status_says_so_and_breaks_nothing(path, text):
    path.write_text(text)
    read = status_files.read(path)
    assert "is not the scheduler's" in read.last_error
    assert not read.running


def test_keys_of_a_later_version_are_passed_over(path):
    path.write_text(json.dumps({"running": True, "moon": "full"}))
    assert status_files.read(path) == DaemonStatus(running=True)


def test_a_running_daemon_is_shown_as_it_says():
    said = status_files.truthful(RUNNING, Found(Path("/p"), Standing.RUNNING, 4711, "boot:1"))
    assert said == RUNNING.plain() | {"pid_file": "/p", "ownership_verified": True}


@pytest.mark.parametrize("standing", [one for one in Standing if one is not Standing.RUNNING])
def test_a_daemon_whose_process_is_gone_is_not_running_whatever_it_said(standing):
    said = status_files.truthful(RUNNING, Found(Path("/p"), standing, 4711))
    assert (said["running"], said["pid"], said["process_identity"], said["ownership_verified"]) == (
        False,
        None,
        None,
        False,
    )
    assert said["last_error"] == status_files.DIED or standing in IN_THE_WAY
    assert said["running_workflows"] == []
    assert said["last_heartbeat_at"] == "2026-03-04T12:00:00+00:00"


IN_THE_WAY = (Standing.FOREIGN, Standing.GARBAGE, Standing.LOCKED)


@pytest.mark.parametrize("standing", IN_THE_WAY)
def test_a_pid_file_that_is_in_the_way_is_told_with_the_way_out(standing):
    said = status_files.truthful(DaemonStatus(), Found(Path("/p"), standing, 2**22 + 1))
    assert said["last_error"].endswith("--pid-file.")
    assert "/p" in said["last_error"]


def test_a_daemon_that_stopped_by_itself_did_not_die():
    stopped = replace(RUNNING, running=False, stopped_at=NOON, last_error=None)
    assert status_files.truthful(stopped, Found(Path("/p"), Standing.ABSENT))["last_error"] is None


def test_what_an_earlier_daemon_said_is_not_shown_as_the_running_ones():
    said = status_files.truthful(RUNNING, Found(Path("/p"), Standing.RUNNING, 4712, "boot:2"))
    assert (said["running"], said["pid"], said["process_identity"]) == (True, 4712, "boot:2")
    assert (said["last_heartbeat_at"], said["last_due_count"], said["running_workflows"]) == (None, None, [])
    assert said["log_file"] == "/l"


def test_the_truth_about_a_real_process(path, tmp_path):
    pid_file = tmp_path / "scheduler.pid"
    with pidfiles.held(pid_file) as identity:
        status_files.write(path, replace(RUNNING, pid=os.getpid(), process_identity=identity))
        assert status_files.truthful(status_files.read(path), pidfiles.inspect(pid_file))["running"] is True
    assert status_files.truthful(status_files.read(path), pidfiles.inspect(pid_file))["running"] is False


@pytest.fixture
def log(tmp_path):
    """Log to a file as the daemon does, and afterwards as before."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    root.handlers[:] = []
    path = tmp_path / "scheduler.log"
    log_files.set_up(path)
    yield path
    for handler in root.handlers:
        handler.close()
    root.handlers[:], root.level = before, level


def test_the_log_is_private_and_carries_no_secret(log):
    logging.getLogger("alice").warning("sent Authorization: Bearer sk-proj-abcdefghijklmnopqrstuvwx0123456789")
    assert log.stat().st_mode & 0o777 == 0o600
    assert "WARNING alice" in log.read_text()
    assert "abcdefghijklmnop" not in log.read_text()


def test_a_rotated_log_is_left_and_the_new_one_written(log):
    for number in range(6):
        logging.getLogger("alice").info("line %s", number)
        assert log_files.rotate(log, at_bytes=10, keep=3)
    logging.getLogger("alice").info("line 6")
    last = {path.name: path.read_text().split()[-1] for path in log.parent.iterdir()}
    assert last == {"scheduler.log": "6", "scheduler.log.1": "5", "scheduler.log.2": "4", "scheduler.log.3": "3"}


def test_a_small_log_and_a_missing_one_are_not_rotated(log):
    logging.getLogger("alice").info("a line")
    assert not log_files.rotate(log)
    assert not log_files.rotate(log.with_name("none"))
    assert not log_files.rotate(Path("/dev/null"), at_bytes=0)


def test_another_process_follows_the_rotation(log):
    program = (
        "import logging, sys; from pathlib import Path; from alice.runs import log_files\n"
        "log_files.set_up(Path(sys.argv[1]))\n"
        "for line in sys.stdin: logging.info(line.strip()); print('done', flush=True)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(log)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as worker:
        for word in ("before", "after"):
            worker.stdin.write(f"{word}\n")
            worker.stdin.flush()
            assert worker.stdout.readline() == "done\n"
            if word == "before":
                assert log_files.rotate(log, at_bytes=1)
    assert log.with_name("scheduler.log.1").read_text().endswith("before\n")
    assert log.read_text().endswith("after\n")


def test_a_log_that_is_gone_takes_nothing_down(log, capsys):
    log.unlink()
    log.parent.rename(log.parent.with_name("moved"))
    logging.getLogger("alice").info("lost")
    assert "Logging error" in capsys.readouterr().err
    log.parent.with_name("moved").rename(log.parent)
    logging.getLogger("alice").info("found again")
    assert "found again" in log.read_text()


def test_what_a_detached_process_prints_goes_to_the_log(tmp_path):
    path = tmp_path / "scheduler.log"
    program = (
        "import os, sys; from pathlib import Path; from alice.runs import log_files\n"
        "log_files.redirect_output(Path(sys.argv[1])); print('printed', flush=True); os.system('echo child >&2'); 1 / 0"
    )
    done = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, check=False)
    assert (done.stdout, done.stderr) == (b"", b"")
    written = path.read_text()
    assert written.startswith("printed\nchild\n")
    assert "ZeroDivisionError" in written


def test_the_files_lie_under_the_home_unless_named(tmp_path):
    settings = config.load({"ALICE_HOME": str(tmp_path), "ALICE_TIMEZONE": "UTC"})
    folder = tmp_path / "vnext-scheduler"
    assert runtime_files.runtime_files(settings) == runtime_files.RuntimeFiles(
        folder / "scheduler.pid", folder / "scheduler-status.json", folder / "scheduler.log"
    )
    assert runtime_files.runtime_files(settings, log="x.log").log == Path.cwd() / "x.log"
    with pytest.raises(InvalidInput, match="must be three different files"):
        runtime_files.runtime_files(settings, pid=folder / "scheduler.log")


def test_proving_makes_private_folders_and_nothing_else(tmp_path):
    folder = tmp_path / "home" / "vnext-scheduler"
    runtime_files.prove_writable(runtime_files.RuntimeFiles(folder / "p", folder / "s", folder / "l"))
    assert list(folder.iterdir()) == []
    assert [place.stat().st_mode & 0o777 for place in (folder, folder.parent)] == [0o700, 0o700]


def test_where_one_file_cannot_be_written_no_folder_is_made(tmp_path):
    home = tmp_path / "home"
    files = runtime_files.RuntimeFiles(home / "run" / "p", home / "run" / "s", Path("/proc/nowhere/l"))
    for bad in (files, replace(files, log=home / "l", pid=Path("/proc/nowhere/p"))):
        with pytest.raises(InvalidInput, match="cannot be written"):
            runtime_files.prove_writable(bad)
    assert not home.exists()


@pytest.mark.parametrize("name", ["status", "log"])
@pytest.mark.parametrize("place", ["/proc/nowhere/x", "{here}/file/x", "{here}", "/dev/null/x"])
def test_a_file_that_cannot_be_written_is_said_in_one_sentence(tmp_path, name, place):
    (tmp_path / "file").touch()
    good = runtime_files.RuntimeFiles(tmp_path / "p", tmp_path / "s", tmp_path / "l")
    with pytest.raises(InvalidInput, match=f"cannot be written: .*; name another with --{name}-file"):
        runtime_files.prove_writable(replace(good, **{name: Path(place.format(here=tmp_path))}))
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
