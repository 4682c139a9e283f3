"""Takes what a request says, be it a query, a form or a JSON body, and hands the view one validated value."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask import request
from flask.typing import ResponseReturnValue

from alice import inputs
from alice.errors import Conflict, InvalidInput
from alice.inputs import Given, Nothing
from alice.web import htmx
from alice.web.security import API, SAFE_METHODS

Again = Callable[[Mapping[str, str], Mapping[str, str]], ResponseReturnValue]
_View = TypeVar("_View", bound=Callable[..., ResponseReturnValue])


def accepts(
    kind: type[Given], *, again: Again | None = None, taken: Callable[[Conflict], ResponseReturnValue] | None = None
) -> Callable[[_View], _View]:
    """Give the view what the request says as its argument `given`, a `kind`; none for Nothing.

    `again` shows a form once more with its values and the sentence for each field that was wrong, whether the type or
    a service found it; without `again` InvalidInput goes on to the mapper. `taken` shows HTMX the row as somebody else
    left it.
    """

    def wrap(view: _View) -> _View:
        @functools.wraps(view)
        def wrapped(**arguments: Any) -> ResponseReturnValue:
            try:
                given = inputs.parse(kind, said(), exactly=request.path.startswith(API))
                return view(**arguments) if kind is Nothing else view(given=given, **arguments)
            except InvalidInput as error:
                if again is None:
                    raise
                return again(request.form, error.fields)
            except Conflict as error:
                if taken is None or not htmx.asks_for_a_part() or "current" not in error.extra:
                    raise
                return taken(error)

        wrapped.accepts = kind  # type: ignore[attr-defined]
        return wrapped  # type: ignore[return-value]

    return wrap


def said() -> dict[str, Any]:
    """Return the fields of the request as they came: the query of a read, the form or JSON body of a change."""
    if request.method in SAFE_METHODS:
        return _once(request.args)
    return _json() if not request.form else {k: v.replace("\r\n", "\n") for k, v in _once(request.form).items()}


def _once(fields: Any) -> dict[str, str]:
    twice = {name: "is given more than once." for name, values in fields.lists() if len(values) > 1}
    if twice:
        raise InvalidInput(twice)
    return dict(fields.items())


def _json() -> dict[str, Any]:
    raw = request.get_data()
    if not raw:
        return {}
    try:
        body = json.loads(raw, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise InvalidInput({"body": f"is not JSON: {_reason(error)}."}) from None
    if not isinstance(body, dict):
        raise InvalidInput({"body": "must be a JSON object with fields."})
    return body


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no JSON value")


def _reason(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    return error.msg.lower() if isinstance(error, json.JSONDecodeError) else "it is not UTF-8, or holds no JSON value"
