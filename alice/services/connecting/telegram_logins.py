"""Signs in to Telegram once and keeps the session as a secret. It asks only for what is missing and keeps nothing else:
neither phone, code and password, nor a bot's token.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain, count
from typing import Any

from alice.config import Settings
from alice.connectors.base import Secret
from alice.connectors.telegram import Application, TelegramSettings, probe
from alice.connectors.telegram.logins import Login
from alice.db import database
from alice.domain import secret_references
from alice.domain.connectors import Setting
from alice.domain.policy import Action, Actor
from alice.domain.vocab import Connector
from alice.errors import InvalidInput, NotConfigured
from alice.ledger import gate
from alice.queries import connectors
from alice.services.access import secrets
from alice.services.connecting import connector_settings

NAME = Connector.TELEGRAM.value
SESSION, HASH = "file:telegram_session", "file:telegram_api_hash"
_PHONE, _TOKEN = "Phone number, with country code", "The bot's token, from BotFather"
_TRIES = 3
_SEEN = {"app": "in Telegram's own app", "sms": "as a text message", "call": "by a call"}

# Asks the person for something by its field (api_id, api_hash, phone, code, password, bot_token), with a sentence.
Ask = Callable[[str, str], Secret]


@dataclass(frozen=True, slots=True)
class Way:
    """How to sign in: as a bot when `bot`, with the token behind `token_ref` when that is named; where to keep it."""

    api_id: int | None = None
    session_ref: str | None = None
    bot: bool = False
    token_ref: str | None = None


def sign_in(actor: Actor, way: Way, ask: Ask, *, settings: Settings) -> dict[str, Any]:
    """Sign in, keep the session as a secret, set the connector to use it, and say as whom.

    Raise InvalidInput for what was wrong three times over, NotConfigured for a secret that is named and not there,
    Upstream when Telegram cannot be reached or wants no more tries.
    """
    gate.allow(actor, Action.CONFIGURE)
    with database.session():
        setting = connectors.setting(gate.scope(actor), NAME)
    session_ref = _kept_at(way, setting)
    api_id = way.api_id or setting.options.get("api_id") or _number(ask("api_id", "The api_id of my.telegram.org"))
    hash_ref, api_hash = _api_hash(actor, setting, ask, settings)
    session = _session(Application(api_id, api_hash), way, ask, settings)
    kept = secrets.keep(actor, session_ref, session, settings=settings)
    options = {"api_id": api_id, "api_hash_ref": hash_ref, "account": "bot" if _as_bot(way) else "user"}
    changes = {"secret_ref": session_ref, "options": options}
    connector_settings.configure(actor, NAME, changes, settings=settings)
    account, _ = probe(TelegramSettings(Application(api_id), session))
    return {
        "status": "signed_in",
        "account": {"id": account.id, "name": account.name, "bot": account.bot},
        "secret_ref": kept["reference"],
        "protection": kept["protection"],
        "api_hash_ref": hash_ref,
        "chats": setting.options.get("chats", []),
    }


def look(actor: Actor, *, settings: Settings) -> dict[str, Any]:
    """Say whose session it is and which of the allowed chats can be read; no message is. Raise NotConfigured."""
    gate.allow(actor, Action.CONFIGURE_CONNECTOR)
    with database.session():
        setting = connectors.setting(gate.scope(actor), NAME)
    if not setting.secret_ref or not setting.options.get("api_id"):
        raise NotConfigured("Nobody is signed in to Telegram.", "Run: alicebot vnext connectors telegram login")
    session = secrets.resolve(setting.secret_ref, settings=settings)
    chats = tuple(setting.options.get("chats", ()))
    account, missing = probe(TelegramSettings(Application(setting.options["api_id"]), session, chats))
    reasons = {failure.external_id: failure.reason for failure in missing}
    return {
        "status": "partial" if missing else "ok",
        "account": {"id": account.id, "name": account.name, "bot": account.bot},
        "chats": [{"chat": one, "reachable": one not in reasons, "reason": reasons.get(one)} for one in chats],
    }


def _as_bot(way: Way) -> bool:
    return way.bot or way.token_ref is not None


def _kept_at(way: Way, setting: Setting) -> str:
    """Return where the session is to be kept; the environment is not ours to write."""
    named = way.session_ref or setting.secret_ref or SESSION
    if secret_references.parse(named, field="session_ref").kind == "env":
        raise InvalidInput({"session_ref": "must be file:NAME or keyring:NAME; a session is kept by Alice."})
    return named


def _number(said: Secret) -> int:
    text = said.reveal().strip()
    if not (text.isascii() and text.isdecimal() and 0 < len(text) < 11):
        raise InvalidInput({"api_id": "must be the number that my.telegram.org shows for your application."})
    return int(text)


def _api_hash(actor: Actor, setting: Setting, ask: Ask, settings: Settings) -> tuple[str, Secret]:
    """Return the api hash with its name: the one that is kept, or else what the person is asked for, kept then."""
    reference = setting.options.get("api_hash_ref") or HASH
    if secrets.present(reference, settings=settings):
        return reference, secrets.resolve(reference, settings=settings)
    said = Secret(ask("api_hash", "The api_hash of my.telegram.org").reveal().strip())
    secrets.keep(actor, reference, said, settings=settings)
    return reference, said


def _session(application: Application, way: Way, ask: Ask, settings: Settings) -> Secret:
    """Sign in and return the session; what can be asked beforehand is asked before anything is sent."""
    if _as_bot(way):
        token = secrets.resolve(way.token_ref, settings=settings) if way.token_ref else ask("bot_token", _TOKEN)
        with Login(application) as login:
            login.sign_in_bot(Secret(token.reveal().strip()))
            return login.session()
    phone = ask("phone", _PHONE)
    with Login(application) as login:
        _by_phone(login, phone, ask)
        return login.session()


def _by_phone(login: Login, phone: Secret, ask: Ask) -> None:
    numbers = chain([phone], (ask("phone", _PHONE) for _ in count()))
    sent = _again(lambda: login.send_code(next(numbers).reveal()))
    question = f"The code that Telegram sent {_SEEN.get(sent, 'you')}"
    complete = _again(lambda: login.sign_in(ask("code", question).reveal()))
    if not complete:
        _again(lambda: login.give_password(ask("password", "The password of the account")))


def _again(step: Callable[[], Any]) -> Any:
    """Let a person mistype twice; the third time the error is raised."""
    for _ in range(_TRIES - 1):
        try:
            return step()
        except InvalidInput:
            continue
    return step()
