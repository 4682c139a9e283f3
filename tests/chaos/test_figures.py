"""Runs the scheduler's bench as part of the long form, so that its figures are published beside the counts."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.chaos import reports
from tests.support.daemons import ROOT


@pytest.mark.long
def test_the_bench_runs_and_a_scan_reads_what_is_due_alone(database_url: str) -> None:
    said = subprocess.run(
        [sys.executable, "-m", "bench.scheduler"], capture_output=True, text=True, check=False, cwd=ROOT,
        env=os.environ | {"ALICE_DATABASE_URL": database_url, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert said.returncode == 0, said.stderr
    told = json.loads(said.stdout)
    reports.write("bench", told)
    assert told["scan"]["index_used"]
