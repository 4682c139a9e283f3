"""The laws of every artifact, over random brains: each citation is byte for byte in its source, each fact cites, and
nobody finds a word in an artifact, an edge or an update that the policy holds back from them.

One brain a run; the long form (`pytest -m long`) makes a thousand artifacts and more.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import pytest

from alice.db import database
from alice.domain.policy import Actor, Scope, owner, visible
from alice.domain.preparation import Item
from alice.domain.vocab import Domain, Profile, Sensitivity, WorkflowType
from alice.queries.library import artifacts, graph, projects
from alice.services.composing import briefs
from alice.services.evidence import capture

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
PEOPLE = ("Ann", "Tom", "Ida", "Zoë", "Bao")
TOPICS = ("Roof repair [#12](u)", "Heating [#15](u)", "Paving the yard [#13](u)", "Seed swap 🌱", "Chimney")
THINGS = (
    "Vaillant valve",
    "slates of Brandt",
    "straße nach Ulm",
    "offer — 90 €",
    "plan\u00a0B",
    "Stihl saw",
    "屋根の修理",
)
WORKERS = tuple(
    profile for profile in Profile if profile not in (Profile.READ_ONLY_AGENT, Profile.MEMORY_PROPOSAL_AGENT)
)


@dataclass(frozen=True)
class Kept:
    """A note of a random brain: the word that only it holds, and who may see it."""

    canary: str
    domain: Domain
    sensitivity: Sensitivity
    project_id: UUID | None


def said(draw: random.Random, canary: str, day: datetime) -> str:
    """Return a remark about a thing, with the note's own word in it."""
    who, thing, number = draw.choice(PEOPLE), draw.choice(THINGS), draw.randint(2, 99)
    due = (day + timedelta(days=draw.randint(-3, 12))).date().isoformat()
    return draw.choice(
        (
            f"{who} will order the {thing} for {canary} by {due}.",
            f"Decision: we take the {thing} of {canary} for {number} euros.",
            f"{who} ordered the {thing} for {canary} on Monday.",
            f"{who}: the {thing} of {canary} was approved and costs {number} euros.",
            f"Waiting for {draw.choice(PEOPLE)} to answer about {thing} and {canary}.",
            f"{who} prefers the {thing} to be {canary}; nobody objects.",
            f"Has {who} seen the {thing} of {canary}?",
        )
    )


def note(draw: random.Random, canary: str, day: datetime) -> str:
    """Return minutes, or a plain note, of random remarks."""
    if draw.random() < 0.25:
        return "# {} {}\n\n{}\n".format(
            draw.choice(THINGS), canary, " ".join(said(draw, canary, day) for _ in range(4))
        )
    parts = ["# Board", "## Present", "* Ann Lee\n* Tom Rey\n* Ida Moss", "## Agenda"]
    for topic in draw.sample(TOPICS, draw.randint(1, 4)):
        parts.append("\n".join([f"* {topic}", *(f"  * {said(draw, canary, day)}" for _ in range(draw.randint(1, 3)))]))
    parts.append(f"## Projects\n\n* {draw.choice(PEOPLE)} - Seed library, {said(draw, canary, day)}")
    return "\n\n".join(parts) + "\n"


def fill(draw: random.Random, me: Actor) -> list[Kept]:
    """Capture a year of random notes of every domain and sensitivity, some of a project; return what was kept."""
    kept: list[Kept] = []
    for number in range(28):
        project_id = draw.choice((None, project_of(me.user_id))) if number >= 8 else None
        one = Kept(f"zq{number}x", draw.choice(list(Domain)), draw.choice(list(Sensitivity)), project_id)
        day = NOW - timedelta(days=draw.choice((0, 1, 2, 3, 6, 9, 13, 30, 90, 200, 360)), hours=number)
        item = Item(note(draw, one.canary, day), connector="local_folder", name=f"{number}.md", occurred_at=day,
                    domain=one.domain, sensitivity=one.sensitivity, project_id=project_id)  # fmt: skip
        capture.capture(me, item, zone="UTC", now=max(day, NOW - timedelta(days=3)))
        kept.append(one)
    return kept


