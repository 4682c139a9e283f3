"""What the Makefile lists can be made where nothing was made before."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TARGETS = re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make on this machine")
@pytest.mark.parametrize("target", TARGETS)
def test_every_target_leads_back_to_what_a_fresh_clone_has(target: str, tmp_path: Path) -> None:
    nowhere = [f"VENV={tmp_path / 'venv'}", f"HOUSE={tmp_path / 'house'}"]
    told = subprocess.run(
        ["make", "--dry-run", *nowhere, target], cwd=ROOT, capture_output=True, text=True, timeout=60
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    assert list(tmp_path.iterdir()) == []
