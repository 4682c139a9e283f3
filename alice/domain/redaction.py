"""Strips secrets from text before anything is stored or logged. It knows shapes of secrets, not the secrets."""

from __future__ import annotations

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
_PATTERN = re.compile("|".join(f"(?P<{name}>{shape})" for name, shape in _SHAPES.items()))
# A cheap look first: most text holds none of these, and one pass over it costs less than twelve shapes.
_HINT = re.compile(
    r"-----BEGIN|\d{8}:|[sprSPR]k[-_]|gh[pousr]_|github_pat_|AKIA|ASIA|xox[abprs]-|AIza|alice_|eyJ"
    r"|(?i:bearer|://[^\s/]{1,100}:[^\s/@]{1,200}@|key|secret|token|passw|passphrase)"
)


@dataclass(frozen=True, slots=True)
class Redacted:
    """The text that may be kept, and how many secrets of each kind were taken out."""

    text: str
    counts: dict[str, int]


def redact(text: str) -> Redacted:
    """Replace everything that has the shape of a secret by `[redacted kind]`; linear in the length of the text."""
    if not _HINT.search(text):
        return Redacted(text, {})
    counts: dict[str, int] = {}

    def replace(match: re.Match[str]) -> str:
        kind = match.lastgroup if match.lastgroup in _SHAPES else _kind(match)
        assert kind is not None
        counts[kind] = counts.get(kind, 0) + 1
        return _around(match, f"[redacted {kind.replace('_', ' ')}]")

    return Redacted(_PATTERN.sub(replace, text), counts)


def _kind(match: re.Match[str]) -> str:
    return next(name for name in _SHAPES if match.group(name) is not None)


def _around(match: re.Match[str], mark: str) -> str:
    """Keep what stands around the secret proper, so that the sentence stays readable."""
    for group in _VALUES:
        if match.group(group) is not None:
            whole, offset = match.group(0), match.start()
            return whole[: match.start(group) - offset] + mark + whole[match.end(group) - offset :]
    return mark
