"""`python -m alice.cli` is `alicebot`, for where the script is not on the path."""

from __future__ import annotations

from alice.cli import main

if __name__ == "__main__":
    main()
