"""Which folders console and API may read: those under the owner's roots, nothing hidden, nothing of Alice's own."""

from __future__ import annotations

from pathlib import Path

from alice.config import Settings
from alice.errors import InvalidInput


def allowed(path: str, settings: Settings) -> Path:
    """Return the real folder that `path` names; raise InvalidInput where it may not be read from a browser.

    The command line may name any folder: whoever types there could read it anyway.
    """
    try:
        real = Path(path.strip()).expanduser().resolve(strict=True)
    except (OSError, RuntimeError, ValueError):
        raise InvalidInput({"path": f"there is no folder {path!r}; name one that exists."}) from None
    roots = [root.expanduser().resolve() for root in settings.local_folder_roots]
    root = next((root for root in roots if real.is_relative_to(root)), None)
    if root is None:
        listed = ", ".join(map(str, roots)) or "none"
        raise InvalidInput({"path": f"lies outside the folders that may be read here ({listed}); set"
                                    " ALICE_LOCAL_FOLDER_ROOTS, or name it on the command line."})  # fmt: skip
    if any(part.startswith(".") for part in real.relative_to(root).parts):
        raise InvalidInput({"path": "lies in a hidden folder, which is never read from here."})
    if not real.is_dir():
        raise InvalidInput({"path": "is a file; name the folder that it lies in."})
    return real
