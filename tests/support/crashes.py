"""Child processes that are killed in the middle of a sync: at a statement to the database, or at a call to Telegram."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from typing import Any

from alice.config import Settings
from alice.db import database
from alice.domain.policy import Actor
from alice.services.connecting import connectors

PRELOAD = ["__main__", __name__, "alice.services.connecting.telegram", "alice.connectors.telegram.streams",
           "telethon.client.telegrambaseclient", "telethon.sessions", "telethon.tl.functions"]  # fmt: skip


def killed(work: Callable[..., None], *given: object, method: str = "fork") -> bool:
    """Run `work` in a child process and tell whether it was killed."""
    process: Any = multiprocessing.get_context(method).Process(target=work, args=given)  # type: ignore[attr-defined]
    process.start()
    process.join(300)
    assert process.exitcode in (0, -signal.SIGKILL)
    return bool(process.exitcode != 0)


def killed_beside_threads(work: Callable[..., None], *given: object) -> bool:
    """Do the same where this process has threads, and therefore must not be forked itself."""
    multiprocessing.set_forkserver_preload(PRELOAD)
    return killed(work, *given, method="forkserver")


def die_at(url: str, statement: int) -> None:
    """Bind a child process to the database, and let it be killed as it sends that many statements."""
    database.forget()
    database.bind(url)
    database.handle.execute_sql = _dying(database.handle.execute_sql, statement)


def sync_telegram(url: str, settings: Settings, actor: Actor, at: tuple[str, int]) -> None:
    """Sync Telegram, and be killed at a `statement` or at a `call`, the n-th of them."""
    from alice.connectors.telegram.sessions import Session

    kind, number = at
    die_at(url, number if kind == "statement" else 0)
    if kind == "call":
        Session._send = _dying(Session._send, number)
    connectors.sync(actor, "telegram", settings=settings)


def _dying(real: Callable[..., Any], number: int) -> Any:
    """Return `real`, which kills this process when it is called for the `number`th time."""
    done = 0

    def wrapped(*given: Any, **more: Any) -> Any:
        nonlocal done
        done += 1
        if done == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*given, **more)

    return wrapped
