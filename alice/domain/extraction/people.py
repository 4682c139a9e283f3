"""Finds the people that a text lists as present. Being named in a sentence makes nobody a claim."""

from __future__ import annotations

from collections.abc import Iterator

from alice.domain.extraction.claims import PERSON, Claim, claim_key
from alice.domain.extraction.sayings import Scene


def find_all(scene: Scene) -> Iterator[Claim]:
    """Yield a claim for each person of an attendance list: name and handle; the role is part of the quote only."""
    for start, end, person in scene.listed:
        name = person.name or f"@{person.handle}"
        text = f"{name} (@{person.handle})" if person.handle and person.name else name
        confidence = 0.9 if person.handle else 0.75 if " " in name else 0.6
        key = claim_key(PERSON, person.handle or name)
        yield Claim(PERSON, text, start, end, "person.listed", confidence, name, key)
