"""kill -9 in the middle of forgetting: the source is there whole, or gone whole, and nothing brings it back."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest

from alice import config
from alice.config import Settings
from alice.domain.policy import Actor, owner
from alice.errors import Conflict
from alice.ledger import gate
from alice.queries.composing import recall
from alice.queries.ledger import events, receipts
from alice.services import forgetting
from alice.services.composing import copies
from alice.services.connecting import connectors
from alice.services.folders import local_folders
from tests.conftest import NOON
from tests.support.absence import below, everywhere
from tests.support.crashes import die_at, killed
from tests.support.diaries import DIARY, MINUTES, brief, count, ids

STEPS = range(1, 400, 7)


def _forget_and_die(url: str, user: Actor, source: UUID, statement: int) -> None:
    die_at(url, statement)
    forgetting.source(user, source, now=NOON)


@pytest.fixture
def settings(db: str, alice: Actor, tmp_path: Path) -> Settings:
    """Two notes in a folder that is read, a brief over them, and a copy of it in another folder."""
    found = config.load().changed(local_folder_roots=(tmp_path,))
    notes, vault = tmp_path / "notes", tmp_path / "vault"
    notes.mkdir()
    vault.mkdir()
    (notes / "diary.md").write_text(DIARY)
    (notes / "minutes.md").write_text(MINUTES)
    copies.choose(alice, vault)
    local_folders.add_path(alice, notes, settings=found)
    connectors.sync(alice, "local_folder", settings=found, now=NOON)
    brief(alice, NOON)
    return found


def _whole(source: UUID) -> tuple[object, ...]:
    """Return what tells a whole source from one that is gone, and both from one that is half gone."""
    return (
        count("source", f"id = '{source}' AND status = 'forgotten'"),
        count("chunk", f"source_id = '{source}'") == 0,
        count("receipt"),
        count("event_log", "event_type = 'source.forgotten'"),
        count("recall_document", f"subject_id = '{source}'") == 0,
        not {"source", "chunk", "memory", "open_loop", "artifact", "decision"} & set(everywhere(DIARY)),
    )


def test_killed_at_any_statement_it_is_there_or_gone_and_never_half(
    db: str, alice: Actor, settings: Settings, tmp_path: Path
) -> None:
    [source] = ids("SELECT id FROM source WHERE external_id = 'diary.md'")
    there, deaths = _whole(source), 0
    assert there == (0, False, 0, 0, False, False)
    for statement in STEPS:
        deaths += killed(_forget_and_die, db, owner(alice.user_id), source, statement)
        state = _whole(source)
        assert state in (there, (1, True, 1, 1, True, True)), statement
        if state != there:
            break
    assert deaths > 5
    assert state == (1, True, 1, 1, True, True)
    _finish(alice, source, tmp_path)
    assert events.verify(gate.scope(alice))["status"] == "ok"
    assert connectors.sync(alice, "local_folder", settings=settings)["forgotten_count"] == 1
    assert everywhere(DIARY) == []
    assert recall.passages(gate.scope(alice), "slate roof")


def _finish(alice: Actor, source: UUID, folder: Path) -> None:
    """Ask once more, as a person would: files are put right, and the receipt says whether it was checked."""
    told = receipts.of(gate.scope(alice), "sources", source)
    assert told is not None
    if told["status"] == "unchecked":
        assert forgetting.source(alice, source, now=NOON)["status"] == "unchecked"
    else:
        with pytest.raises(Conflict):
            forgetting.source(alice, source, now=NOON)
    assert below(folder / "vault", DIARY) == []
