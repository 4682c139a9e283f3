"""The long-lived processes of one ALICE_HOME as the command line sees them: started, found by pid file, stopped."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from urllib.error import URLError

from alice import config
from alice.config import Settings
from alice.errors import InvalidInput, Upstream
from alice.files import private_folder
from alice.runs import pidfiles

PATIENCE_SECONDS = 40.0


def web_pid_file(settings: Settings) -> Path:
    """Return the pid file of the console."""
    return settings.home / "run" / "web.pid"


def up_pid_file(settings: Settings) -> Path:
    """Return the pid file of `alicebot up`."""
    return settings.home / "run" / "up.pid"


def log_file(settings: Settings, name: str) -> Path:
    """Return where the process `name` writes what it has to say."""
    return private_folder(settings.home / "run") / f"{name}.log"


def spawn(settings: Settings, name: str, words: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start `alicebot WORDS` in a session of its own, so that Ctrl-C reaches it only through us."""
    with open(log_file(settings, name), "ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "alice.cli", *words],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            env=config.environment(settings),
        )


def check_port(settings: Settings) -> None:
    """Raise InvalidInput naming ALICE_PORT when something else listens there already."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            said = f"{settings.host}:{settings.port} cannot be used ({error.strerror}); set ALICE_PORT to another."
            raise InvalidInput({"ALICE_PORT": said}) from None


def answers(settings: Settings) -> bool:
    """Tell whether the console answers."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://{host}:{settings.port}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError, ValueError):
        return False


def await_console(settings: Settings, process: subprocess.Popen[bytes]) -> None:
    """Wait until the console answers; raise Upstream with the end of its log when it does not come up."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if answers(settings):
            return
        time.sleep(0.05)
    path = log_file(settings, "web")
    raise Upstream(f"The console did not come up: {last_line(path)}", f"Its log is {path}.", transient=False)


def last_line(path: Path) -> str:
    """Return the last thing that a log says."""
    lines = path.read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"


def end(process: subprocess.Popen[bytes], *, grace: float = PATIENCE_SECONDS) -> None:
    """Ask a child to stop, and end it when it does not."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(grace)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def stop(path: Path, *, grace: float = PATIENCE_SECONDS) -> bool:
    """Stop the process of a pid file and wait until it has gone; True when one ran."""
    if pidfiles.send(path, signal.SIGTERM) is None:
        return False
    deadline = time.monotonic() + grace
    while time.monotonic() < deadline:
        if not pidfiles.inspect(path).running:
            return True
        time.sleep(0.05)
    pidfiles.send(path, signal.SIGKILL)
    return True
