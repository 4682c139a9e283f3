"""An agent's key on a brain with a story in it, and the SDK's own client in front of `alicebot mcp`."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import pytest
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

from alice import config
from alice.config import Settings
from alice.domain.policy import Actor
from alice.domain.vocab import Profile
from alice.services.agency import agent_keys
from tests.support.stories import brief, numbers
from tests.support.typists import Typist

__all__ = ["brief", "numbers"]  # fixtures of the story

Talk = Callable[[Client], Awaitable[Any]]


@pytest.fixture
def settings(db: str, alice: Actor) -> Settings:
    """The settings of Alice's brain, on the test's database."""
    return config.load().changed(database_url=db, user_id=alice.user_id)


@pytest.fixture
def key(alice: Actor, settings: Settings) -> str:
    """The key of an agent that may read up to confidential, propose and hand in."""
    made = agent_keys.create(alice, agent_keys.Wanted("openclaw", Profile.TRUSTED_LOCAL_AGENT))
    return str(made["key"])


@pytest.fixture
def talk(settings: Settings, key: str) -> Callable[..., Any]:
    """Run a conversation of the client with a server of its own, and return what it returns."""

    def run(what: Talk, *words: str, with_key: str | None = None) -> Any:
        told = Typist(settings).environment() | {"ALICE_AGENT_KEY": with_key or key}
        server = StdioServerParameters(command=sys.executable, args=["-m", "alice.cli", "mcp", *words], env=told)

        async def converse() -> Any:
            with anyio.fail_after(120):
                async with Client(stdio_client(server)) as client:
                    return await what(client)

        return anyio.run(converse)

    return run
