"""Minutes in the Daily Brief: told by topic, announcements first, what a form says passed by."""

from __future__ import annotations

from tests.support.briefs import inputs, note
from tests.unit.test_daily_brief import MINUTES, said


def test_minutes_are_told_by_topic_and_not_as_a_capture() -> None:
    told = said(inputs(sources=(note(MINUTES),)), "changed")
    assert told[0] == "The council granted 4,000 for the roof. The money comes in April."
    assert told[1] == "Spring fair has a new date, it is on 16 May."
    assert any(text.startswith("Roof repair: Tom: The cheapest offer leaves the gutter out") for text in told)
    assert not any("Hall board" in text for text in told)


def test_announcements_come_as_they_stand_with_what_hangs_below_them() -> None:
    below = (
        "  * The money comes in April.\n    Not before\n"
        "* Spring fair has a new date\n  * Tom: it is on 16 May\n  * There will be cake\n* The door is painted\n"
    )
    text = MINUTES.replace(
        "The money comes in April.\n* [Spring fair](https://fair.example/2026) has a new date, it is on 16 May.\n",
        f"\n{below}",
    )
    told = said(inputs(sources=(note(text),)), "changed")
    assert told[:3] == [
        "The council granted 4,000 for the roof. The money comes in April. Not before.",
        "Spring fair has a new date. It is on 16 May. There will be cake.",
        "The door is painted.",
    ]


def test_an_item_of_the_agenda_of_which_nothing_is_noted_is_named_and_no_item_below_another() -> None:
    text = MINUTES.replace("  * Tom: good.\n", "  * Tom: see the old report [#14](https://hall.example/14)\n")
    assert said(inputs(sources=(note(text),)), "changed")[-1] == "On the agenda, with nothing noted: Key box."


def test_a_topic_that_is_told_no_further_is_named() -> None:
    longer = MINUTES + "* Door [#17](https://hall.example/17)\n  * Ida: shall we?\n"
    told = said(inputs(sources=(note(longer.replace("*This form", "* Tom: ok.\n\n*This form")),)), "changed")
    assert told[-2] == "Also on the table: Door."


def test_a_forms_wording_is_no_news() -> None:
    form = MINUTES.replace(
        "The council granted 4,000 for the roof. The money comes in April.", "Bring your own cup and plate to meetings."
    )
    earlier = "## Announcements\n\n* Bring your own cup and plate to meetings.\n"
    assert any("own cup" in text for text in said(inputs(sources=(note(form),)), "changed"))
    assert not any("own cup" in t for t in said(inputs(sources=(note(form),), background=(earlier,)), "changed"))


def test_a_note_of_which_nothing_was_drawn_is_told_by_its_opening() -> None:
    text = "---\ntags: [a]\n---\n\n# Clay\n\n- a list\n\nClay soil keeps water for much longer than sand does. More.\n"
    [told] = said(inputs(sources=(note(text, title="Clay", name="clay"),)), "changed")
    assert told == "New, “Clay”: Clay soil keeps water for much longer than sand does."
