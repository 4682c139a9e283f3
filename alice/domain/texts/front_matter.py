"""Reads the YAML block at the top of a note, bounded and safe: no tags, no aliases, no depth, no surprise.

It must never raise: a block that YAML refuses is read as plain `key: value` lines and lists, as far as it goes.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping
from typing import Any

from alice.domain.texts.blocks import flat, front_matter_end

_LONGEST = 16_384
_DEEPEST = 12
_MOST_EVENTS = 2_000
_LONGEST_VALUE = 2_000
_MOST_LISTED = 200
_PLAIN_LINE = re.compile(
    r"^([A-Za-z][\w -]{0,60}):[ \t]*(|(?<=[ \t])\S[^\n]{0,2000})$"  # a key, and a value when it has one
    r"|^[ \t]*-[ \t]+(\S[^\n]{0,2000})$",  # a line of a list
    re.MULTILINE,
)


def read(text: str) -> tuple[Mapping[str, Any], int]:
    """Return the front matter as JSON values and the offset where the body begins; ({}, 0) when there is none.

    Dates and times come as ISO 8601 text.
    """
    if not text.startswith(("---", "\ufeff---")):
        return {}, 0
    head = flat(text[:70_000])
    end = front_matter_end(head)
    if not end:
        return {}, 0
    inside = head[head.index("\n") + 1 : head.rindex("\n", 0, end) + 1]
    return (_parse(inside) if len(inside) <= _LONGEST else _plain_lines(inside)), end


def _parse(inside: str) -> dict[str, Any]:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    # The safe loader either way; the one in C where there is one.
    try:
        if not bounded(inside):
            return _plain_lines(inside)
        loaded = yaml.load(inside, Loader=loader)
    except (yaml.YAMLError, ValueError, OverflowError, TypeError, AttributeError, RecursionError):
        return _plain_lines(inside)
    if not isinstance(loaded, dict):
        return {}
    return {_key(key): _plain(value) for key, value in loaded.items() if key is not None}


def bounded(inside: str) -> bool:
    """Tell whether the YAML has no alias, little depth and few parts; raise YAMLError when it is none."""
    import yaml

    depth = 0
    for count, event in enumerate(yaml.parse(inside, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))):
        if isinstance(event, yaml.events.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.events.CollectionEndEvent):
            depth -= 1
        if isinstance(event, yaml.events.AliasEvent) or depth > _DEEPEST or count > _MOST_EVENTS:
            return False
    return True


def _plain_lines(inside: str) -> dict[str, Any]:
    """Return what stands on plain lines: `key: value`, or `key:` and a list under it."""
    told: dict[str, Any] = {}
    key = ""
    for match in _PLAIN_LINE.finditer(inside):
        if match[1]:
            key = match[1].strip()
            told[key] = _unquoted(match[2]) if match[2] else None
        elif key and not isinstance(told[key], str):
            told[key] = [*(told[key] or []), _unquoted(match[3])][:_MOST_LISTED]
    return told


def _unquoted(said: str) -> str:
    return _text(said.strip().strip("'\""))


def _key(key: object) -> str:
    return str(_plain(key))[:200]


def _plain(value: object) -> Any:
    """Return a JSON value for what YAML made."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) < 2**63 else str(value)[:_LONGEST_VALUE]
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    if isinstance(value, dict):
        return {_key(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(inner) for inner in value]
    return _text(str(value))


def _text(value: str) -> str:
    # Neither a NUL nor half a surrogate pair can be stored, and YAML's escapes can spell both.
    cleaned = value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
    return cleaned[:_LONGEST_VALUE]
