"""`alicebot vnext scheduler service`: the daemon, and the console, as services of systemd or launchd."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from alice.cli import brain, output
from alice.cli.framework import Group

if TYPE_CHECKING:
    from alice.scheduler.service_units import Unit

WHICH = click.option("--web", is_flag=True, help="The console and the API as well.")
KIND = click.option("--kind", type=click.Choice(["systemd", "launchd"]), help="Instead of what this machine has.")


@click.group(cls=Group)
def group() -> None:
    """The daemon as a service of systemd or launchd: print, install, uninstall, status."""


def _units(web: bool, kind: str | None) -> tuple[tuple[Unit, ...], str, Any]:
    from alice.scheduler import service_units as units

    settings = brain.settings()
    which = kind or units.system()
    services = (units.SCHEDULER, units.WEB) if web else (units.SCHEDULER,)
    return units.units(units.machine(settings), which, services), which, settings


@group.command("print")
@WHICH
@KIND
def print_units(web: bool, kind: str | None) -> None:
    """Print the units for this machine; nothing is written."""
    units, _, _ = _units(web, kind)
    told = [{"name": unit.name, "path": str(unit.path), "text": unit.text} for unit in units]
    output.show({"items": told, "count": len(told)}, lambda: click.echo("\n".join(unit.text for unit in units)))


@group.command()
@WHICH
def install(web: bool) -> None:
    """Write the units, load them and start them."""
    from alice.scheduler import service_installs

    units, kind, settings = _units(web, None)
    commands = service_installs.install(units, kind, home=settings.home)
    told = {"installed": [str(unit.path) for unit in units], "commands": [" ".join(words) for words in commands]}
    output.show(told, lambda: click.echo(f"Installed and started {output.join([unit.name for unit in units])}."))


@group.command()
@WHICH
def uninstall(web: bool) -> None:
    """Stop the units and remove their files."""
    from alice.scheduler import service_installs

    units, kind, _ = _units(web, None)
    gone = service_installs.uninstall(units, kind)
    told = {"removed": [str(path) for path in gone]}
    output.show(told, lambda: click.echo(f"Removed {output.join(told['removed'])}." if gone else "None was installed."))


@group.command()
@WHICH
def status(web: bool) -> None:
    """Say which units are installed, whether they are as they should be, and whether they run."""
    from alice.scheduler import service_installs

    units, kind, _ = _units(web, None)
    rows = [
        {"name": s.name, "path": str(s.path), "installed": s.installed, "current": s.current, "running": s.running}
        for s in service_installs.standings(units, kind)
    ]
    columns = {name: (lambda row, name=name: row[name]) for name in ("name", "installed", "current", "running")}
    output.show({"items": rows, "count": len(rows)}, lambda: output.table(rows, columns, empty="There are none."))
