"""Signing in to the loopback Telegram: by a code, a password, or a bot's token. Every code is the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from alice.smokes.support.telegram import entities
from alice.smokes.support.telegram.passwords import Challenge
from alice.smokes.support.telegram.refusals import Refusal
from alice.smokes.support.telegram.worlds import Person, World

CODE = "24680"
CODE_HASH = "loopback-code"


@dataclass(slots=True)
class Login:
    """How far the owner of one authorization key has got: `who` is set once signed in."""

    who: Person | None = None
    pending: Person | None = None
    challenge: Challenge | None = None


def _send_code(world: World, login: Login, request: Any) -> Any:
    from telethon.tl.types.auth import SentCode, SentCodeTypeApp

    login.pending = next((p for p in world.people.values() if p.phone == request.phone_number.lstrip("+")), None)
    if login.pending is None:
        raise Refusal(400, "PHONE_NUMBER_INVALID")
    return SentCode(SentCodeTypeApp(len(CODE)), CODE_HASH)


def _sign_in(_world: World, login: Login, request: Any) -> Any:
    if login.pending is None or request.phone_code_hash != CODE_HASH:
        raise Refusal(400, "PHONE_CODE_EXPIRED")
    if request.phone_code != CODE:
        raise Refusal(400, "PHONE_CODE_INVALID")
    if login.pending.password:
        raise Refusal(401, "SESSION_PASSWORD_NEEDED")
    return _welcome(login, login.pending)


def _password(_world: World, login: Login, _request: Any) -> Any:
    if login.pending is None or not login.pending.password:
        raise Refusal(401, "AUTH_KEY_UNREGISTERED")
    login.challenge = Challenge(login.pending.password)
    return login.challenge.question()


def _check_password(_world: World, login: Login, request: Any) -> Any:
    if login.pending is None or login.challenge is None or not login.challenge.holds(request.password):
        raise Refusal(400, "PASSWORD_HASH_INVALID")
    return _welcome(login, login.pending)


def _bot(world: World, login: Login, request: Any) -> Any:
    bot = next((p for p in world.people.values() if p.token and p.token == request.bot_auth_token), None)
    if bot is None:
        raise Refusal(400, "ACCESS_TOKEN_INVALID")
    return _welcome(login, bot)


def _welcome(login: Login, who: Person) -> Any:
    from telethon.tl.types.auth import Authorization

    login.who = who
    return Authorization(entities.person(who, who))


METHODS: dict[str, Callable[[World, Login, Any], Any]] = {
    "auth.sendCode": _send_code,
    "auth.signIn": _sign_in,
    "account.getPassword": _password,
    "auth.checkPassword": _check_password,
    "auth.importBotAuthorization": _bot,
}
