"""What a document says about itself."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alice.domain.texts.dates import written_date
from alice.domain.texts.documents import read

JUNK = st.sampled_from(
    ["---\n", "a: b\n", "a: [1, 2\n", "x: &a [1]\n", "y: *a\n", "? [q]\n", "- - - -\n", "{{date}}\n",
     "t: 2024-99-99\n", "\t", ": "]
)  # fmt: skip


def test_front_matter_is_read_as_json_values() -> None:
    document = read("---\ntitle: Beds\ncreated: 2026-03-04\nrating: 4\nlist: [a, 1]\nnone:\n---\nBeans.")
    assert dict(document.front_matter) == {
        "title": "Beds",
        "created": "2026-03-04",
        "rating": 4,
        "list": ["a", 1],
        "none": None,
    }
    assert document.title == "Beds"
    assert document.body_start == len("---\ntitle: Beds\ncreated: 2026-03-04\nrating: 4\nlist: [a, 1]\nnone:\n---")


@given(st.lists(JUNK | st.text(max_size=10), max_size=15).map("".join))
@settings(max_examples=300, deadline=None)
def test_no_front_matter_makes_it_raise(inside: str) -> None:
    document = read(f"---\n{inside}\n---\nBody", name="note.md")
    json.dumps(dict(document.front_matter), allow_nan=False)
    assert document.title


def test_front_matter_that_yaml_refuses_is_read_line_by_line() -> None:
    document = read("---\ntitle: Tea with {{name}}: notes\nwho: [[Ben Okri]\n---\nBody")
    assert document.title == "Tea with {{name}}: notes"


def test_the_front_matter_of_a_template_keeps_its_lists_and_links() -> None:
    front = 'categories:\n  - "[[Shows]]"\n  - plays\nrating:\ncreated: {{date}}\nup: [[Home]]\n- stray\n'
    document = read(f"---\n{front}---\nSee [[Cast]].")
    assert dict(document.front_matter) == {
        "categories": ["[[Shows]]", "plays"], "rating": None, "created": "{{date}}", "up": "[[Home]]",
    }  # fmt: skip
    assert document.links == ("Shows", "Home", "Cast")


def test_it_refuses_yaml_that_multiplies_itself() -> None:
    levels = "".join(
        f"{name}: &{name} [{', '.join([f'*{below}'] * 9)}]\n"
        for below, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    document = read(f"---\na: &a [lol]\n{levels}---\n")
    assert all(len(str(value)) < 200 for value in document.front_matter.values())


@pytest.mark.parametrize(
    "inside",
    ["[" * 5_000, "- " * 5_000, "a: " + "{a: " * 3_000, "!!python/object/apply:os.getcwd []", "x: !!binary aGk="],
)
def test_it_survives_yaml_made_to_hurt(inside: str) -> None:
    json.dumps(dict(read(f"---\n{inside}\n---\nBody").front_matter))


def test_what_cannot_be_stored_is_taken_out() -> None:
    front = read('---\na: "x\\0y"\nc: .nan\nd: 123456789012345678901234567890\n---\n').front_matter
    assert front["a"] == "xy"
    json.dumps(dict(front)).encode()
    assert front["c"] == "nan"
    assert front["d"] == "123456789012345678901234567890"


@pytest.mark.parametrize(
    ("text", "name", "title"),
    [
        ("---\ntitle: From the front\n---\n# Heading", "file.md", "From the front"),
        ("# The **south** [bed](x.md)\n\ntext", "file.md", "The south bed"),
        ("Garden\n======\n", "file.md", "Garden"),
        ("just text", "folder/Beds and borders.md", "Beds and borders"),
        ("\n- first line\nsecond", None, "first line"),
        ("", None, "Untitled"),
        ("x" * 500, None, "x" * 199 + "…"),
    ],
)
def test_the_title_comes_from_the_best_place(text: str, name: str | None, title: str) -> None:
    assert read(text, name=name).title == title


@pytest.mark.parametrize(
    ("text", "name", "day"),
    [
        ("---\ndate: 2026-03-04\n---\n", "2025-01-01.md", date(2026, 3, 4)),
        ("text", "2026-03-04 Garden walk.md", date(2026, 3, 4)),
        ("text", "walk_20260304.txt", date(2026, 3, 4)),
        ("# Minutes of 4 March 2026\n", "minutes.md", date(2026, 3, 4)),
        ("# Minutes, March 4th, 2026\n", None, date(2026, 3, 4)),
        ("Title\n\nDate: 04.03.2026\n", None, date(2026, 3, 4)),
        ("**Date:** 2026-03-04\n", None, date(2026, 3, 4)),
        ("---\ndate: soon\n---\n# Week 2026-W10\n", "x.md", date(2026, 3, 2)),
        ("# Kitchen\n\n2026-03-04\n\nWe take oak.\n", None, date(2026, 3, 4)),
        ("Kitchen\n_Wednesday, 4 March 2026, 14:00_\n", "kitchen.md", date(2026, 3, 4)),
    ],
)
def test_a_day_is_found_in_front_matter_file_name_heading_or_a_line_of_its_own(
    text: str, name: str | None, day: date
) -> None:
    assert read(text, name=name).occurred_at == datetime(day.year, day.month, day.day, tzinfo=UTC)


def test_a_day_begins_where_its_writer_lives() -> None:
    assert read("text", name="2026-07-01.md", zone="Europe/Berlin").occurred_at == datetime(2026, 6, 30, 22, tzinfo=UTC)


def test_a_time_with_its_own_offset_is_kept() -> None:
    text = "---\ncreated: 2026-03-04T09:30:00+01:00\n---\n"
    assert read(text, zone="America/Lima").occurred_at == datetime(2026, 3, 4, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "name", ["notes.md", "2026-13-40.md", "report-2026.md", "call 555-20-1234.md", "0000-01-01.md"]
)
def test_it_invents_no_day(name: str) -> None:
    assert read("The summit was on 4 March 2026.", name=name).occurred_at is None


@pytest.mark.parametrize(
    "text",
    ["# Summit\n\nOn 4 March 2026.\n", "# Trips\n\n2026-03-04 to 2026-03-09\n", "a\nb\nc\nd\ne\n2026-03-04\n"],
)
def test_a_day_in_a_sentence_or_far_below_is_not_the_note_s_own(text: str) -> None:
    assert read(text).occurred_at is None


def test_tags_come_from_front_matter_and_text_but_not_from_code() -> None:
    front = "---\ntags: [garden, '#plans']\n---\n"
    body = "We #dig on #2026-spring, see #12 and #fff000.\n```\n# comment #no\n```\nand `#nor` this#one"
    assert read(front + body).tags == ("garden", "plans", "dig", "2026-spring")


def test_links_come_from_wikilinks_and_from_links_to_notes() -> None:
    front = "---\nup: '[[Home]]'\n---\n"
    body = (
        "See [[Beds#South|the bed]], ![[plan.png]] and [roses](my%20roses.md#top), not [a](https://example.org/a.md)."
    )
    assert read(front + body).links == ("Home", "Beds", "plan.png", "my roses")


def test_the_body_begins_behind_front_matter_with_any_line_end() -> None:
    text = "\ufeff---\r\ntitle: Beds\r\n---\r\nBeans"
    document = read(text)
    assert document.title == "Beds"
    assert text[document.body_start :].strip() == "Beans"


@pytest.mark.parametrize(
    "text", ["#" * 200_000, "[[" * 100_000, "`a" * 100_000, "](" * 100_000, "---\n" + "a" * 200_000, "```\n" * 50_000]
)
def test_hostile_text_is_read_without_harm(text: str) -> None:
    assert len(read(text).title) <= 200


def test_a_written_date_needs_its_year() -> None:
    assert written_date("on 4 March") is None
    assert written_date("31 February 2026, or rather 1 March 2026") == date(2026, 3, 1)
