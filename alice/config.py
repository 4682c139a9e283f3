"""The only reader of the environment: one frozen Settings. It must not open files, sockets or a database."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from alice.errors import InvalidInput

DEFAULT_USER_ID = UUID("00000000-0000-0000-0000-000000000001")
DEMO_USER_ID = UUID("00000000-0000-0000-0000-000000000002")
CANDIDATE_DAYS, MOST_DAYS = 90, 36_500
LOOPBACK_NAMES = ("127.0.0.1", "localhost", "alice.localhost", "[::1]")


# What may be set: the default in words, and what it does. `docs/settings.md` is made of this.
VARIABLES: dict[str, tuple[str, str]] = {
    "ALICE_HOME": ("`~/.alicebot`", "All files: pid, status, logs, token, secrets, the embedded database."),
    "ALICE_DATABASE_URL": ("the embedded Postgres", "A PostgreSQL 15 or newer of yours; pgvector is not needed."),
    "ALICE_USER_ID": (f"`{DEFAULT_USER_ID}`", "The brain's owner; several brains may share a database."),
    "ALICE_HOST": ("`127.0.0.1`", "Where the console listens; not loopback only if `ALICE_TRUSTED_HOSTS` names it."),
    "ALICE_PORT": ("`8420`", "The port of the console and the API."),
    "ALICE_TRUSTED_HOSTS": ("loopback names, `alice.localhost`", "Further names under which the console answers."),
    "ALICE_ALLOWED_ORIGINS": ("the console's own", "Web origins that may hand in clips from a script."),
    "ALICE_PUBLIC_API_URL": ("the console's address", "The address that pages name for the API."),
    "ALICE_TIMEZONE": ("the system's", "The IANA zone of schedules and days."),
    "ALICE_PASSPHRASE_FILE": ("unset", "Unlocks stored secrets without anybody there."),
    "ALICE_LOCAL_FOLDER_ROOTS": ("the home", "Folders, parted by `:`, below which the console may read notes."),
    "ALICE_MODEL_BASE_URL": ("unset", "An OpenAI-compatible server that may write drafts."),
    "ALICE_MODEL": ("unset", "The model to ask there."),
    "ALICE_MODEL_API_KEY": ("unset", "Its key, where it wants one."),
    "ALICE_CANDIDATE_DAYS": ("`90`", "How many days a proposed memory waits for a decision before it is put away."),
}


@dataclass(frozen=True, slots=True)
class Settings:
    """What this process was told. Every field is one environment variable; `docs/settings.md` lists them."""

    database_url: str | None
    user_id: UUID
    home: Path
    host: str
    port: int
    trusted_hosts: tuple[str, ...]
    allowed_origins: tuple[str, ...]
    public_api_url: str
    timezone: str
    passphrase_file: Path | None
    local_folder_roots: tuple[Path, ...]
    model_base_url: str | None
    model: str | None
    model_api_key: str | None = field(repr=False)
    candidate_days: int = CANDIDATE_DAYS

    @property
    def scheduler_dir(self) -> Path:
        """Return the folder of the daemon's pid, status and log files."""
        return self.home / "vnext-scheduler"

    @property
    def console_url(self) -> str:
        """Return the address a person opens; `alice.localhost` keeps its cookies from other local servers."""
        host = "alice.localhost" if self.host in ("127.0.0.1", "localhost", "::1") else self.host
        return f"http://{host}:{self.port}"

    def changed(self, **values: object) -> Settings:
        """Return a copy with some fields replaced, as command-line options do."""
        return replace(self, **values)  # type: ignore[arg-type]


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from `environ` (the process's own when None); raise InvalidInput naming a bad variable."""
    env = os.environ if environ is None else environ
    port = _port(env.get("ALICE_PORT", "8420"))
    host = env.get("ALICE_HOST", "127.0.0.1")
    names = tuple(_words(env.get("ALICE_TRUSTED_HOSTS", "")))
    _check_host(host, names)
    origins = _words(env.get("ALICE_ALLOWED_ORIGINS", "")) or [
        f"http://{name}:{port}" for name in ("127.0.0.1", "localhost", "alice.localhost")
    ]
    settings = Settings(
        database_url=env.get("ALICE_DATABASE_URL") or None,
        user_id=_uuid(env.get("ALICE_USER_ID", str(DEFAULT_USER_ID))),
        home=home(env),
        host=host,
        port=port,
        trusted_hosts=(*LOOPBACK_NAMES, *names),
        allowed_origins=tuple(origins),
        public_api_url="",
        timezone=_zone(env.get("ALICE_TIMEZONE") or _system_zone()),
        passphrase_file=_path(env.get("ALICE_PASSPHRASE_FILE")),
        local_folder_roots=tuple(
            Path(p).expanduser() for p in env.get("ALICE_LOCAL_FOLDER_ROOTS", "~").split(":") if p
        ),
        model_base_url=env.get("ALICE_MODEL_BASE_URL") or None,
        model=env.get("ALICE_MODEL") or None,
        model_api_key=env.get("ALICE_MODEL_API_KEY") or None,
        candidate_days=_days(env.get("ALICE_CANDIDATE_DAYS") or str(CANDIDATE_DAYS)),
    )
    return replace(settings, public_api_url=env.get("ALICE_PUBLIC_API_URL") or settings.console_url)


def home(environ: Mapping[str, str] | None = None) -> Path:
    """Return ALICE_HOME, without reading the rest."""
    env = os.environ if environ is None else environ
    return Path(env.get("ALICE_HOME") or Path(env.get("HOME", "~")).expanduser() / ".alicebot").expanduser().absolute()


def environment(settings: Settings) -> dict[str, str]:
    """Return this process's environment with what its command line said, for a child of it.

    A URL may hold a password: it goes by the environment and never by arguments, which everybody sees.
    """
    told = {"ALICE_USER_ID": str(settings.user_id), "ALICE_HOME": str(settings.home)}
    return os.environ | told | ({"ALICE_DATABASE_URL": settings.database_url} if settings.database_url else {})


def hand_on(settings: Settings) -> None:
    """Make `settings` what the rest of this process reads from its environment."""
    os.environ.update(environment(settings))


def variable(name: str) -> str | None:
    """Return the environment variable that a secret reference `env:NAME` names."""
    return os.environ.get(name)


def _words(value: str) -> list[str]:
    return [word for word in value.replace(",", " ").split() if word]


def _path(value: str | None) -> Path | None:
    return Path(value).expanduser() if value else None


def _days(value: str) -> int:
    if value.isdecimal() and 0 < int(value) <= MOST_DAYS:
        return int(value)
    raise InvalidInput({"ALICE_CANDIDATE_DAYS": f"must be a number of days from 1 to {MOST_DAYS:,}, not {value!r}."})


def _port(value: str) -> int:
    if value.isdecimal() and 0 < int(value) < 65536:
        return int(value)
    raise InvalidInput({"ALICE_PORT": f"must be a port number from 1 to 65535, not {value!r}."})


def _uuid(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError:
        raise InvalidInput({"ALICE_USER_ID": f"must be a UUID, not {value!r}."}) from None


def _zone(value: str) -> str:
    if value in available_timezones():
        return ZoneInfo(value).key
    raise InvalidInput({"ALICE_TIMEZONE": f"must be an IANA time zone such as Europe/Madrid, not {value!r}."})


def _system_zone() -> str:
    """Return the machine's IANA zone, or UTC where none is set."""
    from tzlocal import get_localzone_name

    try:
        name = get_localzone_name()
    except LookupError:
        name = None
    return name if name in available_timezones() else "UTC"


def _check_host(host: str, names: tuple[str, ...]) -> None:
    if host not in ("127.0.0.1", "localhost", "::1", "alice.localhost") and host not in names:
        raise InvalidInput(
            {"ALICE_HOST": f"{host!r} is not a loopback address; name it in ALICE_TRUSTED_HOSTS to listen there."}
        )
