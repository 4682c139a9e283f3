"""Strips secrets from text before anything is stored or logged. It knows shapes of secrets, not the secrets."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

_SHAPES: dict[str, str] = {
    "private_key": r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[^-]{1,20000}-----END [A-Z ]{0,30}PRIVATE KEY-----",
    "telegram_token": r"\b\d{8,10}:[A-Za-z0-9_-]{35}\b",
    "api_key": r"\b(?:sk|pk|rk)[-_](?:live|test|proj|ant|or)?[-_]?[A-Za-z0-9_-]{20,200}\b",
    "github_token": r"\b(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{22,255})\b",
    "aws_key": r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",
    "slack_token": r"\bxox[abprs]-[A-Za-z0-9-]{10,200}\b",
    "google_key": r"\bAIza[A-Za-z0-9_-]{35}\b",
    "alice_key": r"\balice_[a-z]{2,8}_[A-Za-z0-9_-]{20,200}\b",
    "jwt": r"\beyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{10,1000}",
    "bearer": r"(?i:\bbearer\s+)(?P<bearer_value>[A-Za-z0-9._~+/-]{20,2000}=*)",
    "url_password": r"\b[a-z][a-z0-9+.-]{1,20}://[^\s:/@]{1,100}:(?P<url_value>[^\s:/@]{3,200})@",
    "assignment": r"(?i:\b(?:api[_-]?key|secret|token|passw(?:or)?d|passphrase)[\"']?\s{0,3}[:=]\s{0,3}[\"']?)"
    r"(?P<assigned_value>(?=[^\s\"']{0,200}\d)[^\s\"',;]{8,200})",
}
_VALUES = ("bearer_value", "url_value", "assigned_value")
# A cheap look first: what a text must hold, in small letters, to hold a secret of that shape. Most hold none of these,
# and looking for twelve shapes at every letter costs more than all the rest that is done to a note before it is cut.
_SIGNS: dict[str, tuple[str, ...]] = {
    "private_key": ("private key-----",),
    "telegram_token": (":",),
    "api_key": ("sk-", "sk_", "pk-", "pk_", "rk-", "rk_"),
    "github_token": ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
    "aws_key": ("akia", "asia"),
    "slack_token": ("xox",),
    "google_key": ("aiza",),
    "alice_key": ("alice_",),
    "jwt": ("eyj",),
    "bearer": ("bearer",),
    "url_password": ("://",),
    "assignment": ("key", "secret", "token", "passw", "passphrase"),
}
# A second look where the first is too often met: what stands in the middle of the shape, in small letters too.
_MIDDLES = {
    "telegram_token": re.compile(r"\d{8}:[a-z0-9_-]{35}"),
    "url_password": re.compile(r"://[^\s:/@]{1,100}:[^\s:/@]{3,200}@"),
    "assignment": re.compile(r"(?:key|secret|token|passw(?:or)?d|passphrase)[\"']?\s{0,3}[:=]"),
}
_LIKE_ASCII = "\u017f\u212a"  # the long s and the sign of Kelvin: in a pattern without regard to case, an s and a k


@dataclass(frozen=True, slots=True)
class Redacted:
    """The text that may be kept, and how many secrets of each kind were taken out."""

    text: str
    counts: dict[str, int]


def redact(text: str) -> Redacted:
    """Replace everything that has the shape of a secret by `[redacted kind]`; linear in the length of the text."""
    small = _small(text)
    shapes = tuple(name for name, signs in _SIGNS.items() if any(sign in small for sign in signs) and _may(name, small))
    if not shapes:
        return Redacted(text, {})
    counts: dict[str, int] = {}

    def replace(match: re.Match[str]) -> str:
        kind = match.lastgroup if match.lastgroup in _SHAPES else _kind(match)
        assert kind is not None
        counts[kind] = counts.get(kind, 0) + 1
        return _around(match, f"[redacted {kind.replace('_', ' ')}]")

    return Redacted(_pattern(shapes).sub(replace, text), counts)


def _small(text: str) -> str:
    """Return `text` with small letters wherever a letter counts as one of ASCII; folding all of Unicode takes long."""
    if text.isascii():
        return text.lower()
    if any(letter in text for letter in _LIKE_ASCII):
        return text.casefold()
    return text.encode("utf-8", "surrogatepass").lower().decode("utf-8", "surrogatepass")


def _may(shape: str, small: str) -> bool:
    return shape not in _MIDDLES or _MIDDLES[shape].search(small) is not None


@functools.lru_cache(64)
def _pattern(shapes: tuple[str, ...]) -> re.Pattern[str]:
    """Return what finds these shapes, in the order in which they are tried at a letter."""
    return re.compile("|".join(f"(?P<{name}>{_SHAPES[name]})" for name in shapes))


def _kind(match: re.Match[str]) -> str:
    return next(name for name in match.re.groupindex if name in _SHAPES and match.group(name) is not None)


def _around(match: re.Match[str], mark: str) -> str:
    """Keep what stands around the secret proper, so that the sentence stays readable."""
    for group in _VALUES:
        if group in match.re.groupindex and match.group(group) is not None:
            whole, offset = match.group(0), match.start()
            return whole[: match.start(group) - offset] + mark + whole[match.end(group) - offset :]
    return mark
