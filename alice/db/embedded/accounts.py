"""The system users of the embedded Postgres: whom it runs as, and whom it lets in. It must not start a server."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from typing import Any

from alice.db.embedded.places import OS_USER, STATE, SUPERUSER, Server, me
from alice.errors import NotConfigured

ROLES = (SUPERUSER, "alice_owner", "alice_app", "alice_read")
# A fixed environment: what the caller has set (PGPORT, LD_PRELOAD, LC_MESSAGES …) must not change the server.
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def identity(server: Server) -> dict[str, Any]:
    """Return what subprocess needs to run a program as the server's user: no terminal, no groups, private files."""
    common = {"cwd": "/", "env": ENVIRONMENT, "umask": 0o077, "start_new_session": True}
    if server.user is None:
        return common
    entry = pwd.getpwnam(server.user)
    return {**common, "user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def give(server: Server, path: os.PathLike[str], mode: int) -> None:
    """Hand a file or folder that Alice just made to the server's user."""
    os.chmod(path, mode)
    if server.user is not None:
        entry = pwd.getpwnam(server.user)
        os.chown(path, entry.pw_uid, entry.pw_gid)


def make_user(name: str = OS_USER) -> None:
    """Make the system user that root's servers run as, once: no password, no shell, no home folder."""
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        _add(name)
        entry = pwd.getpwnam(name)
    if entry.pw_uid == 0:
        raise NotConfigured(f"The system user {name} is another name of root.", "Give it a uid of its own.")
    try:
        subprocess.run(["/bin/sh", "-c", ":"], check=True, user=entry.pw_uid, group=entry.pw_gid, extra_groups=[])
    except (OSError, subprocess.SubprocessError) as error:
        raise NotConfigured(
            f"Postgres does not run as root, and root may not act as {name} here ({error}).",
            "Run Alice as an ordinary user, or set ALICE_DATABASE_URL.",
        ) from error


def access() -> str:
    """Return pg_hba.conf: the local socket only, each system user by the name the kernel tells, through the map."""
    return "local all all peer map=alice\n"


def names(server: Server) -> str:
    """Return pg_ident.conf: the caller and the server's own user may be any of ROLES, and nobody else anybody."""
    users = sorted({me(), server.owner})
    return "".join(f"alice {_quoted(user)} {role}\n" for user in users for role in ROLES)


def _quoted(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'


def _add(name: str) -> None:
    command = _command(name)
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=ENVIRONMENT) if command else None
    # Another process may have been first: what counts is that the user is there now.
    try:
        pwd.getpwnam(name)
    except KeyError:
        why = f" ({done.stderr.strip().splitlines()[-1]})" if done and done.stderr.strip() else ""
        raise NotConfigured(
            f"Postgres does not run as root, and the system user {name} could not be made{why}.",
            f"Make it with `useradd --system {name}`, run Alice as an ordinary user, or set ALICE_DATABASE_URL.",
        ) from None


def _command(name: str) -> list[str] | None:
    path = "/usr/sbin:/sbin:/usr/bin:/bin"
    if useradd := shutil.which("useradd", path=path):
        return [useradd, "--system", "--user-group", "--no-create-home", "--home-dir", str(STATE),
                "--shell", "/usr/sbin/nologin", name]  # fmt: skip
    if adduser := shutil.which("adduser", path=path):  # BusyBox, as in Alpine
        return [adduser, "-S", "-D", "-H", "-h", str(STATE), "-s", "/sbin/nologin", name]
    return None
