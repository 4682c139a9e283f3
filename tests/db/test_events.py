"""The log read, and held against what was noted outside of the database: whoever rules the database is still seen."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest

from alice import config
from alice.cli import root
from alice.config import Settings
from alice.db import database
from alice.domain.policy import Action, Actor, Scope, visible
from alice.errors import Conflict, InvalidInput, NotConfigured, PolicyBlocked
from alice.ledger import chain, gate
from alice.ledger.events import CopiesChosen, SourceSeenAgain
from alice.queries.ledger import events
from alice.services import anchors
from tests.db.test_ledger import TAMPERINGS, tell

SET_BACK = "UPDATE event_head SET seq = 2, integrity_hash = (SELECT integrity_hash FROM event_log WHERE seq = 2)"


@pytest.fixture
def settings(db: str, alice: Actor) -> Settings:
    return config.load().changed(database_url=db, user_id=alice.user_id)


@pytest.fixture
def scope(alice: Actor) -> Scope:
    return visible(alice)


def as_superuser(url: str, *statements: str) -> None:
    """Do what only whoever rules the database can: switch the guards off and write what they like."""
    with psycopg.connect(url) as conn:
        conn.execute("SET session_replication_role = replica")
        for statement in statements:
            conn.execute(statement)


def cut(url: str) -> None:
    """Take away what came after event 2, and set the head back to it."""
    as_superuser(url, "DELETE FROM event_log WHERE seq > 2", SET_BACK)


def rewrite(url: str, alter: Callable[[dict[str, Any]], None], *, first: int = 1) -> None:
    """Write the chain anew from event `first` on, each link right, with the head to match."""
    with psycopg.connect(url) as conn:
        conn.execute("SET session_replication_role = replica")
        rows = conn.execute("SELECT id, seq, canonical, previous_hash FROM event_log ORDER BY seq").fetchall()
        last = chain.GENESIS
        for identifier, seq, canonical, _ in rows:
            told = json.loads(canonical)
            if seq >= first:
                alter(told)
            told["previous_hash"] = last
            text = chain.canonical(told)
            last, before = chain.link(last, text), last
            conn.execute(
                "UPDATE event_log SET canonical = %s, previous_hash = %s, integrity_hash = %s, actor = %s"
                " WHERE id = %s",
                (text, before, last, told["actor"], identifier),
            )
        conn.execute("UPDATE event_head SET integrity_hash = %s", (last,))


def blame(told: dict[str, Any]) -> None:
    told["actor"] = "system:mallory"


@pytest.mark.parametrize("how", TAMPERINGS)
def test_what_a_superuser_touched_is_named(settings: Settings, alice: Actor, how: str) -> None:
    sql, seq, problem = TAMPERINGS[how]
    tell(alice, "1", "2", "3", "4")
    as_superuser(str(settings.database_url), *sql.split(";"))
    told = anchors.verify(alice, settings=settings)
    assert (told["status"], told["first_bad_seq"]) == ("broken", seq)
    assert problem in told["problem"]


CUTS = {
    "and left the head": ([], 3),
    "with the head set back": ([SET_BACK], 3),
    "with the head taken away": (["DELETE FROM event_head"], 3),
    "all of it, with the head": (["DELETE FROM event_log", "DELETE FROM event_head"], 1),
}  # fmt: skip


@pytest.mark.parametrize("how", CUTS)
def test_a_tail_that_was_cut_is_missed(settings: Settings, alice: Actor, how: str) -> None:
    more, seq = CUTS[how]
    tell(alice, "1", "2", "3", "4")
    assert anchors.verified(alice, settings=settings)["status"] == "ok"
    as_superuser(str(settings.database_url), "DELETE FROM event_log WHERE seq > 2", *more)
    told = anchors.verified(alice, settings=settings)
    assert (told["status"], told["first_bad_seq"]) == ("broken", seq)
    assert "the log was cut: event 4 was there on" in told["problem"]
    assert [one.seq for one in anchors.read(settings.home, alice.user_id)] == [4]


def test_a_cut_that_grew_again_is_seen_by_what_stands_in_its_place(settings: Settings, alice: Actor) -> None:
    tell(alice, "1", "2", "3")
    anchors.verified(alice, settings=settings)
    as_superuser(
        str(settings.database_url), "DELETE FROM event_log WHERE seq > 2", CUTS["with the head set back"][0][0]
    )
    tell(alice, "other", "and more")
    told = anchors.verify(alice, settings=settings)
    assert (told["status"], told["first_bad_seq"]) == ("broken", 1)
    assert "it, or one after it up to 3, was written anew" in told["problem"]


def test_a_chain_that_was_written_anew_holds_in_itself_and_not_beside_its_anchors(
    settings: Settings, alice: Actor, scope: Scope
) -> None:
    tell(alice, "1", "2", "3")
    anchors.verified(alice, settings=settings)
    tell(alice, "4", "5")
    anchors.verified(alice, settings=settings)
    rewrite(str(settings.database_url), blame, first=4)
    assert events.verify(scope)["status"] == "ok"
    told = anchors.verify(alice, settings=settings)
    assert (told["status"], told["first_bad_seq"]) == ("broken", 4)
    assert "up to 5, was written anew" in told["message"]
    rewrite(str(settings.database_url), blame)
    assert anchors.verify(alice, settings=settings)["first_bad_seq"] == 1


def test_an_anchor_is_written_where_the_log_holds_and_only_when_it_grew(settings: Settings, alice: Actor) -> None:
    assert anchors.verified(alice, settings=settings)["anchors"]["count"] == 0
    assert anchors.read(settings.home, alice.user_id) == []
    tell(alice, "1")
    anchors.verified(alice, settings=settings)
    told = anchors.verify(alice, settings=settings)
    assert (told["anchors"]["count"], told["anchors"]["newest_seq"]) == (1, 1)
    assert "All 1 events hold." not in told["message"] or told["checked"] == 1
    place = anchors.place(settings.home, alice.user_id)
    assert place.stat().st_mode & 0o777 == 0o600
    assert place.parent.stat().st_mode & 0o777 == 0o700
    assert set(json.loads(place.read_text())) == {"at", "user_id", "seq", "integrity_hash"}
    assert (anchors.note(settings, alice.user_id), len(anchors.read(settings.home, alice.user_id))) == ([], 1)
    tell(alice, "2")
    assert (anchors.note(settings, alice.user_id), len(anchors.read(settings.home, alice.user_id))) == ([], 2)


def test_every_brain_has_anchors_of_its_own(settings: Settings, alice: Actor, bob: Actor) -> None:
    tell(alice, "1", "2")
    tell(bob, "1")
    anchors.note(settings, None)
    assert [one.seq for one in anchors.read(settings.home, alice.user_id)] == [2]
    assert [one.seq for one in anchors.read(settings.home, bob.user_id)] == [1]


def test_a_log_that_went_back_gets_no_new_anchor_and_is_told(settings: Settings, alice: Actor) -> None:
    tell(alice, "1", "2")
    anchors.note(settings, None)
    as_superuser(str(settings.database_url), "UPDATE event_head SET seq = 1")
    [said] = anchors.note(settings, None)
    assert "not as it was at event 2" in said
    as_superuser(str(settings.database_url), "UPDATE event_head SET seq = 2, integrity_hash = 'x'")
    assert len(anchors.note(settings, None)) == 1
    assert len(anchors.read(settings.home, alice.user_id)) == 1


def test_a_line_that_a_crash_left_half_written_spoils_no_other(settings: Settings, alice: Actor) -> None:
    tell(alice, "1")
    anchors.note(settings, None)
    with anchors.place(settings.home, alice.user_id).open("a") as file:
        file.write('{"at": "2026-03-04T12:0')
    tell(alice, "2")
    anchors.note(settings, None)
    assert [one.seq for one in anchors.read(settings.home, alice.user_id)] == [1, 2]
    assert anchors.verified(alice, settings=settings)["status"] == "ok"


def test_a_restored_log_begins_with_new_anchors_and_the_old_ones_stay_beside(
    settings: Settings, alice: Actor, now: datetime
) -> None:
    with pytest.raises(Conflict, match="no anchors"):
        anchors.begin_anew(alice, settings=settings)
    tell(alice, "1", "2", "3")
    anchors.verified(alice, settings=settings)
    as_superuser(
        str(settings.database_url), "DELETE FROM event_log WHERE seq > 2", CUTS["with the head set back"][0][0]
    )
    assert anchors.begin_anew(alice, settings=settings, now=now)["status"] == "ok"
    assert [one.seq for one in anchors.read(settings.home, alice.user_id)] == [2]
    assert len(list((settings.home / anchors.FOLDER).iterdir())) == 2


def test_anchors_that_cannot_be_read_or_written_are_no_silence(settings: Settings, alice: Actor) -> None:
    tell(alice, "1")
    anchors.place(settings.home, alice.user_id).mkdir(parents=True)
    with pytest.raises(NotConfigured, match="cannot be read"):
        anchors.verify(alice, settings=settings)


def test_nobody_but_the_owner_reads_the_log(settings: Settings, alice: Actor, agents: list[Actor]) -> None:
    for agent in agents:
        with pytest.raises(PolicyBlocked, match="may not read events"):
            anchors.verify(agent, settings=settings)


@pytest.fixture
def agents(alice: Actor) -> list[Actor]:
    from alice.domain.vocab import Profile

    return [Actor("agent", "openclaw", alice.user_id, profile=profile) for profile in (*Profile, None)]


def test_events_are_found_by_what_is_asked(db: str, alice: Actor, scope: Scope) -> None:
    tell(alice, "1", "2")
    with gate.write(alice, Action.CONFIGURE) as unit:
        unit.record(CopiesChosen("1", True, False))
    [newest, *_rest] = events.page(scope).items
    asked: dict[str, dict[str, Any]] = {
        "2 1": {"event_type": SourceSeenAgain.name},
        "3 2 1": {"actor": "owner"},
        "": {"actor": "agent:openclaw"},
        "3": {"subject_kind": CopiesChosen.subject_kind},
        "3 1": {"subject_id": "1"},
        "3 2": {"after": 1},
        "3 2 1 ": {"since": newest["recorded_at"] - timedelta(days=1)},
        " ": {"until": newest["recorded_at"] - timedelta(days=1)},
    }
    for found, wanted in asked.items():
        assert " ".join(str(one["seq"]) for one in events.page(scope, **wanted).items) == found.strip(), wanted


def test_a_moment_bounds_from_it_on_and_until_before_it(db: str, alice: Actor, scope: Scope) -> None:
    tell(alice, "1")
    tell(alice, "2")
    [later, earlier] = events.page(scope).items
    assert later["recorded_at"] > earlier["recorded_at"]
    assert [one["seq"] for one in events.page(scope, since=later["recorded_at"]).items] == [2]
    assert [one["seq"] for one in events.page(scope, until=later["recorded_at"]).items] == [1]


def test_a_type_that_no_event_has_is_told_those_that_there_are(db: str, scope: Scope) -> None:
    for field in ("event_type", "subject_kind"):
        with pytest.raises(InvalidInput, match="source"):
            events.page(scope, **{field: "poem"})  # type: ignore[arg-type]


def test_the_commands_ask_and_verify(db: str, alice: Actor, capsys: pytest.CaptureFixture[str]) -> None:
    tell(alice, "1", "2", "3")
    place = ["--database-url", db, "--user-id", str(alice.user_id), "vnext", "events"]
    assert root.code([*place, "list", "--subject-id", "2", "--actor", "owner", "--since", "2026-01-01T00:00:00Z"]) == 0
    assert [one["subject_id"] for one in json.loads(capsys.readouterr().out)["items"]] == ["2"]
    assert root.code([*place, "list", "--since", "soon"]) == 2
    assert "2026-03-04T12:00:00Z" in capsys.readouterr().err
    assert root.code([*place, "verify"]) == 0
    assert json.loads(capsys.readouterr().out)["checked"] == 3
    cut(db)
    assert root.code([*place, "verify"]) == 1
    assert json.loads(capsys.readouterr().out)["first_bad_seq"] == 3
    assert root.code([*place, "verify", "--restored"]) == 0
    assert json.loads(capsys.readouterr().out)["anchors"]["count"] == 0


def test_the_log_of_another_brain_is_not_read(db: str, alice: Actor, bob: Actor) -> None:
    tell(bob, "1")
    assert events.page(visible(alice)).total == 0
    assert database.query("SELECT count(*) FROM event_log")[0][0] == 1
