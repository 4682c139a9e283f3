"""Connectors, as far as Home needs them: a folder of notes to read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from flask import Response

from alice import inputs
from alice.services import folder_roots, imports
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
    """Take in every note of a folder."""
    settings = current.settings()
    folder = folder_roots.checked(Path(given.path.strip()), settings, anywhere=False)
    imports.import_folder(current.actor(), folder, zone=settings.timezone, home=settings.home)
    return htmx.see_other("/vnext")
