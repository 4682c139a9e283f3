"""Secrets are stripped before anything is kept; ordinary text comes through letter for letter."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alice.domain import redaction
from alice.domain.redaction import redact

SECRETS = {
    "telegram token": "1234567890:" + "AbCdEfGhIj" * 3 + "KlMnO",
    "github token": "ghp_" + "a1B2c3D4e5" * 4,
    "aws key": "AKIA" + "ABCDEFGH12345678",
    "openai key": "sk-proj-" + "abcdefgh12345678" * 2,
    "slack token": "xoxb-1234567890-abcdefghij",
    "google key": "AIza" + "a" * 35,
    "jwt": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N",
    "private key": "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEF\n-----END PRIVATE KEY-----",
    "alice key": "alice_op_" + "Zz9" * 12,
}


@pytest.mark.parametrize("kind", SECRETS)
def test_it_takes_out_a(kind: str) -> None:
    found = redact(f"before {SECRETS[kind]} after")
    assert SECRETS[kind] not in found.text
    assert found.text.startswith("before ")
    assert found.text.endswith(" after")
    assert sum(found.counts.values()) == 1


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Authorization: Bearer abcdefghijklmnopqrstuvwxyz01", "Authorization: Bearer [redacted bearer]"),
        ("postgresql://ann:s3cret@db/x", "postgresql://ann:[redacted url password]@db/x"),
        ("api_key = 'abc12345xyz'", "api_key = '[redacted assignment]'"),
        ("password: hunter2hunter2.", "password: [redacted assignment]"),
    ],
)
def test_it_keeps_what_stands_around_a_secret(text: str, kept: str) -> None:
    assert redact(text).text == kept


@pytest.mark.parametrize(
    "text",
    [
        "The secret of the garden is patience.",
        "password: ask Priya for it",
        "See https://example.org:8080/path?token=",
        "The token bucket holds 100 requests.",
        "Meet at 12:30; bearer of news.",
    ],
)
def test_it_leaves_ordinary_sentences_alone(text: str) -> None:
    assert redact(text).text == text


@given(st.text())
def test_a_second_time_changes_nothing(text: str) -> None:
    once = redact(text).text
    assert redact(once).text == once


PIECES = [
    *SECRETS.values(), "Bearer ", "bEARER\t", "aB3-" * 8, "https://ann:", "pg://", "s3cret@", "ann", "@", ":", " ",
    "\n", "API_KEY", "api-key=", "\u017fecret", "to\u212aen", "passWORD", "passwd: ", "Passphrase", "'", '"', "= ",
    "abc12345", "1234567890", "-----BEGIN", "PRIVATE KEY-----", "é", "ß", "İ", "eyJ", ".", "sk_live_", "Asia", "xox",
    "\ud800",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_a_cheap_look_first_misses_nothing_that_all_shapes_at_once_would_find(text: str) -> None:
    assert redact(text).text == redaction._pattern(tuple(redaction._SHAPES)).sub(all_at_once, text)


def all_at_once(match: re.Match[str]) -> str:
    kind = next(name for name in redaction._SHAPES if match[name] is not None)
    return redaction._around(match, f"[redacted {kind.replace('_', ' ')}]")


def test_a_hostile_megabyte_is_read_in_one_pass() -> None:
    for piece in ("password=", "eyJ", "://a:", "-----BEGIN PRIVATE KEY-----", "bearer ", "sk-"):
        redact(piece * (300_000 // len(piece)))
