"""The pid file: one daemon at a time, and no stale, reused or foreign process number ever believed."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from alice.errors import Busy, Conflict, InvalidInput
from alice.runs import pidfiles, process_births
from alice.runs.pidfiles import Standing

needs_flock = pytest.mark.skipif(not shutil.which("flock"), reason="the program flock is not installed")

HOLD = """
import sys
from pathlib import Path
from alice.runs import pidfiles
with pidfiles.held(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run" / "scheduler.pid"


@pytest.fixture
def start(path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start a program and end it with the test; the daemon that holds the pid file when none is named."""
    running: list[subprocess.Popen[str]] = []

    def begin(*command: str) -> subprocess.Popen[str]:
        full = command or (sys.executable, "-c", HOLD, str(path))
        running.append(subprocess.Popen(full, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
        if not command:
            assert running[-1].stdout.readline() == "held\n"
        return running[-1]

    yield begin
    for process in running:
        process.kill()
        process.communicate()


def birth(path: Path) -> Path:
    return path.with_name("scheduler.pid.birth")


def contents(path: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in path.parent.iterdir()}


def test_without_a_file_no_daemon_runs(path):
    assert pidfiles.inspect(path).standing is Standing.ABSENT
    assert not path.parent.exists()


def test_a_daemon_that_holds_the_file_runs(path, start):
    daemon = start()
    found = pidfiles.inspect(path)
    assert (found.running, found.pid) == (True, daemon.pid)
    assert found.identity == process_births.identity(daemon.pid)
    assert found.sentence == f"the scheduler runs as process {daemon.pid}"


def test_the_file_holds_the_process_number_alone_and_is_private(path, start):
    daemon = start()
    assert int(path.read_text()) == daemon.pid
    assert {file.stat().st_mode & 0o777 for file in path.parent.iterdir()} == {0o600}


def test_a_daemon_that_ends_leaves_nothing(path, start):
    start().communicate()
    assert contents(path) == {}


def test_a_second_daemon_is_told_who_runs_and_changes_nothing(path, start):
    daemon = start()
    before = contents(path)
    with pytest.raises(Busy, match=f"The scheduler runs as process {daemon.pid}"), pidfiles.held(path):
        raise AssertionError("two daemons at once")
    assert contents(path) == before
    assert pidfiles.inspect(path).running


def test_a_daemon_that_was_killed_is_not_running_and_the_next_one_takes_over(path, start):
    killed = start()
    killed.kill()
    killed.wait()
    assert int(path.read_text()) == killed.pid
    assert pidfiles.inspect(path).standing is Standing.STALE
    with pidfiles.held(path) as identity:
        assert identity == process_births.identity(os.getpid())
        assert pidfiles.inspect(path).pid == os.getpid()


def test_a_zombie_is_dead(path, start):
    killed = start()
    killed.kill()
    os.waitid(os.P_PID, killed.pid, os.WEXITED | os.WNOWAIT)
    assert process_births.identity(killed.pid) is None
    assert not pidfiles.inspect(path).running


def test_a_process_number_that_was_given_out_again_is_not_the_daemon(path, start):
    other = start("sleep", "60")
    path.parent.mkdir()
    path.write_text(f"{other.pid}\n")
    birth(path).write_text(f"{other.pid} the-boot-before:4711\n")
    assert pidfiles.inspect(path).standing is Standing.STALE
    assert pidfiles.send(path, signal.SIGKILL) is None
    with pidfiles.held(path):
        assert pidfiles.inspect(path).pid == os.getpid()
    assert other.poll() is None


def test_another_programs_process_number_is_refused_by_name_and_left_alone(path, start):
    other = start("sleep", "60")
    path.parent.mkdir()
    path.write_text(f"{other.pid}\n")
    found = pidfiles.inspect(path)
    assert (found.standing, found.running) == (Standing.FOREIGN, False)
    said = f"names process {other.pid}, which is another program, sleep; remove the file"
    with pytest.raises(InvalidInput, match=said) as caught, pidfiles.held(path):
        raise AssertionError("took over a foreign file")
    assert list(caught.value.fields) == ["pid_file"]
    with pytest.raises(Conflict, match=f"Nothing was stopped: .*{other.pid}"):
        pidfiles.send(path, signal.SIGKILL)
    assert contents(path) == {"scheduler.pid": f"{other.pid}\n"}
    assert other.poll() is None


def test_a_foreign_number_is_not_believed_for_a_birth_noted_of_another(path, start):
    daemon, other = start(), start("sleep", "60")
    daemon.kill()
    daemon.wait()
    path.write_text(f"{other.pid}\n")
    assert pidfiles.inspect(path).standing is Standing.FOREIGN


@pytest.mark.parametrize("text", ["# my notes\n", "-1", "12 34", "99999999999", "0x10", "\x00", "１２"])
def test_a_file_that_is_no_pid_file_is_never_overwritten(path, text):
    path.parent.mkdir()
    path.write_text(text)
    with pytest.raises(InvalidInput, match="is not a pid file"), pidfiles.held(path):
        raise AssertionError("overwrote somebody's file")
    assert contents(path) == {"scheduler.pid": text}


def test_a_device_is_no_pid_file():
    with pytest.raises(InvalidInput, match="/dev/null is not a pid file"), pidfiles.held(Path("/dev/null")):
        raise AssertionError("took a device")
    assert Path("/dev/null").exists()


def test_a_folder_is_no_pid_file(tmp_path):
    assert pidfiles.inspect(tmp_path).standing is Standing.GARBAGE
    with pytest.raises(InvalidInput, match="cannot be used: Is a directory"), pidfiles.held(tmp_path):
        raise AssertionError("took a folder")


def test_the_folders_that_are_made_for_it_are_private(tmp_path):
    with pidfiles.held(tmp_path / "home" / "vnext-scheduler" / "scheduler.pid"):
        assert (tmp_path / "home").stat().st_mode & 0o777 == 0o700


def test_an_empty_file_is_taken(path):
    path.parent.mkdir()
    path.touch()
    assert pidfiles.inspect(path).standing is Standing.ABSENT
    with pidfiles.held(path):
        assert pidfiles.inspect(path).running


@needs_flock
def test_a_file_that_another_program_locks_is_not_taken_and_nobody_is_stopped(path, start, monkeypatch):
    monkeypatch.setattr(pidfiles, "PATIENCE_SECONDS", 0.1)
    path.parent.mkdir()
    path.write_text("")
    held = start("flock", str(path), "-c", "echo locked; read line")
    assert held.stdout.readline() == "locked\n"
    assert pidfiles.inspect(path).standing is Standing.LOCKED
    with pytest.raises(Busy, match="is locked by a process that is not known"), pidfiles.held(path):
        raise AssertionError("took a locked file")
    with pytest.raises(Conflict, match="Nothing was stopped"):
        pidfiles.send(path, signal.SIGTERM)


@needs_flock
def test_somebody_who_only_looks_does_not_keep_a_daemon_from_starting(path, start):
    path.parent.mkdir()
    path.touch()
    looking = start("flock", "--shared", str(path), "-c", "echo locked; sleep 0.3")
    assert looking.stdout.readline() == "locked\n"
    with pidfiles.held(path):
        assert pidfiles.inspect(path).pid == os.getpid()


def test_only_one_of_many_starting_at_once_gets_the_file(path):
    program = HOLD.replace("sys.stdin.read()", "__import__('time').sleep(1.5)")
    many = [
        subprocess.Popen([sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(5)
    ]
    said = [process.communicate() for process in many]
    assert [out for out, _ in said].count(b"held\n") == 1
    assert all(b"Busy" in err or b"runs as process" in err for out, err in said if not out)


def test_the_daemon_gets_the_signal(path, start):
    daemon = start()
    assert pidfiles.send(path, signal.SIGTERM) == daemon.pid
    assert daemon.wait(10) == -signal.SIGTERM


def test_a_number_that_changes_hands_at_the_last_moment_gets_no_signal(path, start, monkeypatch):
    daemon = start()
    births = iter([process_births.identity(daemon.pid), "a later birth"])
    monkeypatch.setattr(process_births, "identity", lambda _: next(births))
    assert pidfiles.send(path, signal.SIGKILL) is None
    assert daemon.poll() is None


def test_nobody_gets_a_signal_when_no_daemon_runs(path):
    assert pidfiles.send(path, signal.SIGTERM) is None


@pytest.mark.parametrize("place", ["/proc/nowhere/scheduler.pid", "{here}/file/scheduler.pid", "{here}"])
def test_a_place_that_cannot_be_written_is_said_in_one_sentence(tmp_path, place):
    (tmp_path / "file").touch()
    with (
        pytest.raises(InvalidInput, match=r"pid_file: .* cannot be used: .*; name another with --pid-file"),
        pidfiles.held(Path(place.format(here=tmp_path))),
    ):
        raise AssertionError("wrote where one cannot")


def test_an_identity_stays_and_is_nobody_elses(start):
    other = start("sleep", "60")
    mine = process_births.identity(os.getpid())
    assert mine is not None
    assert mine == process_births.identity(os.getpid()) != process_births.identity(other.pid)
    assert process_births.program(other.pid) == "sleep"


def test_a_program_whose_name_has_brackets_has_an_identity(tmp_path, start):
    odd = tmp_path / "a) Z (b"
    odd.symlink_to("/bin/sleep")
    assert re.fullmatch(r"[0-9a-f-]{36}:[0-9]+", process_births.identity(start(str(odd), "60").pid))


def test_where_there_is_no_proc_ps_is_asked(start, monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    other = start("sleep", "60")
    assert re.fullmatch(r"[A-Z][a-z]{2} [A-Z][a-z]{2} [0-9]+ [0-9:]{8} [0-9]{4}", process_births.identity(other.pid))
    assert process_births.program(other.pid) == "sleep"
    other.kill()
    os.waitid(os.P_PID, other.pid, os.WEXITED | os.WNOWAIT)
    assert process_births.identity(other.pid) is None
    other.wait()
    assert process_births.identity(other.pid) is None
