"""Fills the templates of service-templates/ for this machine: systemd user units on Linux, launchd agents on macOS.

It says what a unit is called, where it goes and what is in it; `service_installs` puts it there.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID
from xml.sax.saxutils import escape

from alice import paths
from alice.config import Settings
from alice.errors import InvalidInput, NotConfigured

SYSTEMD, LAUNCHD = "systemd", "launchd"
SCHEDULER, WEB, POSTGRES = "scheduler", "web", "postgres"
TEMPLATES = {SYSTEMD: "vnext-local-{}.service", LAUNCHD: "vnext-local-{}.launchd.plist"}
INSTALLED = {SYSTEMD: "alicebot-vnext-{}.service", LAUNCHD: "com.alicebot.vnext-{}.plist"}
FOLDERS = {SYSTEMD: ".config/systemd/user", LAUNCHD: "Library/LaunchAgents"}

_PLACEHOLDER = re.compile(r"@([A-Z_]+)@")


@dataclass(frozen=True, slots=True)
class Machine:
    """What the templates are filled with. `embedded` says that the database is Alice's own and needs a unit too."""

    working_directory: Path
    venv: Path
    home: Path
    database_url: str
    embedded: bool
    user_id: UUID
    host: str
    port: int
    root: bool

    def words(self) -> dict[str, str]:
        """Return the value of each placeholder; a line whose placeholder is empty is left out."""
        return {
            "WORKING_DIRECTORY": str(self.working_directory),
            "VENV": str(self.venv),
            "ALICE_HOME": str(self.home),
            "ALICE_DATABASE_URL": self.database_url,
            "ALICE_USER_ID": str(self.user_id),
            "ALICE_HOST": self.host,
            "ALICE_PORT": str(self.port),
            "POSTGRES_UNIT": INSTALLED[SYSTEMD].format(POSTGRES) if self.embedded else "",
            "PROTECT_SYSTEM": "full" if self.root else "",
        }


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit for this machine: its service, the name its system knows it by, its file and the file's text."""

    service: str
    name: str
    path: Path
    text: str


def system() -> str:
    """Return which of the two this machine has; raise NotConfigured on any other."""
    if sys.platform == "darwin":
        return LAUNCHD
    if sys.platform.startswith("linux"):
        return SYSTEMD
    raise NotConfigured(
        f"Service units are made for systemd and launchd, and {sys.platform} has neither.",
        "Run `alicebot vnext scheduler daemon start` when you log in.",
    )


def machine(settings: Settings) -> Machine:
    """Return this machine as it is now. The embedded database is named by its URL, so that no unit starts a second."""
    from alice.db import embedded

    checkout = paths.PACKAGE.parent
    return Machine(
        working_directory=checkout if (checkout / "pyproject.toml").is_file() else settings.home,
        venv=Path(sys.prefix),
        home=settings.home,
        database_url=settings.database_url or embedded.dsn(embedded.locate(settings.home)),
        embedded=settings.database_url is None,
        user_id=settings.user_id,
        host=settings.host,
        port=settings.port,
        root=os.geteuid() == 0,
    )


def template(service: str, kind: str) -> str:
    """Return the text of a template as it is shipped."""
    return (paths.folder("service-templates") / TEMPLATES[kind].format(service)).read_text(encoding="utf-8")


def units(
    machine: Machine, kind: str, services: Sequence[str] = (SCHEDULER,), *, owner_home: Path | None = None
) -> tuple[Unit, ...]:
    """Return the units of `services` for `machine`, after that of the embedded Postgres where it needs one."""
    first = [POSTGRES] if machine.embedded else []
    folder = (owner_home or Path.home()) / FOLDERS[kind]
    return tuple(_unit(service, machine, kind, folder=folder) for service in [*first, *services])


def render(text: str, words: Mapping[str, str], kind: str) -> str:
    """Fill a template. A line whose placeholder is empty is left out; raise InvalidInput for what cannot be written."""
    for name, value in words.items():
        _check(name, value)
    quote = _in_xml if kind == LAUNCHD else _in_unit
    kept = [line for line in text.splitlines() if all(words[name] for name in _PLACEHOLDER.findall(line))]
    return "\n".join(_PLACEHOLDER.sub(lambda found: quote(found, words), line) for line in kept) + "\n"


def _unit(service: str, machine: Machine, kind: str, *, folder: Path) -> Unit:
    file = INSTALLED[kind].format(service)
    name = file if kind == SYSTEMD else file.removesuffix(".plist")
    return Unit(service, name, folder / file, render(template(service, kind), machine.words(), kind))


def _check(name: str, value: str) -> None:
    if not value.isprintable() or value != value.strip() or value.endswith("\\"):
        raise InvalidInput({name: "cannot be written into a service unit: it has a line break, a tab or an end blank."})
    # systemd takes no program whose path has a quote or a backslash, and would read a dollar sign as a variable.
    if name == "VENV" and set(value) & set("$\"'\\"):
        raise InvalidInput({name: "cannot be written into a service unit: its path has a quote, a backslash or a $."})


def _in_unit(found: re.Match[str], words: Mapping[str, str]) -> str:
    """Escape for systemd (systemd.unit and systemd.syntax): `%` always, and quotes and backslashes within quotes."""
    value = words[found[1]].replace("%", "%%")
    quoted = found.string[: found.start()].count('"') % 2 == 1
    return value.replace("\\", "\\\\").replace('"', '\\"') if quoted else value


def _in_xml(found: re.Match[str], words: Mapping[str, str]) -> str:
    return escape(words[found[1]])
