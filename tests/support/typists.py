"""Types commands as a person or a script does: each in a process of its own, which is therefore a restart as well."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from typing import Any

from alice.config import Settings


@dataclass
class Typist:
    """Someone at a terminal, with the brain's settings in the environment; remembers everything that was printed."""

    settings: Settings
    printed: list[str] = field(default_factory=list)

    def __call__(self, *words: str, stdin: str = "", exits: int = 0) -> Any:
        """Type `alicebot --json words…` and return what it printed as JSON."""
        command = [sys.executable, "-m", "alice.cli", "--json", *words]
        done = subprocess.run(
            command, env=self.environment(), input=stdin, capture_output=True, text=True, timeout=120, check=False
        )
        self.printed += [done.stdout, done.stderr]
        assert done.returncode == exits, done.stderr
        return json.loads(done.stdout or done.stderr)

    def environment(self) -> dict[str, str]:
        """Return what stands in the environment of the terminal."""
        told = self.settings
        mine = {"ALICE_HOME": told.home, "ALICE_DATABASE_URL": told.database_url, "ALICE_TIMEZONE": "UTC",
                "ALICE_USER_ID": told.user_id, "ALICE_PORT": told.port, "HOME": told.home.parent}  # fmt: skip
        plain = {name: value for name, value in os.environ.items() if not name.startswith("ALICE_")}
        return plain | {name: str(value) for name, value in mine.items()}
