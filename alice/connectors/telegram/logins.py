"""Signing in: sends a code, takes it and the password, or takes a bot's token. For the command line alone; no sync
calls it, and what it was told is kept nowhere but in the session that it returns.
"""

from __future__ import annotations

from types import TracebackType
from typing import Any

from alice.connectors.base import Secret
from alice.connectors.telegram import failures
from alice.connectors.telegram.sessions import SIGNING_IN, Session
from alice.connectors.telegram.settings import Application
from alice.errors import AliceError, Conflict, InvalidInput, Upstream

_FIELDS = {
    "phone_number": (
        "phone",
        "Telegram does not know this number; write it with its country code, as +34 600 000 000.",
    ),
    "phone_code": ("code", "is not the code that Telegram sent, or it is too old; ask for a new one."),
    "password_hash": ("password", "is not the password of this account."),
    "access_token": ("bot_token", "is not a bot's token; BotFather shows it."),
    "api_id": ("api_id", "and api_hash do not belong together; my.telegram.org shows both."),
}


class Login:
    """A sign-in, in a `with` block: `send_code`, then `sign_in`, then `give_password` when that returned False.

    A bot needs `sign_in_bot` alone. `session()` returns what to keep as a secret.
    """

    def __init__(self, application: Application) -> None:
        if not application.api_hash:
            raise InvalidInput({"api_hash": "is missing; my.telegram.org shows it beside the api id."})
        self._application = application
        self._session = Session(application, None, allowed=SIGNING_IN)
        self._phone = ""
        self._code_hash = ""
        self._signed_in = False

    def __enter__(self) -> Login:
        try:
            self._session.__enter__()
        except failures.INNER as error:
            raise _told(error) from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session.__exit__(kind, error, trace)

    def send_code(self, phone: str) -> str:
        """Let Telegram send a code, and return its way: app, sms, call …; raise InvalidInput for a bad number."""
        from telethon.tl.functions.auth import SendCodeRequest
        from telethon.tl.types import CodeSettings

        self._phone = "".join(c for c in phone if c.isdecimal())
        secret = self._application.api_hash.reveal()
        sent = self._call(SendCodeRequest(self._phone, self._application.api_id, secret, CodeSettings()))
        self._code_hash = getattr(sent, "phone_code_hash", "")
        return type(getattr(sent, "type", sent)).__name__.removeprefix("SentCodeType").lower()

    def sign_in(self, code: str) -> bool:
        """Sign in with the code; return False when the account has a password, which is asked for next."""
        from telethon.tl.functions.auth import SignInRequest

        if not self._code_hash:
            raise Conflict("No code was sent yet.", hint="Ask for a code first.")
        try:
            answer = self._sent(SignInRequest(self._phone, self._code_hash, phone_code=code.strip()))
        except failures.Declined as refusal:
            if refusal.reason == "session_password_needed":
                return False
            raise _told(refusal) from None
        except failures.INNER as error:
            raise _told(error) from None
        if type(answer).__name__ != "Authorization":
            raise InvalidInput({"phone": "has no Telegram account yet; open one in Telegram's own app."})
        self._signed_in = True
        return True

    def give_password(self, password: Secret) -> None:
        """Prove the account's password without sending it; raise InvalidInput when it is wrong."""
        from telethon.password import compute_check
        from telethon.tl.functions.account import GetPasswordRequest
        from telethon.tl.functions.auth import CheckPasswordRequest

        question = self._call(GetPasswordRequest())
        try:
            proof = compute_check(question, password.reveal())
        except ValueError:
            raise Upstream("Telegram asked for the password in a way unknown here.", transient=False) from None
        self._call(CheckPasswordRequest(proof))
        self._signed_in = True

    def sign_in_bot(self, token: Secret) -> None:
        """Sign in with a bot's token. Telegram limits how often: keep the session, and use that from then on."""
        from telethon.tl.functions.auth import ImportBotAuthorizationRequest

        application = self._application
        self._call(ImportBotAuthorizationRequest(0, application.api_id, application.api_hash.reveal(), token.reveal()))
        self._signed_in = True

    def session(self) -> Secret:
        """Return the session string; raise Conflict before the sign-in is complete."""
        if not self._signed_in:
            raise Conflict("The sign-in is not complete.", hint="Run: alicebot vnext connectors telegram login")
        return self._session.secret()

    def _call(self, request: Any) -> Any:
        try:
            try:
                return self._sent(request)
            except failures.Moved as moved:
                self._session.move(moved.data_centre)
                return self._sent(request)
        except failures.INNER as error:
            raise _told(error) from None

    def _sent(self, request: Any) -> Any:
        """Return the answer; over a new line with the same key where the old one died while nobody spoke."""
        try:
            return self._session.call(request)
        except Upstream as error:
            if not error.transient:
                raise
        self._session.renew()
        return self._session.call(request)


def _told(error: Exception) -> AliceError:
    """Return the sentence that names what was wrong."""
    if isinstance(error, failures.Declined):
        for start, (field, sentence) in _FIELDS.items():
            if error.reason.startswith(start):
                return InvalidInput({field: sentence})
    if isinstance(error, failures.Flood):
        return Upstream(
            f"Telegram wants no more tries for {error.seconds} s.",
            "Wait, then begin anew.",
            after_seconds=error.seconds,
        )
    return failures.outer(error)
