"""A sync that somebody waits for: it is answered within so many seconds, and goes on by itself when it takes longer.

It may end at any moment with the process that began it: what is stored by then stays, and the next sync goes on there.
"""

from __future__ import annotations

import contextvars
import threading
from concurrent.futures import Future, wait
from dataclasses import dataclass
from functools import partial
from typing import Any

from alice.config import Settings
from alice.domain import connectors as words
from alice.domain.policy import Actor
from alice.services.connecting import connectors

PATIENCE_SECONDS = 25.0


@dataclass(slots=True)
class _Count:
    """How many items were looked at so far."""

    items: int = 0

    def progress(self, count: int, _note: str) -> None:
        """Take what the sync tells from time to time."""
        self.items = count


def begin(actor: Actor, name: str, *, settings: Settings, patience: float = PATIENCE_SECONDS) -> dict[str, Any]:
    """Sync the connector `name` and return the counts of contract.md section 6, as `services.connectors.sync` does.

    After `patience` seconds the answer is `running` with the number of items so far, and the sync goes on; how it ends
    is told by the connector's status.
    """
    kind, count, promise = words.kind(name), _Count(), Future[dict[str, Any]]()
    work = partial(connectors.sync, actor, kind.name.value, settings=settings, progress=count.progress)
    context = contextvars.copy_context()  # so that its lines in the log carry this request's trace
    threading.Thread(target=context.run, args=(connectors.settle, promise, work), daemon=True).start()
    ended, _ = wait([promise], patience)
    return promise.result() if ended else _running(kind, count.items)


def _running(kind: words.Kind, items: int) -> dict[str, Any]:
    return {
        "status": "running",
        "connector_name": kind.name.value,
        "item_count": items,
        "message": f"The sync of {kind.display_name} goes on; its status tells how it ends.",
        "follow": f"/v0/vnext/connectors/status?name={kind.name.value}",
    }
