"""What the Telegram connector is told: by whom it is registered, which session it uses, which chats it may keep."""

from __future__ import annotations

import re
from dataclasses import dataclass

from alice.connectors.base import NO_SECRET, Secret
from alice.domain.vocab import Domain, Sensitivity
from alice.errors import InvalidInput

SAVED = "me"
CHANNEL_BASE = 1_000_000_000_000  # a channel's id as clients write it is -(this + its own)
_NAME = re.compile(r"@?([A-Za-z][A-Za-z0-9_]{3,31})")
_LINK = re.compile(
    r"(?:https?://)?(?:t|telegram)\.me/(?:c/(?P<id>\d{1,12})|(?P<name>[A-Za-z]\w{3,31}))(?:/.*)?", re.ASCII
)
_NUMBER = re.compile(r"-?[1-9]\d{0,15}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Application:
    """The application that my.telegram.org registered; its hash is needed to sign in, and for nothing else.

    `server` is where a sign-in begins in place of Telegram's own address: tests and smokes name the loopback one.
    """

    api_id: int
    api_hash: Secret = NO_SECRET
    server: tuple[str, int] | None = None
    timeout_seconds: float = 30.0

    def __post_init__(self) -> None:
        if not 0 < self.api_id < 2**31:
            raise InvalidInput({"api_id": "must be the number that my.telegram.org shows for your application."})


@dataclass(frozen=True, slots=True)
class TelegramSettings:
    """One account and what of it is kept: only the chats in `chats`, as `reference` writes them."""

    application: Application
    session: Secret
    chats: tuple[str, ...] = ()
    domain: Domain = Domain.UNKNOWN
    sensitivity: Sensitivity = Sensitivity.UNKNOWN
    page: int = 100

    def __post_init__(self) -> None:
        if not 0 < self.page <= 100:
            raise InvalidInput({"page": "must be from 1 to 100 messages, the most that Telegram hands out at once."})
        if list(self.chats) != [reference(chat) for chat in self.chats]:
            raise InvalidInput({"chats": "must be written as `reference` returns them."})


def reference(value: str) -> str:
    """Return a chat as the settings keep it: `me` for Saved Messages, `@name`, or a number; raise InvalidInput.

    Links are taken too. A positive number is a person, a negative one a group, one that begins with -100 a channel.
    """
    text = value.strip()
    if text.lower() in ("me", "self", "saved", "saved messages", "saved_messages"):
        return SAVED
    if _NUMBER.fullmatch(text):
        return text
    if link := _LINK.fullmatch(text):
        return str(-(CHANNEL_BASE + int(link["id"]))) if link["id"] else f"@{link['name'].lower()}"
    if name := _NAME.fullmatch(text):
        return f"@{name[1].lower()}"
    # The value is not repeated: a session or a token is easily pasted into the wrong place.
    raise InvalidInput({"chats": "must be me for Saved Messages, a public @name, a link to one, or a chat's number."})