def project_of(user_id: UUID) -> UUID | None:
    found = database.query("SELECT id FROM project WHERE user_id = %s ORDER BY key LIMIT 1", user_id)
    return found[0][0] if found else None


def actors(user_id: UUID, draw: random.Random) -> list[Actor]:
    """Return the owner and agents of every profile that may generate, with and without grants."""
    project_id = project_of(user_id)
    assert project_id
    agents = [
        Actor(
            "agent", f"{profile}-{len(grants)}", user_id, profile, grants, agent_id=UUID(int=5),
            project_ids=frozenset([project_id]) if profile is Profile.PROJECT_SCOPED_AGENT else None,
        )
        for profile in WORKERS
        for grants in (frozenset[Domain](), frozenset(draw.sample(list(Domain), 4)))
    ]  # fmt: skip
    return [owner(user_id), *agents]


def hidden(kept: list[Kept], scope: Scope) -> list[str]:
    return [
        one.canary
        for one in kept
        if one.domain not in scope.domains
        or one.sensitivity not in scope.sensitivities
        or (scope.project_ids is not None and one.project_id not in scope.project_ids)
    ]


def leaks(told: object, canaries: list[str]) -> list[str]:
    words = set("".join(char if char.isalnum() else " " for char in str(told)).split())
    return [canary for canary in canaries if canary in words]


def texts(user_id: UUID) -> dict[str, str]:
    return dict(database.query("SELECT id::text, content_text FROM source WHERE user_id = %s", user_id))


def test_every_artifact_keeps_the_laws(db: str) -> None:
    keep_the_laws(0)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1, 25))
def test_a_thousand_artifacts_keep_the_laws(db: str, seed: int) -> None:
    keep_the_laws(seed)


def keep_the_laws(seed: int) -> None:
    """Fill a brain, let everybody who may make every artifact, and look for what must not be there."""
    draw, user_id = random.Random(seed), uuid5(UUID(int=7), str(seed))
    kept = fill(draw, owner(user_id))
    sources, made, shown = texts(user_id), 0, set[str]()
    for actor in actors(user_id, draw):
        for kind in WorkflowType:
            told = briefs.generate(kind, actor, now=NOW, zone="UTC")
            check_words(told, sources)
            assert leaks(told, hidden(kept, visible(actor))) == [], (actor.identity, kind)
            made += 1
            shown |= set(leaks(told, [one.canary for one in kept])) if actor.kind == "owner" else set()
    assert made == 42
    assert len(shown) >= 10, "the artifacts of the owner tell of too few notes to prove anything"
    check_readers(user_id, kept, draw)


def check_words(told: dict[str, Any], sources: dict[str, str]) -> None:
    """Each citation stands in its source, code point for code point, and each fact has one."""
    for section in told["sections"]:
        for statement in section["statements"]:
            assert statement["citations"] or statement["kind"] != "fact"
            for one in statement["citations"]:
                assert sources[one["source_id"]][one["start"] : one["end"]] == one["quote"] != ""


def check_readers(user_id: UUID, kept: list[Kept], draw: random.Random) -> None:
    """Whoever made an artifact, an edge or an update: who reads it sees no word that is held back from them."""
    seen = 0
    for actor in actors(user_id, draw)[1:]:
        scope = visible(actor)
        canaries = hidden(kept, scope)
        items = artifacts.page(scope, limit=0).items
        seen += len(items)
        for item in items:
            assert leaks(artifacts.get(scope, item["id"]), canaries) == [], (actor.identity, item["artifact_type"])
        assert leaks(graph.page(scope, limit=0).items, canaries) == []
        assert leaks(projects.updates(scope, limit=0).items, canaries) == []
        assert leaks([projects.get(scope, one["id"]) for one in projects.page(scope, limit=0).items], canaries) == []
    assert seen > 0
