"""The contradiction report: both sides quoted and dated, how they contradict, what to do; and that it never acts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alice.brain import contradiction_report, rendering
from alice.brain.conflicts import Said
from alice.domain.composing.briefing import Inputs, Passage, digest
from alice.domain.composing.grounding import Draft, Evidence, check
from alice.domain.composing.reports import Contradictions, Older
from alice.domain.vocab import StatementKind
from tests.support.briefs import NOW, Differing, claim, identifier, inputs, lines_of, note, rents

NEW = "The rent of the hall is 90 a month"
OLD = "The rent of the hall is 80 a month"


def report(base: Inputs, *held: Any, older: tuple[Older, ...] = ()) -> Contradictions:
    return Contradictions(base, tuple(contradiction_report.fresh(base)), held, older)


def compose(of: Contradictions) -> Draft:
    return contradiction_report.compose(of, rents)


def texts(of: Contradictions) -> list[str]:
    return [one.text for one in compose(of).sections[0].statements]


def new(text: str = NEW, **more: Any) -> Inputs:
    return inputs(claims=(claim(text, subject="Hall", **more),))


def old(text: str = OLD, **more: Any) -> Any:
    return claim(text, **{"subject": "Hall", "days": 40, "source": "old", "start": 50} | more)


def test_both_sides_stand_in_their_own_words_with_their_days_and_what_to_do() -> None:
    assert texts(report(new(), old())) == [
        "Hall: yesterday “The rent of the hall is 90 a month”; on Fri 23 Jan “The rent of the hall is 80 a month”."
        " The numbers differ (“90” against “80”); the newer is the one of yesterday."
        " Look the number up where it comes from, and keep the one that holds."
    ]


def test_both_sides_are_cited_and_nothing_is_claimed_as_a_fact() -> None:
    [one] = compose(report(new(), old())).sections[0].statements
    assert one.kind is StatementKind.INFERENCE
    assert [c.quote for c in one.citations] == [NEW, OLD]


def test_an_accepted_memory_is_named_and_left_as_it_is() -> None:
    accepted = replace(old(), status="accepted")
    given = report(new(), accepted)
    assert texts(given)[0].endswith("The older one is an accepted memory: supersede it if the newer holds.")
    assert given.held[0].status == "accepted"


@pytest.mark.parametrize(
    ("kind", "advice"),
    [
        ("date", "The dates differ"),
        ("decision_reversed", "Check whether the later decision was meant to replace the earlier one"),
        ("negation", "One says what the other denies"),
        ("factual", "keep one of the two and reject the other"),
        ("something_new", "Something new"),
    ],
)
def test_each_kind_has_its_name_and_its_advice(kind: str, advice: str) -> None:
    def detector(one: Said, other: Said) -> Differing | None:
        found = rents(one, other)
        return found and replace(found, kind=kind)

    [section, *_] = contradiction_report.compose(report(new(), old()), detector).sections
    assert advice in section.statements[0].text


def test_the_detector_is_asked_with_the_older_side_first() -> None:
    asked: list[tuple[str, str]] = []

    def detector(one: Said, other: Said) -> None:
        asked.append((one.text, other.text))

    contradiction_report.compose(report(new(), old()), detector)
    assert asked == [(OLD, NEW)]


def test_words_of_older_passages_are_compared_as_well() -> None:
    base = new()
    words = Evidence(identifier("minutes of old"), identifier("p"), 0, f"* Money\n  * {OLD}.\n")
    older = Older(base.claims[0].id, Passage(words), "", "Old minutes", NOW - timedelta(days=200))
    assert "on 16 Aug 2025 “The rent of the hall is 80 a month”" in texts(report(base, older=(older,)))[0]


@pytest.mark.parametrize(
    "other",
    [
        old("The rent of the barn in Ulm is 80", subject="Barn"),
        old(OLD, source="minutes", start=0),
        old(OLD, flagged=True),
    ],
)
def test_it_compares_only_what_is_on_the_same_thing_and_from_elsewhere(other: Any) -> None:
    assert texts(report(new(), other))[0].startswith("No contradiction")


def test_the_same_contradiction_is_told_once() -> None:
    assert len(texts(report(new(), old(), old(f"{OLD} as well", source="older", days=60)))) == 1


def test_it_says_plainly_when_there_is_none_and_how_far_it_looked() -> None:
    made = compose(report(new(), old("The rent of the hall is 90 a month, as ever")))
    assert made.headline.text == "Nothing new to compare"
    assert made.sections[0].statements[0].text.startswith("No contradiction: nothing new denies")
    assert "Compared one new thing with one older piece" in made.sections[1].statements[0].text
    assert [s.key for s in compose(report(inputs(captured=0))).sections] == ["contradictions"]
    assert compose(report(inputs(sources=(note("x"),)))).headline.text == "Nothing contradicts what was noted before"


def test_the_headline_tells_what_it_is_now_and_was_before() -> None:
    assert compose(report(new(), old())).headline.text == "“Hall”: 90 now, 80 before"


def test_it_is_bounded() -> None:
    base = inputs(claims=tuple(claim(f"The rent of house{n} is 1{n} a month", start=99 * n) for n in range(60)))
    held = [old(f"The rent of house{n} is 2{n} a month", start=99 * n, subject=None) for n in range(60)]
    told = texts(report(base, *held))
    assert len(told) == contradiction_report.MOST + 1
    assert told[-1].endswith("more were found.")


# -- the laws


def written(of: Contradictions) -> str:
    checked = check(compose(of), of.evidence(), of.marks())
    assert checked.dropped == ()
    text = rendering.markdown(checked.draft, lines_of(checked), today=NOW.date())
    return text + str(rendering.sections(checked.draft))


@given(st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_no_byte(random: st.Random) -> None:
    base = inputs(claims=(claim(NEW, subject="Hall"), claim("The rent of the hall is 95 a month", start=200, days=2)))
    held = (old(), old("The rent of the hall is 70 a month", source="older"), old("The rent of a hall is 60", start=9))
    whole = report(base, *held)
    again = replace(
        whole,
        base=replace(base, claims=tuple(random.sample(base.claims, 2))),
        fresh=tuple(random.sample(whole.fresh, 2)),
        held=tuple(random.sample(held, 3)),
    )
    assert written(again) == written(whole)
    assert digest(again) == digest(whole)


words = st.text(max_size=60) | st.sampled_from(["the rent of the hall is 9", "the rent of the hall is 8", "no rent"])


@given(st.lists(words, max_size=4), st.lists(words, max_size=4))
def test_whatever_was_captured_it_is_composed_and_grounded(now: list[str], then: list[str]) -> None:
    base = inputs(claims=tuple(claim(text, start=99 * n) for n, text in enumerate(now) if text))
    held = [old(text, start=99 * n) for n, text in enumerate(then) if text]
    assert written(report(base, *held)).startswith("# ")
