"""Over random brains, decided on at random: what is forgotten leaves no run of words anywhere that was its alone."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from alice.db import database
from alice.domain.policy import Action, Actor, Scope
from alice.domain.vocab import WorkflowType
from alice.errors import Conflict, InvalidInput
from alice.ledger import gate
from alice.queries.ledger import events, trace
from alice.queries.library import artifacts as shelves
from alice.services import forgetting
from alice.services.evidence import revisions
from alice.services.reviewing import artifacts, loops, memories, sources
from alice.services.reviewing.memories import Wish
from tests.support.absence import everywhere, runs, spoken
from tests.support.diaries import brief, ids, keep

PEOPLE = ("Ann", "Tom", "Mira", "Jonas", "Quill")
THINGS = ("turquoise envelope", "velvet trombone", "slate roof", "harbour gate", "marmalade jar", "seed library")
VERBS = ("sends", "orders", "repairs", "paints", "collects", "forgets")


def sentence(dice: random.Random) -> str:
    who, verb, thing = dice.choice(PEOPLE), dice.choice(VERBS), dice.choice(THINGS)
    rest = f"for {dice.choice(PEOPLE)} in week {dice.randint(1, 30)}"
    return dice.choice(
        [f"Decision: {who} {verb} the {thing} {rest}.", f"- TODO: {who} {verb} the {thing} by Friday {rest}.",
         f"{who} prefers the {thing} {rest}.", f"We heard that {who} {verb} a {thing} {rest}."]
    )  # fmt: skip


def note(dice: random.Random, pool: list[str]) -> str:
    lines = [dice.choice(pool) if pool and dice.random() < 0.3 else sentence(dice) for _ in range(dice.randint(1, 5))]
    pool += lines
    return f"# {dice.choice(THINGS).capitalize()} {dice.randint(1, 99)}\n\n" + "\n\n".join(lines) + "\n"


def decide(actor: Actor, dice: random.Random, now: datetime) -> None:
    """Decide on many things at random; what is decided on already, or cannot be, is left."""
    edit = {"text": "I say so in words of my own."}
    wishes = (Wish("accept"), Wish("reject", reason="No."), Wish("edit", edit=edit), Wish("snooze"))
    for memory in ids("SELECT id FROM memory WHERE status <> 'forgotten' ORDER BY id"):
        _try(lambda: memories.review(actor, memory, dice.choice(wishes), now=now))  # noqa: B023
    for loop in ids("SELECT id FROM open_loop ORDER BY id"):
        action = dice.choice(["accept", "close", "reject", "snooze"])
        _try(lambda: loops.review(actor, loop, action, now=now))  # noqa: B023
    for source in ids("SELECT id FROM source WHERE status = 'new' AND current ORDER BY id"):
        _try(lambda: sources.review(actor, source, "review", now=now) if dice.random() < 0.5 else None)  # noqa: B023
    for artifact in ids("SELECT id FROM artifact ORDER BY id"):
        _try(lambda: artifacts.review(actor, artifact, dice.choice(["accept", "promote"]), now=now))  # noqa: B023


def _try(work: object) -> None:
    try:
        work()  # type: ignore[operator]
    except (Conflict, InvalidInput):
        return


def grown(actor: Actor, dice: random.Random, now: datetime) -> list[UUID]:
    """Let a brain grow: notes that repeat each other, edits, artifacts of all kinds, decisions in between."""
    pool: list[str] = []
    kept: list[UUID] = []
    for step in range(3):
        at = now + timedelta(hours=step)
        kept += [keep(actor, note(dice, pool), at) for _ in range(3)]
        after = keep(actor, note(dice, pool), at)
        with gate.write(actor, Action.CAPTURE) as unit:
            revisions.replace(unit, [revisions.Edit(kept[-1], after, True)])
        for kind in dice.sample(list(WorkflowType), 3):
            brief(actor, at, kind)
        decide(actor, dice, at)
    return list(dict.fromkeys(kept))


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_forgotten_leaves_no_words_of_its_own(db: str, alice: Actor, now: datetime, seed: int) -> None:
    dice = random.Random(seed)
    kept = grown(alice, dice, now)
    scope = gate.scope(alice)
    for source in dice.sample(kept, 4):
        before = dict(database.query("SELECT id, content_text FROM source WHERE status <> 'forgotten'"))
        if source not in before:
            continue
        receipt = forgetting.source(alice, source, now=now)
        gone = {UUID(one) for one in receipt["gone"]["sources"]}
        rest = [spoken(text) for one, text in before.items() if one not in gone]
        own = [run for one in gone for run in runs(before[one])
               if len(run.split()) == 5 and not any(run in text for text in rest)]  # fmt: skip
        assert everywhere("\n".join(own)) == [], (seed, source)
        assert receipt["status"] == "complete", receipt["left"]
        _hold(scope)


def _hold(scope: Scope) -> None:
    """Whatever is left holds: sources, claims, artifacts, and the log."""
    for kind, table in (("source", "source"), ("memory", "memory"), ("loop", "open_loop"), ("artifact", "artifact")):
        for one in ids(f"SELECT id FROM {table}"):
            assert getattr(trace, kind)(scope, one)["integrity"] == "ok", (kind, one)
    for row in shelves.page(scope, limit=0).items:
        shelves.get(scope, row["id"])
    assert events.verify(scope)["status"] == "ok"
