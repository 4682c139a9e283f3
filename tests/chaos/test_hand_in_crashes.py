"""kill -9 in the middle of what is handed in, fifty times over: whoever hands it in again finds it there once."""

from __future__ import annotations

import random
from collections.abc import Callable

from alice import config
from alice.connectors.browser_clipper import Clip
from alice.db import database
from alice.domain.policy import Actor, owner
from alice.domain.vocab import Profile
from alice.ledger import gate
from alice.queries.ledger import events
from alice.services.agency import agents
from alice.services.evidence import clips
from tests.conftest import NOON
from tests.support.crashes import die_at, killed

KILLS, PAGES = 50, 10
Work = Callable[[Actor, int], object]


def _clip(user: Actor, turn: int) -> None:
    """Clip one of the pages; in each round it says something else."""
    said = f"Ann brings slate {turn} by Friday."
    clip = Clip(f"https://club.example/{turn % PAGES}", title="Minutes", page_text=said)
    clips.keep(user, clip, zone="UTC", now=NOON)


def _hand_in(user: Actor, turn: int) -> None:
    agent = Actor("agent", "openclaw", user.user_id, Profile.TRUSTED_LOCAL_AGENT, agent_run_id=f"run {turn}")
    made = agents.Output(f"Report {turn}: pump {turn} is loud.", proposal=f"Pump {turn} is loud.")
    agents.ingest_output(agent, made, settings=config.load(), now=NOON)


def _do_and_die(work: Work, url: str, user: Actor, turn: int, statement: int) -> None:
    die_at(url, statement)
    with database.session():
        work(user, turn)


def _kill_often(work: Work, url: str, user: Actor, *, most: int) -> int:
    """Kill `work`, then do it after all, until it was killed often enough; return in how many turns."""
    chance, count = random.Random(20260304), 0
    for turn in range(10 * KILLS):
        count += killed(_do_and_die, work, url, owner(user.user_id), turn, chance.randint(1, most))
        work(user, turn)
        if count == KILLS:
            return turn + 1
    raise AssertionError(f"killed {count} times only")


def _counted(name: str) -> list[tuple[int, ...]]:
    return database.query("SELECT items_captured FROM connector_state WHERE connector_name = %s", name)


def test_killed_fifty_times_each_page_says_what_was_clipped_last(db: str, alice: Actor) -> None:
    turns = _kill_often(_clip, db, alice, most=20)
    pages = dict(database.query("SELECT external_id, content_text FROM source WHERE current"))
    assert len(pages) == PAGES
    last = {f"Ann brings slate {turn} by Friday." for turn in range(turns - PAGES, turns)}
    assert set(pages.values()) == last
    assert database.query("SELECT count(*), count(DISTINCT content_text) FROM source") == [(turns, turns)]
    assert _counted("browser_clipper") == [(turns,)]
    assert events.verify(gate.scope(alice))["status"] == "ok"


def test_killed_fifty_times_each_output_and_its_proposal_are_there_once(db: str, alice: Actor) -> None:
    turns = _kill_often(_hand_in, db, alice, most=20)
    assert database.query("SELECT count(*), count(DISTINCT content_text) FROM source") == [(turns, turns)]
    sql = "SELECT count(*), count(DISTINCT text) FROM memory WHERE text LIKE 'Pump %%'"
    assert database.query(sql) == [(turns, turns)]
    assert _counted("agent_output") == [(turns,)]
    assert events.verify(gate.scope(alice))["status"] == "ok"
