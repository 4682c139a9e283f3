"""Everything at once, by chance: messages, edits, kills, hang-ups, floods, and items that cannot be stored for a while.

Whatever happens, in the end each message is there once in each of the forms that were heard, the latest among them.
"""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from alice.errors import Upstream
from alice.smokes.support.telegram.servers import LoopbackTelegram
from alice.smokes.support.telegram.worlds import Chat, Person, Post
from tests.connectors.conftest import Keeper, settings

READS = ("messages.getHistory", "updates.getDifference", "updates.getChannelDifference", "users.getUsers",
         "channels.getMessages", "messages.getMessages")  # fmt: skip


class Storm:
    """One story told by dice: the same seed tells the same one."""

    def __init__(self, telegram: LoopbackTelegram, seed: int, *, bot: bool) -> None:
        self.dice = random.Random(seed)
        self.telegram = telegram
        self.world = telegram.world
        self.world.slice = 3
        self.reader = self.world.person("Reader", bot=bot)
        self.other = self.world.person("Other")
        self.stranger = self.world.person("Stranger")
        self.club = self.world.channel("Club", self.reader, self.other)
        self.family = self.world.group("Family", self.reader, self.other)
        self.posts: list[tuple[Post, str]] = []
        self.now = datetime(2026, 3, 4, 12, tzinfo=UTC)
        chats = (str(self.other.id), str(self.club.marked), str(self.family.marked))
        self.world.say(self.other, self.reader, "opening")
        self.keeper = Keeper(settings(telegram, self.reader, *chats, page=3)).sync(now=self.now)

    def happen(self) -> None:
        """Let one thing happen."""
        self.dice.choice([self.say, self.say, self.say, self.edit, self.break_off, self.break_off, self.refuse])()

    def say(self) -> None:
        for _ in range(self.dice.randint(1, 6)):
            places: list[tuple[Person, Chat]] = [(self.other, self.reader), (self.other, self.club),
                                                 (self.other, self.family), (self.stranger, self.reader)]  # fmt: skip
            who, where = self.dice.choice(places)
            text = f"{'secret' if who is self.stranger else 'words'} {self.dice.random()}"
            post = self.world.say(who, where, text)
            if who is not self.stranger:
                self.posts.append((post, text))

    def edit(self) -> None:
        if self.posts:
            place = self.dice.randrange(len(self.posts))
            post, text = self.posts[place]
            self.posts[place] = (post, text + "+")
            self.world.edit(post, text + "+")

    def refuse(self) -> None:
        self.keeper.refused = {text for _, text in self.posts if self.dice.random() < 0.2}
        self.sync()
        self.keeper.refused = set()

    def break_off(self) -> None:
        how = self.dice.choice(["kill", "reset", "hang_up", "cut", "flood"])
        method, skip = self.dice.choice(READS), self.dice.randint(0, 4)
        if how == "flood":
            self.telegram.flood(method, 60, skip=skip)
        elif how != "kill":
            self.telegram.trouble(method, how, skip=skip)
        self.sync(parts=self.dice.randint(1, 6) if how == "kill" else None)
        self.telegram.calm()

    def sync(self, parts: int | None = None) -> None:
        with suppress(Upstream):
            self.keeper.sync(parts=parts, now=self.now)
        self.now += timedelta(minutes=self.dice.choice([0, 2]))


@pytest.mark.parametrize("bot", [False, True], ids=["user", "bot"])
@pytest.mark.parametrize("seed", range(12))
def test_no_storm_loses_or_doubles_a_message(telegram: LoopbackTelegram, seed: int, *, bot: bool) -> None:
    storm = Storm(telegram, seed, bot=bot)
    for _ in range(25):
        storm.happen()
    storm.now += timedelta(hours=1)
    storm.keeper.sync(now=storm.now).sync(now=storm.now)
    latest: dict[str, tuple[int, str]] = {}
    for (name, revision), received in storm.keeper.stored.items():
        latest[name] = max(latest.get(name, (-1, "")), (revision, received.item.text))
    told = sorted(text for _, text in latest.values() if text != "opening")
    assert told == sorted(text for _, text in storm.posts)
    assert not [text for text in storm.keeper.texts() if text.startswith("secret")]
