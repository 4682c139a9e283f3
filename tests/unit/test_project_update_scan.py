"""The project update scan: what new evidence changes of a project, as lines to add and to drop, and a proposal."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alice.brain import project_update_scan, rendering
from alice.domain.composing.briefing import SourceNote, digest
from alice.domain.composing.grounding import check
from alice.domain.composing.reports import Place, ProjectRow, ProjectScan
from alice.domain.vocab import Sensitivity, StatementKind
from tests.support.briefs import NOW, claim, identifier, inputs, lines_of, loop, note, words

LIST = """# Board

## Projects

* Seed library - Ann, the shelf was approved by the board.
* Pond, no updates.

## Hall

* Roof [#12](https://hall.example/12)
  * The offer of Brandt was accepted by everybody.
* Yard [#13](https://hall.example/13)
  * Three opinions and no money for it.

## Other

* Tea
"""
STAMP = "2026-03-03: "


def project(name: str, source: SourceNote, *, at: str = "", **more: Any) -> ProjectRow:
    """Return a project that `source` names at the words `at`."""
    start = source.text.index(at or name)
    place = Place(source.id, start, start + len(at or name), more.pop("rule", "project.initiative"))
    return ProjectRow(
        identifier(name), name, more.pop("status", "candidate"), more.pop("state", None), (place,), **more
    )


BOARD = note(LIST)
SEEDS = project("Seed library", BOARD)


def scan(*projects: ProjectRow, **more: Any) -> ProjectScan:
    return ProjectScan(inputs(**{"sources": (BOARD,)} | more), projects)


def told(of: ProjectScan, name: str) -> list[str]:
    made = project_update_scan.compose(of)
    return [s.text for section in made.sections if section.title == name for s in section.statements]


def test_what_is_said_of_an_item_is_added_to_its_project_with_its_day() -> None:
    assert told(scan(SEEDS), "Seed library") == [
        f"Add: {STAMP}Ann, the shelf was approved by the board.",
        "Confidence fair: one outcome among one new line, from one note. It would be the first state of this project.",
    ]


def test_a_line_to_add_is_a_fact_that_cites_its_words() -> None:
    [line, confidence] = project_update_scan.compose(scan(SEEDS)).sections[0].statements
    assert (line.kind, confidence.kind) == (StatementKind.FACT, StatementKind.INFERENCE)
    assert line.citations[0].quote == "Seed library - Ann, the shelf was approved by the board."


def test_under_a_heading_outcomes_are_told_and_the_rest_is_under_discussion() -> None:
    hall = project("Hall", BOARD, at="Hall\n", rule="project.repository")
    assert told(scan(hall), "Hall")[:2] == [
        f"Add: {STAMP}Roof: The offer of Brandt was accepted by everybody.",
        "Add: Under discussion: Yard.",
    ]


def test_decisions_and_loops_of_a_project_are_lines_of_their_own() -> None:
    shelf = LIST.index("Seed library")
    quote = words(LIST[shelf : shelf + 30], start=shelf)
    drawn = {"claims": (replace(claim("The shelf goes to the hall", kind="decision"), words=(quote,)),),
             "loops": (replace(loop("Ann will paint the shelf", owner="Ann"), words=(quote,)),)}  # fmt: skip
    assert told(scan(SEEDS, **drawn), "Seed library")[:2] == [
        f"Add: {STAMP}decided: The shelf goes to the hall.",
        f"Add: {STAMP}open: Ann will paint the shelf.",
    ]


def test_the_new_state_is_a_diff_against_the_old_one() -> None:
    old = "2026-01-01: A shelf was asked for.\nUnder discussion: Where to put it."
    given = scan(replace(SEEDS, state=old, status="accepted"))
    lines = told(given, "Seed library")
    assert lines[1] == "Drop: Under discussion: Where to put it."
    assert "first state" not in lines[-1]
    [update] = project_update_scan.proposals(given)
    assert update.current == old
    assert update.suggested == (f"{STAMP}Ann, the shelf was approved by the board.\n2026-01-01: A shelf was asked for.")


def test_what_the_state_says_already_is_no_news() -> None:
    known = replace(SEEDS, state="2026-02-01: The shelf was approved by the board, Ann says.")
    assert project_update_scan.proposals(scan(known)) == []


def test_words_on_which_a_person_has_decided_do_not_come_back() -> None:
    [update] = project_update_scan.proposals(scan(SEEDS))
    used = tuple((c.source_id, c.start, c.end) for c in update.citations)
    assert project_update_scan.proposals(scan(replace(SEEDS, used=used))) == []


def test_a_project_of_which_nothing_new_is_said_is_named_as_unchanged() -> None:
    pond = project("Pond", BOARD)
    made = project_update_scan.compose(scan(SEEDS, pond))
    assert made.sections[-1].statements[0].text == "Named, with nothing new said of it: Pond."
    assert [u.project_id for u in project_update_scan.proposals(scan(SEEDS, pond))] == [SEEDS.id]


def test_without_news_of_a_project_it_says_so() -> None:
    made = project_update_scan.compose(scan())
    assert made.headline.text == "No project has news"
    assert [s.text for s in made.sections[0].statements] == ["No new evidence speaks of a project that Alice knows of."]


def test_the_headline_tells_the_surest_news() -> None:
    hall = project("Hall", BOARD, at="Hall\n", rule="project.repository")
    assert project_update_scan.compose(scan(SEEDS, hall)).headline.text == (
        "Hall: Roof: The offer of Brandt was accepted by everybody, and one more project has news"
    )


def test_an_artifact_is_as_private_as_the_state_it_compares_with() -> None:
    given = scan(replace(SEEDS, state="2025-01-01: Secret.", sensitivity=Sensitivity.REGULATED))
    checked = check(project_update_scan.compose(given), given.evidence(), given.marks())
    assert checked.sensitivity is Sensitivity.REGULATED


def test_it_is_bounded() -> None:
    text = "# B\n\n## Hall\n\n" + "".join(f"* T{n} [#{n}](u)\n  * Offer {n} of B{n} was accepted.\n" for n in range(90))
    big = note(text, name="big")
    many = [replace(project("Hall", big, rule="project.repository"), id=identifier(n), name=f"P{n}") for n in range(12)]
    made = project_update_scan.compose(scan(*many, sources=(big,)))
    assert len(made.sections) <= project_update_scan.MOST_SHOWN + 1
    assert max(len(section.statements) for section in made.sections) <= 2 * project_update_scan.MOST_LINES


# -- the laws


def written(of: ProjectScan) -> str:
    checked = check(project_update_scan.compose(of), of.evidence(), of.marks())
    assert checked.dropped == ()
    text = rendering.markdown(checked.draft, lines_of(checked), today=NOW.date())
    return f"{text}{rendering.sections(checked.draft)}{project_update_scan.proposals(of)}"


@given(st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_no_byte(random: st.Random) -> None:
    hall = project("Hall", BOARD, at="Hall\n", rule="project.repository")
    other = note("# Notes\n\n* Seed library - the door was closed for good.\n", name="other", days=2)
    seeds = replace(SEEDS, places=(*SEEDS.places, *project("Seed library", other).places), state="a\nb")
    whole = scan(seeds, hall, sources=(BOARD, other))
    again = replace(
        whole,
        base=replace(whole.base, sources=tuple(random.sample(whole.base.sources, 2))),
        projects=tuple(random.sample([replace(seeds, places=seeds.places[::-1]), hall], 2)),
    )
    assert written(again) == written(whole)
    assert digest(again) == digest(whole)


pieces = st.text(max_size=60) | st.sampled_from(["* Hall - it was accepted", "## Hall\n\n* A #1\n  * done and closed"])


@given(st.lists(pieces, min_size=1, max_size=3), pieces, st.integers(0, 80), st.sampled_from(["project.line", "x"]))
def test_whatever_was_captured_it_is_composed_and_grounded(notes: list[str], state: str, start: int, rule: str) -> None:
    sources = tuple(note(text, title=text, name=f"n{n}") for n, text in enumerate(notes))
    places = tuple(Place(source.id, start, start + 4, rule) for source in sources)
    row = ProjectRow(identifier("Hall"), "Hall", "candidate", state or None, places)
    assert written(scan(row, sources=sources)).startswith("# ")


@pytest.mark.parametrize("name", ["C++ (new)", "a.*b", "[x]"])
def test_a_name_is_a_name_and_no_pattern(name: str) -> None:
    source = note(f"# B\n\n* {name} - the door was closed.\n", name="odd")
    assert "The door was closed" in told(scan(project(name, source), sources=(source,)), name)[0]
