"""Hosts for the chaos tests: network namespaces on one bridge, and a Postgres that listens on it, all made by root."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from alice.db import embedded

NET = "10.213.77"
PORT = 54871


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


class Host:
    """A network namespace with one cable to the bridge."""

    def __init__(self, number: int, bridge: str) -> None:
        self.name, self.cable, self.bridge = (
            f"alice{os.getpid()}n{number}",
            f"alc{os.getpid() % 10000}v{number}",
            bridge,
        )
        _ip("netns", "add", self.name)
        _ip("link", "add", self.cable, "type", "veth", "peer", "name", "eth0", "netns", self.name)
        _ip("link", "set", self.cable, "master", bridge, "up")
        _ip("-n", self.name, "addr", "add", f"{NET}.{number + 10}/24", "dev", "eth0")
        _ip("-n", self.name, "link", "set", "eth0", "up")
        _ip("-n", self.name, "link", "set", "lo", "up")

    @property
    def prefix(self) -> list[str]:
        """Return the words that run a program on this host."""
        return ["ip", "netns", "exec", self.name]

    def cut(self) -> None:
        """Pull the cable out of the bridge: nobody is told, packets go nowhere."""
        _ip("link", "set", self.cable, "nomaster")

    def mend(self) -> None:
        """Plug the cable in again."""
        _ip("link", "set", self.cable, "master", self.bridge)

    def remove(self) -> None:
        """Remove the namespace, and the cable with it."""
        subprocess.run(["ip", "netns", "del", self.name], check=False, capture_output=True)


@contextmanager
def hosts(count: int) -> Iterator[list[Host]]:
    """Yield hosts on a bridge whose own address is NET.1; skip where this machine does not let us make them."""
    bridge = f"alcbr{os.getpid() % 10000}"
    made: list[Host] = []
    try:
        try:
            _ip("link", "add", bridge, "type", "bridge")
            _ip("addr", "add", f"{NET}.1/24", "dev", bridge)
            _ip("link", "set", bridge, "up")
            made += [Host(number, bridge) for number in range(count)]
        except (OSError, subprocess.CalledProcessError) as error:
            pytest.skip(f"this machine lets nobody make network namespaces: {error}")
        yield made
    finally:
        for host in made:
            host.remove()
        subprocess.run(["ip", "link", "del", bridge], check=False, capture_output=True)


@contextmanager
def postgres(home: Path) -> Iterator[str]:
    """Yield the URL of a Postgres that listens on the bridge, run by an unprivileged user, removed in the end.

    `home` only lends its binaries: its own server is asked to exist, which puts them where that user can read them.
    """
    embedded.ensure(home, durable=False)
    server = embedded.locate(home)
    assert server.user is not None
    entry = pwd.getpwnam(server.user)
    who: dict[str, Any] = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": [], "cwd": "/"}
    folder = Path(tempfile.mkdtemp(prefix="alice-hosts-"))
    os.chown(folder, entry.pw_uid, entry.pw_gid)
    data = folder / "data"
    try:
        subprocess.run([str(server.bin / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8",
                        "--no-sync"], check=True, capture_output=True, **who)  # fmt: skip
        with open(data / "pg_hba.conf", "a", encoding="ascii") as file:
            file.write(f"host all all {NET}.0/24 trust\n")
        process = subprocess.Popen(
            [str(server.bin / "postgres"), "-D", str(data), "-c", f"listen_addresses={NET}.1", "-c", f"port={PORT}",
             "-c", f"unix_socket_directories={folder}", "-c", "fsync=off"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **who,
        )  # fmt: skip
        try:
            url = f"postgresql://postgres@{NET}.1:{PORT}/postgres"
            _await(url)
            yield url
        finally:
            process.terminate()
            process.kill() if _refuses(process) else None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _await(url: str) -> None:
    for _ in range(200):
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the server on the bridge did not come up")


def _refuses(process: subprocess.Popen[bytes]) -> bool:
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        return True
    return False
