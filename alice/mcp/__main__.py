"""`python -m alice.mcp`: what `alicebot mcp` becomes."""

from __future__ import annotations

import logging

from alice import config, logs
from alice.db import ready
from alice.mcp import access, server


def main() -> None:
    """Serve the tools of the brain that the environment names, until the client leaves."""
    logs.set_up(level=logging.WARNING)
    settings = config.load()
    ready.prepare(settings)
    server.serve(settings, access.caller())


if __name__ == "__main__":
    main()
