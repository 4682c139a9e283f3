"""Finds templates, static files, migrations and service templates, in a checkout and in an installed wheel."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
BUNDLED = PACKAGE / "_files"


def folder(name: str) -> Path:
    """Return where the folder `name` (templates, static, migrations, service-templates) lies."""
    installed = BUNDLED / name
    return installed if installed.is_dir() else PACKAGE.parent / name
