"""The command line, `alicebot`: one file per command group. A command parses, calls and presents, and nothing else."""

from __future__ import annotations


def main() -> None:
    """Run `alicebot`; the entry point of the installed package."""
    from alice.cli.root import run

    run()
