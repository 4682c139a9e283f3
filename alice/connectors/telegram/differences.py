"""Reads what happened since the last fetch: for a bot everything, for a user the edits alone.

A gap is never stepped over in silence. Source of the rules: core.telegram.org/api/updates.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from alice.connectors.base import Gap
from alice.connectors.telegram import chats, histories, messages
from alice.connectors.telegram.cursors import Clockwork, Place
from alice.connectors.telegram.failures import Declined
from alice.connectors.telegram.histories import Parts
from alice.connectors.telegram.readings import Reading, Sorted, sort

_LIMIT = 100
_STREAM = "account"
_LOST_PLACE = "persistent_timestamp_invalid"
_ELSEWHERE = ("UpdateNewChannelMessage", "UpdateEditChannelMessage")


def all_updates(reading: Reading) -> Parts:
    """Yield what happened in the account's own box, then in each allowed channel."""
    yield from _account(reading)
    for marked in sorted(reading.allowed):
        place = reading.state.places[marked]
        if place.kind == "channel" and (reading.state.bot or place.pts is not None):
            try:
                yield from _channel(reading, place)
            except Declined as refusal:
                yield histories.closed(reading, marked, refusal)


def _account(reading: Reading) -> Parts:
    """Loop over the slices; on the first fetch there is no place yet, and hearing begins with it."""
    if reading.state.clockwork is None:
        reading.state.clockwork = _now(reading)
        yield reading.part(Sorted())
        return
    while True:
        answer = _difference(reading, reading.state.clockwork)
        kind = type(answer).__name__
        ticks = reading.state.clockwork
        if kind == "DifferenceEmpty":
            reading.state.clockwork = Clockwork(ticks.pts, ticks.qts, _seconds(answer.date))
            return
        if kind == "DifferenceTooLong":
            yield from _missed(reading, Clockwork(answer.pts, ticks.qts, ticks.date))
            continue
        after = answer.state if kind == "Difference" else answer.intermediate_state
        outcome = _sorted(reading, answer, channel=False)
        reading.state.clockwork = Clockwork(after.pts, after.qts, _seconds(after.date))
        yield reading.part(outcome)
        if kind == "Difference":
            return


def _difference(reading: Reading, ticks: Clockwork) -> Any:
    from telethon.tl.functions.updates import GetDifferenceRequest
    from telethon.tl.types.updates import DifferenceTooLong

    try:
        moment = datetime.fromtimestamp(ticks.date, UTC)
        return reading.session.call(GetDifferenceRequest(ticks.pts, moment, ticks.qts))
    except Declined as refusal:
        if refusal.reason != _LOST_PLACE:
            raise
        return DifferenceTooLong(_now(reading).pts)


def _now(reading: Reading) -> Clockwork:
    from telethon.tl.functions.updates import GetStateRequest

    answer = reading.session.call(GetStateRequest())
    return Clockwork(answer.pts, answer.qts, _seconds(answer.date))


def _missed(reading: Reading, behind: Clockwork) -> Parts:
    """Record that the account's box has a gap. A user's new messages come from the histories all the same."""
    user = not reading.state.bot
    if user:
        for marked in sorted(reading.allowed):
            place = reading.state.places[marked]
            if place.kind != "channel" and place.last:
                yield from _looked_at_again(reading, place)
    reading.state.clockwork = behind
    yield reading.part(Sorted(), gaps=(Gap(_STREAM, "too_long", filled=user),))


def _looked_at_again(reading: Reading, place: Place) -> Parts:
    try:
        yield from histories.latest(reading, place)
    except Declined as refusal:
        yield histories.closed(reading, chats.peer_id(place), refusal)


def _channel(reading: Reading, place: Place) -> Parts:
    from telethon.tl.functions.updates import GetChannelDifferenceRequest
    from telethon.tl.types import ChannelMessagesFilterEmpty

    while True:
        asked = chats.input_channel(place), ChannelMessagesFilterEmpty(), place.pts or 1
        answer = reading.session.call(GetChannelDifferenceRequest(*asked, limit=_LIMIT))
        kind = type(answer).__name__
        if kind == "ChannelDifferenceTooLong":
            yield from _missed_in_channel(reading, place, answer)
        elif kind == "ChannelDifferenceEmpty":
            place.pts = answer.pts
        else:
            outcome = _sorted(reading, answer, channel=True)
            place.pts = answer.pts
            _reach(reading, place, answer.new_messages)
            yield reading.part(outcome)
        if answer.final:
            return


def _missed_in_channel(reading: Reading, place: Place, answer: Any) -> Parts:
    """Record the gap and fill it: a user from the history, a bot by the ids between, which it may ask for.

    A bot's first look at a channel is no gap: it takes what it is shown.
    """
    met_before, stream = place.pts is not None, str(chats.peer_id(place))
    if not reading.state.bot:
        yield from histories.latest(reading, place)
        place.pts = answer.dialog.pts
        yield reading.part(Sorted(), gaps=(Gap(stream, "too_long", filled=True),))
        return
    outcome = sort(reading, sorted(answer.messages, key=lambda m: m.id), messages.names(answer), late=True)
    top, first = answer.dialog.top_message, place.last + 1
    if met_before and place.last and first <= top:
        place.fill = (first, top)
    place.pts = answer.dialog.pts
    _reach(reading, place, answer.messages)
    lost = (Gap(stream, "too_long", filled=False),) if met_before and not place.fill else ()
    yield reading.part(outcome, gaps=lost)
    yield from histories.fill(reading, place)


def _reach(reading: Reading, place: Place, seen: Iterable[Any]) -> None:
    """Remember a bot's newest message of a channel; a user's cursor belongs to the history."""
    if reading.state.bot:
        place.last = max([place.last, *(m.id for m in seen)])


def _sorted(reading: Reading, answer: Any, *, channel: bool) -> Sorted:
    """Sort the new messages and the edits; of a user's the history brings what is new."""
    outcome = sort(reading, _found(answer, reading.allowed, channel=channel), messages.names(answer), late=True)
    if not reading.state.bot:
        outcome.items = [i for i in outcome.items if _is_edit_of_known(reading, i)]
    return outcome


def _found(answer: Any, allowed: set[int], *, channel: bool) -> list[Any]:
    """Return the messages that an answer tells of; allowed channels tell of theirs in differences of their own."""
    told = [(type(u).__name__, u.message) for u in answer.other_updates if hasattr(u, "message")]
    if channel:
        return [*answer.new_messages, *(m for kind, m in told if kind == "UpdateEditChannelMessage")]
    strangers = [
        m for kind, m in told if kind in _ELSEWHERE and m.peer_id and messages.marked(m.peer_id) not in allowed
    ]
    return [*answer.new_messages, *(m for kind, m in told if kind == "UpdateEditMessage"), *strangers]


def _is_edit_of_known(reading: Reading, received: Any) -> bool:
    """Tell whether a user's history has passed the message: what lies ahead of its cursor comes from there."""
    return bool(received.revision and received.order <= reading.state.places[int(received.stream)].last)


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
