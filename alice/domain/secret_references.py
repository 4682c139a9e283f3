"""How a secret is named: `env:NAME`, `keyring:NAME` or `file:NAME`. It never holds or sees a value."""

from __future__ import annotations

import re
from dataclasses import dataclass

from alice.errors import InvalidInput

KINDS = ("env", "keyring", "file")
_WORD = r"[A-Za-z_][A-Za-z0-9_.-]{0,63}"
_NAME = re.compile(_WORD)
PATTERN = f"^(?:{'|'.join(KINDS)}):{_WORD}$"
_TAUGHT = "write env:NAME, keyring:NAME or file:NAME"


@dataclass(frozen=True, slots=True, order=True)
class Reference:
    """Where a secret lies, and under which name there."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}"


def parse(text: str, *, field: str = "secret_ref") -> Reference:
    """Return `text` as a reference; raise InvalidInput for `field`.

    What is not a reference may be the secret itself, so the sentence does not repeat it.
    """
    kind, colon, name = text.strip().partition(":")
    if not colon or kind not in KINDS:
        raise InvalidInput({field: f"must name a secret and not hold one: {_TAUGHT}."})
    if not _NAME.fullmatch(name):
        raise InvalidInput({field: f"the name after {kind}: takes 1 to 64 letters, digits, dots, dashes, underscores."})
    return Reference(kind, name)
