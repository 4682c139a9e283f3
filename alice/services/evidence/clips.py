"""Keeps what was clipped from web pages: one source for a page, whose text is revised when it is clipped again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from alice import clock
from alice.connectors import browser_clipper
from alice.connectors.browser_clipper import Clip, Part, Reading
from alice.db import database, locks
from alice.domain.connectors import Setting
from alice.domain.policy import Action, Actor, Subject
from alice.domain.preparation import Prepared, prepare
from alice.domain.redaction import redact
from alice.domain.vocab import Domain, Sensitivity
from alice.errors import Busy, NotConfigured
from alice.ledger import gate
from alice.ledger.unit import Unit
from alice.queries import connectors
from alice.services.connecting import connector_states
from alice.services.connecting.connector_states import Tally
from alice.services.evidence import capture, revisions
from alice.services.evidence.capture import Captured

__all__ = ["Clip", "Kept", "keep", "look"]

NAME = browser_clipper.NAME
MOST_TRIES = 5


@dataclass(frozen=True, slots=True)
class Known:
    """The text of a page that stands now, and how it is kept."""

    source_id: UUID
    parts: Sequence[Part]
    domain: Domain
    sensitivity: Sensitivity


@dataclass(frozen=True, slots=True)
class Kept:
    """What would be kept of a clip, for a look before it is: nothing was written. `text` holds no secret any more."""

    reading: Reading
    text: str
    known: Known | None
    domain: Domain
    sensitivity: Sensitivity


def look(actor: Actor, clip: Clip) -> Kept:
    """Return what `keep` would keep of `clip`, and write nothing; raise InvalidInput as it would."""
    setting = _setting(actor)
    reading = browser_clipper.read(clip)
    with database.session():
        known = _known(actor.user_id, reading.page_id)
    reading = _merged(known, reading)
    return Kept(reading, redact(reading.text).text, known, *_privacy(clip, known, setting))


def keep(actor: Actor, clip: Clip, *, zone: str, now: datetime | None = None) -> Captured:
    """Keep `clip` for review: a page that is known becomes a revision of itself, the same words nothing at all.

    What is not said about domain and sensitivity is as the page was kept before, else as the connector is set.
    Raise InvalidInput naming a wrong field, NotConfigured when the connector is switched off.
    """
    moment, began = now or clock.now(), clock.monotonic()
    setting = _setting(actor)
    gate.allow(actor, Action.CAPTURE, Subject(clip.domain, clip.sensitivity))
    reading = browser_clipper.read(clip)
    names = capture.owner_names(actor)
    for _ in range(MOST_TRIES):
        with database.session():
            known = _known(actor.user_id, reading.page_id)
        domain, sensitivity = _privacy(clip, known, setting)
        item = browser_clipper.item(clip, _merged(known, reading), domain=domain, sensitivity=sensitivity)
        ready = prepare(item, zone=zone, now=moment, owner_names=names)
        with gate.write(actor, Action.CAPTURE, Subject(domain, sensitivity)) as unit:
            if (done := _write(unit, ready, known, moment)) is not None:
                _count(unit, done, clock.monotonic() - began, moment)
                return done
    raise Busy(f"The page {reading.url} is being clipped elsewhere at this moment.", "Clip it again.")


def _setting(actor: Actor) -> Setting:
    own = gate.allow(actor, Action.CAPTURE).scope
    with database.session():
        setting = connectors.setting(own, NAME)
    if not setting.enabled:
        raise NotConfigured(
            "The browser clipper is switched off.",
            "Switch it on: alicebot vnext connectors configure browser-clipper --enabled",
        )
    return setting


def _known(user_id: UUID, page_id: str) -> Known | None:
    rows = database.query(
        "SELECT id, content_text, metadata, domain, sensitivity FROM source WHERE user_id = %s AND connector = %s"
        " AND external_id = %s AND current AND status <> 'forgotten' ORDER BY captured_at DESC, id DESC LIMIT 1",
        user_id, NAME, page_id,
    )  # fmt: skip
    for source_id, text, metadata, domain, sensitivity in rows:
        parts = browser_clipper.parts_of(text, metadata)
        return Known(source_id, parts, Domain(domain), Sensitivity(sensitivity))
    return None


def _merged(known: Known | None, reading: Reading) -> Reading:
    return browser_clipper.merged(known.parts, reading) if known else reading


def _privacy(clip: Clip, known: Known | None, setting: Setting) -> tuple[Domain, Sensitivity]:
    before: Any = known or setting
    return clip.domain or before.domain, clip.sensitivity or before.sensitivity


def _write(unit: Unit, ready: Prepared, known: Known | None, now: datetime) -> Captured | None:
    """Write the clip in place of what is known of its page; None when that has changed since it was read."""
    page_id = ready.item.external_id or ""
    locks.in_unit("clip", unit.user_id, page_id)
    stands = _known(unit.user_id, page_id)
    if (stands and stands.source_id) != (known and known.source_id):
        return None
    [done] = capture.write_prepared(unit, [ready], now=now)
    if done.duplicate:
        revisions.stand(unit, [done.source_id])
    if known:
        revisions.replace(unit, [revisions.Edit(known.source_id, done.source_id, not done.duplicate)])
    return done


def _count(unit: Unit, done: Captured, seconds: float, now: datetime) -> None:
    last = None if done.duplicate else done.source_id
    tally = Tally(1, int(not done.duplicate), int(done.duplicate), seconds=seconds, last_source_id=last)
    connector_states.count(unit.user_id, NAME, tally, now=now)
    connector_states.succeeded(unit.user_id, NAME, now=now)
