"""What an agent may be called, and the shape of its keys. It holds no key and knows no agent."""

from __future__ import annotations

import re

from alice.errors import InvalidInput

PREFIX = "alice_agent_"
SHOWN = len(PREFIX) + 6  # of a key, to tell it from others; 37 characters stay hidden
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}\Z")
_KEY = re.compile(PREFIX + r"[A-Za-z0-9_-]{43}\Z")


def checked(name: str, *, field: str = "agent_id") -> str:
    """Return an agent's name in small letters; raise InvalidInput when it is none.

    Names stand in the log and in lists: letters that look alike must not make two agents of one.
    """
    small = name.strip().lower()
    if not _NAME.match(small):
        said = "must be a name of at most 64 letters a to z, digits, dots, hyphens and underscores, such as openclaw."
        raise InvalidInput({field: said})
    return small


def is_key(text: str) -> bool:
    """Tell whether `text` has the shape of an agent's key."""
    return _KEY.match(text) is not None
