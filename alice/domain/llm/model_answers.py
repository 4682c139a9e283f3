"""Reads what a model answered: one JSON object of a known shape, or a sentence why it is none. It believes nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from alice.domain.llm.prompts import LISTS, MOST_ITEMS
from alice.errors import Upstream

MOST_CHARS = 200_000
_FENCED = re.compile(r"\s*```(?:json)?\s*\n(?P<body>.*)\n\s*```\s*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Said:
    """One item of an answer: its words, and the numbers that it cites, as far as they were whole numbers."""

    text: str
    sources: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of the right shape. `lists` has every name of `prompts.LISTS`."""

    headline: Said
    lists: Mapping[str, tuple[Said, ...]]


def read(text: str) -> Answer:
    """Return the answer that `text` holds; raise Upstream, worth another try, saying what was wrong and no word of it.

    A key that was not asked for refuses the whole: an answer that tries to set a status or call a tool is none.
    """
    value = _json(text)
    wanted = {"headline", *LISTS, "source_references"}
    if not isinstance(value, dict) or set(value) != wanted:
        raise _malformed("it has not the keys that were asked for")
    lists = {name: _items(value[name]) for name in LISTS}
    _numbers(value["source_references"])
    return Answer(_item(value["headline"]), lists)


def _json(text: str) -> Any:
    if len(text) > MOST_CHARS:
        raise _malformed("it is far too long")
    match = _FENCED.fullmatch(text)
    try:
        return json.loads(match["body"] if match else text)
    except (ValueError, RecursionError):
        raise _malformed("it is not JSON") from None


def _items(value: Any) -> tuple[Said, ...]:
    if not isinstance(value, list):
        raise _malformed("a list is missing")
    return tuple(_item(one) for one in value[: 2 * MOST_ITEMS])


def _item(value: Any) -> Said:
    if not isinstance(value, dict) or set(value) != {"text", "sources"} or not isinstance(value["text"], str):
        raise _malformed("an item has not the two keys text and sources")
    return Said(value["text"], _numbers(value["sources"]))


def _numbers(value: Any) -> tuple[int, ...]:
    if not isinstance(value, list) or any(type(one) is not int for one in value):
        raise _malformed("sources are not a list of whole numbers")
    return tuple(dict.fromkeys(value))


def _malformed(why: str) -> Upstream:
    return Upstream(f"The model's answer cannot be used: {why}.", transient=True)
