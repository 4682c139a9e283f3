"""What is decided on an artifact and thought of it; promoting makes candidates, and never a memory."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from alice.db import database
from alice.domain.policy import Actor
from alice.errors import Conflict, InvalidInput, NotFound
from alice.ledger import gate
from alice.queries.library import artifacts as reads
from alice.queries.library import ratings as opinions
from alice.services.composing import copies
from alice.services.reviewing import artifacts, ratings, undoing
from tests.support.stories import brief, numbers

__all__ = ["brief", "numbers"]  # fixtures of the story


def places(brief: dict[str, Any], *, fact: bool) -> list[tuple[int, int]]:
    """Where statements stand that could be promoted, or could not."""
    return [
        (s, n)
        for s, section in enumerate(brief["sections"])
        for n, said in enumerate(section["statements"])
        if (said["kind"] == "fact" and bool(said["citations"]) and "loop" not in said) == fact
    ]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (["accept"], "accepted"),
        (["reject"], "rejected"),
        (["archive"], "archived"),
        (["reject", "accept", "archive", "reopen"], "needs_review"),
    ],
)
def test_each_decision_moves_it(alice: Actor, brief: dict[str, Any], path: list[str], status: str) -> None:
    for action in path:
        told = artifacts.review(alice, brief["id"], action)
    assert (told["status"], told["metadata"]["review_status"]) == (status, status)
    assert (told["reviewed_at"] is None) == (status == "needs_review")
    for _ in path:
        undoing.undo_last(alice, "artifact", UUID(brief["id"]))
    assert reads.get(gate.scope(alice), brief["id"]) == brief | {"version": 1 + 2 * len(path)}


def test_promoting_makes_candidates_with_the_words_that_were_cited(alice: Actor, brief: dict[str, Any]) -> None:
    place = places(brief, fact=True)[0]
    said = brief["sections"][place[0]]["statements"][place[1]]
    told = artifacts.review(alice, brief["id"], "promote", statements=[place])
    assert told["promoted_at"] is not None
    [(text, status)] = database.query("SELECT text, status FROM memory WHERE id = %s", UUID(told["memory_ids"][0]))
    assert (text, status) == (" ".join(said["text"].split()), "candidate")
    spans = database.query(
        'SELECT start, "end" FROM provenance WHERE subject_id = %s ORDER BY start', UUID(told["memory_ids"][0])
    )
    assert {(c["start"], c["end"]) for c in said["citations"]} <= set(spans)


def test_promoting_everything_trusts_nothing_and_doubles_nothing(alice: Actor, brief: dict[str, Any]) -> None:
    first = artifacts.review(alice, brief["id"], "promote")["memory_ids"]
    again = artifacts.review(alice, brief["id"], "promote")["memory_ids"]
    assert first == again
    assert len(first) == len(places(brief, fact=True))
    assert database.query("SELECT count(*) FROM memory WHERE status <> 'candidate'") == [(0,)]


def test_what_cites_nothing_is_not_promoted(alice: Actor, brief: dict[str, Any]) -> None:
    for place in places(brief, fact=False):
        with pytest.raises(InvalidInput, match="statements: statement"):
            artifacts.review(alice, brief["id"], "promote", statements=[place])
    with pytest.raises(InvalidInput, match="there is no statement 0 in section 99"):
        artifacts.review(alice, brief["id"], "promote", statements=[(99, 0)])
    with pytest.raises(InvalidInput, match="has no meaning for accept"):
        artifacts.review(alice, brief["id"], "accept", statements=[(0, 0)])
    assert reads.get(gate.scope(alice), brief["id"])["version"] == 1


def test_whoever_decides_second_is_shown_what_the_first_did(alice: Actor, brief: dict[str, Any]) -> None:
    artifacts.review(alice, brief["id"], "accept", version=1)
    with pytest.raises(Conflict, match="after you saw it") as caught:
        artifacts.review(alice, brief["id"], "reject", version=1)
    assert caught.value.extra["current"]["status"] == "accepted"
    with pytest.raises(Conflict, match="is accepted; accept is for what is needs_review, rejected"):
        artifacts.review(alice, brief["id"], "accept")


def test_a_later_rating_replaces_an_earlier_one(alice: Actor, brief: dict[str, Any]) -> None:
    ratings.rate(alice, brief["id"], {"usefulness": 2, "comments": "Too much."})
    told = ratings.rate(alice, brief["id"], {"usefulness": 5, "verbosity": "right_sized"})
    assert (told["usefulness"], told["comments"], told["verbosity"], told["version"]) == (5, None, "right_sized", 2)
    assert opinions.of(gate.scope(alice), UUID(brief["id"])) == [told]
    assert database.query("SELECT count(*) FROM event_log WHERE canonical LIKE '%%Too much%%' AND %s", True) == [(0,)]


def test_a_rating_that_rates_nothing_is_refused(alice: Actor, brief: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput, match="nothing was rated"):
        ratings.rate(alice, brief["id"], {"usefulness": None})


def test_a_statement_is_said_to_help_once(alice: Actor, brief: dict[str, Any]) -> None:
    ratings.give_feedback(alice, brief["id"], useful=True, section=0, statement=0)
    told = ratings.give_feedback(alice, brief["id"], useful=False, section=0, statement=0, note="Old news.")
    whole = ratings.give_feedback(alice, brief["id"], useful=True)
    assert opinions.feedback(gate.scope(alice), UUID(brief["id"])) == [whole, told]
    for place in ({"section": 0}, {"section": 99, "statement": 0}, {"section": 0, "statement": 99}):
        with pytest.raises(InvalidInput):
            ratings.give_feedback(alice, brief["id"], useful=True, **place)


def test_an_export_replaces_no_file_and_is_told(alice: Actor, brief: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "brief.md"
    told = copies.export(alice, brief["id"], to=file)
    assert file.read_text() == told["content_markdown"]
    assert told["content_markdown"].startswith("---\ngenerated_by: alice\n")
    with pytest.raises(InvalidInput, match="is there already"):
        copies.export(alice, brief["id"], to=file)
    told_of = "SELECT count(*) FROM event_log WHERE event_type = 'artifact.exported'"
    assert database.query(told_of) == [(1,)], "what was refused is not told as done"


def test_nobody_decides_on_an_artifact_of_another_brain(bob: Actor, brief: dict[str, Any]) -> None:
    for attempt in (
        lambda: artifacts.review(bob, brief["id"], "accept"),
        lambda: ratings.rate(bob, brief["id"], {"usefulness": 1}),
        lambda: ratings.give_feedback(bob, brief["id"], useful=True),
        lambda: copies.export(bob, brief["id"]),
    ):
        with pytest.raises(NotFound):
            attempt()
