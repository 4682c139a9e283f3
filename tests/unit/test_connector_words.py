"""What a connector may be told: right values are kept, wrong ones are named, and nothing else changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alice.domain import connectors, secret_references
from alice.domain.connectors import KINDS, retry_after
from alice.errors import InvalidInput, NotFound

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FIELDS = (
    "enabled",
    "default_domain",
    "default_sensitivity",
    "sync_mode",
    "poll_interval_seconds",
    "secret_ref",
    "options",
)


def tried(work: Callable[[], Any]) -> tuple[Any, dict[str, str]]:
    """Return what `work` returns, or the fields that it refused."""
    try:
        return work(), {}
    except InvalidInput as error:
        return None, dict(error.fields)


@given(st.sampled_from(sorted(KINDS)), st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=8), JSON, max_size=4))
def test_anything_is_either_taken_or_refused_with_its_field(name: str, changes: dict[str, Any]) -> None:
    before = connectors.kind(name).default()
    after, wrong = tried(lambda: connectors.changed(before, changes))
    assert all(said.endswith(".") for said in wrong.values())
    assert wrong or connectors.changed(after, changes) == after


TAUGHT = (
    "must name a secret and not hold one: write env:NAME, keyring:NAME or file:NAME.",
    *(f"the name after {kind}: takes 1 to 64 letters, digits, dots, dashes, underscores."
      for kind in ("env", "keyring", "file")),
)  # fmt: skip


@given(st.text(max_size=80))
def test_a_reference_is_read_back_as_it_is_written_or_not_repeated(text: str) -> None:
    named, wrong = tried(lambda: secret_references.parse(text))
    if wrong:
        assert wrong in ({"secret_ref": said} for said in TAUGHT)
    else:
        assert secret_references.parse(str(named)) == named


@pytest.mark.parametrize("name", ["local-folder", "LOCAL_FOLDER", " local_folder "])
def test_a_connector_may_be_written_with_dashes(name: str) -> None:
    assert connectors.kind(name).name == "local_folder"


@pytest.mark.parametrize("name", ["", "fax", "\ud800", "x" * 500])
def test_another_name_is_not_found(name: str) -> None:
    with pytest.raises(NotFound):
        connectors.kind(name)


@given(st.integers(min_value=1, max_value=10_000))
def test_pauses_grow_to_six_hours(attempts: int) -> None:
    assert timedelta(seconds=30) <= retry_after(attempts) <= retry_after(attempts + 1) <= timedelta(hours=6)


def test_the_api_states_the_options_of_every_connector_and_no_other() -> None:
    taken = {option for kind in KINDS.values() for option in kind.options}
    assert set(connectors.OPTIONS_SHAPE["properties"]) == taken
