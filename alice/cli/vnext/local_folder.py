"""`alicebot vnext connectors local-folder`: which folders of notes are read, and reading them."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import click

from alice.cli import brain, output
from alice.cli.framework import Group
from alice.cli.vnext.connectors import run, said


@click.group(cls=Group)
def group() -> None:
    """Folders of notes: add-path, remove-path, sync, watch."""


@group.command("add-path")
@click.argument("path", type=click.Path(path_type=Path))
def add_path(path: Path) -> None:
    """Read the folder PATH from now on; naming it here is leave enough, wherever it lies."""
    from alice.services.folders import local_folders

    with brain.opened() as opened:
        told = local_folders.add_path(opened.actor, path, settings=opened.settings, any_folder=True)
    output.show(told, lambda: click.echo(f"Reading {output.join(told['options']['folders'])}."))


@group.command("remove-path")
@click.argument("path", type=click.Path(path_type=Path))
def remove_path(path: Path) -> None:
    """Read the folder PATH no more; what came from it stays."""
    from alice.services.folders import local_folders

    with brain.opened() as opened:
        told = local_folders.remove_path(opened.actor, path, settings=opened.settings)
    output.show(told, lambda: click.echo(f"Reading {output.join(told['options']['folders'])}."))


@group.command()
def sync() -> None:
    """Take in what is new, edited, moved or gone."""
    run("local-folder")


@group.command()
def watch() -> None:
    """Take in changes as they are saved, until Ctrl-C."""
    import threading

    from alice.services.folders import local_folders

    stop = threading.Event()
    with brain.opened() as opened:
        try:
            for told in local_folders.watch(opened.actor, settings=opened.settings, stop=stop):
                output.show(told, partial(_say, told))
        except KeyboardInterrupt:
            stop.set()


def _say(told: dict[str, Any]) -> None:
    click.echo(said(told))
