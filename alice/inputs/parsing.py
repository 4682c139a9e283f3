"""Makes one validated value of what came in: a sentence for each field that is wrong, naming what is allowed."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError, ValidationInfo
from pydantic_core import ErrorDetails

from alice.errors import MOST_FIELDS, InvalidInput

MOST_SHOWN = 40
# More than blanks, for Python and for ECMA-262, whose expressions a JSON Schema holds: each has blanks of its own.
SOMETHING = r"[^\s\u001c-\u001f\u0085\ufeff]"
HALF = "holds half of a surrogate pair, which is no character; send valid Unicode."


class Given(BaseModel):
    """The base: nothing that is not named is taken, and nothing changes afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _no_defaults(schema: dict[str, Any]) -> None:
    for field in schema["properties"].values():
        field.pop("default", None)


class Partial(Given):
    """The base of what to change about something: a field that is not said stays, whatever its default is."""

    model_config = ConfigDict(json_schema_extra=_no_defaults)


def shown(value: Any) -> str:
    """Return a value as a sentence quotes it, cut short."""
    text = repr(value)
    return text if len(text) <= MOST_SHOWN else f"{text[: MOST_SHOWN - 1]}…"


Kind = TypeVar("Kind", bound=Given)


def parse(kind: type[Kind], values: Mapping[str, Any], *, exactly: bool = False, typed: bool = False) -> Kind:
    """Return `values` as a `kind`; raise InvalidInput with a sentence for each field that is wrong.

    An optional field that is empty text, as a form sends it, was not said. Programs mean what they say: `exactly` takes
    empty text for that only where text is taken, and `typed` takes no text that spells a number, an answer or a list.
    """
    empty = {name for name, field in kind.model_fields.items() if not field.is_required() and values.get(name) == ""}
    told = {"typed": typed}
    try:
        if exactly and empty:
            kind.model_validate(values, context=told)
        return kind.model_validate({name: value for name, value in values.items() if name not in empty}, context=told)
    except ValidationError as error:
        fields: dict[str, str] = {}
        for detail in error.errors(include_url=False)[:MOST_FIELDS]:
            fields.setdefault(_name(detail), _sentence(detail, _taken(kind, detail["loc"][:-1])))
        raise InvalidInput(fields) from None


@contextmanager
def within(place: str, names: Container[str]) -> Iterator[None]:
    """Say of a field among `names` that is wrong that it stands in `place`, as in the body that held it."""
    try:
        yield
    except InvalidInput as error:
        raise InvalidInput(
            {f"{place}.{name}" if name in names else name: why for name, why in error.fields.items()}
        ) from None


def is_blank(text: str) -> bool:
    """Tell whether a text says nothing."""
    return re.search(SOMETHING, text) is None


def spelled(value: Any, info: ValidationInfo) -> bool:
    """Tell whether text stands for what is no text: a form and a command line have nothing else."""
    return isinstance(value, str) and not (info.context or {}).get("typed")


Word = TypeVar("Word", bound=StrEnum)


def word(kind: type[Word], field: str, value: str) -> Word:
    """Return `value` as one of the words of `kind`; raise InvalidInput for `field` that lists them."""
    if value in set(kind):
        return kind(value)
    raise InvalidInput({field: f"must be one of {', '.join(kind)}, not {shown(value)}."})


def named(name: str) -> str:
    """Return the name of a field as an answer carries it, whatever was sent as one."""
    return name.encode("ascii", "backslashreplace").decode()[:MOST_SHOWN]


def _name(detail: ErrorDetails) -> str:
    return named(".".join(str(part) for part in detail["loc"]) or "body")


def _taken(kind: Any, place: tuple[int | str, ...]) -> list[str]:
    """Return the fields that are taken at `place`, which leads into `kind`: by names of fields and numbers of items."""
    for name in (part for part in place if isinstance(part, str)):
        kind = next(_kinds(kind.model_fields[name].annotation), kind)
    return sorted(kind.model_fields)


def _kinds(annotation: Any) -> Iterator[type[Given]]:
    """Yield the types of objects that an annotation names, such as that of `list[Kind] | None`."""
    if isinstance(annotation, type) and issubclass(annotation, Given):
        yield annotation
    for inner in get_args(annotation):
        yield from _kinds(inner)


def _sentence(detail: ErrorDetails, allowed: list[str]) -> str:
    told = _TOLD.get(detail["type"])
    context: Mapping[str, Any] = detail.get("ctx") or {}
    if detail["type"] == "extra_forbidden":
        return f"is not taken here; what is taken: {', '.join(allowed) or 'nothing'}."
    if detail["type"] == "value_error":
        return str(context["error"])
    if told is not None:
        return told(context, shown(detail["input"]))
    return f"{detail['msg'][:1].lower()}{detail['msg'][1:]}."


def _too_short(least: int, noun: str) -> str:
    return f"is too short: at least {f'one {noun} is' if least == 1 else f'{least:,} {noun}s are'} needed."


Teller = Callable[[Mapping[str, Any], str], str]
_TOLD: dict[str, Teller] = {
    "missing": lambda _c, _g: "is missing.",
    "enum": lambda context, given: f"must be one of {context['expected'].replace(chr(39), '')}, not {given}.",
    "literal_error": lambda context, given: f"must be {context['expected'].replace(chr(39), '')}, not {given}.",
    "string_too_short": lambda context, _: _too_short(context["min_length"], "character"),
    "too_short": lambda context, _: _too_short(context["min_length"], "item"),
    "too_long": lambda context, _: f"is too long: at most {context['max_length']:,} are taken.",
    "string_type": lambda _, given: f"must be text, not {given}.",
    "string_too_long": lambda context, _: f"is too long: at most {context['max_length']:,} characters are taken.",
    "string_unicode": lambda _c, _g: HALF,
    "greater_than_equal": lambda context, given: f"must be {context['ge']} or more, not {given}.",
    "less_than_equal": lambda context, given: f"must be {context['le']} or less, not {given}.",
    "dict_type": lambda _, given: f"must be an object with fields, not {given}.",
    "list_type": lambda _, given: f"must be a list, not {given}.",
    "model_type": lambda _, given: f"must be an object with fields, not {given}.",
    **dict.fromkeys(
        ("uuid_type", "uuid_parsing"),
        lambda _, given: f"must be an id, such as 01890a5d-ac96-774b-bcce-b302099a8057, not {given}.",
    ),
    **dict.fromkeys(
        ("int_type", "int_parsing", "int_from_float", "int_parsing_size"),
        lambda _, given: f"must be a whole number, not {given}.",
    ),
}
