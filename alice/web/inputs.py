"""Takes what a request says, be it a query, a form or a JSON body, and hands the view one validated value."""

from __future__ import annotations

import functools
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from flask import request
from flask.typing import ResponseReturnValue

from alice import inputs
from alice.errors import Conflict, InvalidInput
from alice.inputs import Given, Nothing
from alice.inputs.parsing import named
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
                of_a_program = request.path.startswith(API)
                typed = of_a_program and request.method not in SAFE_METHODS
                given = inputs.parse(kind, said(), exactly=of_a_program, typed=typed)
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
    if request.args and request.path.startswith(API):
        beside = "stands in the address, where a change takes nothing; send what it takes as JSON."
        raise InvalidInput({named(name): beside for name in request.args})
    return _json() if not request.form else {k: v.replace("\r\n", "\n") for k, v in _once(request.form).items()}


def _once(fields: Any) -> dict[str, str]:
    _refuse_twice(name for name, values in fields.lists() for _ in values)
    return dict(fields.items())


def _refuse_twice(names: Iterable[str]) -> None:
    twice = [name for name, times in Counter(names).items() if times > 1]
    if twice:
        raise InvalidInput({named(name): "is given more than once." for name in twice})


def _json() -> dict[str, Any]:
    raw = request.get_data()
    if not raw:
        return {}
    try:
        body = json.loads(raw, parse_constant=_refuse, object_pairs_hook=_object)
    except (ValueError, RecursionError) as error:
        raise InvalidInput({"body": f"is not JSON: {_reason(error)}."}) from None
    if not isinstance(body, dict):
        raise InvalidInput({"body": "must be a JSON object with fields."})
    return body


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    _refuse_twice(name for name, _ in pairs)
    return dict(pairs)


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")


def _reason(error: Exception) -> str:
    match error:
        case RecursionError():
            return "it is nested too deeply"
        case UnicodeDecodeError():
            return "it is not UTF-8"
        case json.JSONDecodeError():
            return error.msg.lower()
    return "it holds a number that JSON does not have, or one that is too long"
