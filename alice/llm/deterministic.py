"""A model without a model: picks sentences out of the passages, in the shape that models answer in.

It needs no network and gives the same answer to the same question; it shows that the way works, and writes plainly.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from alice.domain.composing.support import sentences
from alice.domain.extraction.wording import plain
from alice.domain.llm.prompts import LISTS, Passage
from alice.llm.base import Reply

NAME = "extractive-1"
_HEDGED = re.compile(r"\b(?:may|might|perhaps|maybe|probably|unclear|unsure)\b")
_NAMED = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{2,}")
_LONGEST, _SHORTEST, _MOST = 240, 20, 5
Item = dict[str, Any]


class Deterministic:
    """Answers from the passages of the question alone."""

    provider = "deterministic"
    name = NAME
    host: str | None = None
    address: str | None = None

    def ask(self, body: str, passages: Sequence[Passage], seconds: float) -> Reply:
        """Return sentences of the passages: statements as facts, hedged ones as uncertainties, questions as open."""
        del body, seconds
        read = list(_sentences(passages))
        lists: dict[str, list[Item]] = {name: [] for name in LISTS}
        for number, sentence in read:
            lists[_list(sentence)].append({"text": sentence, "sources": [number]})
        lists = {name: items[:_MOST] for name, items in lists.items()}
        lists["inferences"] = list(_shared(read))[:_MOST]
        if lists["facts"]:
            first = lists["facts"][0]["sources"]
            lists["recommendations"] = [{"text": "Look at this passage first.", "sources": first}]
        head = lists["facts"][0] if lists["facts"] else {"text": "", "sources": []}
        cited = sorted({n for items in lists.values() for item in items for n in item["sources"]})
        return Reply(json.dumps({"headline": head, **lists, "source_references": cited}), NAME)


def _sentences(passages: Sequence[Passage]) -> Iterable[tuple[int, str]]:
    for passage in passages:
        if passage.warned:
            continue
        text = passage.words.text
        for left, right in sentences(text):
            sentence = plain(" ".join(text[left:right].split()))
            if _SHORTEST <= len(sentence) <= _LONGEST:
                yield passage.number, sentence


def _list(sentence: str) -> str:
    if sentence.endswith("?"):
        return "open_questions"
    return "uncertainties" if _HEDGED.search(sentence) else "facts"


def _shared(read: Iterable[tuple[int, str]]) -> Iterable[Item]:
    """Yield one inference for each name that two passages have."""
    where: dict[str, list[int]] = {}
    for number, sentence in read:
        for name in _NAMED.findall(sentence):
            where.setdefault(name, []).append(number)
    for name, numbers in where.items():
        found = sorted(set(numbers))
        if len(found) > 1:
            yield {"text": f"These passages both speak of {name}.", "sources": found[:2]}
