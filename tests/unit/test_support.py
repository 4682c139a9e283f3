"""What words bear out: the same numbers, names, negation and hedges, and enough shared terms."""

from __future__ import annotations

import pytest

from alice.domain.composing import support
from alice.domain.composing.support import Fault

MINUTES = "Ann will order 120 slates from Brandt by Friday. The board did not accept the second offer. Tom might help."


@pytest.mark.parametrize(
    "said",
    [
        "Ann will order 120 slates from Brandt by Friday.",
        "Ann orders 120 slates from Brandt.",
        "By Friday, Ann will order the slates from Brandt.",
        "The board did not accept the second offer.",
        "The second offer was not accepted by the board.",
        "Tom might help.",
    ],
)
def test_it_bears_out_what_it_says_in_other_order_and_form(said: str) -> None:
    assert support.fault(said, [MINUTES]) is None


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("Ann will order 150 slates from Brandt by Friday.", Fault.NUMBER),
        ("Ann will order 120 slates from Miller by Friday.", Fault.NAME),
        ("Ann will order 120 slates from Brandt by Monday.", Fault.NAME),
        ("Ann will not order 120 slates from Brandt by Friday.", Fault.NEGATION),
        ("The board did accept the second offer.", Fault.NEGATION),
        ("The board accepted the second offer.", Fault.NEGATION),
        ("Tom will help.", Fault.HEDGE),
        ("Bob will order 120 slates from Brandt by Friday.", Fault.FEW_WORDS),
        ("Heating costs rose sharply.", Fault.FEW_WORDS),
        ("", Fault.FEW_WORDS),
    ],
)
def test_it_tells_why_it_does_not_bear_something_out(said: str, why: Fault) -> None:
    assert support.fault(said, [MINUTES]) is why


@pytest.mark.parametrize(
    ("said", "text", "why"),
    [
        ("It takes 5 weeks.", "It takes five weeks.", None),
        ("It takes 5 days.", "It takes five weeks.", Fault.NUMBER),
        ("It costs 1,200 euros.", "It costs 1200 euros.", None),
        ("It costs 12 euros.", "It costs 1200 euros.", Fault.NUMBER),
        ("The hall is closed.", "Is the hall closed?", Fault.QUESTION),
        ("The hall isn't closed.", "The hall is closed.", Fault.NEGATION),
        ("Nobody paid the bill.", "Everybody paid the bill.", Fault.NEGATION),
    ],
)
def test_units_questions_and_contractions_count(said: str, text: str, why: Fault | None) -> None:
    assert support.fault(said, [text]) is why


def test_what_is_known_of_the_source_is_good_for_names_and_numbers_alone() -> None:
    said = "On 3 March Ann ordered slates."
    assert support.fault(said, ["Ann ordered slates."]) is Fault.NUMBER
    assert support.fault(said, ["Ann ordered slates."], told=["Board\n2026-03-03 Tuesday 3 March 2026"]) is None
    assert support.fault("Board minutes of the hall.", ["Ann ordered slates."], told=["Board minutes of the hall"])


def test_the_best_sentence_is_the_one_that_shares_most() -> None:
    left, right = support.best("The board did not accept the offer", MINUTES)
    assert MINUTES[left:right] == "The board did not accept the second offer."


@pytest.mark.parametrize("text", ["See https://x.example/", "![a](b)", "www.example.org", "javascript:alert(1)"])
def test_an_address_is_seen(text: str) -> None:
    assert support.holds_address(text)


def test_words_around_a_colon_are_no_address() -> None:
    assert not support.holds_address("The data: nobody has it. The file: neither.")
