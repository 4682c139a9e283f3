"""The command line, `alicebot`: one file per command group. A command parses, calls and presents, and nothing else."""

from __future__ import annotations


def main() -> None:
    """Run `alicebot`; the entry point of the installed package."""
    import sys

    from alice.cli import root

    try:
        code = root.code(sys.argv[1:])
    except Exception as error:
        # The last place where an error can be met: a person gets a sentence, and the log the traceback.
        code = root.unexpected(error)
    sys.exit(code)
