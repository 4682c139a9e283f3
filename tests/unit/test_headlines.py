"""Headlines and the lines they are made of: what may stand in one, and how two clauses become one line."""

from __future__ import annotations

from datetime import date

import pytest

from alice.brain import daily_brief, headlines, rendering, wording
from alice.domain.composing.briefing import Inputs
from tests.support.briefs import claim, inputs, loop, note

TALK = "# Board\n\n## Present\n\n* Ann Lee\n* Tom Rey\n\n## Agenda\n\n"


def headline(given: Inputs) -> str:
    return daily_brief.compose(given).headline.text


@pytest.mark.parametrize(
    ("second", "line"),
    [
        ("The hall is closed", "The roof leaks, and the hall is closed"),
        ("Tom will call Brandt", "The roof leaks, and Tom will call Brandt"),
        ("Tom's ladder broke", "The roof leaks, and Tom's ladder broke"),
        ("PVC gutters are cheaper", "The roof leaks, and PVC gutters are cheaper"),
        ("Travel costs rise", "The roof leaks; Travel costs rise"),
    ],
)
def test_a_capital_stays_inside_a_sentence_only_where_it_is_that_of_a_name(second: str, line: str) -> None:
    assert wording.together("The roof leaks", second, ["Tom"]) == line


@pytest.mark.parametrize(
    "text",
    [
        "Ann to open an issue to go on with the plan in #12",
        "Working on the gutter of the roof of the hall",
        "Ann will also ask Brandt about the roof",
        "Please count the chairs of the big hall",
        "Looks like the roof of the hall is mended",
    ],
)
def test_a_clause_that_leans_or_breaks_off_is_no_headline(text: str) -> None:
    assert headlines.worthy(text) is None


def test_an_address_at_the_end_is_left_out_of_a_headline() -> None:
    assert headlines.worthy("The new rules of the village hall were approved files.hall.example.org") == (
        "The new rules of the village hall were approved"
    )


def test_words_without_a_verb_have_to_tell_more_to_be_news() -> None:
    assert headlines.telling_news("World Day & Hall Summit") is None
    assert headlines.telling_news("Summit in the town hall of Ulm on 14 April") is not None
    assert headlines.telling_news("The town hall of Ulm has flooded") is not None


def test_topics_are_named_in_quotation_marks() -> None:
    given = inputs(
        claims=(claim("The rent is 90 a month", subject="Make the heating pay"),), sources=(note("x", name="o"),)
    )
    assert headline(given) == "New on “Make the heating pay”"


def test_minutes_of_which_only_topics_can_be_told_have_them_in_the_headline() -> None:
    text = TALK + "* Key box [#3](https://hall.example/3)\n* Door [#4](https://hall.example/4)\n"
    given = inputs(sources=(note(text),))
    assert headline(given) == "On the table: “Key box” and “Door”"
    [section] = [one for one in daily_brief.compose(given).sections if one.key == "changed"]
    assert [one.text for one in section.statements] == ["On the agenda, with nothing noted: Key box; Door."]
    assert all(one.citations for one in section.statements)


def test_what_is_spoken_of_is_not_told_as_only_listed() -> None:
    text = TALK + "* Door [#4](https://hall.example/4)\n  * Tom: it sticks, and somebody should plane it soon.\n"
    told = [one.text for section in daily_brief.compose(inputs(sources=(note(text),))).sections
            for one in section.statements]  # fmt: skip
    assert not any("nothing noted" in one for one in told)


def test_a_short_announcement_with_a_verb_is_news() -> None:
    text = TALK.replace("## Agenda", "## Announcements\n\n* New keys are out.\n\n## Agenda") + "* Door\n"
    told = [one.text for section in daily_brief.compose(inputs(sources=(note(text),))).sections
            for one in section.statements]  # fmt: skip
    assert "New keys are out." in told


def test_a_note_does_not_open_with_the_wording_of_a_form() -> None:
    form = "Taken from the list of things that the board keeps on the wall."
    text = f"# Scrap\n\n{form}\n\nThe wall of the cellar is damp again after the rain.\n"
    given = inputs(sources=(note(text, title="Scrap", name="scrap"),), background=(f"# Old\n\n{form}\n",))
    [told, *_] = [one.text for section in daily_brief.compose(given).sections for one in section.statements]
    assert told == "New, “Scrap”: The wall of the cellar is damp again after the rain."


