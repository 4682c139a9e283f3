"""The weekly synthesis: what moved and what stood still, counted days, and no pattern where there is none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from alice.brain import rendering, weekly_synthesis
from alice.domain.composing.briefing import SourceNote, digest
from alice.domain.composing.grounding import Draft, Section, check
from alice.domain.composing.reports import Week
from alice.domain.vocab import StatementKind
from tests.support.briefs import NOW, claim, inputs, lines_of, loop, note, rents


def minutes(days: int, *topics: tuple[str, str]) -> SourceNote:
    """Return minutes of so many days ago, with one remark of Ann and Tom on each topic."""
    body = "\n".join(f"* {name}\n  * Ann: {said}\n  * Tom: that is how I see it as well." for name, said in topics)
    text = f"# Board\n\n## Present\n\n* Ann Lee\n* Tom Rey\n\n## Agenda\n\n{body}\n\n## Links\n\n* none\n"
    return note(text, title=f"Board {days}", days=days, name=f"board{days}")


ROOF = ("Roof repair [#12](https://hall.example/12)", "the offer of Brandt was approved by the whole board.")
YARD = ("Paving the yard [#13](https://hall.example/13)", "we still have three opinions and no money for it.")
HEDGE = ("Height of the hedge [#14](https://hall.example/14)", "it should be lower, or so the neighbours say.")
EARLIER = tuple(minutes(days, YARD) for days in (8, 15, 22))


def week(**more: Any) -> Week:
    given = {"sources": (minutes(1, ROOF, YARD, HEDGE),), "since": NOW - timedelta(days=7)}
    held = more.pop("held", ())
    return Week(inputs(**given | more), EARLIER, True, held)


def compose(of: Week) -> Draft:
    return weekly_synthesis.compose(of, rents)


def sections(of: Week) -> dict[str, Section]:
    return {section.key: section for section in compose(of).sections}


def said(of: Week, key: str) -> list[str]:
    return [one.text for one in sections(of)[key].statements] if key in sections(of) else []


OFFER = "The board takes the offer of Brandt for the roof"


def everything() -> Week:
    return week(
        claims=(
            claim(OFFER, kind="decision", subject="Gutter", start=20),
            claim("The rent of the hall is 90 a month", start=600),
        ),
        loops=(
            loop("Tom will call the mason", owner="Tom", days=40, subject="The mason", start=300),
            loop("Tom will call the council", owner="Tom", days=40, subject="The council", start=340),
            loop("Tom will call the bank", owner="Tom", days=40, subject="The bank", start=380),
            loop("Ida will count the chairs", owner="Ida", days=1, start=450),
        ),
        closed=(loop("Ann will buy bulbs", owner="Ann", status="closed", start=500),),
        stale=9,
        held=(claim("The rent of the hall is 80 a month", start=640, days=40, source="old"),),
    )  # fmt: skip


def test_what_was_settled_moved() -> None:
    assert said(week(), "moved") == ["Roof repair: Ann: The offer of Brandt was approved by the whole board."]


def test_what_came_up_again_without_an_outcome_did_not_move() -> None:
    still = said(week(), "still")
    assert still[0] == ("Paving the yard: came up again, on four days since Tue 10 Feb; no outcome was noted.")
    assert still[1] == "New on the table, and open: Height of the hedge."


def test_who_is_waited_for_is_named_beside_what_stands_still() -> None:
    waiting = loop(
        "Waiting for the council to say", kind="waiting_on", waiting_for="council", subject="Paving the yard"
    )
    assert "waiting on the council; no outcome" in said(week(loops=(waiting,)), "still")[0]


def test_a_pattern_tells_its_days_and_cites_each() -> None:
    [one] = sections(week())["patterns"].statements
    assert one.text == (
        "Paving the yard: on four days by now, before this week on Tue 10 Feb, Tue 17 Feb and Tue 24 Feb;"
        " it has not moved."
    )
    assert len({c.source_id for c in one.citations}) == 4


def test_where_more_is_known_than_was_read_the_count_is_a_least() -> None:
    assert "on at least four days" in said(replace(week(), all_earlier=False), "patterns")[0]


def test_it_says_plainly_when_there_is_no_pattern() -> None:
    assert said(replace(week(), earlier=()), "patterns") == [
        "No pattern: nothing of this week came up on more than two days of the eight weeks before."
    ]


def test_work_that_piles_up_with_somebody_is_a_pattern() -> None:
    assert "Tom: three open loops, the oldest 5 weeks old." in said(everything(), "patterns")


def test_decisions_changed_assumptions_and_loops_have_their_sections() -> None:
    whole = everything()
    assert said(whole, "decided") == [f"Gutter: {OFFER}."]
    assert said(whole, "assumptions") == [
        "Yesterday “The rent of the hall is 90 a month”; on Fri 23 Jan “The rent of the hall is 80 a month”."
    ]
    assert said(whole, "loops")[0] == "One loop opened, one loop closed this week."
    assert said(whole, "loops")[1] == "Ida will count the chairs."


def test_a_loop_that_words_of_the_week_ended_is_no_next_action() -> None:
    brandt = loop("Tom will get the offer of Brandt approved", owner="Tom", subject="Roof repair", days=20,
                  due=date(2026, 3, 5))  # fmt: skip
    asked = replace(brandt, text="Ann will approve the offer", owner="Ann")
    given = week(loops=(asked,))
    assert "next" not in sections(given)
    assert "it was noted that “Ann: the offer of Brandt was approved by the whole board”" in said(given, "loops")[1]


def test_what_to_stop_is_a_recommendation_with_its_reason() -> None:
    told = sections(everything())["stop"].statements
    assert {one.kind for one in told} == {StatementKind.RECOMMENDATION}
    assert told[0].text == (
        "Stop carrying “Paving the yard” from one meeting to the next: four days since Tue 10 Feb, and no outcome."
        " Decide it, give it to somebody, or drop it."
    )
    assert "nine loops that nobody has mentioned" in told[1].text


def test_the_headline_tells_the_decision_and_what_is_stuck() -> None:
    assert compose(everything()).headline.text == (
        f"{OFFER}, and “Paving the yard” came up for the 4th time without an outcome"
    )


def test_a_quiet_week_says_so() -> None:
    quiet = Week(inputs(newest_at=NOW - timedelta(days=30), captured=0, since=NOW - timedelta(days=7)))
    made = compose(quiet)
    assert made.headline.text == "A quiet week: nothing has come in for 4 weeks"
    assert [section.key for section in made.sections] == ["quiet_week"]
    empty = Week(inputs(newest_at=None, captured=0))
    assert compose(empty).headline.text == "Nothing has come in yet"


def test_what_to_look_for_in_the_weeks_before_are_its_topics() -> None:
    assert weekly_synthesis.subjects(everything().base)[:3] == ["Height of the hedge", "Paving the yard", "Roof repair"]


# -- the laws


def written(of: Week) -> str:
    checked = check(compose(of), of.evidence(), of.marks())
    assert checked.dropped == ()
    text = rendering.markdown(checked.draft, lines_of(checked), today=NOW.date())
    return text + str(rendering.sections(checked.draft))


@given(st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_no_byte(random: st.Random) -> None:
    whole = replace(everything(), base=replace(everything().base, sources=(minutes(1, ROOF, YARD), minutes(2, HEDGE))))
    shuffled = {
        name: tuple(random.sample(getattr(whole.base, name), len(getattr(whole.base, name))))
        for name in ("sources", "claims", "loops", "closed")
    }
    again = replace(whole, base=replace(whole.base, **shuffled), earlier=tuple(random.sample(whole.earlier, 3)))
    assert written(again) == written(whole)
    assert digest(again) == digest(whole)


words = st.text(max_size=60) | st.sampled_from(["* Roof #1\n  * Ann: approved", "## Present\n\n* Ann Lee\n* Tom Rey"])


@given(st.lists(words, max_size=3), st.lists(words, max_size=3), st.lists(words, max_size=4))
def test_whatever_was_captured_it_is_composed_and_grounded(now: list[str], then: list[str], claims: list[str]) -> None:
    base = inputs(
        sources=tuple(note(text, title=text, name=f"n{n}") for n, text in enumerate(now)),
        claims=tuple(claim(text, kind="decision", start=99 * n) for n, text in enumerate(claims) if text),
        loops=tuple(loop(text, owner="Ann", start=99 * n + 9) for n, text in enumerate(claims) if text),
    )
    earlier = tuple(note(text, title=text, name=f"e{n}", days=9 + n) for n, text in enumerate(then))
    assert written(Week(base, earlier)).startswith("# ")
