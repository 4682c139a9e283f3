"""The console on gunicorn, as it is served every day, over the test database."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from time import sleep

import pytest

from alice import config
from alice.config import Settings
from tests.conftest import ALICE

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture(scope="session")
def served(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Settings of a console that is being served; its log lies beside its home as gunicorn.log."""
    home, port = tmp_path_factory.mktemp("served") / "home", free_port()
    told = {"ALICE_HOME": str(home), "ALICE_PORT": str(port), "ALICE_USER_ID": str(ALICE), "ALICE_TIMEZONE": "UTC",
            "ALICE_DATABASE_URL": database_url, "HOME": str(home.parent)}  # fmt: skip
    plain = {name: value for name, value in os.environ.items() if not name.startswith("ALICE_")}
    command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "app:app"]
    log = home.parent / "gunicorn.log"
    with log.open("wb") as out, subprocess.Popen(command, cwd=ROOT, env=plain | told, stdout=out, stderr=out) as server:
        try:
            _await(f"http://127.0.0.1:{port}/healthz", server, log)
            yield config.load(told)
        finally:
            server.terminate()
            server.wait(20)


def _await(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(200):
        assert server.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                assert answer.status == 200
                return
        except OSError:
            sleep(0.1)
    raise AssertionError(log.read_text())
