"""What counts as a decision, as a fact, as a preference, as a project."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from alice.domain.extraction import Claim, extract
from alice.domain.texts.chunking import chunks

WEDNESDAY = datetime(2026, 3, 4, 10, tzinfo=UTC)
PRESENT = "## Present\n\n* Ada Lovelace @ada\n* Ben Okri @ben\n\n## Agenda\n\n"


def claims(text: str, *kinds: str) -> list[Claim]:
    found = extract(text, chunks(text), occurred_at=WEDNESDAY, zone="UTC")
    return [claim for claim in found if claim.kind in kinds]


@pytest.mark.parametrize(
    ("said", "rule", "text"),
    [
        ("* We agreed to keep the hedge.", "agreed", "We agreed to keep the hedge"),
        ("* The hedge\n  * agreed to keep it", "agreed", "The hedge: agreed to keep it"),
        ("* The hedge\n  * discussed and decided it stays", "agreed", "The hedge: discussed and decided it stays"),
        ("* Consensus is to keep the hedge", "consensus", "Consensus is to keep the hedge"),
        ("* Ada: after long talks we have consensus on the hedge", "consensus",
         "Ada: after long talks we have consensus on the hedge"),
        ("* The budget was approved by the board", "approved", "The budget was approved by the board"),
        ("* The hedge\n  * no objections from the group", "no_objection", "The hedge: no objections from the group"),
        ("* We voted to keep the hedge", "voted", "We voted to keep the hedge"),
        ("* Let's move the meeting to noon", "lets", "Let's move the meeting to noon"),
        ("* The new rule is written, we will no longer water at noon", "will_not",
         "The new rule is written, we will no longer water at noon"),
        ("* The hedge\n  * Ada, I would cut it in June, any objections?\n    * no objections", "no_objection",
         "I would cut it in June, any objections: no objections"),
    ],
)  # fmt: skip
def test_minutes_say_in_many_ways_what_was_decided(said: str, rule: str, text: str) -> None:
    (found,) = claims(PRESENT + said, "decision")
    assert (found.rule, found.text) == (f"decision.{rule}", text)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Decision: keep the hedge", "decision.marker"),
        ("## Decisions\n\n- keep the hedge as it is", "decision.section"),
        ("We agreed to:\n- keep the hedge as it is", "decision.section"),
        ("We decided to keep the hedge.", "decision.agreed"),
    ],
)
def test_marks_and_plain_words_count_in_any_note(text: str, rule: str) -> None:
    (found,) = claims(text, "decision")
    assert found.rule == rule
    assert (
        text[found.start : found.end].rstrip(".").endswith("the hedge as it is" if "as it is" in text else "the hedge")
    )


@pytest.mark.parametrize(
    "said",
    [
        "* Do we have consensus on the hedge?",
        "* Ada: I agree with Ben",
        "* Ben, agreed",
        "* we need to reach consensus first",
        "* unlikely that we get consensus",
        "* agreed to remove it from the agenda",
        "* If approved by the board, the hedge stays",
        "* If we chose to wait, the council will cut the hedge",
        "* Ben: I would prefer consensus on the hedge to be found by all",
        "* no objections if the price is right",
        "* people agreed with the article",
        "## Decisions\n\n* none",
    ],
)
def test_opinions_and_wishes_are_no_decisions(said: str) -> None:
    assert claims(PRESENT + said, "decision") == []


def test_a_promise_in_an_agreement_is_told_once_each() -> None:
    text = PRESENT + "* Consensus is to keep the hedge, Ada will tell the council"
    assert [claim.kind for claim in claims(text, "decision", "open_loop")] == ["open_loop", "decision"]


def test_what_was_put_off_is_waiting_not_decided() -> None:
    text = PRESENT + "* The hedge\n  * decided to wait until Ben is back"
    assert [claim.rule for claim in claims(text, "decision", "open_loop")] == ["open_loop.waiting_on"]


@pytest.mark.parametrize(
    ("text", "kind", "shown"),
    [
        (PRESENT + "### Announcements\n\n* Ben: the seed catalogue was published on 2 March", "fact",
         "The seed catalogue was published on 2 March"),
        ("My passport expires in June 2027.", "fact", "My passport expires in June 2027"),
        ("I prefer tea to coffee in the morning.", "preference", "I prefer tea to coffee in the morning"),
        ("Ben never likes late meetings.", "preference", "Ben never likes late meetings"),
    ],
)  # fmt: skip
def test_plain_facts_and_preferences_are_kept(text: str, kind: str, shown: str) -> None:
    (found,) = claims(text, "fact", "preference")
    assert (found.kind, found.text) == (kind, shown)


@pytest.mark.parametrize(
    "text",
    [
        PRESENT + "### Announcements\n\n* no announcements this week",
        PRESENT + "### Announcements\n\n* skipped",
        "The function was removed in version 3.",
        "I would like to know more about it.",
        "Is my passport still valid?",
    ],
)
def test_empty_news_and_technical_prose_give_no_facts(text: str) -> None:
    assert claims(text, "fact", "preference") == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Project: Greenhouse\n\ntext", ["Greenhouse"]),
        ("We go on with #project/green-house today", ["green-house"]),
        ("### garden/greenhouse\n\ntext", ["garden/greenhouse"]),
        (
            PRESENT + "## Projects\n\n* Greenhouse - Ada, no update\n* Ben - Compost, all good\n",
            ["Greenhouse", "Compost"],
        ),
        ("# Greenhouse\n\ntext", []),
    ],
)
def test_projects_are_named_by_their_place(text: str, names: list[str]) -> None:
    assert [claim.text for claim in claims(text, "project")] == names


@pytest.mark.parametrize(
    ("listed", "shown"),
    [
        ("Present: Ada Lovelace, Ben Okri", []),
        ("## Attendees\n\nAda Lovelace, Ben Okri; Cleo", ["Ada Lovelace", "Ben Okri", "Cleo"]),
        ("## Participants:\n- Ada Lovelace (chair)\n- @ben\n- Сковорода Никита @skov\n- none of the others came today",
         ["Ada Lovelace", "@ben", "Сковорода Никита (@skov)"]),
    ],
)  # fmt: skip
def test_people_are_read_from_lists_of_those_present(listed: str, shown: list[str]) -> None:
    assert [claim.text for claim in claims(listed, "person")] == shown
