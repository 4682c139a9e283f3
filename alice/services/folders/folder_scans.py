"""One look over a folder of notes: what is new or changed, what is missing, what has to wait. It reads no note."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import UUID

from alice.connectors import local_folder
from alice.connectors.local_folder import Found, Rejected
from alice.db import database
from alice.domain.connectors import ItemStatus
from alice.services.connecting import quarantine
from alice.services.connecting.quarantine import Held
from alice.services.evidence import forgotten
from alice.services.evidence.forgotten import Mark
from alice.services.folders import folder_items
from alice.services.folders.folder_items import CONNECTOR, Known

UNREADABLE = "unreadable"


@dataclass(slots=True)
class Lost:
    """Files that are not at their place any more, by what they said: one of them may turn up under another name."""

    by_hash: dict[str, list[tuple[str, UUID]]]

    def take(self, content_hash: str) -> tuple[str, UUID] | None:
        """Return the old place and the source of a missing file with this content, once."""
        places = self.by_hash.get(content_hash)
        return places.pop() if places else None


@dataclass(slots=True)
class Scan:
    """What a look found. `known` and `held` are as they were before it; places are in `/`-form below the root.

    `marks` are of what was forgotten: such a file is passed by without a look into it, edited or not.
    """

    known: dict[str, Known]
    held: dict[str, Held]
    root: str
    marks: frozenset[Mark] = frozenset()
    seen: int = 0
    forgotten: int = 0
    unchanged: int = 0
    waiting: int = 0
    changed: list[Found] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    broken: list[Rejected] = field(default_factory=list)
    fresh: list[Rejected] = field(default_factory=list)  # of the broken, those that were not noted, or not lately
    missing: dict[str, Known] = field(default_factory=dict)
    settled: set[str] = field(default_factory=set)
    lost: Lost = field(default_factory=lambda: Lost({}))

    @property
    def news(self) -> bool:
        """Tell whether there is anything to write down."""
        return bool(self.changed or self.missing or self.fresh or self.settled)

    @property
    def told(self) -> list[Rejected]:
        """Return what cannot be opened and is to be told each time: all but what the owner dismissed."""
        return [one for one in self.broken if not self._dismissed(one.place)]

    def _dismissed(self, place: str) -> bool:
        return place in self.held and self.held[place].status is ItemStatus.DISMISSED

    def source_of(self, place: str) -> UUID | None:
        """Return the source that the file at `place` was before."""
        before = self.known.get(place)
        return before.source_id if before else None

    def found_again(self, place: str) -> None:
        """Note that the file that was at `place` lies elsewhere now."""
        self.missing.pop(place, None)


def scan(user_id: UUID, root: Path, home: Path, *, now: datetime) -> Scan:
    """Look over `root`; a look at size and time is enough to pass a file by."""
    with database.session():
        held = {
            place: one for (stream, place), one in quarantine.held(user_id, CONNECTOR).items() if stream == str(root)
        }
        marks = forgotten.items(user_id)
    done = Scan(folder_items.known(user_id, root), held, str(root), marks)
    here: set[str] = set()
    for item in local_folder.walk(root, leave_out=home.resolve()):
        done.seen += 1
        here.add(item.place)
        _look(done, item, now)
    broken = {one.place for one in done.broken}
    done.fresh = [one for one in done.broken if not ((before := held.get(one.place)) and _noted(before, now))]
    done.missing = {place: one for place, one in done.known.items() if place not in here and not _under(place, broken)}
    done.lost = Lost(_by_hash(done.missing))
    tried = {found.place for found in done.changed}
    done.settled = {place for place in held if place in tried or (place not in here and not _under(place, broken))}
    return done


def _look(done: Scan, item: Found | Rejected, now: datetime) -> None:
    if isinstance(item, Rejected):
        (done.broken if item.reason == UNREADABLE else done.rejected).append(item)
        return
    before, held = done.known.get(item.place), done.held.get(item.place)
    if before is None and done.marks and forgotten.item(CONNECTOR, done.root, item.place) in done.marks:
        done.forgotten += 1
    elif before is None or not before.same(item):
        done.changed.append(item)
    elif held is not None:
        if _noted(held, now):
            done.waiting += 1
        else:
            done.changed.append(item)
    elif before.reason is None:
        done.unchanged += 1
    elif before.reason == UNREADABLE:
        done.changed.append(item)
    else:
        done.rejected.append(Rejected(item.place, before.reason, before.problem or "", item.size, item.mtime_ns))


def _noted(held: Held, now: datetime) -> bool:
    return held.aside or held.rests(now)


def _under(place: str, broken: set[str]) -> bool:
    """Tell whether a place lies where the look could not go."""
    return bool(broken) and any(above in broken for above in _above(place))


def _above(place: str) -> Iterator[str]:
    yield "."
    yield place
    while "/" in place:
        place = place.rpartition("/")[0]
        yield place


def _by_hash(missing: dict[str, Known]) -> dict[str, list[tuple[str, UUID]]]:
    found: dict[str, list[tuple[str, UUID]]] = {}
    for place, one in missing.items():
        if one.content_hash and one.source_id:
            found.setdefault(one.content_hash, []).append((place, one.source_id))
    return found
