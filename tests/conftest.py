"""Fixtures for every test: no sockets in unit tests, a database for the others, and the people in the stories."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import settings

from alice.db import database
from alice.domain.policy import Actor, owner
from tests.support import postgres

# No test asserts on time: a machine that is busy with something else is no failure.
settings.register_profile("alice", deadline=None)
settings.load_profile("alice")
ALICE = UUID("00000000-0000-0000-0000-00000000a11c")
BOB = UUID("00000000-0000-0000-0000-000000000b0b")
NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


def pytest_configure(config: pytest.Config) -> None:
    # Neither a test nor a child of one asks the keyring of whoever runs them, nor one that another test made up.
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    if not hasattr(config, "workerinput") and not os.environ.get("ALICE_TEST_DATABASE_URL"):
        os.environ[postgres.PLACE] = tempfile.mkdtemp(prefix="alice-tests-")


def pytest_sessionfinish(session: pytest.Session) -> None:
    if not hasattr(session.config, "workerinput"):
        run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or getattr(session.config, "alice_run", None)
        if run and os.environ.get("ALICE_TEST_DATABASE_URL"):
            postgres.drop(postgres.server_url(), f"alice_test_{run}")
        postgres.stop_server()


@pytest.fixture(scope="session")
def database_url(request: pytest.FixtureRequest, testrun_uid: str, worker_id: str) -> Iterator[str]:
    """A migrated database of this worker's own, as the superuser; use `db` for an empty one bound to the handle."""
    run = testrun_uid[:12]
    request.config.alice_run = run  # type: ignore[attr-defined]
    with postgres.worker_database(run, worker_id) as url:
        yield url


@pytest.fixture
def db(database_url: str) -> Iterator[str]:
    """An empty brain's database, bound to the handle as the app's role; yields the superuser URL."""
    postgres.empty(database_url)
    database.bind(database_url)
    with database.session():
        yield database_url
    database.handle.close_all()


@pytest.fixture
def alice() -> Actor:
    """The owner of the brain under test."""
    return owner(ALICE)


@pytest.fixture
def bob() -> Actor:
    """The owner of another brain in the same database."""
    return owner(BOB)


@pytest.fixture
def now() -> datetime:
    """Noon on Wednesday 4 March 2026, UTC: the moment at which the stories play."""
    return NOON


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test ever sees the owner's own files or settings."""
    for name in [key for key in os.environ if key.startswith("ALICE_") and not key.startswith("ALICE_TEST_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ALICE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ALICE_TIMEZONE", "UTC")
