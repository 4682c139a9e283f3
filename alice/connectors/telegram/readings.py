"""What one fetch has at hand, and how the messages of an answer become a part. It asks nobody anything."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from alice.connectors.base import Failure, Gap, Part
from alice.connectors.telegram import messages
from alice.connectors.telegram.cursors import State
from alice.connectors.telegram.sessions import Session
from alice.connectors.telegram.settings import TelegramSettings

log = logging.getLogger("alice.telegram")


@dataclass(frozen=True, slots=True)
class Reading:
    """One fetch: the connection, the settings, and the state, which the parts move on."""

    session: Session
    settings: TelegramSettings
    state: State

    @property
    def account(self) -> int:
        """Return the id of the account that reads."""
        assert self.state.account is not None
        return self.state.account

    @property
    def allowed(self) -> set[int]:
        """Return the marked ids of the chats that may be kept."""
        names, places = self.state.names, self.state.places
        return {names[r] for r in self.settings.chats if names.get(r) in places}

    def part(self, sorted_out: Sorted, *, gaps: tuple[Gap, ...] = ()) -> Part:
        """Return the part that holds what was sorted, and the cursor as it is now."""
        left_out = messages.left_out(sorted_out.passed)
        for entry in left_out:
            log.info("left out %d messages of chat %s: %s", entry.count, entry.stream, entry.reason)
        for gap in gaps:
            log.warning("a gap in %s: %s, %s", gap.stream, gap.reason, "filled" if gap.filled else "not filled")
        return Part(tuple(sorted_out.items), self.state.as_json(), left_out, tuple(sorted_out.failures), gaps)


@dataclass(slots=True)
class Sorted:
    """The messages of an answer: those that are kept, and of the others the chat and a word."""

    items: list[Any] = field(default_factory=list)
    passed: list[tuple[int, str]] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)


def sort(reading: Reading, found: Iterable[Any], known: messages.Names, *, late: bool) -> Sorted:
    """Return `found` sorted, each message once; of a chat that is not allowed nothing but the count remains."""
    outcome = Sorted()
    allowed = reading.allowed
    for message in {(messages.marked(m.peer_id), m.id): m for m in found if m.peer_id is not None}.values():
        chat = messages.marked(message.peer_id)
        if chat not in allowed:
            outcome.passed.append((chat, "not_allowed"))
        elif why := messages.unsuitable(message):
            outcome.passed.append((chat, why))
        else:
            outcome.items.append(
                messages.received(message, known, reading.settings, account=reading.account, late=late)
            )
    return outcome
