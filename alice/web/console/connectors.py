"""Connectors, as far as Home needs them: a folder of notes to read."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from flask import Response

from alice import inputs
from alice.errors import Busy
from alice.runs import syncs
from alice.services.folders import local_folders
from alice.web import current, htmx, shell
from alice.web.console import pages
from alice.web.console.forms import form
from alice.web.inputs import accepts


def _again(values: Mapping[str, str], faults: Mapping[str, str]) -> Response:
    way = form(("path",), values, faults)
    return shell.show("pages/library/folder.html", part="parts/today/way_folder.html", status=422, form=way)


@pages.post("/connectors/local-folder/paths")
@accepts(inputs.ReadFolder, again=_again)
def read_folder(given: inputs.ReadFolder) -> Response:
    """Read a folder of notes from now on, and take in what it holds; what takes longer goes on by itself."""
    actor, settings = current.actor(), current.settings()
    local_folders.add_path(actor, Path(given.path.strip()), settings=settings, now=current.now())
    with suppress(Busy):  # whoever is at it brings in this folder too, now or at the next look
        syncs.begin(actor, local_folders.NAME, settings=settings)
    return htmx.see_other("/vnext")
