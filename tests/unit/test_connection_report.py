"""The connection report: only ties that are not obvious, each with what ties it, why it matters and how sure it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alice.brain import connection_report, rendering
from alice.domain.composing.briefing import Inputs, Passage, digest
from alice.domain.composing.grounding import Evidence, check
from alice.domain.composing.reports import Connections, Older
from alice.domain.vocab import StatementKind
from tests.support.briefs import NOW, claim, identifier, inputs, lines_of, loop, note

BOILER = "The Vaillant boiler needs a new valve"
OLD = "* Chimney\n  * Tom: the valve of the Vaillant came from a dealer in Ulm, for half the price.\n"
PEOPLE = ("Tom Rey", "Ann Lee")


def older(to: object, text: str, *, days: int = 200, above: str = "", name: str = "") -> Older:
    """Return a passage of an older source of its own, found for a claim or loop."""
    source = identifier(name or text)
    words = Evidence(source, identifier(text, "chunk"), len(above), text)
    return Older(to.id, Passage(words), above, "Old minutes", NOW - timedelta(days=days))  # type: ignore[attr-defined]


def report(base: Inputs, *found: Older, **more: Any) -> Connections:
    """Return what a report is made of, in a brain of 2,000 passages where `common` words stand in a tenth of them."""
    common = more.pop("common", ())
    new = tuple(connection_report.fresh(base))
    rare = {word: 200 if word in common else 3 for word in connection_report.words(new)}
    return Connections(base, new, found, 2000, tuple(sorted(rare.items())), PEOPLE, **more)


def heating(**more: Any) -> tuple[Inputs, Any]:
    boiler = claim(BOILER, kind="decision", subject="Heating", **more)
    return inputs(claims=(boiler,)), boiler


def texts(of: Connections) -> list[str]:
    [section, *_] = connection_report.compose(of).sections
    return [one.text for one in section.statements]


def shown(of: Connections) -> bool:
    return bool(connection_report.ties(of))


def test_a_tie_tells_both_sides_what_they_share_why_it_matters_and_how_sure_it_is() -> None:
    base, boiler = heating()
    [text] = texts(report(base, older(boiler, OLD)))
    assert text == (
        "Heating: now “The Vaillant boiler needs a new valve”; on 16 Aug 2025, under “Chimney”, “Tom: the valve of the"
        " Vaillant came from a dealer in Ulm, for half the price”. Both name “Vaillant” and “valve”."
        " It gives what is new a history of 6 months. Confidence fair, by two rare words."
    )


def test_it_cites_the_words_of_both_sides_as_an_inference() -> None:
    base, boiler = heating()
    [one] = connection_report.compose(report(base, older(boiler, OLD))).sections[0].statements
    assert one.kind is StatementKind.INFERENCE
    assert [c.quote for c in one.citations] == [
        BOILER,
        "Tom: the valve of the Vaillant came from a dealer in Ulm, for half the price.",
    ]


def test_what_a_passage_is_about_is_read_from_the_text_above_it() -> None:
    base, boiler = heating()
    above = "# Board\n\n* Chimney [#9](https://hall.example/9)\n"
    piece = "  * Tom: the valve of the Vaillant came from a dealer in Ulm, for half the price."
    assert "under “Chimney”" in texts(report(base, older(boiler, piece, above=above)))[0]


@pytest.mark.parametrize(
    ("older_text", "reason"),
    [
        ("* Heating\n  * The valve of the Vaillant came from a dealer in Ulm.\n", "the same topic"),
        ("* Chimney\n  * The Vaillant boiler needs a new valve then.\n", "nearly the same words"),
        ("* Chimney\n  * The boiler of the school is broken and needs to go.\n", "one word alone"),
        ("* Chimney\n  * Valve [#9](https://hall.example/9)\n", "a topic and no remark"),
        ("* Chimney\n  * a new valve for the boiler of the school was seen there.\n", "no name in common"),
    ],
)
def test_it_ties_nothing_by(older_text: str, reason: str) -> None:
    base, boiler = heating()
    assert not shown(report(base, older(boiler, older_text))), reason


def test_words_that_are_everywhere_tie_nothing() -> None:
    base, boiler = heating()
    assert not shown(report(base, older(boiler, OLD), common=("vaillant", "valve")))


def test_a_source_is_not_tied_to_itself() -> None:
    base, boiler = heating()
    assert not shown(report(base, older(boiler, OLD, name="minutes")))


def test_a_shared_number_and_a_shared_person_count() -> None:
    text = (
        "# Board\n\n* Heating [#15](https://hall.example/15)\n  * Tom says that the pump of the cellar is loud again.\n"
    )
    base = inputs(sources=(note(text),))
    [new] = connection_report.fresh(base)
    old = "* Neighbours\n  * Tom: they complained about the pump, see https://hall.example/issues/15 for it.\n"
    [told] = texts(report(base, older(new, old)))
    assert "Both name #15 and “pump”, and Tom Rey stands in both." in told
    assert "Confidence high, by one shared number, one rare word and one person." in told


@pytest.mark.parametrize(
    ("new", "old", "why"),
    [
        ("loop", "The Vaillant valve was approved and Ulm paid.", "What was settled then may answer what is open now."),
        ("decision", "The Vaillant valve is broken, said Ulm.", "It gives what is new a history"),
        ("loop", "The Vaillant valve comes from a man in Ulm.", "It may save work: somebody has been there before."),
    ],
)
def test_why_it_matters_depends_on_what_both_are(new: str, old: str, why: str) -> None:
    one = loop(BOILER, owner="Ann") if new == "loop" else claim(BOILER, kind="decision")
    base = inputs(loops=(one,), sources=(note("x"),)) if new == "loop" else inputs(claims=(one,))
    assert why in texts(report(base, older(one, f"* Chimney\n  * {old}\n")))[0]


def test_an_edge_that_was_decided_on_or_told_is_not_told_again() -> None:
    base, boiler = heating()
    given = report(base, older(boiler, OLD))
    [edge] = connection_report.proposals(given)
    assert not shown(replace(given, settled=((edge.from_id, edge.to_id),)))


def test_it_proposes_an_edge_for_each_tie_it_shows_with_the_same_words() -> None:
    base, boiler = heating()
    given = report(base, older(boiler, OLD))
    [edge] = connection_report.proposals(given)
    assert (edge.from_kind, edge.from_id, edge.to_kind) == ("memory", boiler.id, "passage")
    assert (edge.explanation, edge.shared) == ("words", ("Vaillant", "valve"))
    assert edge.citations == connection_report.compose(given).sections[0].statements[0].citations


def test_without_a_connection_it_says_so_and_how_far_it_looked() -> None:
    base, boiler = heating()
    made = connection_report.compose(report(base, older(boiler, "* Chimney\n  * Nothing of the kind was ever seen.\n")))
    assert made.headline.text == "Nothing new to connect"
    assert made.sections[0].statements[0].text.startswith("No connection: nothing older shares")
    assert made.sections[1].statements[0].text == (
        "Looked from one new thing at one older passage that recall found for them."
    )
    empty = connection_report.compose(report(inputs(captured=0)))
    assert [len(s.statements) for s in empty.sections] == [1]


def test_the_headline_names_both_sides() -> None:
    base, boiler = heating()
    made = connection_report.compose(report(base, older(boiler, OLD)))
    assert made.headline.text == "“Heating” bears on “Chimney” of 16 Aug 2025"


def test_text_that_commands_its_reader_is_looked_from_no_further() -> None:
    assert connection_report.fresh(heating(flagged=True)[0]) == []


def test_it_is_bounded() -> None:
    claims = tuple(claim(f"The Vaillant{n} boiler{n} needs a Stihl{n} valve{n}", start=99 * n) for n in range(80))
    base = inputs(claims=claims)
    found = [older(c, f"* Chimney{n}\n  * Tom got Vaillant{n} and Stihl{n} from Ulm.\n") for n, c in enumerate(claims)]
    assert len(texts(report(base, *found))) <= connection_report.MOST


# -- the laws


def written(of: Connections) -> str:
    checked = check(connection_report.compose(of), of.evidence(), of.marks())
    assert checked.dropped == ()
    text = rendering.markdown(checked.draft, lines_of(checked), today=NOW.date())
    return f"{text}{rendering.sections(checked.draft)}{connection_report.proposals(of)}"


@given(st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_no_byte(random: st.Random) -> None:
    base, boiler = heating()
    valve = claim("Stihl has no valve for a Vaillant at all", start=90, subject="Saw")
    base = replace(
        base, claims=(*base.claims, valve), sources=(note("* A #1\n  * Vaillant and Stihl are both closed now."),)
    )
    found = (
        older(boiler, OLD),
        older(valve, OLD),
        older(boiler, "* Pump\n  * Stihl made the valve of the Vaillant then.\n"),
    )
    whole = report(base, *found)
    again = replace(
        whole,
        base=replace(base, claims=tuple(random.sample(base.claims, 2))),
        older=tuple(random.sample(found, 3)),
        rarity=tuple(random.sample(whole.rarity, len(whole.rarity))),
        people=PEOPLE[::-1],
    )
    assert connection_report.fresh(again.base) == list(whole.fresh)
    assert written(again) == written(whole)
    assert digest(again) == digest(whole)


words = st.text(max_size=60) | st.sampled_from(["* Vaillant #1\n  * Stihl and Vaillant from Ulm", "Vaillant Stihl Ulm"])


@given(st.lists(words, max_size=3), st.lists(words, max_size=3), st.lists(words, max_size=4))
def test_whatever_was_captured_it_is_composed_and_grounded(now: list[str], then: list[str], claims: list[str]) -> None:
    base = inputs(
        sources=tuple(note(text, title=text, name=f"n{n}") for n, text in enumerate(now)),
        claims=tuple(claim(text, start=99 * n) for n, text in enumerate(claims) if text),
    )
    new = connection_report.fresh(base)
    found = [older(one, text, name=f"{n}{one.id}") for one in new for n, text in enumerate(then) if text]
    assert written(report(base, *found)).startswith("# ")


def test_a_topic_is_not_said_twice() -> None:
    new = "The Vaillant boiler of the village hall needs a new valve before winter"
    named = claim(new, kind="decision", subject="The Vaillant boiler of the village hall needs a new valve…")
    found = older(named, "* Tom bought the valve of the Vaillant from a dealer in Ulm\n")
    [said] = texts(report(inputs(claims=(named,)), found))
    assert said.startswith(f"Now “{new}”; on 16 Aug 2025 “Tom bought the valve")
