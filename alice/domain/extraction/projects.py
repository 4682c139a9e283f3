"""Finds what a text treats as a project: items of a list of projects or initiatives, `Project:` lines, repositories."""

from __future__ import annotations

import re
from collections.abc import Iterator

from alice.domain.extraction.claims import PROJECT, Claim, claim_key
from alice.domain.extraction.sayings import Scene
from alice.domain.texts.blocks import flat

_LINE = re.compile(
    r"^[ \t]*(?:[-*+] )?\**(?:Project|Initiative)\**:\**[ \t]+(?P<name>[^\n]{2,80}?)[ \t]*$", re.MULTILINE
)
_TAG = re.compile(r"(?<![\w/#])#project/(?P<name>[\w-]{2,60})")
_REPOSITORY = re.compile(r"[\w.-]{1,39}/[\w.-]{1,60}")


def find_all(scene: Scene) -> Iterator[Claim]:
    """Yield a claim for each project named by its place in the text."""
    for start, end, name in scene.initiatives:
        if 2 < len(name) <= 60 and not scene.roster.knows(name) and len(name.split()) <= 6:
            yield _claim(name, start, end, "project.initiative", 0.65)
    for start, end, name in scene.headings:
        if _REPOSITORY.fullmatch(name):
            yield _claim(name, start, end, "project.repository", 0.6)
    text = flat(scene.text)
    for sign, pattern, rule in (
        ("Project", _LINE, "project.line"), ("Initiative", _LINE, "project.line"), ("#project/", _TAG, "project.tag"),
    ):  # fmt: skip
        for match in pattern.finditer(text) if sign in text else ():
            yield _claim(match["name"].strip("* "), match.start("name"), match.end("name"), rule, 0.85)


def _claim(name: str, start: int, end: int, rule: str, confidence: float) -> Claim:
    return Claim(PROJECT, name, start, end, rule, confidence, name, claim_key(PROJECT, name))
