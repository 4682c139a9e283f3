"""What the headers of a request say about who makes it. They narrow a key, on every address alike."""

from __future__ import annotations

from typing import Any

from werkzeug.datastructures import Headers

from alice import inputs
from alice.errors import InvalidInput
from alice.inputs.agents import Acting
from alice.services.agency.agent_identities import Assertion

FIELDS = {
    "X-Alice-Agent-Id": "agent_id",
    "X-Alice-Agent-Type": "agent_type",
    "X-Alice-Agent-Run-Id": "agent_run_id",
    "X-Alice-Agent-Task-Id": "agent_task_id",
    "X-Alice-Permission-Profile": "permission_profile",
    "X-Alice-Project-Scope": "project_scope",
}


def said(headers: Headers) -> Assertion:
    """Return what the headers assert; raise InvalidInput that names the header which is wrong."""
    values: dict[str, Any] = {field: headers[name] for name, field in FIELDS.items() if name in headers}
    if not values:
        return Assertion()
    if "project_scope" in values:
        values["project_scope"] = [one.strip() for one in values["project_scope"].split(",")]
    try:
        return Assertion(**inputs.parse(Acting, values).acting())
    except InvalidInput as error:
        named = {field: name for name, field in FIELDS.items()}
        fields = {named.get(field.split(".")[0], field): why for field, why in error.fields.items()}
        raise InvalidInput(fields) from None
