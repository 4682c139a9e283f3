"""What a brief knows of before: loops that were done since, and news that contradict what was noted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from alice.brain import completions, contradiction_report, daily_brief, weekly_synthesis
from alice.domain.composing.briefing import Inputs
from alice.domain.composing.grounding import Section, check
from alice.domain.composing.reports import Week
from tests.support.briefs import claim, identifier, inputs, loop, note, related, rents

SLATES = loop("Tom will order the slates for the roof", owner="Tom", subject="Roof", days=9, source="old minutes")
PERMIT = loop("Ida will ask the town hall for the stall permit", owner="Ida", subject="Spring market", days=9,
              source="old minutes", start=60, due=date(2026, 3, 1))  # fmt: skip
ROOF_DONE = "# Roof\n\nTom ordered the slates for the roof on Monday.\n"


def sections(given: Inputs) -> dict[str, Section]:
    return {section.key: section for section in daily_brief.compose(given, rents).sections}


def said(given: Inputs, key: str) -> list[str]:
    found = sections(given)
    return [one.text for one in found[key].statements] if key in found else []


def test_what_the_news_say_was_done_is_not_owed() -> None:
    given = inputs(loops=(SLATES,), sources=(note(ROOF_DONE, name="news"),))
    assert said(given, "owed") == []
    [text] = said(given, "done")
    assert "Yesterday it was noted that “Tom ordered the slates for the roof on Monday”" in text
    assert all(len(one.citations) == 2 for one in sections(given)["done"].statements)


def test_what_an_older_note_said_was_done_is_neither_owed_nor_news() -> None:
    given = inputs(loops=(SLATES,), later=(note(ROOF_DONE, name="between", days=4),), sources=(note("x", name="o"),))
    assert said(given, "owed") == said(given, "done") == []
    assert said(replace(given, later=()), "owed") != []


def test_a_request_is_over_when_it_was_answered() -> None:
    text = "# Spring market\n\nThe town hall granted the stall permit.\n"
    found = completions.Ends((note(text, name="news"),)).of([PERMIT])
    assert not found[PERMIT.id].sure
    other = "# Spring market\n\nThe town hall granted nothing for the stall permit.\n"
    assert completions.Ends((note("# Roof\n\nThe bank granted the loan.\n", name="n"),)).of([PERMIT]) == {}
    assert completions.Ends((note(other.replace("granted nothing", "has not granted"), name="n"),)).of([PERMIT]) == {}


def test_news_that_contradict_what_was_noted_are_shown_with_both_sides() -> None:
    new = "# Hall\n\nThe rent of the hall is 90 euros.\n"
    older = related(identifier("any"), "The rent of the hall is 80 euros.", days=100)
    given = inputs(sources=(note(new, name="news"),), opposed=(older,))
    [text] = said(given, "contradictions")
    assert "“The rent of the hall is 90 euros”" in text
    assert "“The rent of the hall is 80 euros”" in text
    held = claim("The rent of the hall is 80 euros", subject="Hall", days=100, source="old")
    assert len(said(inputs(sources=(note(new, name="news"),), held=(held,)), "contradictions")) == 1
    assert "contradictions" not in {s.key for s in daily_brief.compose(given).sections}, "nobody was asked"


def test_all_that_a_brief_cites_is_evidence_that_it_was_given() -> None:
    given = inputs(
        loops=(SLATES, PERMIT),
        sources=(note(ROOF_DONE, name="news"), note("# Hall\n\nThe rent of the hall is 90 euros.\n", name="hall")),
        opposed=(related(identifier("any"), "The rent of the hall is 80 euros.", days=100),),
    )
    draft = daily_brief.compose(given, rents)
    assert check(draft, given.evidence()).dropped == ()


def test_a_report_compares_the_sentences_that_can_be_checked_first() -> None:
    text = (
        "# Tank\n\nThe tank is green and stands behind the shed of the neighbour.\n\nThe tank costs 720 euros.\n\n"
        "We decided to keep the old pump.\n\nIs the tank 2 metres high?\n\nThe lid does not close.\n"
    )
    found = [one.text for one in contradiction_report.fresh(inputs(sources=(note(text, name="tank"),)))]
    checkable = ["The tank costs 720 euros.", "We decided to keep the old pump.", "The lid does not close."]
    assert [one for one in found if one in checkable] == checkable
    assert found[:3] == checkable
    assert "Is the tank 2 metres high?" not in found[:3]


def test_a_topic_moved_when_any_of_its_remarks_says_so() -> None:
    text = (
        "# Board\n\n## Present\n\n* Ann Lee\n* Tom Rey\n\n## Agenda\n\n* Stall [#4](https://hall.example/4)\n"
        "  * Ann: the stall is on 25 April, and it needs more seedlings than the stall of last year.\n"
        "  * The town hall granted the permit of the stall.\n"
    )
    week = Week(inputs(sources=(note(text),)), (), True, ())
    told = {section.key: section for section in weekly_synthesis.compose(week, rents).sections}
    assert any("granted the permit" in one.text for one in told["moved"].statements)


def test_what_is_the_readers_own_is_told_without_a_name() -> None:
    mine = loop("I need to borrow a trailer from Max", owner="Ida Moss", days=2)
    given = inputs(loops=(mine,), owner_names=("Ida Moss",))
    assert said(given, "owed_by_you") == ["I need to borrow a trailer from Max."]
    assert said(given, "focus")[0].startswith("Start with this: “I need to borrow a trailer from Max.”")
    assert said(inputs(loops=(mine,)), "owed") == ["Ida Moss: I need to borrow a trailer from Max."]


def test_a_remark_that_was_told_as_a_loop_makes_room_for_the_next() -> None:
    text = (
        "# Board\n\n## Present\n\n* Ann Lee\n* Tom Rey\n\n## Agenda\n\n* Stall [#4](https://hall.example/4)\n"
        "  * Ann will sow the seedlings for the stall by the end of March.\n"
        "  * Tom: the market of the town moved from the square to the meadow.\n"
    )
    sow = loop("Ann will sow the seedlings for the stall by the end of March", owner="Ann", subject="Stall")
    told = said(inputs(sources=(note(text),), loops=(sow,)), "changed")
    assert any("from the square to the meadow" in one for one in told)
