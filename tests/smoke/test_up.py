"""`alicebot up` from an empty database: a folder comes in, a first brief is printed and served, and all of it ends."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from alice.db import database
from alice.runs import pidfiles
from tests.conftest import ALICE
from tests.support.serving import ROOT, free_port

PATIENCE = 120.0
MINUTES = """# Hall board

## Present

* Ann Lee
* Tom Rey

## Agenda

* Roof repair
  * Tom: three offers came in, the cheapest is from Brandt.
  * Ann: I will ask Brandt about the gutter.
  * Decision: the roof is mended in spring.
"""


class Machine:
    """A machine with a home, a free port, a folder of notes and the test's database."""

    def __init__(self, url: str, place: Path) -> None:
        self.home, self.notes, self.port, self.printed = place / "alice", place / "notes", free_port(), place / "up.txt"
        self.notes.mkdir()
        (self.notes / "2026-03-03.md").write_text(MINUTES)
        plain = {name: value for name, value in os.environ.items() if not name.startswith("ALICE_")}
        self.told = plain | {
            "ALICE_HOME": str(self.home), "ALICE_PORT": str(self.port), "ALICE_USER_ID": str(ALICE),
            "ALICE_TIMEZONE": "UTC", "ALICE_DATABASE_URL": url, "HOME": str(place),
        }  # fmt: skip

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        command = [sys.executable, "-m", "alice.cli", *words]
        return subprocess.run(command, cwd=ROOT, env=self.told, capture_output=True, text=True, timeout=PATIENCE)

    @contextmanager
    def up(self, *words: str) -> Iterator[subprocess.Popen[bytes]]:
        """Run `up` until it has said where the console is; whatever happens, nothing of it stays behind."""
        command = [sys.executable, "-m", "alice.cli", "up", *words]
        with self.printed.open("wb") as out:
            running = subprocess.Popen(command, cwd=ROOT, env=self.told, stdout=out, stderr=out, preexec_fn=_heed)
        try:
            until(lambda: "Ctrl-C stops everything." in self.text() or running.poll() is not None)
            yield running
        finally:
            running.terminate()
            running.wait(PATIENCE)
            self.run("down")

    def text(self) -> str:
        """Return what `up` has printed so far."""
        return self.printed.read_text()

    def alive(self) -> list[str]:
        """Return the names of the pid files whose processes run."""
        return [path.stem for path in self.home.rglob("*.pid") if pidfiles.inspect(path).running]


def _heed() -> None:
    """Let Ctrl-C reach the command: tests that a script runs in the background are told to ignore it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture
def machine(db: str, tmp_path: Path) -> Machine:
    """A machine on which nothing of Alice runs yet."""
    return Machine(db, tmp_path)


def test_it_takes_the_folder_in_prints_a_brief_serves_it_and_ends_all_of_it(machine: Machine) -> None:
    with machine.up("--notes", str(machine.notes), "--me", "Ann Lee") as running:
        said = machine.text()
        assert f"Read {machine.notes}: 1 new" in said, said
        assert "You owe\n   • Ann will ask Brandt about the gutter" in said
        assert "“Ann: I will ask Brandt about the gutter.”" in said
        assert "The next brief: every day at 07:00" in said
        assert f"http://alice.localhost:{machine.port}/vnext/sign-in?ticket=" in said
        token = (machine.home / "operator.token").read_text().strip()
        asked = urllib.request.Request(f"http://127.0.0.1:{machine.port}/v0/vnext/sources")
        asked.add_header("Authorization", f"Bearer {token}")
        with urllib.request.urlopen(asked, timeout=30) as answer:
            assert json.load(answer)["total"] == 1
        with urllib.request.urlopen(f"http://127.0.0.1:{machine.port}/healthz", timeout=30) as answer:
            assert answer.status == 200
        runs = json.loads(machine.run("vnext", "scheduler", "runs").stdout)["items"]
        assert [(run["workflow_type"], run["status"]) for run in runs] == [("daily_brief", "succeeded")]
        second = machine.run("up")
        assert (second.returncode, "runs already" in second.stderr) == (4, True)
        running.send_signal(signal.SIGINT)
        assert running.wait(PATIENCE) == 0
    assert machine.alive() == []


def test_the_end_of_up_is_the_end_of_what_another_left_running_too(machine: Machine) -> None:
    with machine.up("--detach"):
        assert sorted(machine.alive()) == ["scheduler", "web"]
        with machine.up() as running:
            running.send_signal(signal.SIGINT)
            assert running.wait(PATIENCE) == 0
        assert machine.alive() == []


def test_an_empty_brain_is_told_how_notes_come_in(machine: Machine) -> None:
    with machine.up():
        assert "Nothing has come in yet." in machine.text()
    machine.run("vnext", "sources", "capture-text", "Ann will call Tom.")
    with machine.up():
        assert "Nothing has come in yet." not in machine.text()


def test_what_is_known_already_is_not_taken_in_again(machine: Machine) -> None:
    with machine.up("--notes", str(machine.notes)):
        pass
    (machine.notes / "2026-03-04.md").write_text("# Boiler\n\nThe boiler was serviced and runs again.\n")
    (machine.notes / "picture.md").write_bytes(b"\x89PNG\0\0\0")
    with machine.up("--notes", str(machine.notes)):
        said = machine.text()
    assert f"Read {machine.notes}: 1 new, 1 unchanged, 1 not taken" in said, said
    assert "picture.md" in said
    assert database.query("SELECT count(*) FROM source")[0] == (2,)


@pytest.mark.parametrize("case", ["no folder", "a file", "the whole machine", "the port"])
def test_what_cannot_work_is_said_before_anything_is_begun(machine: Machine, case: str) -> None:
    places = {
        "no folder": machine.notes / "nowhere",
        "a file": machine.notes / "2026-03-03.md",
        "the whole machine": Path("/"),
        "the port": machine.notes,
    }
    with socket.create_server(("127.0.0.1", 0)) as taken:
        if case == "the port":
            machine.told["ALICE_PORT"] = str(taken.getsockname()[1])
        refused = machine.run("up", "--notes", str(places[case]))
    assert refused.returncode == 2
    told = json.loads(refused.stderr)["error"]["fields"]
    assert list(told) == ["ALICE_PORT" if case == "the port" else "path"]
    assert machine.alive() == []
    assert database.query("SELECT count(*) FROM source")[0] == (0,)
