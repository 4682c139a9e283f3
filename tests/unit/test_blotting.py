"""Taking words out: statements that tell of them go, the others stay where they can be found again."""

from __future__ import annotations

from typing import Any

from alice.domain import phrases
from alice.domain.composing import blotting
from alice.domain.composing.blotting import Kept, Stain

SECRET = "Mira collects the turquoise envelope from Doctor Quill."


def said(text: str, *citations: int, **more: Any) -> dict[str, Any]:
    return {"kind": "fact", "text": text, "topic": None, "citations": list(citations), **more}


def section(key: str, *statements: dict[str, Any]) -> dict[str, Any]:
    return {"key": key, "title": key.capitalize(), "statements": list(statements)}


def stain(**more: Any) -> Stain:
    return Stain(more.pop("numbers", ()), more.pop("loops", ()), phrases.of([SECRET]), **more)


SECTIONS = [
    section("decided", said("We repair the roof.", 1), said("It is kept secret.", 2)),
    section("owed", said("Ask Tom.", 3, loop={"id": "a", "owner": "Tom", "waiting_for": None}), said(SECRET)),
    section("how_written", said("Written by a model.")),
]


def test_a_statement_goes_when_it_cites_tells_or_quotes() -> None:
    kept = blotting.blotted(SECTIONS, stain(numbers={2}, loops={"a"}))
    assert [one["text"] for s in kept.sections for one in s["statements"]] == [
        "We repair the roof.",
        "Written by a model.",
    ]
    assert sorted(kept.removed) == sorted(["It is kept secret.", "Ask Tom.", SECRET])


def test_where_the_others_are_then_is_told() -> None:
    kept = blotting.blotted(SECTIONS, stain(loops={"a"}))
    assert kept.moved == {(0, 0): (0, 0), (0, 1): (0, 1), (2, 0): (1, 0)}


def test_what_a_model_says_on_no_evidence_goes_but_not_what_alice_says_of_the_model() -> None:
    kept = blotting.blotted([section("told", said("So it seems.")), SECTIONS[2]], stain(uncited=True))
    assert [s["key"] for s in kept.sections] == ["how_written"]


def test_words_in_a_title_of_a_section_or_in_a_loop_s_note_take_it_along() -> None:
    titled = section("x", said("As said.")) | {"title": SECRET}
    noted = section("y", said("Wait.", loop={"id": "b", "owner": None, "waiting_for": SECRET}))
    assert blotting.blotted([titled, noted], stain()).sections == []


def test_a_title_gives_away_what_only_the_removed_statements_say() -> None:
    kept = Kept([section("a", said("We repair the roof."))], ["Mira fetches an envelope."], {})
    assert blotting.gives_away("Mira fetches something, and the roof", kept, stain(), spared="")
    assert not blotting.gives_away("We repair the roof this week", kept, stain(), spared="")
    assert not blotting.gives_away("Daily Brief, 4 March", Kept([], ["The brief of March"], {}), stain(),
                                   spared="Daily Brief, 4 March")  # fmt: skip
    assert not blotting.gives_away("Mira fetches something", Kept(kept.sections, [], {}), stain(), spared="")
    assert blotting.gives_away(SECRET, Kept([], [], {}), stain(), spared="")


def test_lines_of_a_state_go_that_quote_it_or_say_nothing_else() -> None:
    state = f"2026-03-03: decided: the shelf\n2026-03-04: {SECRET}\n2026-03-05: open: the lamp"
    known = phrases.of([SECRET])
    assert blotting.lines_without(state, known) == "2026-03-03: decided: the shelf\n2026-03-05: open: the lamp"
    assert blotting.lines_without(state, known, ["* Ann - the shelf was approved."]) == "2026-03-05: open: the lamp"
    assert (
        blotting.lines_without(
            "Mira collects the\nturquoise envelope", phrases.of(["Mira collects the turquoise envelope"])
        )
        == ""
    )
