"""The folders and files around the data: made private, never borrowed. It must not change what Alice did not make."""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from alice.db.embedded.accounts import access, give, make_user, names
from alice.db.embedded.places import MAJOR, STATE, Server, wheel
from alice.errors import Busy, NotConfigured

Say = Callable[[str], None]


@contextmanager
def alone(path: Path, say: Say, patience: float = 600) -> Iterator[None]:
    """Hold the lock file `path`, waiting for whoever has it; raise Busy after `patience` seconds."""
    fd = _locked(path, say, time.monotonic() + patience)
    try:
        yield
    finally:
        os.close(fd)


def prepare(server: Server, say: Say) -> None:
    """Make the server's folder, and as root the system user and a copy of the binaries that it can read."""
    if server.user is not None:
        _refuse_anothers(server)
        _make(STATE, 0o755)
        trusted(STATE, os.geteuid())
        with alone(STATE / "lock", say):
            make_user(server.user)
            _copy_binaries(server, say)
    else:
        server.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    # The server's user has to pass through root's folder, so it is 0711 there; everything in it is private.
    _make(server.folder, 0o700 if server.user is None else 0o711)
    trusted(server.folder, os.geteuid())


def _make(path: Path, mode: int) -> None:
    """Make a folder of exactly this mode, whatever the umask; one that is there stays as it is."""
    with suppress(FileExistsError):
        path.mkdir(mode=mode, parents=True)
        path.chmod(mode)


def _refuse_anothers(server: Server) -> None:
    """Raise NotConfigured when an ordinary user has a database in this home: root would begin a second one."""
    theirs = server.home / "postgres" / "data"
    if theirs.exists():
        raise NotConfigured(
            f"The database of {server.home} belongs to the user with uid {theirs.stat().st_uid}.",
            "Run Alice as that user, or set ALICE_HOME to a home for root.",
        )


def furnish(server: Server) -> None:
    """Write who is let in, and make the socket's folder; both anew at every start, as users and paths may change."""
    texts = {"pg_hba.conf": access(), "pg_ident.conf": names(server), "home": f"{server.home}\n"}
    for name, text in texts.items():
        fresh = server.folder / f"{name}.new"
        fresh.write_bytes(os.fsencode(text))
        give(server, fresh, 0o600)
        fresh.replace(server.folder / name)
    _socket_folder(server)


def trusted(path: Path, uid: int) -> None:
    """Raise NotConfigured unless `path` is a real folder of `uid` that nobody else can write to."""
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode):
        why = "is a link or a file and not a folder"
    elif found.st_uid != uid:
        why = f"belongs to another user (uid {found.st_uid})"
    elif found.st_mode & 0o022:
        why = "can be written by other users"
    else:
        return
    raise NotConfigured(
        f"The database cannot use {path}: it {why}.",
        f"Look who made it, then remove it or make it a folder of uid {uid} alone (chown, chmod go-w).",
    )


def _socket_folder(server: Server) -> None:
    path = server.socket_dir
    above = path.parent.stat().st_mode
    if above & stat.S_IWOTH and not above & stat.S_ISVTX:
        raise NotConfigured(f"Anybody can replace folders in {path.parent}.", f"Run `chmod +t {path.parent}` as root.")
    with suppress(FileExistsError):
        path.mkdir(mode=0o700)
        give(server, path, 0o700)
    trusted(path, pwd.getpwnam(server.owner).pw_uid)


def _locked(path: Path, say: Say, deadline: float) -> int:
    told = time.monotonic() + 2
    while True:
        fd = _opened(path)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_still(fd, path):
                return fd
        except BlockingIOError:
            pass
        except BaseException:
            os.close(fd)
            raise
        os.close(fd)
        if time.monotonic() > deadline:
            raise Busy(f"Another process has been starting or stopping Postgres for long ({path} is locked).")
        if time.monotonic() > told:
            say("Waiting for another process that starts or stops Postgres.")
            told += 10
        time.sleep(0.02)


def _opened(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except FileNotFoundError:
        raise Busy(f"{path.parent} was removed by another process just now.", "Try again.") from None


def _is_still(fd: int, path: Path) -> bool:
    """Tell whether the locked file is the one at `path`: a purge removes it under a waiting process."""
    try:
        return os.path.samestat(os.fstat(fd), path.stat())
    except FileNotFoundError:
        return False


def _copy_binaries(server: Server, say: Say) -> None:
    """Copy what the server needs of the wheel, about 20 MB, once for each version of it.

    Root's Python is often in a folder that no other user may enter, and its modes are not ours to change.
    """
    home = server.bin.parents[2]
    if home.is_dir():
        return
    package = wheel()
    say("Copying the Postgres binaries to where their system user can read them.")
    fresh = home.with_name(f"{home.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    for part in _parts(package):
        _copy(package.parent / part, fresh / part)
    for path in (home.parent, fresh, *fresh.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    fresh.rename(home)


def _parts(package: Path) -> list[Path]:
    base = Path(package.name) / f"pginstall{MAJOR}"
    wanted = [base / "bin" / "postgres", base / "bin" / "initdb", base / "lib" / "postgresql", base / "share"]
    libraries = [Path(f"{package.name}.libs"), Path(f"{package.name}.dylibs"), Path(package.name) / ".dylibs"]
    return [part for part in (*wanted, *libraries) if (package.parent / part).exists()]


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns("pgxs"))
    else:
        shutil.copy2(source, target)
