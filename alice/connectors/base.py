"""The one shape of a connector: `fetch(settings, cursor)` yields parts, each with the cursor to keep beside it.

A connector sees no table: what it hands over is evidence, counts and state, and never a secret.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NoReturn

from alice.domain.preparation import Item

Cursor = Mapping[str, Any]  # JSON values only; what is in it is the connector's own affair


class Secret:
    """A value that is handed on and never shown: no repr, no formatting, no pickle tells it."""

    __slots__ = ("__value",)

    def __init__(self, value: str) -> None:
        self.__value: Final = value

    def reveal(self) -> str:
        """Return the value itself; the caller must not keep it."""
        return self.__value

    def __repr__(self) -> str:
        return "Secret(***)" if self.__value else "Secret()"

    def __str__(self) -> str:
        return "***"

    def __bool__(self) -> bool:
        return bool(self.__value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other.reveal() == self.__value

    def __hash__(self) -> int:
        return hash((Secret, self.__value))

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not pickled; hand over its reference")


NO_SECRET = Secret("")


@dataclass(frozen=True, slots=True)
class Received:
    """One item that came in. `stream` is what has a cursor of its own (a chat), `order` its place in it, rising.

    `revision` is 0 for what was never edited and rises with each edit; `item.external_id` stays the same. A `late`
    item did not come by the stream's cursor: an edit, something read again by its id, or an update heard once.
    """

    item: Item
    stream: str
    order: int
    revision: int = 0
    late: bool = False

    @property
    def external_id(self) -> str:
        """Return the sender's name for the item, which is the same in every revision."""
        assert self.item.external_id is not None
        return self.item.external_id


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How many items of a stream were passed by, and the word for why. It never holds what they said."""

    stream: str
    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class Failure:
    """An item, or a whole stream when `external_id` names one, that could not be had; `transient` is worth a retry."""

    external_id: str
    stream: str
    reason: str
    transient: bool


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of a stream that was missed: recorded, and filled from elsewhere where the account may."""

    stream: str
    reason: str
    filled: bool


@dataclass(frozen=True, slots=True)
class Part:
    """What is stored in one transaction: the items in their order, and the cursor that is true once they are stored.

    With `not_before` set nothing may be asked of the other side until then; the cursor holds it too.
    """

    items: tuple[Received, ...]
    cursor: Cursor
    left_out: tuple[LeftOut, ...] = ()
    failures: tuple[Failure, ...] = ()
    gaps: tuple[Gap, ...] = ()
    not_before: datetime | None = None


class Run:
    """One fetch, part by part. Use it in a `with` block: leaving it hangs up.

    Store a part's items and its cursor in one transaction, then ask for the next part. When some items cannot be
    stored, `hold` them before that commit and keep the cursor that it returns in place of the part's own.
    """

    def __init__(self, parts: Generator[Part, None, None], hold: Callable[[Sequence[Received]], Cursor]) -> None:
        self._parts = parts
        self._hold = hold

    def __enter__(self) -> Run:
        return self

    def __exit__(self, *_error: object) -> None:
        self._parts.close()

    def __iter__(self) -> Iterator[Part]:
        return self._parts

    def hold(self, items: Sequence[Received]) -> Cursor:
        """Return the cursor under which `items` of the present part come again at the next fetch.

        For a stream with a cursor that is the place before the first of them, and the stream rests for this run;
        late items are remembered by their ids.
        """
        return self._hold(items)
