"""Keeps what the chaos tests counted, and writes docs/reliability.md from it."""

from __future__ import annotations

import json
import os
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reliability.md"
CELLS = (
    "nothing is harmed", "kill one worker", "kill repeatedly", "restart Postgres", "terminate backends",
    "exhaust connections", "jump the clock", "cross daylight saving",
)  # fmt: skip


def note(name: str, outcome: Any) -> None:
    """Keep an outcome."""
    write(name, {slot: getattr(outcome, slot) for slot in ("baseline", "recovered", "lost", "doubled", "seconds")})


def write(name: str, row: dict[str, Any]) -> None:
    """Add one line of figures to the file that CHAOS_REPORT names; without it nothing is kept."""
    if file := os.environ.get("CHAOS_REPORT"):
        with open(file, "a", encoding="utf-8") as out:
            out.write(json.dumps({"name": name, **row}) + "\n")


def rows() -> dict[str, dict[str, Any]]:
    """Return the figures kept so far, by name."""
    file = Path(os.environ.get("CHAOS_REPORT", ""))
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    return {row.pop("name"): row for row in map(json.loads, lines)}


def publish() -> None:
    """Write the page."""
    found = rows()
    bench = found.pop("bench", None)
    parts = [_head(), _table("The seven cells", {n: found.pop(n) for n in CELLS if n in found}), _table("More", found)]
    PAGE.write_text("\n".join([*parts, *([_bench(bench)] if bench else [])]), encoding="utf-8")


def _head() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GB"
    return f"""# How reliable the scheduler is

This page is written by `make chaos`, the long form of the tests in `tests/chaos`. Daemons with real worker processes
work on slots that have passed, under the policy that runs them all, while things are broken. *Baseline* is how many
slots there were, *recovered* how many ended with an artifact, *lost* the rest, *doubled* the artifacts beyond one for
each slot.

- Made on {datetime.now(UTC):%Y-%m-%d %H:%M} UTC by `make chaos`
- Machine: {machine}; Python {platform.python_version()}; load average {os.getloadavg()[2]:.1f} over the last quarter
  of an hour, of which the tests themselves make a part: figures of speed are better on a quiet machine
"""


def _table(title: str, found: dict[str, dict[str, Any]]) -> str:
    lines = [
        f"## {title}\n",
        "| what is broken | recovered / baseline | lost | doubled | seconds | |",
        "|---|---|---|---|---|---|",
    ]
    for name, row in found.items():
        extra = {k: v for k, v in row.items() if k not in ("baseline", "recovered", "lost", "doubled", "seconds")}
        said = ", ".join(f"{k.replace('_', ' ')}: {_plain(v)}" for k, v in extra.items())
        lines.append(
            f"| {name} | {row.get('recovered', '–')} / {row.get('baseline', '–')} | {row.get('lost', '–')}"
            f" | {row.get('doubled', '–')} | {row.get('seconds', '–')} | {said} |"
        )
    return "\n".join(lines) + "\n"


def _plain(value: Any) -> str:
    return ", ".join(f"{v} × {k}" for k, v in value.items()) if isinstance(value, dict) else str(value)


def _bench(told: dict[str, Any]) -> str:
    slots, now, scans = told["slots"], told["run_now"], told["scan"]
    lines = [
        "## How fast\n",
        "By `python -m bench.scheduler`, in the same hour, on the same machine.\n",
        "| | |",
        "|---|---|",
    ]
    lines.append(f"| {slots['count']} slots, start lateness p50 / p99 | {slots['p50_ms']:g} / {slots['p99_ms']} ms |")
    lines.append(f"| {now['count']} requests, click to start p50 / p99 | {now['p50_ms']:g} / {now['p99_ms']} ms |")
    lines += [f"| a scan, {name} | {row['ms']} ms |" for name, row in scans.items() if isinstance(row, dict)]
    lines.append(f"| the scan's plan uses the index of what is due | {'yes' if scans['index_used'] else 'no'} |")
    lines += [f"| idle {name}: PSS, CPU | {r['pss_mb']} MB, {r['cpu_percent']} % |" for name, r in told["idle"].items()]
    return "\n".join(lines) + "\n"
