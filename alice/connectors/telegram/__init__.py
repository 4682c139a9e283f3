"""Telegram, read-only: a user's allowed chats or a bot's messages, and the files that Telegram Desktop exports.

It never writes, never marks as read, never joins; Telethon is imported when a call is made and not before.
"""

from __future__ import annotations

from alice.connectors.telegram.fetches import Account, fetch, probe
from alice.connectors.telegram.settings import Application, TelegramSettings, reference

__all__ = ["Account", "Application", "TelegramSettings", "fetch", "probe", "reference"]
