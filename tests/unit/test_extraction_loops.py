"""What counts as an open loop in a note, who owns it, and how it reads."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from alice.domain.extraction import Claim, extract
from alice.domain.extraction.open_loops import asks_or_promises
from alice.domain.texts.chunking import chunks

WEDNESDAY = datetime(2026, 3, 4, 10, tzinfo=UTC)
PRESENT = "## Present\n\n* Ada Lovelace @ada (chair)\n* Ben Okri @ben\n* Cleo Laine\n\n## Agenda\n\n"


def loops(text: str) -> list[Claim]:
    found = extract(text, chunks(text), occurred_at=WEDNESDAY, zone="UTC")
    for claim in found:
        assert text[claim.start : claim.end].strip()
    return [claim for claim in found if claim.kind == "open_loop"]


def loop(minutes: str) -> Claim:
    (only,) = loops(PRESENT + minutes)
    return only


@pytest.mark.parametrize(
    ("said", "owner", "text"),
    [
        ("* Ada will call the nursery", "Ada", "Ada will call the nursery"),
        ("* Ada: I'll send my notes to the group", "Ada", "Ada will send their notes to the group"),
        ("* Ada, I’ll send it to Cleo", "Ada", "Ada will send it to Cleo"),
        ("* Ada: I will ask you and Ben about the gate", "Ada", "Ada: I will ask you and Ben about the gate"),
        ("* Ada - will open an issue on the hedge.", "Ada", "Ada will open an issue on the hedge"),
        ("* Ben: I am going to ask the council", "Ben", "Ben is going to ask the council"),
        ("* Ben, plan to rewrite the page", "Ben", "Ben plans to rewrite the page"),
        ("* Cleo to draft the letter", "Cleo", "Cleo to draft the letter"),
        ("* @ben to count the seeds", "Ben", "@ben to count the seeds"),
        ("* Cleo Laine volunteered to host the visit", "Cleo Laine", "Cleo Laine volunteered to host the visit"),
        ("* No objections, Ada will order the soil", "Ada", "Ada will order the soil"),
        ("* If it rains, Ada will cover the beds", "Ada", "If it rains, Ada will cover the beds"),
        ("* Ada and Ben will write the plan", "Ada and Ben", "Ada and Ben will write the plan"),
        ("* Somebody has to do it (Cleo will do that)", "Cleo", "Cleo will do that (Somebody has to do it)"),
        ("* Ben, can you check the pump?\n", "Ben", "Ben is asked to check the pump"),
        ("* Ada asked Ben to repair the gate", "Ben", "Ada asked Ben to repair the gate"),
        ("* The committee will publish the minutes", "committee", "The committee will publish the minutes"),
        ("* Ben open a ticket for the gate", "Ben", "Ben open a ticket for the gate"),
        ("* Ben: ask the board for money", "Ben", "Ben: ask the board for money"),
        (
            "* Ada: soon it is spring, need to discuss the seeds",
            "Ada",
            "Ada: soon it is spring, need to discuss the seeds",
        ),
        ("* Ada: we need to call a meeting on seeds", "Ada", "Ada: we need to call a meeting on seeds"),
        ("* The invitations will be sent on paper", None, "The invitations will be sent on paper"),
        ("* If nobody objects by Friday we'll order it", None, "If nobody objects by Friday we'll order it"),
        ("* Cleo spoke to Ben who will repair the pump", "Ben", "Cleo spoke to Ben who will repair the pump"),
    ],
)
def test_it_reads_who_will_do_what(said: str, owner: str | None, text: str) -> None:
    found = loop(said)
    assert (found.owner, found.text) == (owner, text)


def test_two_people_in_a_sentence_get_a_loop_each() -> None:
    found = loops(PRESENT + "* Ada to count the seeds, Ben to order new ones by Friday")
    assert [(claim.owner, claim.text, claim.due_on) for claim in found] == [
        ("Ada", "Ada to count the seeds", None),
        ("Ben", "Ben to order new ones by Friday", date(2026, 3, 6)),
    ]


def test_the_topic_is_the_item_above_and_the_quote_the_words_themselves() -> None:
    source = PRESENT + "* Fence along the lane [#12](https://example.org/12)\n  * Ben: I'll ask for\n    three offers\n"
    (found,) = loops(source)
    assert found.subject == "Fence along the lane"
    assert source[found.start : found.end] == "Ben: I'll ask for\n    three offers"
    assert found.text == "Ben will ask for three offers"


def test_a_speaker_above_speaks_below() -> None:
    assert loop("* Cleo\n  * the pump leaks\n  * I'll replace the seal").text == "Cleo will replace the seal"


def test_a_project_before_a_name_is_the_topic() -> None:
    found = loops(
        "## Attendees\n- Ada Lovelace\n- Ben Okri\n\n## Projects\n\n- Greenhouse - Ada, will measure the frame\n"
    )[0]
    assert (found.subject, found.owner, found.text) == ("Greenhouse", "Ada", "Ada will measure the frame")


def test_a_promise_in_brackets_keeps_the_beginning_of_what_stands_before_it() -> None:
    found = loop(f"* {'the gate and the hedge and ' * 6}so on (Ben to call the council)")
    assert found.text == (
        "Ben to call the council (the gate and the hedge and the gate and the hedge and the gate and the hedge…)"
    )


def test_a_sentence_that_says_too_little_gets_its_topic() -> None:
    assert loop("* Repair the shed roof\n  * Ben will do that").text == "Ben will do that (Repair the shed roof)"


@pytest.mark.parametrize(
    ("said", "waiting_for", "kind"),
    [
        ("* Soil test\n  * still waiting on the Laboratory for results", "Laboratory", "waiting_on"),
        ("* Soil test\n  * waiting for a reply from Greenfield", "Greenfield", "waiting_on"),
        ("* Soil test\n  * waiting on Ben", "Ben", "waiting_on"),
        ("* Soil test\n  * blocked by @county/permits", "county/permits", "blocker"),
        ("* Soil test\n  * leave it open until Cleo is back", "Cleo", "waiting_on"),
    ],
)
def test_it_reads_who_is_waited_on(said: str, waiting_for: str, kind: str) -> None:
    found = loop(said)
    assert (found.waiting_for, found.loop_kind) == (waiting_for, kind)
    assert found.text.startswith("Soil test: ")


@pytest.mark.parametrize(
    ("said", "due", "words"),
    [
        ("* Ada will send the plan by Friday", date(2026, 3, 6), "by Friday"),
        ("* Ada will send the plan by the end of the month.", date(2026, 3, 31), "end of the month"),
        ("* Nothing new this week, Ada will send the plan", None, None),
        ("* We met on 3 March, Ada will send the plan", None, None),
        ("* Skipped until next week as Ben is away", date(2026, 3, 13), "next week"),
        ("* Wait for the end of the month for objections", date(2026, 3, 31), "end of the month"),
    ],
)
def test_the_due_day_is_told_from_the_day_of_the_note(said: str, due: date | None, words: str | None) -> None:
    found = loop(said)
    assert (found.due_on, found.due_text) == (due, words)


def test_the_day_of_the_note_is_the_day_where_it_was_written() -> None:
    text, late = "- [ ] call tomorrow", datetime(2026, 3, 4, 23, 30, tzinfo=UTC)
    (utc,) = extract(text, chunks(text), occurred_at=late, zone="UTC")
    (berlin,) = extract(text, chunks(text), occurred_at=late, zone="Europe/Berlin")
    assert (utc.due_on, berlin.due_on) == (date(2026, 3, 5), date(2026, 3, 6))


@pytest.mark.parametrize(
    ("text", "rule", "owner"),
    [
        ("- [ ] renew the passport", "open_loop.checkbox", None),
        ("- [ ] Ada: renew the passport", "open_loop.checkbox", "Ada"),
        ("TODO: renew the passport", "open_loop.marker_todo", None),
        ("It works. TODO(ada): renew the passport", "open_loop.marker_todo", "ada"),
        ("Action: Ada to renew the passport", "open_loop.marker_action", "Ada"),
        ("- AI(Ben): renew the passport", "open_loop.marker_action", "Ben"),
        ("Waiting for: the embassy", "open_loop.marker_waiting_on", None),
        ("Question: which embassy?", "open_loop.marker_question", None),
        ("TODO: Mirela sends the floor plan to Jonas", "open_loop.marker_todo", "Mirela"),
        ("TODO: Jonas checks the boiler", "open_loop.marker_todo", "Jonas"),
        ("- [ ] Mirela calls the plumber", "open_loop.checkbox", "Mirela"),
        ("TODO: Parser returns text for an empty file", "open_loop.marker_todo", None),
        ("TODO: Script sends the same mail twice", "open_loop.marker_todo", None),
        ("TODO: Docs list the wrong port", "open_loop.marker_todo", None),
        ("## Action items\n- Ben: renew the passport", "open_loop.section_action", "Ben"),
        ("Next steps:\n- Ada will renew the passport", "open_loop.section_action", "Ada"),
        ("## Open questions\n- which embassy?", "open_loop.section_question", None),
        ("I need to renew the passport by Friday", "open_loop.i_needs_to", None),
        ("Ada will renew the passport", "open_loop.name_will", "Ada"),
        ("Paint the door tomorrow", "open_loop.act_with_day", None),
    ],
)
def test_marks_and_plain_promises_count_in_any_note(text: str, rule: str, owner: str | None) -> None:
    (found,) = loops(text)
    assert (found.rule, found.owner) == (rule, owner)


@pytest.mark.parametrize(
    "text",
    [
        "- [x] renew the passport",
        "You will need a spade.",
        "This will print the list.",
        "Run `make up` to start it, then open the page.",
        "I'll use a trowel here.",
        "The compiler will warn you.",
        "Greenhouse will then heat up.",
        "Next step: install the pump with `apt`.",
        "Click `Add to calendar` at the bottom.",
        "```\nTODO: nothing in code counts\n```",
        "    Ada will run\n    this listing",
        "Please see the manual.",
        "Call the function twice.",
        "We can now plant beans.",
        "See https://example.org/todo:list",
        "TODO: `x = {}`",
        "Ada will be away. Ada will need a coat. Will Ada send it?",
        "Ada could send it, and perhaps Ben should.",
    ],
)
def test_instructions_code_and_talk_open_no_loop(text: str) -> None:
    assert loops(text) == []


@pytest.mark.parametrize(
    "said",
    [
        "* remove it from the agenda",
        "* Ada will take it off the agenda",
        "* leave on agenda until next time",
        "* Ada: will we need a hedge?",
        "* Ben: people should not water at noon",
        "* Rain will come in April",
        "* the beans will take longer",
        "* no update",
        "* Cleo would send it if asked",
        "* Ben, we could wait until the soil dries",
        "## Reminders\n* Remember to nominate a gardener",
        "## Links\n* Ada will never be read here",
    ],
)
def test_housekeeping_and_weighing_open_no_loop_in_minutes(said: str) -> None:
    assert loops(PRESENT + said) == []


@pytest.mark.parametrize("text", ["TODO: . ", "- [ ] ...", "- [ ] ???", "Action: …"])
def test_a_mark_without_words_opens_no_loop(text: str) -> None:
    assert loops(text) == []


def test_those_present_are_no_loops_but_people() -> None:
    text = PRESENT + "* no news"
    found = extract(text, chunks(text), occurred_at=WEDNESDAY, zone="UTC")
    assert [(claim.kind, claim.text) for claim in found] == [
        ("person", "Ada Lovelace (@ada)"),
        ("person", "Ben Okri (@ben)"),
        ("person", "Cleo Laine"),
    ]


def test_people_may_be_known_from_elsewhere() -> None:
    text = "Zofka will paint the door."
    known = extract(text, chunks(text), occurred_at=WEDNESDAY, zone="UTC", known_people=["Zofka Nowak"])
    assert [claim.owner for claim in known] == ["Zofka"]
    assert loops(text) == []


def test_the_same_is_proposed_once() -> None:
    text = PRESENT + "* Ada will call the nursery.\n* Ada will call the Nursery\n"
    assert len(loops(text)) == 1


def test_what_is_standing_everywhere_is_left_out() -> None:
    text = "- [ ] water the plants"
    (claim,) = loops(text)
    again = extract(text, chunks(text), occurred_at=WEDNESDAY, zone="UTC", standing={claim.key})
    assert again == []


def test_the_key_ignores_case_marks_links_and_small_words() -> None:
    (one,) = loops("- [ ] Call [the bank](https://example.org/a) **today**!")
    (two,) = loops("TODO: call bank, today")
    assert one.key == two.key


@pytest.mark.parametrize(
    ("sentence", "asks"),
    [
        ("Can you send me the draft?", True),
        ("Please call the plumber before noon.", True),
        ("Let me know if Tuesday works for you.", True),
        ("Ben, go ahead and book it.", True),
        ("I have received your letter.", False),
        ("To unsubscribe from this newsletter, click below.", False),
        ("It was a lovely day.", False),
    ],
)
def test_a_sentence_of_a_message_asks_or_does_not(sentence: str, asks: bool) -> None:
    assert asks_or_promises(sentence, context="message") is asks


def test_what_asks_in_a_message_only_instructs_in_a_note() -> None:
    assert asks_or_promises("Please check the draft and let me know.", context="message")
    assert not asks_or_promises("Please check the draft and let me know.", context="note")
    assert asks_or_promises("TODO: check the draft", context="note")


def test_a_message_asks_its_reader_and_promises_by_its_writer() -> None:
    text = "Can you send me the draft by Friday? I'll call the bank tomorrow. How was your weekend?"
    found = extract(
        text, chunks(text), occurred_at=WEDNESDAY, zone="UTC", owner_names=["Ada"], context="message", speaker="Ben"
    )
    assert [(claim.text, claim.owner, claim.loop_kind) for claim in found] == [
        ("Ben asks: Can you send me the draft by Friday?", "Ada", "task"),
        ("Ben will call the bank tomorrow", "Ben", "promise"),
    ]
