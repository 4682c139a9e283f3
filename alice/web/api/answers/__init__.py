"""What a view answers, stated once beside what it takes: a type whose every key has its meaning, and its statuses.

Nothing here runs when a request is answered. The document of the API is made of it, and tests hold views to it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, create_model

JSON = "application/json"
_View = TypeVar("_View", bound=Callable[..., Any])


class Answer(BaseModel):
    """The base: an object with the keys that are named, each told by `means`. Later versions may add some."""

    model_config = ConfigDict(defer_build=True, protected_namespaces=())


class Open(Answer):
    """The base of what may have further keys, because it is the owner's or another program's data."""

    model_config = ConfigDict(extra="allow")


def means(text: str, *, always: bool = True, **shape: Any) -> Any:
    """Tell what a key means; one that is not `always` there may be left out. `shape` is pydantic's: ge, examples …"""
    return Field(description=text, **shape) if always else Field(None, description=text, **shape)


@cache
def page_of(item: type[Answer]) -> type[Answer]:
    """Return the type of a part of a list of `item`, named after it."""
    return create_model(
        f"PageOf{item.__name__}",
        __base__=Answer,
        __doc__=f"A part of a list. Each item: {item.__doc__}",
        items=(list[item], means("What is listed here.")),  # type: ignore[valid-type]
        count=(int, means("How many are here.", ge=0)),
        total=(int, means("How many there are in all.", ge=0)),
        next=(str | None, means("The `cursor` of the part after this one; null at the end.")),
    )


@dataclass(frozen=True, slots=True)
class Told:
    """What a view answers: its type, what each good status means, how else it may fail, and in which form it comes."""

    kind: Any
    statuses: Mapping[int, str]
    fails: frozenset[int]
    media: str


def answers(
    kind: Any, statuses: Mapping[int, str] | None = None, *, fails: Collection[int] = (), media: str = JSON
) -> Callable[[_View], _View]:
    """State that a view answers a `kind`, under `statuses`, each with a sentence on when; 200 when nothing is said.

    `fails` are the errors that its address and input do not tell already: 409 for a state, 423 for a lock, 502 for what
    lies outside. A `kind` is an Answer, a `page_of` one, a union of them, `str` for text, or None for no body.
    """
    told = Told(kind, statuses or {200: ""}, frozenset(fails), media)

    def mark(view: _View) -> _View:
        view.answers = told  # type: ignore[attr-defined]
        return view

    return mark
