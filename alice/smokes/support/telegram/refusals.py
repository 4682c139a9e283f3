"""How the loopback Telegram says no."""

from __future__ import annotations

import re


class Refusal(Exception):
    """An `rpc_error`: its code, and its message in Telegram's capitals."""

    def __init__(self, code: int, message: str) -> None:
        assert re.fullmatch(r"[A-Z0-9_]+|Timeout", message)
        super().__init__(f"{code} {message}")
        self.code = code
        self.message = message