def test_one_person_is_asked_once_and_the_topic_stands_outside_of_the_words() -> None:
    given = inputs(
        loops=(
            loop("Ann will paint the door", owner="Ann", subject="Cellar", days=20),
            loop("Ann will buy bulbs", owner="Ann", subject="Yard", days=20, start=40),
            loop("Tom will call Brandt", owner="Tom", subject="Roof", days=20, start=80),
        )
    )
    from alice.brain import owing, pointers

    told = [one.text for one in pointers.actions(owing.sort(given), given, 4)]
    assert len(told) == 2
    assert sum(one.startswith("Ask Ann") for one in told) == 1
    assert any("(Cellar). It is one of Ann's two open loops." in one or "(Yard). It is one of" in one for one in told)
    assert "Ask Tom where this stands: “Tom will call Brandt” (Roof). It has been open for 20 days." in told


def test_a_loop_that_is_due_in_a_while_is_not_told_to_have_no_date() -> None:
    from alice.brain import owing, pointers

    due = date(2026, 3, 20)
    given = inputs(loops=(loop("Tom will sign the lease", owner="Tom", days=3, due=due),))
    [told] = [one.text for one in pointers.actions(owing.sort(given), given, 4)]
    assert "20 Mar" in told
    assert "no date" not in told


def test_what_is_owed_by_me_is_the_owner_s() -> None:
    from alice.brain import statements

    assert statements.is_me("Me", inputs())
    assert not statements.is_me("Mena", inputs())


def test_an_initial_tells_two_people_of_one_name_apart() -> None:
    given = inputs(
        loops=(
            loop("Ann will paint the door", owner="Ann"),
            loop("Ann M will buy bulbs", owner="Ann M", start=40),
            loop("Ann Lee will count the chairs", owner="Ann Lee", start=80),
        )
    )
    [people] = [one for one in daily_brief.compose(given).sections if one.key == "people"]
    [told] = people.statements
    assert told.text.startswith("Ann: two open loops") or told.text.startswith("Ann Lee: two open loops")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("19.x is in maintenance", "19.x is in maintenance"),
        ("20.18.1 is out", "20.18.1 is out"),
        ("19. of May", "19\\. of May"),
        ("3) is missing", "3\\) is missing"),
        ("- not a list", "\\- not a list"),
    ],
)
def test_markdown_shows_a_line_as_it_is(text: str, shown: str) -> None:
    assert rendering.escaped(text) == shown


def test_what_somebody_owes_is_not_told_as_news_as_well() -> None:
    both = "Tom sends the plan of the cellar to Ida, Ida asks the bank for the key of the safe."
    text = (
        TALK + f"* Cellar wall [#4](https://hall.example/4)\n  * {both}\n  * Ann: good, the wall can wait for that.\n"
    )
    owed = loop("Tom sends the plan of the cellar to Ida", owner="Tom", subject="Cellar wall and what is behind it")
    given = inputs(sources=(note(text),), loops=(owed,))
    [changed] = [one for one in daily_brief.compose(given).sections if one.key == "changed"]
    assert not any("sends the plan" in one.text for one in changed.statements)


def test_a_person_has_as_many_loops_in_the_focus_as_among_the_people() -> None:
    given = inputs(
        loops=(
            loop("Ann will paint the door", owner="Ann", days=20),
            loop("Waiting for Ann to answer", waiting_for="Ann", kind="waiting_on", start=40),
            loop("Ann will buy bulbs", owner="Ann", start=80),
        )
    )
    told = {one.key: one.statements[0].text for one in daily_brief.compose(given).sections}
    assert told["people"].startswith("Ann: three open loops")
    assert "one of Ann's three open loops" in told["focus"]


def test_what_says_too_little_is_nothing_to_begin_with() -> None:
    given = inputs(
        loops=(
            loop("Ann will volunteer", owner="Ann", days=30),
            loop("Tom will call Brandt about the roof", owner="Tom", days=9, start=40),
        )
    )
    told = {one.key: one.statements[0].text for one in daily_brief.compose(given).sections}
    assert told["focus"].startswith("Ask Tom where this stands")


def test_a_sentence_that_was_cut_in_a_parenthesis_ends_before_it() -> None:
    assert wording.sentence("See if we can build room 23 (for example:") == "See if we can build room 23."
    assert wording.sentence("See the old hall (in Ulm)") == "See the old hall (in Ulm)."
    assert wording.sentence("let's wait for Tom") == "Let's wait for Tom."


def test_what_happened_leads_and_who_has_to_act_follows() -> None:
    minutes = TALK.replace(
        "## Agenda\n\n", "## Announcements\n\n* Boiler 12 is out. It heats twice as fast as before.\n"
    )
    told = loop("Tom will ask Brandt about the gutter of the yard", owner="Tom")
    given = inputs(sources=(note(minutes),), loops=(told,))
    assert headline(given) == "Boiler 12 is out, and Tom will ask Brandt about the gutter of the yard"
