"""Reads chats from where their cursor stands, the oldest first, and single messages by their ids."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

from alice.connectors.base import Failure, Gap, Part
from alice.connectors.telegram import chats, messages
from alice.connectors.telegram.cursors import Place
from alice.connectors.telegram.failures import Declined
from alice.connectors.telegram.readings import Reading, sort

Parts = Generator[Part, None, None]


def all_new(reading: Reading) -> Parts:
    """Yield what is new in each allowed chat, a page of each in turn, so that a long chat holds up no other."""
    pending = sorted(reading.allowed)
    while pending:
        for marked in list(pending):
            place = reading.state.places[marked]
            if marked in reading.state.resting:
                pending.remove(marked)
                continue
            try:
                answer = _page(reading, place)
            except Declined as refusal:
                pending.remove(marked)
                yield closed(reading, marked, refusal)
                continue
            part = _taken(reading, place, answer)
            if part is None or type(answer).__name__ == "Messages":  # an answer that is no slice is the whole
                pending.remove(marked)
            if part is not None:
                yield part


def _page(reading: Reading, place: Place) -> Any:
    """Ask for the page behind the cursor; offsets count from the newest: core.telegram.org/api/offsets."""
    limit = reading.settings.page
    return reading.session.call(_history(place, offset_id=place.last + 1, add_offset=-limit, limit=limit))


def _history(place: Place, *, offset_id: int, add_offset: int, limit: int) -> Any:
    from telethon.tl.functions.messages import GetHistoryRequest

    peer = chats.input_peer(place)
    return GetHistoryRequest(peer, offset_id, None, add_offset=add_offset, limit=limit, max_id=0, min_id=0, hash=0)


def _taken(reading: Reading, place: Place, answer: Any) -> Part | None:
    """Move the cursor behind the page, and return it as a part; None when nothing is new."""
    fresh = sorted((m for m in answer.messages if m.id > place.last), key=lambda m: m.id)
    if place.kind == "channel" and place.pts is None:
        place.pts = answer.pts  # from here on the edits are heard
    if not fresh:
        return None
    outcome = sort(reading, fresh, messages.names(answer), late=False)
    place.last = fresh[-1].id
    return reading.part(outcome)


def latest(reading: Reading, place: Place) -> Parts:
    """Yield the newest page of a chat once more, for the edits that nobody told of."""
    answer = reading.session.call(_history(place, offset_id=0, add_offset=0, limit=reading.settings.page))
    again = sorted((m for m in answer.messages if m.id <= place.last), key=lambda m: m.id)
    yield reading.part(sort(reading, again, messages.names(answer), late=True))


def waiting(reading: Reading) -> Parts:
    """Yield what was asked for by id: items that could not be stored before, and stretches that a bot missed."""
    for marked in sorted(reading.allowed):
        place = reading.state.places[marked]
        asked = sorted(place.waiting)
        try:
            for start in range(0, len(asked), reading.settings.page):
                yield _again(reading, place, asked[start : start + reading.settings.page])
            yield from fill(reading, place)
        except Declined as refusal:
            yield closed(reading, marked, refusal)


def fill(reading: Reading, place: Place) -> Parts:
    """Yield the stretch of a channel that a bot missed, by the ids in it, and record when it is whole again."""
    while place.fill:
        yield _filled(reading, place)


def _again(reading: Reading, place: Place, numbers: Sequence[int]) -> Part:
    answer = by_number(reading, place, numbers)
    outcome = sort(reading, answer.messages, messages.names(answer), late=True)
    chat = chats.peer_id(place)
    for gone in set(numbers) - {i.order for i in outcome.items}:
        outcome.failures.append(Failure(messages.external_id(chat, gone), str(chat), "gone", transient=False))
    place.waiting.difference_update(numbers)
    return reading.part(outcome)


def _filled(reading: Reading, place: Place) -> Part:
    assert place.fill is not None
    first, last = place.fill
    end = min(first + reading.settings.page - 1, last)
    answer = by_number(reading, place, range(first, end + 1))
    outcome = sort(reading, answer.messages, messages.names(answer), late=True)
    place.fill = (end + 1, last) if end < last else None
    gaps = () if place.fill else (Gap(str(chats.peer_id(place)), "too_long", filled=True),)
    return reading.part(outcome, gaps=gaps)


def by_number(reading: Reading, place: Place, numbers: Sequence[int]) -> Any:
    """Return the answer that holds the messages with `numbers`; those of another chat are left out when sorted."""
    from telethon.tl.functions.channels import GetMessagesRequest as FromChannel
    from telethon.tl.functions.messages import GetMessagesRequest as FromAccount
    from telethon.tl.types import InputMessageID

    asked = [InputMessageID(number) for number in numbers]
    if place.kind == "channel":
        return reading.session.call(FromChannel(chats.input_channel(place), asked))
    return reading.session.call(FromAccount(asked))


def closed(reading: Reading, marked: int, refusal: Declined) -> Part:
    """Return the part that tells of a chat which cannot be read any more; its cursor stays where it was."""
    failure = Failure(str(marked), str(marked), refusal.reason, transient=False)
    return Part((), reading.state.as_json(), failures=(failure,))
