"""kill -9 in the middle of a Telegram sync, over and over, on a real wire: each message is there exactly once."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from alice import config
from alice.config import Settings
from alice.connectors.base import Secret
from alice.db import database
from alice.domain.policy import Actor
from alice.ledger import gate
from alice.queries.ledger import events
from alice.services.access import secrets
from alice.services.connecting import connectors
from alice.smokes.support.telegram.servers import LoopbackTelegram
from alice.smokes.support.telegram.worlds import Chat, Person, Post
from tests.support.crashes import killed_beside_threads, sync_telegram

FEW, FIFTY = 12, 50  # each kill needs a process of its own, and a busy machine a second for it


class Talk:
    """What people write while syncs are killed: its newest words by the chat and number of each message."""

    def __init__(self, telegram: LoopbackTelegram, seed: int) -> None:
        self.world, self.chance = telegram.world, random.Random(seed)
        self.ada: Person = self.world.person("Ada")
        bo = self.world.person("Bo")
        self.chats: list[Chat] = [self.ada, self.world.group("Garden", self.ada, bo),
                                  self.world.channel("Harbour", self.ada, bo)]  # fmt: skip
        self.posts: list[Post] = []
        self.words: dict[str, str] = {}

    def go_on(self, count: int) -> None:
        """Say `count` things, and take some earlier ones back to say them better."""
        for _ in range(count):
            number = len(self.posts)
            post = self.world.say(self.ada, self.chance.choice(self.chats), f"Paper {number} goes to Ann by Friday.")
            self.posts.append(post)
            self._note(post, f"Paper {number} goes to Ann by Friday.")
        for post in self.chance.sample(self.posts, min(3, len(self.posts))):
            text = f"Corrected {self.chance.randrange(10**9)}."
            self.world.edit(post, text)
            self._note(post, text)

    def _note(self, post: Post, text: str) -> None:
        number = post.numbers.get(self.ada.marked, post.number)
        self.words[f"{post.chat.marked}/{number}"] = text


@pytest.fixture
def telegram() -> Iterator[LoopbackTelegram]:
    with LoopbackTelegram() as server:
        yield server


def set_up(alice: Actor, telegram: LoopbackTelegram, talk: Talk) -> Settings:
    settings = config.load()
    secrets.keep(alice, "file:session", Secret(telegram.session(talk.ada)), settings=settings)
    secrets.keep(alice, "file:hash", Secret("0" * 32), settings=settings)
    chats = [str(chat.marked) for chat in talk.chats]
    options = {"api_id": 12345, "api_hash_ref": "file:hash", "chats": chats}
    connectors.configure(
        alice, "telegram", {"enabled": True, "secret_ref": "file:session", "options": options}, settings=settings
    )
    return settings


def kill_often(db: str, alice: Actor, settings: Settings, talk: Talk, *, times: int) -> int:
    """Let people talk and kill a sync, until it was killed so many times; one that ends in time does not count."""
    count = 0
    for _ in range(4 * times):
        talk.go_on(2)
        at = talk.chance.choice([("statement", talk.chance.randint(8, 60)), ("call", talk.chance.randint(1, 9))])
        count += killed_beside_threads(sync_telegram, db, settings, alice, at)
        if count == times:
            break
    return count


@pytest.mark.parametrize("kills", [FEW, pytest.param(FIFTY, marks=pytest.mark.long)])
def test_killed_many_times_each_message_is_there_once(
    db: str, alice: Actor, telegram: LoopbackTelegram, kills: int
) -> None:
    talk = Talk(telegram, 20260304)
    settings = set_up(alice, telegram, talk)
    talk.go_on(600)
    assert kill_often(db, alice, settings, talk, times=kills) == kills
    told = connectors.sync(alice, "telegram", settings=settings)
    assert (told["status"], told["failed_count"]) == ("ok", 0)
    current = database.query("SELECT external_id, content_text FROM source WHERE current")
    assert len(current) == len(talk.words)
    assert dict(current) == talk.words
    texts = database.query("SELECT external_id, content_text, count(*) FROM source GROUP BY 1, 2 HAVING count(*) > 1")
    assert texts == []
    [(captured,)] = database.query("SELECT items_captured FROM connector_state WHERE connector_name = 'telegram'")
    assert [(captured,)] == database.query("SELECT count(*) FROM source")
    assert events.verify(gate.scope(alice))["status"] == "ok"
    again = connectors.sync(alice, "telegram", settings=settings)
    assert (again["imported_count"], again["revised_count"]) == (0, 0)
