"""A connector in memory, of the shape that connectors/base.py describes: a postman whose letters lie in boxes.

Its cursor is the number of letters taken out of each box, and the letters that have to be brought once more.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from datetime import datetime
from typing import Any

from alice import config
from alice.connectors.base import Cursor, Failure, Gap, LeftOut, Part, Received, Run
from alice.domain.connectors import Setting
from alice.domain.policy import Actor
from alice.domain.preparation import Item
from alice.domain.vocab import Connector
from alice.services.connecting import connector_states, connectors, streams


class Postman:
    """A connector in memory of the shape that connectors/base.py describes."""

    def __init__(self, **boxes: list[str]) -> None:
        self.boxes = boxes
        self.failures: tuple[Failure, ...] = ()
        self.in_a_part = 3

    def fetch(self, cursor: Cursor, again: Sequence[str] = ()) -> Run:
        places = {box: int(cursor.get(box, 0)) for box in self.boxes}
        late = [*cursor.get("late", []), *again]
        resting: set[str] = set()

        def hold(items: Sequence[Received]) -> Cursor:
            for one in items:
                if one.late:
                    late.append(one.external_id)
                else:
                    places[one.stream] = min(places[one.stream], one.order - 1)
                    resting.add(one.stream)
            return {**places, "late": list(dict.fromkeys(late))}

        return Run(self._parts(places, late, resting), hold)

    def _parts(self, places: dict[str, int], late: list[str], resting: set[str]) -> Generator[Part, None, None]:
        if late:
            items = tuple(self._letter(*name.split("/"), late=True) for name in late)
            late.clear()
            yield Part(items, dict(places))
        waiting = True
        while waiting:
            waiting, items = False, ()
            for box, letters in self.boxes.items():
                if box not in resting and places[box] < len(letters):
                    first = places[box]
                    places[box] = min(first + self.in_a_part, len(letters))
                    items += tuple(self._letter(box, str(n + 1)) for n in range(first, places[box]))
                    waiting = True
            if items:
                yield Part(items, dict(places))
        yield Part(
            (), dict(places), (LeftOut("street", "not_allowed", 2),), self.failures, (Gap("red", "lost", False),)
        )

    def _letter(self, box: str, number: str, *, late: bool = False) -> Received:
        text = self.boxes[box][int(number) - 1]
        return Received(Item(text, external_id=f"{box}/{number}"), box, int(number), late=late)


def work(actor: Actor, now: datetime) -> connectors.Work:
    setting = Setting(Connector.TELEGRAM, True)
    return connectors.Work(actor, setting, config.load(), now, lambda _count, _note: None)


def deliver(actor: Actor, postman: Postman, now: datetime) -> dict[str, Any]:
    cursor = connector_states.cursor(actor.user_id, "telegram")
    run = postman.fetch(cursor, streams.again(actor.user_id, "telegram"))
    return streams.take(work(actor, now), run, cursor)
