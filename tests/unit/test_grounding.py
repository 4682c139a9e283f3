"""Grounding: nothing leaves that the evidence does not bear out, word for word."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alice.domain.composing.grounding import Citation, Draft, Evidence, Section, Statement, check
from alice.domain.vocab import Domain, Sensitivity, StatementKind

NOTE, OTHER, PART = UUID(int=1), UUID(int=2), UUID(int=7)
WORDS = Evidence(NOTE, PART, 100, "The pump was mended on Monday.", Domain.PROJECT, Sensitivity.INTERNAL)
CITED = WORDS.cite()


def draft(*said: Statement, headline: Statement | None = None) -> Draft:
    head = headline or Statement(StatementKind.INFERENCE, "The pump runs", (CITED,))
    return Draft(head, (Section("changed", "What changed", said),), "Nothing certain")


def fact(*citations: Citation, text: str = "The pump was mended.") -> Statement:
    return Statement(StatementKind.FACT, text, citations)


def test_a_fact_with_its_words_stays() -> None:
    checked = check(draft(fact(CITED)), [WORDS])
    assert checked.dropped == ()
    assert checked.title == "The pump runs"
    assert [s.text for s in checked.statements()] == ["The pump runs", "The pump was mended."]


def test_part_of_the_words_is_enough() -> None:
    part = Citation(NOTE, PART, 104, 108, "pump")
    assert check(draft(fact(part)), [WORDS]).dropped == ()


def test_a_fact_without_a_citation_never_leaves() -> None:
    checked = check(draft(fact()), [WORDS])
    assert checked.draft.sections == ()
    [dropped] = checked.dropped
    assert (dropped.section, dropped.reason) == ("changed", "a fact without a citation")


FALSE = {
    "other words": replace(CITED, quote="The pump was broken on Monday."),
    "another place": replace(CITED, start=101, end=131),
    "another source": replace(CITED, source_id=OTHER),
    "another passage": replace(CITED, chunk_id=UUID(int=8)),
    "before the passage": Citation(NOTE, PART, 99, 103, " The"),
    "beyond the passage": Citation(NOTE, PART, 128, 132, "y. "),
    "nothing at all": Citation(NOTE, PART, 104, 104, ""),
    "a span of another length": replace(CITED, end=129),
}


@pytest.mark.parametrize("how", FALSE)
def test_it_refuses_a_quote_that_is_not_there(how: str) -> None:
    checked = check(draft(fact(CITED), fact(CITED, FALSE[how], text="It was.")), [WORDS])
    assert [s.text for section in checked.draft.sections for s in section.statements] == ["The pump was mended."]
    assert len(checked.dropped) == 1


@pytest.mark.parametrize("kind", [StatementKind.INFERENCE, StatementKind.RECOMMENDATION, StatementKind.UNCERTAINTY])
def test_what_is_no_fact_may_stand_alone_but_not_on_false_words(kind: StatementKind) -> None:
    alone, false = Statement(kind, "Ask Ann."), Statement(kind, "Ask Tom.", (FALSE["other words"],))
    checked = check(draft(alone, false), [WORDS])
    assert [s.text for section in checked.draft.sections for s in section.statements] == ["Ask Ann."]


def test_a_statement_that_says_nothing_is_left_out() -> None:
    assert len(check(draft(Statement(StatementKind.INFERENCE, " \n")), [WORDS]).dropped) == 1


def test_a_headline_on_false_words_is_replaced() -> None:
    headline = Statement(StatementKind.INFERENCE, "The pump broke", (FALSE["other words"],))
    checked = check(draft(fact(CITED), headline=headline), [WORDS])
    assert checked.title == "Nothing certain"
    assert checked.dropped[0].section == "headline"


def test_the_reason_does_not_repeat_the_text() -> None:
    [dropped] = check(draft(fact(text="a secret")), [WORDS]).dropped
    assert "secret" not in repr(dropped)


def cited(domain: Domain, sensitivity: Sensitivity, number: int) -> Evidence:
    return Evidence(UUID(int=number), PART, 0, "Words.", domain, sensitivity)


def test_it_inherits_the_highest_sensitivity_of_what_it_used() -> None:
    used = cited(Domain.PROJECT, Sensitivity.CONFIDENTIAL, 3)
    unused = cited(Domain.PROJECT, Sensitivity.REGULATED, 4)
    checked = check(draft(fact(CITED, used.cite())), [WORDS, used, unused])
    assert checked.sensitivity is Sensitivity.CONFIDENTIAL


@pytest.mark.parametrize(
    ("evidence", "domain"),
    [
        ([cited(Domain.PROJECT, Sensitivity.PUBLIC, n) for n in (3, 4)], Domain.PROJECT),
        (
            [cited(Domain.LEARNING, Sensitivity.PUBLIC, n) for n in (3, 4, 5)]
            + [cited(Domain.HEALTH, Sensitivity.PUBLIC, 6)],
            Domain.HEALTH,
        ),
    ],
)
def test_a_restricted_domain_colours_the_whole(evidence: list[Evidence], domain: Domain) -> None:
    headline = Statement(StatementKind.INFERENCE, "News", (evidence[0].cite(),))
    said = fact(*(words.cite() for words in evidence))
    assert check(draft(said, headline=headline), evidence).domain is domain


def test_what_used_nothing_is_unknown() -> None:
    checked = check(draft(headline=Statement(StatementKind.INFERENCE, "Nothing new")), [])
    assert (checked.domain, checked.sensitivity) == (Domain.UNKNOWN, Sensitivity.UNKNOWN)


@given(
    text=st.text(min_size=1, max_size=60), start=st.integers(0, 50), left=st.integers(-5, 65), size=st.integers(0, 65)
)
def test_only_what_stands_there_passes(text: str, start: int, left: int, size: int) -> None:
    """Whatever span is claimed with whatever text is there: it passes exactly when the words are the passage's."""
    words = Evidence(NOTE, PART, start, text)
    quote = text[max(left, 0) : max(left, 0) + size]
    claim = Citation(NOTE, PART, start + left, start + left + size, quote)
    stands = left >= 0 and size > 0 and left + size <= len(text)
    checked = check(Draft(Statement(StatementKind.INFERENCE, "x"), (Section("s", "S", (fact(claim),)),), "y"), [words])
    assert bool(checked.draft.sections) is stands
