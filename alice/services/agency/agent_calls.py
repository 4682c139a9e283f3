"""Notes which tool an agent called, and how it ended. What it was given and answered is told by the work itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from alice.domain.policy import Action, Actor
from alice.errors import AliceError
from alice.ledger import gate
from alice.ledger.events import ToolCalled


@contextmanager
def noted(actor: Actor, tool: str) -> Iterator[None]:
    """Run one call of `tool`, and leave an event of it: `ok`, or the code of the error, which goes on."""
    outcome = "ok"
    try:
        yield
    except AliceError as error:
        outcome = error.code
        raise
    finally:
        _note(actor, tool, outcome)


def _note(actor: Actor, tool: str, outcome: str) -> None:
    with gate.write(actor, Action.READ) as unit:
        unit.record(ToolCalled(actor.name, tool, outcome, actor.agent_run_id, actor.agent_task_id))
