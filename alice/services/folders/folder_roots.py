"""Which folders may be read at all: never Alice's own, never hidden ones, and for strangers only below the roots."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from alice.config import Settings
from alice.errors import InvalidInput

FIELD = "path"


def real(folder: Path, home: Path) -> Path:
    """Return the real place of `folder`; raise InvalidInput when it is no folder, or Alice's own, or hidden."""
    try:
        root = folder.expanduser().resolve(strict=True)
        root.as_posix().encode()
    except (OSError, RuntimeError, ValueError):
        raise InvalidInput({FIELD: f"there is no folder {_shown(folder)}; name one that exists."}) from None
    if not root.is_dir():
        raise InvalidInput({FIELD: f"{_shown(folder)} is a file; name the folder that it lies in."})
    if root == root.parent:
        raise InvalidInput({FIELD: f"{_shown(folder)} is the whole machine; name a folder of notes."})
    if root.is_relative_to(home.resolve()):
        raise InvalidInput({FIELD: f"{_shown(folder)} holds Alice's own files; name a folder of notes."})
    if any(part.startswith(".") for part in root.parts):
        raise InvalidInput({FIELD: f"{_shown(folder)} is or lies in a hidden folder; name one that is not."})
    if not os.access(root, os.R_OK | os.X_OK):
        raise InvalidInput({FIELD: f"{_shown(folder)} cannot be opened by this user; change its permissions."})
    return root


def checked(folder: Path, settings: Settings, *, anywhere: bool) -> Path:
    """Return the real place of `folder`; `anywhere` is the owner's own command line, others stay below the roots."""
    root = real(folder, settings.home)
    allowed = [_resolved(one) for one in settings.local_folder_roots]
    if not anywhere and not any(root.is_relative_to(one) for one in allowed):
        listed = ", ".join(map(str, settings.local_folder_roots)) or "none"
        way = "add it by `alicebot vnext connectors local-folder add-path`, or name it in ALICE_LOCAL_FOLDER_ROOTS"
        raise InvalidInput({FIELD: f"{_shown(folder)} lies outside the allowed folders ({listed}); {way}."})
    return root


def apart(path: Path, others: Sequence[Path]) -> None:
    """Raise InvalidInput when `path` lies in one of `others` or around one: each note is read at one place."""
    for other in others:
        if path.is_relative_to(other) or other.is_relative_to(path):
            raise InvalidInput({FIELD: f"{path} and {other} hold one another; name only the outer one."})


def _resolved(root: Path) -> Path:
    return Path(os.path.realpath(root.expanduser()))


def _shown(folder: Path) -> str:
    return str(folder).encode("utf-8", "backslashreplace").decode()[:300]
