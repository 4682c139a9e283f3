"""How long the embedded Postgres takes to be there: from nothing, stopped, running, killed. Prints one line of JSON."""

from __future__ import annotations

import json
import os
import signal
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from alice.db import embedded


def seconds(work: Callable[[], object]) -> float:
    """Return how long `work` took."""
    begin = time.perf_counter()
    work()
    return round(time.perf_counter() - begin, 4)


def kill(home: Path) -> None:
    """Kill the server's postmaster as a crash would."""
    pid = embedded.status(home).pid
    if pid:
        os.kill(pid, signal.SIGKILL)


def main() -> None:
    """Measure in a home of its own and remove it."""
    with tempfile.TemporaryDirectory(prefix="alice-bench-") as above:
        home = Path(above) / "home"
        figures: dict[str, float] = {}
        try:
            figures["cold"] = seconds(lambda: embedded.ensure(home))
            figures["running"] = min(seconds(lambda: embedded.ensure(home)) for _ in range(20))
            figures["stop"] = seconds(lambda: embedded.stop(home))
            figures["warm"] = seconds(lambda: embedded.ensure(home))
            kill(home)
            figures["killed"] = seconds(lambda: embedded.ensure(home))
        finally:
            figures["purge"] = seconds(lambda: embedded.purge(home))
    print(json.dumps({"what": "embedded Postgres", "unit": "s", **figures}))


if __name__ == "__main__":
    main()
