"""Which pairs of claims contradict each other, in what, and which only seem to."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alice.domain.contradiction import Conflict, ConflictKind, Side, between
from alice.domain.contradiction.roots import root

EARLIER = datetime(2026, 11, 2, 9, tzinfo=UTC)
LATER = datetime(2026, 11, 16, 9, tzinfo=UTC)


def conflict(one: str, other: str) -> Conflict | None:
    return between(Side(one, EARLIER), Side(other, LATER))


@pytest.mark.parametrize(
    ("one", "other", "kind", "differing"),
    [
        ("The launch is on 3 Dec", "The launch moved to 10 Dec", "date", ("3 Dec", "10 Dec")),
        ("The launch is on 3 Dec", "Launch moved from 3 Dec to 10 Dec.", "date", ("3 Dec", "10 Dec")),
        ("The launch is in December", "The launch is now in January", "date", ("in December", "in January")),
        ("The audit starts on 2026-12-01", "The audit starts on 2026-12-08", "date", ("2026-12-01", "2026-12-08")),
        ("Delivery of the oven is on Friday 20 November", "Delivery of the oven is due on 27 November", "date", None),
        ("The meeting with the bank is on 20 November", "The meeting with the bank moved to 24 November", "date", None),
        ("The contract covers 40 seats", "The contract covers 45 seats", "numeric", ("40 seats", "45 seats")),
        ("The contract is for 40 seats", "45 seats in the contract", None, None),
        ("We have 40 seats in the contract", "The contract has 45 seats", "numeric", ("40 seats", "45 seats")),
        ("The contract has 40 seats", "The contract went from 40 to 45 seats", "numeric", ("40 seats", "45 seats")),
        ("The licence costs $1,200 a year", "The licence costs $1,500 a year", "numeric", ("$1,200", "$1,500")),
        ("The deposit is 10% of the price", "The deposit is 15% of the price", "numeric", ("10%", "15%")),
        ("We decided to use Postgres", "We decided not to use Postgres", "decision_reversed", ("use", "not to use")),
        ("We decided to use Postgres", "We decided against using Postgres", "decision_reversed", None),
        ("Decision: keep the hedge", "Decision: don't keep the hedge", "decision_reversed", None),
        ("We agreed to rent the hall", "The decision to rent the hall was reversed", "decision_reversed", None),
        ("We agreed to use Postgres", "We decided to use SQLite instead of Postgres", "decision_reversed", None),
        ("The contract is signed", "The contract is not signed", "negation", ("signed", "not signed")),
        ("Marta will attend the review", "Marta won't attend the review", "negation", ("attend", "not attend")),
        ("The shop sells bread on Sundays", "The shop no longer sells bread on Sundays", "negation", None),
        ("Nobody answered the survey", "Two customers answered the survey", "negation", None),
        ("There is no heating in the cellar", "The cellar has heating", "negation", None),
        ("The back door is open at night", "The back door is closed at night", "factual", ("open", "closed")),
        ("The trial feature is enabled for guests", "The trial feature is disabled for guests", "factual", None),
        ("The budget was approved by the board", "The budget was rejected by the board", "factual", None),
        ("Ann's birthday is on 4 May", "Ann's birthday is on 5 May", "date", ("4 May", "5 May")),
        ("The flight leaves at 10:30", "The flight leaves at 11:15", "date", ("10:30", "11:15")),
        ("The office closes at 6pm", "The office closes at 17:00", "date", ("6pm", "17:00")),
        ("The lease costs 900 euros for 40 seats", "The lease costs 950 euros", "numeric", ("900 euros", "950 euros")),
        ("We chose Postgres for tests", "We use SQLite instead of Postgres for tests", "decision_reversed", None),
        ("We agreed to rent the hall", "We agreed not to rent the hall after all", "decision_reversed", None),
        ("Ben lives in Graz", "Ben lives in Linz", "factual", ("Graz", "Linz")),
        ("Ben turned on the alarm", "Ben turned off the alarm", "factual", ("turned on", "turned off")),
    ],
)  # fmt: skip
def test_it_tells_in_what_two_claims_contradict(
    one: str, other: str, kind: str | None, differing: tuple[str, str] | None
) -> None:
    found = conflict(one, other)
    if kind is None:
        assert found is None
        return
    assert found is not None
    assert found.kind == kind
    assert 0.5 <= found.confidence <= 1
    assert found.explanation.endswith(".")
    assert differing is None or found.differing == differing


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # the same, or one says more
        ("The contract is signed", "The contract was signed"),
        ("The launch is on 3 Dec", "The launch is on 2026-12-03"),
        ("The launch is in December", "The launch is on 3 Dec"),
        ("The shop is not open", "The shop is closed"),
        # two things
        ("The contract is signed", "The lease is not signed"),
        ("The launch is on 3 Dec", "The party after the launch is on 10 Dec"),
        ("Launch of the shop is on 3 Dec", "Launch of the app is on 10 Dec"),
        ("The Berlin contract covers 40 seats", "The Paris contract covers 45 seats"),
        ("The contract covers 40 seats", "The contract covers 12 months"),
        ("Version 20 is not supported", "Version 22 is supported"),
        ("We decided to use Postgres", "We decided not to use Redis"),
        ("A man is sitting on the pier", "A man is standing on the pier"),
        ("Ben lives in Graz", "Ada lives in Linz"),
        ("Ben works for Acme", "Ben works for Acme Labs"),
        ("The office closes at 6pm", "The office closes at 18:00"),
        # two occasions
        ("Dinner is at 7pm", "Dinner is at 8pm"),
        ("The weekly sync is on 3 November", "The weekly sync is on 17 November"),
        ("We met on 2 November", "We met on 9 November"),
        ("No objections from the 9 members present", "No objections from the 6 members present"),
        ("12 people came to the meeting", "15 people came to the meeting"),
        ("The choir has no rehearsal this week", "The choir has a rehearsal this week"),
        ("The rent is due on 5 November", "The rent is due on 5 December"),
        ("Ada did not attend today", "Ada did attend today"),
        ("Tom will order the tank from Kerner by 10 November", "Tom ordered the tank from Kerner on 6 November"),
        # progress, doubt, questions
        ("The contract is not signed yet", "The contract is signed"),
        ("We have not decided to use Postgres", "We decided to use Postgres"),
        ("If it rains, the market is not open", "The market is open"),
        ("Is the contract signed?", "The contract is not signed"),
        ("We might not use Postgres", "We decided to use Postgres"),
        ("There is no doubt the roof leaks", "The roof leaks"),
        ("The meeting has no recording", "The meeting: recording not available, we did not stream"),
        ("Roof repair: no update", "Roof repair: Tom gave an update"),
        ("Brandt mends not all, take the roof off the list", "Brandt mends it, take the roof off the list"),
        ("Not only the roof leaks", "The roof leaks"),
        # bounds are no values
        ("The hall holds at least 40 guests", "The hall holds 45 guests"),
        ("Room 12 is booked", "Room 14 is booked"),
        ("The club has tennis courts", "The club has nine courts"),
        ("It works", "It does not work"),
        ("", "The contract is signed"),
    ],
)
def test_it_is_silent_where_both_can_be_true(one: str, other: str) -> None:
    assert conflict(one, other) is None


def test_a_weekday_is_told_from_its_own_day() -> None:
    friday = Side("The delivery is on Friday", EARLIER)
    assert between(friday, Side("The delivery is on 6 November", EARLIER)) is None
    found = between(friday, Side("The delivery is on 9 November", EARLIER.replace(hour=10)))
    assert found is not None
    assert found.explanation == '"delivery" is on 2026-11-06 in one side and on 2026-11-09 in the other.'


def test_not_yet_is_progress_only_when_it_comes_first() -> None:
    signed, not_yet = Side("The contract is signed", EARLIER), Side("The contract is not signed yet", LATER)
    found = between(signed, not_yet)
    assert found is not None
    assert found.kind == ConflictKind.NEGATION


_CLAIMS = st.sampled_from([
    "The launch is on 3 Dec", "The launch moved to 10 Dec", "The contract covers 40 seats",
    "The contract covers 45 seats", "We decided to use Postgres", "We decided not to use Postgres",
    "The door is open", "The door is closed", "The contract is signed, but the annex is not signed",
    "We agreed to rent the hall", "The decision to rent the hall was reversed", "Nobody rents the hall", "", "no",
])  # fmt: skip
_TIMES = st.sampled_from([EARLIER, LATER])


@given(_CLAIMS, _TIMES, _CLAIMS, _TIMES)
def test_the_order_of_the_sides_turns_only_what_differs(one: str, when: datetime, other: str, then: datetime) -> None:
    a, b = Side(one, when), Side(other, then)
    there, back = between(a, b), between(b, a)
    if there is None or back is None:
        assert there is back
        return
    assert (there.kind, there.confidence) == (back.kind, back.confidence)
    assert there.differing == tuple(reversed(back.differing))


@given(st.text(max_size=300), st.text(max_size=300))
def test_no_text_is_too_strange(one: str, other: str) -> None:
    between(Side(one, EARLIER), Side(other, LATER))
    assert between(Side(one, EARLIER), Side(one, LATER)) is None


@pytest.mark.parametrize(
    ("forms", "word"),
    [("ride rides riding", "ride"), ("falls falling", "fall"), ("carries carried", "carry"), ("women", "woman"),
     ("running runs ran", "run"), ("boxes", "box"), ("moved moves moving", "move"), ("agreed", "agree")],
)  # fmt: skip
def test_forms_of_a_word_share_a_root(forms: str, word: str) -> None:
    assert {root(form) for form in forms.split()} == {root(word)}
