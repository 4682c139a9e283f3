"""What actions may be given: every refusal names its field, and nothing that cannot be stored comes through."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alice import inputs
from alice.domain.preparation import Item
from alice.domain.vocab import Connector, WayIn
from alice.errors import InvalidInput
from alice.inputs import agents as agent_inputs
from alice.inputs import connectors as connector_inputs
from alice.inputs import memories as memory_inputs
from alice.inputs import parse
from alice.inputs import reviews as review_inputs

MODULES = (inputs, agent_inputs, connector_inputs, memory_inputs, review_inputs)
KINDS = {
    name: one
    for module in MODULES
    for name, one in vars(module).items()
    if isinstance(one, type) and issubclass(one, inputs.Given)
}
PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text()
VALUES = st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3))


def outcome(kind: type[inputs.Given], values: Any) -> tuple[inputs.Given | None, dict[str, str]]:
    try:
        return parse(kind, values), {}
    except InvalidInput as error:
        return None, dict(error.fields)


def faults(kind: type[inputs.Given], values: Any) -> dict[str, str]:
    with pytest.raises(InvalidInput) as caught:
        parse(kind, values)
    return dict(caught.value.fields)


@pytest.mark.parametrize("name", KINDS)
@settings(max_examples=25)
@given(data=st.data())
def test_anything_at_all_is_either_taken_or_refused_by_field(name: str, data: st.DataObject) -> None:
    kind = KINDS[name]
    names = st.sampled_from(sorted(kind.model_fields) or ["more"]) | st.text()
    values = data.draw(st.dictionaries(names, VALUES, max_size=4))
    taken, fields = outcome(kind, values)
    if taken is None:
        assert fields
        assert all(name.isascii() and sentence.endswith(".") for name, sentence in fields.items())
        "".join(fields.values()).encode()
    else:
        assert set(values) <= set(kind.model_fields)
        assert all("\0" not in value for value in taken.model_dump().values() if isinstance(value, str))


STORABLE = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
BODY = jsonschema_rs.validator_for(inputs.CaptureText.model_json_schema()["properties"]["text"])


@given(STORABLE)
def test_a_text_that_says_something_comes_through_unchanged_and_fits_the_document(text: str) -> None:
    if BODY.is_valid(text):
        assert parse(inputs.CaptureText, {"text": text}).text == text
    else:
        assert faults(inputs.CaptureText, {"text": text}) == {"text": "is empty; write something."}


def test_an_empty_field_of_a_form_was_not_said() -> None:
    taken = parse(inputs.CaptureText, {"text": "Tea.", "title": "", "domain": "", "occurred_at": ""})
    assert taken == parse(inputs.CaptureText, {"text": "Tea."})


def test_a_required_field_has_to_be_filled() -> None:
    assert faults(inputs.CaptureText, {}) == {"text": "is missing."}
    assert faults(inputs.CaptureText, {"text": " \n"}) == {"text": "is empty; write something."}


def test_a_wrong_word_is_told_the_right_ones() -> None:
    told = faults(inputs.ListSlots, {"outcome": "fine"})["outcome"]
    assert told == "must be one of succeeded, failed, skipped or missed, not 'fine'."
    told = faults(review_inputs.RateArtifact, {"verbosity": "long"})["verbosity"]
    assert told == "must be too_shallow, right_sized or too_verbose, not 'long'."


def test_a_way_in_that_there_is_not_is_told_those_that_there_are() -> None:
    assert set(WayIn) == {Item("Tea.").connector, *Connector}
    told = faults(inputs.ListSources, {"connector": "local-folder"})["connector"]
    assert told.startswith("must be one of manual, telegram, local_folder, browser_clipper or agent_output, not")


def test_what_is_not_taken_is_told_what_is() -> None:
    told = faults(inputs.RunDue, {"colour": "red"})
    assert told == {"colour": "is not taken here; what is taken: limit."}
    told = faults(review_inputs.ReviewSource, {"action": "edit", "edit": {"colour": "red"}})
    assert told == {"edit.colour": "is not taken here; what is taken: domain, project_id, sensitivity."}
    told = faults(review_inputs.ReviewArtifact, {"action": "promote", "statements": [{"colour": 1, "section": 0}]})
    assert told["statements.0.colour"] == "is not taken here; what is taken: section, statement."


def test_a_program_means_what_it_says() -> None:
    form = {"status": "", "cursor": ""}
    assert parse(inputs.ListSources, form) == parse(inputs.ListSources, {})
    with pytest.raises(InvalidInput, match="must be one of new, reviewed, archived or forgotten, not ''"):
        parse(inputs.ListSources, form, exactly=True)
    assert parse(inputs.ListEvents, {"actor": ""}, exactly=True) == parse(inputs.ListEvents, {})


@pytest.mark.parametrize("given_time", ["soon", "2026-03-04", "2026-03-04T12:00:00", "12:00", 5, 1.5, True, [], "5",
                                        "2026-03-04T25:00:00Z"])  # fmt: skip
def test_a_time_without_its_zone_or_none_at_all_is_refused(given_time: Any) -> None:
    assert "occurred_at" in faults(inputs.CaptureText, {"text": "Tea.", "occurred_at": given_time})


def test_a_time_is_taken_in_utc() -> None:
    taken = parse(inputs.CaptureText, {"text": "Tea.", "occurred_at": "2026-03-04T13:00:00+01:00"})
    assert taken.occurred_at == datetime(2026, 3, 4, 12, tzinfo=UTC)
    assert str(taken.occurred_at) == "2026-03-04 12:00:00+00:00"


@pytest.mark.parametrize("year", ["0001", "0999", "3000", "9999"])
def test_the_ends_of_the_calendar_are_refused_since_a_zone_leads_beyond_them(year: str) -> None:
    told = {faults(inputs.CaptureText, {"text": "Tea.", "occurred_at": f"{year}-01-01T00:00:00+14:00"})["occurred_at"],
            faults(review_inputs.AddLoop, {"text": "Tea.", "due_on": f"{year}-01-01"})["due_on"]}  # fmt: skip
    assert all(one.startswith("must be within the years 1000 to 2999, not") for one in told)


@pytest.mark.parametrize("limit", [0, 501, -1, "x", "", True, 2.5, None, "9" * 400, "1e3"])
def test_a_limit_is_a_number_in_its_range(limit: Any) -> None:
    if limit == "":
        assert parse(inputs.ListSources, {"limit": limit}).limit == 50
    else:
        assert "limit" in faults(inputs.ListSources, {"limit": limit})


@pytest.mark.parametrize(("word", "meant"), [("true", True), ("false", False), (True, True), (False, False)])
def test_an_answer_is_true_or_false(word: Any, meant: bool) -> None:
    assert parse(inputs.ConfigureWorkflow, {"enabled": word}).enabled is meant


@pytest.mark.parametrize("word", ["yes", "on", 1, 0, "True", []])
def test_other_words_are_no_answer(word: Any) -> None:
    assert faults(inputs.ConfigureWorkflow, {"enabled": word})["enabled"].startswith("must be true or false")


def test_too_long_a_text_is_told_how_long_it_may_be() -> None:
    assert "1,000,000" in faults(inputs.CaptureText, {"text": "x" * 1_000_001})["text"]


def test_a_long_value_is_not_said_back_whole() -> None:
    assert len(faults(inputs.CaptureText, {"text": "x", "domain": "y" * 5_000})["domain"]) < 250


SPELLED = [(inputs.RunDue, "limit", "5"), (inputs.ConfigureWorkflow, "enabled", "true"),
           (connector_inputs.ConfigureConnector, "enabled", "true"),
           (inputs.BuildContextPack, "domains", "health")]  # fmt: skip


@pytest.mark.parametrize(("kind", "field", "text"), SPELLED)
def test_text_stands_for_a_number_or_an_answer_only_where_there_is_nothing_but_text(
    kind: type[inputs.Given], field: str, text: str
) -> None:
    values = {"query": "Tea?", field: text} if kind is inputs.BuildContextPack else {field: text}
    assert parse(kind, values)
    with pytest.raises(InvalidInput) as caught:
        parse(kind, values, exactly=True, typed=True)
    assert list(caught.value.fields) == [field]


def test_a_list_that_is_too_short_is_told_how_much_is_needed() -> None:
    told = faults(memory_inputs.ReviewMemories, {"ids": [], "action": "accept"})
    assert told == {"ids": "is too short: at least one item is needed."}


@pytest.mark.parametrize("blank", ["", " ", "\n\t", "\x85", "\x1c\x1f", "\ufeff", "\u3000\xa0"])
def test_a_name_or_a_claim_of_nothing_but_blanks_is_empty(blank: str) -> None:
    for kind, field in ((review_inputs.AddProject, "name"), (review_inputs.EditPerson, "name"),
                        (memory_inputs.EditMemory, "text"), (review_inputs.AddLoop, "text")):  # fmt: skip
        with pytest.raises(InvalidInput, match=f"^{field}: is empty"):
            parse(kind, {field: blank}, exactly=True)
        assert not jsonschema_rs.is_valid(kind.model_json_schema()["properties"][field], blank)
