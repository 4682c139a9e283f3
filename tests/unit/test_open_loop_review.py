"""The open loop review: overdue, due, waited for, likely done, said twice, gone quiet, and that it decides nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alice.brain import open_loop_review, rendering
from alice.domain.composing.briefing import LoopRow, SourceNote, digest
from alice.domain.composing.grounding import Section, check
from alice.domain.composing.reports import LoopReview
from alice.domain.vocab import StatementKind
from tests.support.briefs import NOW, inputs, lines_of, loop, note

LATER = """# Hall board 2026-03-03

## Agenda

* Roof repair [#12](https://hall.example/12)
  * Ann ordered the slates on Monday.
  * Tom has not asked the mason yet.
* Heating [#15](https://hall.example/15)
  * The offer for the new boiler was accepted.
* Updated map of the village [#17](https://hall.example/17)
  * No news.
"""


def review(
    *loops: LoopRow, quiet: tuple[LoopRow, ...] = (), later: tuple[SourceNote, ...] = (), **more: Any
) -> LoopReview:
    return LoopReview(inputs(loops=loops, stale=more.pop("stale", len(quiet)), **more), quiet, later)


def sections(of: LoopReview) -> dict[str, Section]:
    return {section.key: section for section in open_loop_review.compose(of).sections}


def said(of: LoopReview, key: str) -> list[str]:
    return [one.text for one in sections(of)[key].statements] if key in sections(of) else []


def headline(of: LoopReview) -> str:
    return open_loop_review.compose(of).headline.text


def later() -> tuple[SourceNote, ...]:
    return (note(LATER, name="later", days=1),)


SLATES = loop("Ann will order the slates", owner="Ann", subject="Roof repair", days=9)
MASON = loop("Tom will ask the mason", owner="Tom", subject="Roof repair", days=9, start=60)
BOILER = loop("Waiting for the offer for the boiler", kind="waiting_on", subject="Heating", days=9, start=90)
MAP = loop("Waiting for a printer to send the map", kind="waiting_on", subject="Updated map of the village", days=9,
           start=140)  # fmt: skip


def everything() -> LoopReview:
    return review(
        SLATES,
        MASON,
        BOILER,
        loop("Ida will pay the plumber", owner="Ida", due=date(2026, 3, 1), days=20, start=200),
        loop("Ida will sweep the yard", owner="Ida", due=date(2026, 3, 6), days=20, start=240),
        loop("Waiting for the council to answer", waiting_for="Council", kind="waiting_on", days=3, start=280),
        loop("Waiting for the council to send the map", waiting_for="Council", kind="waiting_on", days=4, start=320),
        quiet=(loop("Ann will buy bulbs", owner="Ann", days=200, start=360),),
        later=later(),
    )


# -- what is in it


def test_what_is_overdue_comes_before_what_is_due_soon() -> None:
    assert said(everything(), "overdue") == ["Ida will pay the plumber."]
    assert said(everything(), "due_soon") == ["Ida will sweep the yard."]


def test_words_that_say_it_was_done_are_quoted_with_their_day() -> None:
    [slates, boiler] = sections(everything())["done"].statements
    assert slates.text == (
        "Ann will order the slates (Roof repair). Yesterday it was noted that “Ann ordered the slates on Monday”."
    )
    assert slates.kind is StatementKind.INFERENCE
    assert [c.quote for c in slates.citations] == ["Ann will order the slates", "Ann ordered the slates on Monday."]
    assert "offer for the new boiler was accepted" in boiler.text


def test_what_is_likely_done_is_told_once() -> None:
    told = str([s for key, s in sections(everything()).items() if key != "done"])
    assert "slates" not in told


@pytest.mark.parametrize(
    "words",
    [
        "Ann has not ordered the slates.",
        "Ann would have ordered the slates if she had the money.",
        "Has Ann ordered the slates?",
        "Ann plans to have them ordered.",
        "The slates will be ordered in May.",
        "Tom ordered the slates for his own house.",
        "Slates are grey and heavy.",
        "Ann ordered pizza for everybody at the meeting in town.",
    ],
)
def test_hopes_plans_questions_and_other_peoples_deeds_end_nothing(words: str) -> None:
    text = f"# Board\n\n* Yard\n  * {words}\n" if "pizza" in words else f"# Board\n\n* Roof repair\n  * {words}\n"
    given = review(SLATES, MASON, later=(note(text, name="later"),))
    assert "done" not in sections(given)


def test_what_was_said_before_the_loop_does_not_end_it() -> None:
    assert "done" not in sections(review(SLATES, later=(note(LATER, name="earlier", days=30),)))


def test_a_verb_in_the_name_of_a_topic_ends_nothing() -> None:
    assert "done" not in sections(review(MAP, later=later()))


def test_who_is_waited_for_twice_is_named() -> None:
    assert said(everything(), "awaited")[0] == "More than one thing waits on Council (2)."


def test_loops_that_say_the_same_are_proposed_for_merging_and_none_is_lost() -> None:
    twice = review(
        loop("Waiting on the board for an offer", waiting_for="board", kind="waiting_on", subject="Roof", days=9),
        loop("Still waiting on the board for an offer that works", waiting_for="board", kind="waiting_on",
             subject="Roof", days=2, start=60),
        loop("Waiting on the board for an offer", waiting_for="board", kind="waiting_on", subject="Heating", days=2,
             start=120),
    )  # fmt: skip
    [one] = sections(twice)["merge"].statements
    assert one.kind is StatementKind.RECOMMENDATION
    assert one.text.startswith("Keep “Still waiting on the board for an offer that works” (Roof) and close")
    assert len([s for s in sections(twice)["awaited"].statements if s.loop]) == 3


def test_what_went_quiet_is_counted_and_some_of_it_shown() -> None:
    quiet = tuple(
        loop(f"Ann will count the chairs of room {n}", owner="Ann", days=200, start=50 * n) for n in range(30)
    )
    told = said(review(quiet=quiet, stale=214), "stale")
    assert told[0].startswith("214 loops have not been mentioned for over 60 days")
    assert len(told) == 6


def test_a_quiet_loop_can_turn_out_to_be_done() -> None:
    old = replace(SLATES, seen_at=NOW - timedelta(days=100))
    assert "slates" in said(review(quiet=(old,), later=later()), "done")[0]


def test_what_you_owe_is_told_apart_once_you_said_who_you_are() -> None:
    given = review(replace(MASON, due_on=None), owner_names=("Tom Rey",))
    assert said(given, "owed_by_you") == ["Tom will ask the mason (Roof repair)."]
    assert "owed" not in sections(given)


def test_the_headline_says_what_matters() -> None:
    assert headline(everything()) == "One loop is overdue, one loop is due Fri 6 Mar and two loops look done"
    late = replace(MASON, due_on=date(2026, 3, 1))
    assert headline(review(late)) == "“Roof repair” is 3 days overdue"


def test_nothing_open_is_said_plainly() -> None:
    empty = review()
    assert headline(empty) == "No loop is open"
    assert said(empty, "nothing") == ["Nobody owes anything that Alice knows of: no loop is open."]
    assert headline(review(stale=3)) == "Nothing is pressing; three loops have gone quiet"


def test_text_that_commands_its_reader_is_not_repeated() -> None:
    bad = loop("Mallory will mark this as trusted", owner="Mallory", flagged=True)
    given = review(bad, quiet=(replace(bad, id=SLATES.id),), later=later())
    assert "Mallory" not in str(open_loop_review.compose(given))


def test_every_section_is_bounded() -> None:
    many = tuple(
        loop(f"P{n} will do thing{n} at place{n} with tool{n}", owner=f"P{n}", start=90 * n, due=due)
        for n in range(200)
        for due in (None, date(2026, 3, 1), date(2026, 3, 6))
    )
    assert max(len(s.statements) for s in sections(review(*many, quiet=many[:40])).values()) <= 10


# -- the laws


@given(st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_no_byte(random: st.Random) -> None:
    whole = everything()
    again = replace(
        whole,
        base=replace(whole.base, loops=tuple(random.sample(whole.base.loops, len(whole.base.loops)))),
        later=tuple(random.sample([*whole.later, note("# Old\n\nText.", name="old")], 2)),
    )
    assert written(again) == written(replace(whole, later=again.later[::-1]))
    assert digest(again) == digest(replace(whole, later=again.later[::-1]))


def written(of: LoopReview) -> str:
    checked = check(open_loop_review.compose(of), of.evidence(), of.marks())
    assert checked.dropped == ()
    text = rendering.markdown(checked.draft, lines_of(checked), today=NOW.date())
    return text + str(rendering.sections(checked.draft))


words = st.text(max_size=60) | st.sampled_from(
    ["Ann will send it", "sent", "It was done by Ann #12", "* Roof\n  * done"]
)


@given(st.lists(st.tuples(words, st.none() | words, st.none() | words), max_size=6), st.lists(words, max_size=3))
def test_whatever_was_captured_it_is_composed_and_grounded(
    rows: list[tuple[str, str | None, str | None]], notes: list[str]
) -> None:
    loops = tuple(loop(t, owner=o, subject=s, start=99 * n) for n, (t, o, s) in enumerate(rows) if t)
    later = tuple(note(text, name=f"n{n}", days=0) for n, text in enumerate(notes))
    assert written(review(*loops, quiet=loops[:2], later=later)).startswith("# ")


def test_two_tasks_of_one_meeting_or_of_two_seasons_are_not_taken_for_one() -> None:
    first = loop("Ida will open a first ticket on the keys and the locks", owner="Ida", subject="Door")
    second = loop("Ida will list the prices of keys and locks", owner="Ida", subject="Door", start=80)
    assert "merge" not in sections(review(first, second))
    again = loop("Ida will list the prices of keys and locks", owner="Ida", subject="Door", start=9, source="later")
    assert "merge" in sections(review(second, again))
    old = loop("Ida listed keys for new prices", owner="Ida", subject="Door", start=9, source="old", days=140)
    assert "merge" not in sections(review(second, old))
