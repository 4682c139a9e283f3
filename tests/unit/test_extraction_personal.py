"""What people note down for themselves: what is left to do, who is waited for, and what only looks like it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from alice.domain.extraction import Claim, extract
from alice.domain.texts.chunking import chunks

WEDNESDAY = datetime(2026, 3, 4, 10, tzinfo=UTC)


def claims(text: str, context: str = "note", speaker: str | None = None) -> list[Claim]:
    return extract(
        text, chunks(text), occurred_at=WEDNESDAY, zone="UTC", owner_names=("Ann",), context=context, speaker=speaker
    )  # fmt: skip


def loops(text: str, context: str = "note", speaker: str | None = None) -> list[Claim]:
    return [claim for claim in claims(text, context, speaker) if claim.kind == "open_loop"]


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("I will water Grandma's plants tomorrow.", date(2026, 3, 5)),
        ("I'll call the garage about the brakes.", None),
        ("I'm going to cancel the gym membership before 1 April.", date(2026, 4, 1)),
        ("I must return the ladder to the neighbours on Saturday.", date(2026, 3, 7)),
        ("I have to sign the lease by 20 March.", date(2026, 3, 20)),
        ("I still need to reply to the school.", None),
        ("I should really thank Marta for the cake.", None),
        ("I've got to renew the parking permit.", None),
        ("Need to order printer paper by Thursday", date(2026, 3, 5)),
        ("Need to buy a present for Leo.", None),
        ("Have to pick up the suit tomorrow.", date(2026, 3, 5)),
        ("Must answer the tax office before 31 March", date(2026, 3, 31)),
        ("Must pay the nursery before the 15th", date(2026, 3, 15)),
        ("Gotta book the dentist.", None),
        ("Still need to pack for Lisbon", None),
        ("We need to renew the lease by Friday.", date(2026, 3, 6)),
        ("Should call Mum tonight.", date(2026, 3, 4)),
        ("Remind me to check the smoke detectors.", None),
        ("Remind me to measure the window tomorrow", date(2026, 3, 5)),
        ("Please remind me about the library books.", None),
        ("Note to self: bring the charger on Monday", date(2026, 3, 9)),
        ("Don't forget to cancel the trial subscription", None),
        ("Don't forget the parents' evening on 12 March: book the babysitter", None),
        ("Must not forget to pay the gardener.", None),
        ("Remember to send the birthday card on Friday", date(2026, 3, 6)),
        ("Forgot to sign the permission slip!", None),
        ("I keep forgetting to collect the parcel.", None),
        ("I still haven't paid the plumber.", None),
        ("Haven't booked the ferry yet.", None),
        ("Marta asked me to proofread the leaflet by Sunday.", date(2026, 3, 8)),
        ("Ben wants me to bring the projector.", None),
        ("My boss asked me for the travel receipts.", None),
        ("The landlord wants me to send the meter reading by Monday", date(2026, 3, 9)),
        ("Yesterday Leo asked me whether I can lend the drill.", None),
        ("Clara needs the guest list from me by Friday.", date(2026, 3, 6)),
        ("Hugo is waiting for my comments on the draft.", None),
        ("Can you send me the floor plan by Tuesday?", date(2026, 3, 10)),
        ("Could you please bring us the keys tomorrow?", date(2026, 3, 5)),
        ("Would you send me the recipe?", None),
        ("Please send me the signed form by 10 March.", date(2026, 3, 10)),
        ("Ann, could you book the room for Thursday?", None),
        ("I owe Leo 20 euros.", None),
        ("I owe Marta an answer about the trip.", None),
        ("I promised Ben to fix the bicycle by Saturday.", date(2026, 3, 7)),
        ("Promised Clara the photos from the party", None),
        ("I told Hugo I'd call the agency.", None),
        ("I said I would bake for the bazaar on Friday; must buy flour.", date(2026, 3, 6)),
        ("Follow up with Clara about the offer", None),
        ("Get back to Hugo on the price next week", date(2026, 3, 13)),
        ("Reply to Marta.", None),
        ("Call Ben about the trailer", None),
        ("Ask my doctor about the results", None),
        ("Chase Leo for the receipts", None),
        ("Thank Clara for the flowers!", None),
        ("Pay the window cleaner tomorrow", date(2026, 3, 5)),
        ("Pick up the cake on Saturday", date(2026, 3, 7)),
        ("The tax return is due on 31 March.", date(2026, 3, 31)),
        ("My passport expires on 12 May.", date(2026, 5, 12)),
        ("The form must be returned by 9 March.", date(2026, 3, 9)),
        ("- Buy stamps by Friday", date(2026, 3, 6)),
        ("Buy oat milk", None),
        ("Renew library card", None),
        ("Email landlord re: mould", None),
        ("Let's not forget to invite Hugo", None),
        ("I want to finish the leaflet by Friday", date(2026, 3, 6)),
        ("I'm supposed to send the agenda tomorrow", date(2026, 3, 5)),
        ("Remind me on Friday to water the plants", date(2026, 3, 6)),
        ("Don't forget: Leo's recital on Friday", date(2026, 3, 6)),
        ("Marta asked if I could bring a salad.", None),
        ("My accountant needs the receipts by Friday", date(2026, 3, 6)),
        ("Met Clara. She asked me to share the plan by Monday.", date(2026, 3, 9)),
        ("The visit needs to be rescheduled before Friday", date(2026, 3, 6)),
        ("TODO: sweep the yard", None),
        ("- [ ] oil the hinges", None),
    ],
)
def test_a_note_to_oneself_is_the_writers_to_do(text: str, due: date | None) -> None:
    found = loops(text)
    assert [claim.owner for claim in found] == ["Ann"] * max(1, len(found))
    assert text[found[0].start : found[0].end] in text
    if due:
        assert found[0].due_on == due


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("Waiting for Ben's reply about the trailer.", "Ben"),
        ("Still waiting on Clara for the invoice", "Clara"),
        ("I'm waiting to hear back from Hugo.", "Hugo"),
        ("Awaiting the bank's decision on the loan", "bank"),
        ("Waiting for the test results.", None),
        ("Leo owes me 30 euros for the tickets.", "Leo"),
        ("Svetlana owes us the keys.", "Svetlana"),
        ("My landlord still owes me the deposit.", "My landlord"),
        ("No answer from Marta yet.", "Marta"),
        ("Still no word from the insurance", "the insurance"),
        ("Haven't heard back from Ben about Sunday.", "Ben"),
        ("Clara hasn't sent the contract.", "Clara"),
        ("Hugo didn't reply yet", "Hugo"),
        ("Ben promised to return the drill by Friday.", None),
        ("Marta promised me the photos.", "Marta"),
        ("Lent Leo my tent.", "Leo"),
        ("Clara still has my umbrella", "Clara"),
        ("Asked Hugo for a quote on the roof.", "Hugo"),
        ("I emailed Marta about the guest list", "Marta"),
        ("Clara said she'd send me the numbers by Monday", "Clara"),
        ("Ben needs to send us the new quote", "Ben"),
        ("Hugo still has to sign the contract", "Hugo"),
    ],
)
def test_what_is_waited_for_is_kept_with_whom_it_lies(text: str, who: str | None) -> None:
    (found,) = loops(text)
    assert found.owner != "Ann"
    if who is None and found.owner:
        return
    assert (found.loop_kind, found.waiting_for) == ("waiting_on", who)


@pytest.mark.parametrize(
    "text",
    [
        # how-tos
        "You need to book the campsite in advance.",
        "To renew a passport you must send two photos.",
        "First, pay the fee; then print the form.",
        "Don't forget to restart the server.",
        "Remember to save your work before you close the window.",
        "Make sure to soak the beans overnight.",
        "You can call the plumber or fix it yourself.",
        "Click Send to reply to the message.",
        "Users must confirm their address by Friday of each week.",
        "Ask your doctor about side effects.",
        "Call the handler with the event and return its result.",
        "Please see the manual.",
        "Can you spot the difference?",
        "Could you explain how the tide works?",
        "Stir the sauce and serve it with bread.",
        "Write the date in the first column.",
        "Need to configure the proxy first, see the chapter above.",
        "One must sign both copies.",
        "People should return library books on time.",
        "Every tenant has to pay the rent before the 3rd of the month.",
        "Buy low, sell high.",
        "Send patches to the mailing list.",
        "Return the value to the caller.",
        "Pay attention to the details.",
        "Ask not what your country can do for you",
        "Call me Ishmael.",
        # quotations and fiction
        '"I will call you tomorrow," she said.',
        "“You must send me the ring by midnight,” the wizard whispered.",
        "'Can you get me a horse?' asked the king.",
        "He told her that he would pay the debt on Friday.",
        "She needed to find the key before dawn.",
        "The queen asked the knight to bring the sword.",
        "> I need to pay the rent tomorrow",
        "The hero must slay the dragon.",
        "They were waiting for the last train to Vienna.",
        "Nobody owed him anything.",
        # code and machines
        "```\nremind me to call(x)\n```",
        "    I need to send the packet by Friday",
        "`Need to buy(x)` is the name of the test.",
        "The server is waiting for a connection on port 80.",
        "GitHub asked me to sign in again.",
        "Claude asked me to confirm the deletion.",
        "I asked ChatGPT for a recipe.",
        "Docker owes me nothing.",
        "The thread waits until the lock is free.",
        "Waiting for the download to finish takes a minute.",
        # opinions, wishes, memories
        "I think we should plant more trees.",
        "I should have called Ben last year.",
        "I would have paid the bill.",
        "I wish I could visit Marta.",
        "I used to owe Leo money.",
        "I need more sleep.",
        "I have to say the concert was lovely.",
        "I must admit the film is long.",
        "We will see what happens on Friday.",
        "If I were rich I would buy the house.",
        "Clara asked me how I was.",
        "Hugo told me a story about a bear.",
        "Ben wants to be a pilot.",
        "Marta has to travel a lot for work.",
        "Ben asked me to dance and I did.",
        "Bob asked for a beer and got one.",
        "We had to cancel the picnic.",
        "I asked Marta about her holiday; she loved it.",
        # things done, appointments, news
        "I called the plumber and paid him.",
        "- [x] pay the rent",
        "Dinner with Clara on Friday at Luigi's.",
        "Call with Ben on Friday went well.",
        "Visit from Marta on Saturday.",
        "Launch moved from 3 Dec to 10 Dec.",
        "Review is on Monday.",
        "Leo is allergic to cats.",
        "Clara sent the contract yesterday.",
        "The concert on 12 March is sold out.",
    ],
)
def test_what_teaches_tells_or_remembers_is_nothing_to_do(text: str) -> None:
    assert loops(text) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Launch moved from 3 Dec to 10 Dec.", "fact"),
        ("The concert is on 12 March.", "fact"),
        ("The school fair was postponed to 9 May.", "fact"),
        ("Tomás is allergic to nuts.", "fact"),
        ("Clara is vegetarian", "fact"),
        ("Hugo lives in Porto.", "fact"),
        ("Marta doesn't eat fish.", "fact"),
        ("Ben has two daughters.", "fact"),
        ("I'm allergic to penicillin.", "fact"),
        ("Leo prefers tea to coffee.", "preference"),
    ],
)
def test_facts_on_people_and_days_are_kept(text: str, kind: str) -> None:
    assert [claim.kind for claim in claims(text)] == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "The parser is simple to write.",
        "Rust is based in memory safety.",
        "It is on the left.",
        "Ben laughs.",
        "Set it to 3 before the next step.",
    ],
)
def test_a_plain_statement_is_no_fact_worth_keeping(text: str) -> None:
    assert claims(text) == []


def test_a_day_of_mixed_notes_gives_each_its_own_loop() -> None:
    text = (
        "# Wednesday\n\nLong walk with Clara, it was cold.\n\n"
        "- call the bank about the card\n- need to buy oil\n"
        "- Leo owes me the tickets\n- idea: paint the hall green\n\nBen asked me to send the plan by Friday.\n"
    )
    found = [(claim.text, claim.owner, claim.waiting_for) for claim in loops(text)]
    assert found == [
        ("Call the bank about the card", "Ann", None),
        ("Need to buy oil", "Ann", None),
        ("Leo owes me the tickets", None, "Leo"),
        ("Ben asked me to send the plan by Friday", "Ann", None),
    ]


def test_a_text_that_shows_code_teaches_its_reader() -> None:
    assert loops("Need to buy(x) first.\n\n```\nbuy(x)\n```\n\nDon't forget to pay the bill.") == []


def test_a_page_asks_nothing_of_its_reader() -> None:
    assert loops("Need to pay the rent by Friday. Please send us the form by Monday.", context="page") == []


def test_what_somebody_else_writes_is_theirs_to_do() -> None:
    (found,) = loops("Need to pay the rent by Friday", context="message", speaker="Leo")
    assert found.owner == "Leo"


def test_without_a_known_owner_a_note_has_no_doer() -> None:
    text = "Remind me to pay the rent"
    (found,) = extract(text, chunks(text), occurred_at=WEDNESDAY, zone="UTC")
    assert found.owner is None
