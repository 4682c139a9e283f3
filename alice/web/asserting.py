"""What the headers of a request say about who makes it. They narrow a key, on every address alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import Headers

from alice import inputs
from alice.domain.policy import Actor
from alice.errors import InvalidInput
from alice.inputs.agents import Acting
from alice.inputs.parsing import named
from alice.services.agency import agent_identities
from alice.services.agency.agent_identities import Assertion

PREFIX, CAPTURE_TOKEN = "X-Alice-", "X-Alice-Capture-Token"
FIELDS = {
    "X-Alice-Agent-Id": "agent_id",
    "X-Alice-Agent-Type": "agent_type",
    "X-Alice-Agent-Run-Id": "agent_run_id",
    "X-Alice-Agent-Task-Id": "agent_task_id",
    "X-Alice-Permission-Profile": "permission_profile",
    "X-Alice-Project-Scope": "project_scope",
}
_KNOWN = frozenset(name.lower() for name in (*FIELDS, CAPTURE_TOKEN))
_HEADERS = {field: name for name, field in FIELDS.items()}


def acting(actor: Actor, headers: Headers) -> Actor:
    """Return as whom `actor` acts by the headers; raise InvalidInput that names the header which is wrong."""
    _refuse_unknown(headers)
    values: dict[str, Any] = {field: headers[name] for name, field in FIELDS.items() if name in headers}
    try:
        return agent_identities.acting(actor, _said(values))
    except InvalidInput as error:
        raise InvalidInput(_by_header(error.fields)) from None


def _said(values: dict[str, Any]) -> Assertion:
    if not values:
        return Assertion()
    if "project_scope" in values:
        values["project_scope"] = [one.strip() for one in values["project_scope"].split(",")]
    return Assertion(**inputs.parse(Acting, values, exactly=True).acting())


def _by_header(fields: Mapping[str, str]) -> dict[str, str]:
    return {_HEADERS.get(field.split(".")[0], field): why for field, why in fields.items()}


def _refuse_unknown(headers: Headers) -> None:
    """Refuse a header that is nearly one of ours: who believes to be held to less shall not get more."""
    ours = [name for name, _ in headers if name.lower().startswith(PREFIX.lower())]
    if strange := [named(name) for name in ours if name.lower() not in _KNOWN]:
        raise InvalidInput({name: f"is no header of Alice's; those are {', '.join(FIELDS)}." for name in strange})
