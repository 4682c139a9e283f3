"""The people, chats and messages of the loopback Telegram, and what each account has heard of them in which order.

It holds no protocol: messages are TL objects, and everything else is plain.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import RLock
from typing import Any

CHANNEL_BASE = 1_000_000_000_000  # the marked id of a channel is this and its id, negated
BEGINNING = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


@dataclass(slots=True)
class Box:
    """A sequence of messages and the log of what happened to them; `pts` is the length of the log, from 1 on."""

    messages: dict[int, Any] = field(default_factory=dict)
    log: list[tuple[int, str, int]] = field(default_factory=list)
    pts: int = 1
    kept_from: int = 0
    top: int = 0

    def add(self, message: Any) -> None:
        """Take in a new message, or a new form of one that is here."""
        self.pts += 1
        self.log.append((self.pts, "edit" if message.id in self.messages else "new", message.id))
        self.messages[message.id] = message
        self.top = max(self.top, message.id)

    def remove(self, message_id: int) -> None:
        """Let a message vanish."""
        self.pts += 1
        del self.messages[message_id]
        self.log.append((self.pts, "delete", message_id))

    def forget_log(self) -> None:
        """Answer `too long` to everyone who has not heard what has happened until now."""
        self.kept_from = self.pts


@dataclass(slots=True, eq=False)
class Person:
    """Someone with an account: a user or a bot. `box` holds private chats and basic groups, as this account sees it."""

    id: int
    name: str
    bot: bool = False
    username: str | None = None
    phone: str | None = None
    password: str | None = None
    token: str | None = None
    box: Box = field(default_factory=Box)
    dialogs: list[Chat] = field(default_factory=list)

    @property
    def marked(self) -> int:
        """Return the id as clients write it: a person's is positive."""
        return self.id


@dataclass(slots=True, eq=False)
class Group:
    """A basic group: each member's account has its own copy of a message."""

    id: int
    title: str
    members: tuple[Person, ...]
    username: str | None = None

    @property
    def marked(self) -> int:
        """Return the id as clients write it: a basic group's is negative."""
        return -self.id


@dataclass(slots=True, eq=False)
class Channel:
    """A supergroup or a channel: one box for all, and ids of its own; its log begins with its being opened."""

    id: int
    title: str
    members: tuple[Person, ...]
    username: str | None = None
    broadcast: bool = False
    box: Box = field(default_factory=lambda: Box(pts=2))
    closed_to: set[int] = field(default_factory=set)

    @property
    def marked(self) -> int:
        """Return the id as clients write it: -100 and the id."""
        return -(CHANNEL_BASE + self.id)


Chat = Person | Group | Channel


@dataclass(frozen=True, slots=True)
class Post:
    """A message that was sent: its number in each box that holds it, by the owner's marked id."""

    chat: Chat
    numbers: dict[int, int]

    @property
    def number(self) -> int:
        """Return the number in the first box: the only one of a channel."""
        return next(iter(self.numbers.values()))


class World:
    """Everything there is. Times step by a minute a message, so that nothing depends on the clock."""

    def __init__(self) -> None:
        self.lock = RLock()
        self.people: dict[int, Person] = {}
        self.chats: dict[int, Chat] = {}
        self.now = BEGINNING
        self.slice = 100  # the most log entries in one difference
        self.repeats = 0  # how many entries before the asked one a difference tells again
        self.data_centres: dict[int, tuple[str, int]] = {}  # where other data centres are, by their number

    def person(self, name: str, **details: Any) -> Person:
        """Let someone join Telegram; details are the fields of Person."""
        with self.lock:
            who = Person(101 + len(self.people), name, **details)
            self.people[who.id] = who
            self.chats[who.marked] = who
            who.dialogs.append(who)
            return who

    def group(self, title: str, *members: Person) -> Group:
        """Open a basic group."""
        with self.lock:
            return self._opened(Group(501 + len(self.chats), title, members))

    def channel(self, title: str, *members: Person, **details: Any) -> Channel:
        """Open a supergroup, or with `broadcast` a channel."""
        with self.lock:
            return self._opened(Channel(90001 + len(self.chats), title, members, **details))

    def _opened(self, chat: Any) -> Any:
        self.chats[chat.marked] = chat
        for member in chat.members:
            member.dialogs.append(chat)
        return chat

    def say(self, who: Person, where: Chat, text: str = "", **fields: Any) -> Post:
        """Send a message, a service message when `action` is among the fields of the TL class."""
        with self.lock:
            self.now += timedelta(minutes=1)
            numbers = {}
            for owner, box in self._boxes(who, where):
                numbers[owner.marked] = box.top + 1
                box.add(self._message(box.top + 1, who, where, owner, fields | {"message": text}))
            return Post(where, numbers)

    def edit(self, post: Post, text: str) -> None:
        """Change the words of a message everywhere."""
        from copy import copy

        with self.lock:
            self.now += timedelta(minutes=1)
            for owner, number in post.numbers.items():
                box = self.box_of(owner)
                changed = copy(box.messages[number])
                changed.message, changed.edit_date = text, self.now
                box.add(changed)

    def delete(self, post: Post) -> None:
        """Take a message back everywhere."""
        with self.lock:
            for owner, number in post.numbers.items():
                self.box_of(owner).remove(number)

    def box_of(self, marked: int) -> Box:
        """Return the box of an account or a channel."""
        owner = self.chats[marked]
        assert not isinstance(owner, Group)
        return owner.box

    def _boxes(self, who: Person, where: Chat) -> list[tuple[Person | Channel, Box]]:
        if isinstance(where, Channel):
            return [(where, where.box)]
        people = where.members if isinstance(where, Group) else dict.fromkeys((where, who))
        for person, other in ((who, where), (where, who)):
            if isinstance(person, Person) and isinstance(other, Person) and other not in person.dialogs:
                person.dialogs.append(other)
        return [(person, person.box) for person in people]

    def _message(self, number: int, who: Person, where: Chat, owner: Any, fields: dict[str, Any]) -> Any:
        from telethon.tl import types

        kind = types.MessageService if fields.get("action") else types.Message
        if kind is types.MessageService:
            fields.pop("message")
        peer = who if owner is where and isinstance(where, Person) else where
        posted = isinstance(where, Channel) and where.broadcast
        unsaid = posted or isinstance(where, Person)  # as Telegram: who else could it be in a private chat
        fields = {"date": self.now, "out": who is owner, "post": posted or None, **fields}
        return kind(number, peer_of(peer), from_id=None if unsaid else types.PeerUser(who.id), **fields)


def peer_of(chat: Chat) -> Any:
    """Return the TL peer of a chat."""
    from telethon.tl import types

    if isinstance(chat, Channel):
        return types.PeerChannel(chat.id)
    return types.PeerChat(chat.id) if isinstance(chat, Group) else types.PeerUser(chat.id)


def access_hash(account: Person, chat: Chat) -> int:
    """Return the number without which `account` may not name `chat`; each account has another one."""
    digest = hashlib.sha256(f"{account.id}/{chat.marked}".encode()).digest()
    return int.from_bytes(digest[:8], "little", signed=True)
