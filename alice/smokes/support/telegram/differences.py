"""What happened since a client last asked, in slices, or `too long` when it asks too late.

Source of the rules: core.telegram.org/api/updates.
"""

from __future__ import annotations

from typing import Any

from alice.smokes.support.telegram import entities
from alice.smokes.support.telegram.worlds import Box, Channel, Person, World


def state(world: World, who: Person, _request: Any) -> Any:
    """Answer updates.getState."""
    from telethon.tl.types.updates import State

    return State(who.box.pts, 0, world.now, 1, 0)


def common(world: World, who: Person, request: Any) -> Any:
    """Answer updates.getDifference: private chats and basic groups; of channels only that something happened."""
    from telethon.tl.types import updates

    box = who.box
    if request.pts < box.kept_from:
        return updates.DifferenceTooLong(box.pts)
    entries = _entries(box, request.pts, world)
    nudges = [_nudge(c) for c in who.dialogs if isinstance(c, Channel) and c.box.messages]
    if not entries and not nudges:
        return updates.DifferenceEmpty(world.now, 1)
    new, other = _told(box, entries, channel=False)
    chats, users = entities.around(world, who, [*new, *(u.message for u in other if hasattr(u, "message"))])
    reached = max([request.pts, *(pts for pts, _, _ in entries)])
    last = reached >= box.pts
    kind = updates.Difference if last else updates.DifferenceSlice
    after = updates.State(reached, request.qts, world.now, 1, 0)
    return kind(new, [], other + (nudges if last else []), chats, users, after)


def of_channel(world: World, who: Person, request: Any) -> Any:
    """Answer updates.getChannelDifference."""
    from telethon.tl.types import updates

    channel = entities.named(world, who, request.channel)
    box = channel.box
    if request.pts < max(box.kept_from, 2):
        return _too_long(world, who, channel)
    entries = _entries(box, request.pts, world)[: request.limit]
    if not entries:
        return updates.ChannelDifferenceEmpty(max(request.pts, 1), final=True, timeout=30)
    new, other = _told(box, entries, channel=True)
    chats, users = entities.around(world, who, [*new, *(u.message for u in other if hasattr(u, "message"))])
    reached = max([request.pts, *(pts for pts, _, _ in entries)])
    return updates.ChannelDifference(reached, new, other, chats, users, final=reached >= box.pts, timeout=30)


def _entries(box: Box, pts: int, world: World) -> list[tuple[int, str, int]]:
    return [entry for entry in box.log if entry[0] > pts - world.repeats][: world.slice + world.repeats]


def _told(box: Box, entries: list[tuple[int, str, int]], *, channel: bool) -> tuple[list[Any], list[Any]]:
    """Return the new messages and the other updates of `entries`, a message in its latest form."""
    from telethon.tl import types

    edited = types.UpdateEditChannelMessage if channel else types.UpdateEditMessage
    new = [box.messages[i] for _, what, i in entries if what == "new" and i in box.messages]
    other = [edited(box.messages[i], pts, 1) for pts, what, i in entries if what == "edit" and i in box.messages]
    if not channel:
        gone = [types.UpdateDeleteMessages([i], pts, 1) for pts, what, i in entries if what == "delete"]
        return new, other + gone
    return new, other


def _nudge(channel: Channel) -> Any:
    from telethon.tl.types import UpdateChannelTooLong

    return UpdateChannelTooLong(channel.id, pts=channel.box.pts)


def _too_long(world: World, who: Person, channel: Channel) -> Any:
    """Return the latest messages only, and where the log stands; the ones between are lost to a difference."""
    from telethon.tl.types import Dialog, PeerNotifySettings
    from telethon.tl.types.updates import ChannelDifferenceTooLong

    box = channel.box
    latest = sorted(box.messages.values(), key=lambda m: m.id, reverse=True)[:2]
    dialog = Dialog(entities.peer(channel), box.top, 0, 0, 0, 0, 0, 0, PeerNotifySettings(), pts=box.pts)
    return ChannelDifferenceTooLong(dialog, latest, *entities.around(world, who, latest), final=True, timeout=30)
