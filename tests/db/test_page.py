"""Paging: every row once and in order, whatever is written in between, and no cursor but our own."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from peewee import fn

from alice.domain.policy import Action, Actor
from alice.errors import InvalidInput
from alice.ledger import gate
from alice.ledger.events import ImportStarted
from alice.models import ImportBatch
from alice.queries.page import Key, Page, paged

ORDER = (ImportBatch.started_at, ImportBatch.id)


def add(actor: Actor, moment: datetime, *roots: str) -> None:
    with gate.write(actor, Action.CAPTURE) as unit:
        for root in roots:
            row = ImportBatch.create(user_id=actor.user_id, connector="local_folder", root=root, started_at=moment)
            unit.record(ImportStarted(str(row.id), "local_folder"))


def read(actor: Actor, **how: Any) -> Page:
    select = ImportBatch.select().where(ImportBatch.user_id == actor.user_id)
    return paged(select, how.pop("order", ORDER), present=lambda row: {"root": row.root}, **how)


def walk(actor: Actor, **how: Any) -> list[str]:
    roots, cursor = [], None
    while True:
        page = read(actor, cursor=cursor, **how)
        roots += [item["root"] for item in page.items]
        if not (cursor := page.next):
            return roots


def test_it_walks_every_row_once_even_where_times_are_equal(db: str, alice: Actor, now: datetime) -> None:
    add(alice, now, "a", "b", "c", "d")
    add(alice, now + timedelta(minutes=1), "e")
    down, up = walk(alice, limit=2), walk(alice, limit=2, descending=False)
    assert down == up[::-1]
    assert (down[0], sorted(down)) == ("e", ["a", "b", "c", "d", "e"])


def test_a_row_that_arrives_meanwhile_shifts_nothing(db: str, alice: Actor, now: datetime) -> None:
    for minute, root in enumerate("abcd"):
        add(alice, now + timedelta(minutes=minute), root)
    first = read(alice, limit=2)
    add(alice, now + timedelta(minutes=9), "e")
    second = read(alice, limit=2, cursor=first.next)
    assert [item["root"] for item in second.items] == ["b", "a"]
    assert (first.total, second.total, second.next) == (4, 5, None)


def test_a_limit_of_nought_means_all(db: str, alice: Actor, now: datetime) -> None:
    add(alice, now, *"abc")
    page = read(alice, limit=0)
    assert page.as_dict() | {"items": 0} == {"items": 0, "count": 3, "total": 3, "next": None}


@pytest.mark.parametrize("limit", [-1, 501])
def test_it_refuses_a_limit_out_of_range(db: str, alice: Actor, limit: int) -> None:
    with pytest.raises(InvalidInput, match=r"limit: must be a number from 1 to 500"):
        read(alice, limit=limit)


def test_it_orders_by_an_expression_too(db: str, alice: Actor, now: datetime) -> None:
    add(alice, now, "bbb", "a", "cc")
    length = fn.LENGTH(ImportBatch.root)
    select = ImportBatch.select(ImportBatch, length.alias("length")).where(ImportBatch.user_id == alice.user_id)
    order = (Key("length", length, int), ImportBatch.id)
    first = paged(select, order, present=lambda row: {"root": row.root}, descending=False, limit=2)
    rest = paged(select, order, present=lambda row: {"root": row.root}, descending=False, limit=2, cursor=first.next)
    assert [item["root"] for item in first.items + rest.items] == ["a", "cc", "bbb"]


def forged(*values: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode()


@pytest.mark.parametrize(
    "cursor",
    ["x", "é", "=", forged(), forged(1, 2), forged("2026-01-01", "no"), forged("now", "0" * 32), forged("\ud800", "a"),
     forged(None, None), forged("2026-03-04T12:00:00+00:00"), base64.urlsafe_b64encode(b"[" * 5000).decode()],
)  # fmt: skip
def test_it_refuses_a_cursor_that_is_none_of_its_own(db: str, alice: Actor, cursor: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read(alice, cursor=cursor)
    assert set(caught.value.fields) == {"cursor"}


@given(st.text(min_size=1))
def test_no_text_at_all_breaks_the_reading_of_a_cursor(text: str) -> None:
    select = ImportBatch.select()
    with pytest.raises(InvalidInput):
        paged(select, ORDER, present=dict, cursor=text)
