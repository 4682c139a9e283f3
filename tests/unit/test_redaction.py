"""Secrets are stripped before anything is kept; ordinary text comes through letter for letter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


def test_a_hostile_megabyte_is_read_in_one_pass() -> None:
    for piece in ("password=", "eyJ", "://a:", "-----BEGIN PRIVATE KEY-----", "bearer ", "sk-"):
        redact(piece * (300_000 // len(piece)))
