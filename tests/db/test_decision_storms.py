"""Captures, batches, merges, undos and single decisions on the same memories at once: nobody waits for ever."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from contextlib import suppress

from alice.db import database
from alice.domain.policy import Actor
from alice.domain.preparation import Item
from alice.errors import Conflict, InvalidInput, NotFound
from alice.ledger import gate
from alice.queries.ledger import decisions, events, trust
from alice.services.evidence import capture
from alice.services.reviewing import memories, memory_batches, undoing
from alice.services.reviewing.memories import Wish
from tests.support.decisions import tell

ROUNDS = 25
TEXTS = tuple(f"Decision: boat {number} gets {number + 2} new oars." for number in range(12))
Chore = Callable[[random.Random], object]


def work(chore: Chore, seed: int, wrong: list[BaseException]) -> None:
    draw = random.Random(seed)
    try:
        for _ in range(ROUNDS):
            with database.session(), suppress(Conflict, InvalidInput, NotFound):
                chore(draw)
    except BaseException as error:
        wrong.append(error)


def test_nobody_waits_for_ever_and_every_seal_holds(db: str, alice: Actor) -> None:
    ids = [tell(alice, text) for text in TEXTS]
    scope = gate.scope(alice)

    def told_again(draw: random.Random) -> None:
        notes = [Item(f"Round {draw.random()}\n\n{text}") for text in draw.sample(TEXTS, 6)]
        capture.capture_many(alice, notes, zone="UTC")

    def batch(draw: random.Random) -> None:
        wish = Wish(draw.choice(["accept", "reject", "reopen", "expire"]))
        memory_batches.review(alice, draw.sample(ids, 6), wish)

    def merge(draw: random.Random) -> None:
        one, into = draw.sample(ids, 2)
        memories.review(alice, one, Wish("merge", into=into))

    def undo(draw: random.Random) -> None:
        undoing.undo(alice, draw.choice(decisions.page(scope, limit=20).items or [{"id": ids[0]}])["id"])

    def decide(draw: random.Random) -> None:
        memories.review(alice, draw.choice(ids), Wish(draw.choice(["accept", "reject", "expire"])))

    wrong: list[BaseException] = []
    chores: tuple[Chore, ...] = (told_again, batch, merge, undo, decide)
    threads = [threading.Thread(target=work, args=(chore, n, wrong)) for n, chore in enumerate(chores)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert events.verify(scope)["status"] == "ok"
    assert trust.broken(scope, "memory", [one for one in ids if decisions.newest(scope, "memory", one)]) == {}
