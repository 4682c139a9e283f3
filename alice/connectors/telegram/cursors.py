"""How far each chat of an account is read, and what a session string does not keep: as JSON, for the next fetch.

It holds ids and numbers, never words and never a secret.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from alice.connectors.base import Cursor, Received

VERSION = 1


@dataclass(slots=True)
class Place:
    """A chat: what is needed to ask for it, the newest message that was taken, and what is still to be read by id.

    `kind` is self, user, chat or channel. `fill` is the first and the last id of a stretch that was missed.
    """

    kind: str
    id: int
    access_hash: int = 0
    last: int = 0
    pts: int | None = None
    waiting: set[int] = field(default_factory=set)
    fill: tuple[int, int] | None = None

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        fields = {"kind": self.kind, "id": self.id, "hash": self.access_hash, "last": self.last, "pts": self.pts}
        return {**fields, "waiting": sorted(self.waiting), "fill": list(self.fill) if self.fill else None}


@dataclass(frozen=True, slots=True)
class Missed:
    """Why a chat was not found, and when it was looked for."""

    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Clockwork:
    """Where the account stands in Telegram's log of updates: core.telegram.org/api/updates."""

    pts: int
    qts: int
    date: int


@dataclass(slots=True)
class State:
    """Everything that outlives a fetch. `places` goes by marked id, `names` from a reference to a marked id.

    `missed` are the references to chats that were not there when somebody last looked.
    """

    account: int | None = None
    bot: bool = False
    clockwork: Clockwork | None = None
    places: dict[int, Place] = field(default_factory=dict)
    names: dict[str, int] = field(default_factory=dict)
    missed: dict[str, Missed] = field(default_factory=dict)
    not_before: datetime | None = None
    resting: set[int] = field(default_factory=set)  # chats that are left alone for the rest of this run; not kept

    def as_json(self) -> dict[str, Any]:
        """Return what is to be kept, as JSON values that later changes do not touch."""
        ticks = self.clockwork
        return {
            "version": VERSION,
            "account": self.account,
            "bot": self.bot,
            "updates": {"pts": ticks.pts, "qts": ticks.qts, "date": ticks.date} if ticks else None,
            "chats": {str(marked): place.as_json() for marked, place in self.places.items()},
            "names": dict(self.names),
            "missed": {name: [one.reason, one.at.isoformat()] for name, one in self.missed.items()},
            "not_before": self.not_before.isoformat() if self.not_before else None,
        }

    def belongs_to(self, account: int, *, bot: bool) -> None:
        """Begin anew when this is another account: ids and access hashes are each account's own."""
        if self.account != account:
            self.clockwork = None
            self.places.clear()
            self.names.clear()
            self.missed.clear()
        self.account, self.bot = account, bot

    def hold(self, items: Sequence[Received]) -> Cursor:
        """Go back to before `items`, or remember the late ones by id, and return the cursor that says so."""
        for received in items:
            marked = int(received.stream)
            place = self.places[marked]
            if received.late:
                place.waiting.add(received.order)
            else:
                place.last = min(place.last, received.order - 1)
                self.resting.add(marked)
        return self.as_json()


def load(cursor: Cursor | None) -> State:
    """Return the state that `cursor` holds; an empty one, or one of another version, is a beginning."""
    if not cursor or cursor.get("version") != VERSION:
        return State()
    ticks, before = cursor["updates"], cursor["not_before"]
    return State(
        cursor["account"],
        cursor["bot"],
        Clockwork(**ticks) if ticks else None,
        {int(marked): _place(kept) for marked, kept in cursor["chats"].items()},
        dict(cursor["names"]),
        {name: Missed(reason, datetime.fromisoformat(at)) for name, (reason, at) in cursor.get("missed", {}).items()},
        datetime.fromisoformat(before) if before else None,
    )


def _place(kept: Mapping[str, Any]) -> Place:
    fill = kept["fill"]
    return Place(
        kept["kind"],
        kept["id"],
        kept["hash"],
        kept["last"],
        kept["pts"],
        set(kept["waiting"]),
        (fill[0], fill[1]) if fill else None,
    )
