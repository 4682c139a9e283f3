"""Collects what the long form counts, and publishes it in docs/reliability.md when all of it held."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos import reports


def _is_long(config: pytest.Config) -> bool:
    return str(config.option.markexpr) == "long"


@pytest.fixture(scope="session", autouse=True)
def _collected(request: pytest.FixtureRequest) -> Iterator[None]:
    """Publish the figures of a long form that ran whole and failed nowhere."""
    if not _is_long(request.config) or "CHAOS_REPORT" in os.environ:
        yield
        return
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CHAOS_REPORT"] = str(Path(folder) / "figures")
        try:
            yield
            whole = not request.config.option.keyword and not request.session.testsfailed
            if whole and reports.rows():
                reports.publish()
        finally:
            del os.environ["CHAOS_REPORT"]
