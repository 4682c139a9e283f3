"""Finds the files that a note shows or links to and that are no notes: pictures, recordings, PDFs. It reads none."""

from __future__ import annotations

import re
from urllib.parse import unquote

NOTES = (".md", ".markdown", ".txt", ".text")
_MOST = 200
_EMBEDDED = re.compile(
    r"\[\[(?P<wiki>[^\[\]\n|#^]{1,200}\.[A-Za-z0-9]{1,8})(?:[#^|][^\[\]\n]{0,200})?\]\]"
    r"|\]\((?:<(?P<angle>[^<>\n]{1,300})>|(?P<plain>[^()\s<>]{1,300}))(?:[ \t]+\"[^\"\n]{0,200}\")?\)"
)
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*:|//|#", re.I)
_FILE = re.compile(r"[^?#]{1,300}\.(?P<suffix>[A-Za-z0-9]{1,8})")


def attachments(text: str) -> tuple[str, ...]:
    """Return the attachments that `text` names, as it names them, each once and in their order; 200 at most."""
    found: dict[str, None] = {}
    for match in _EMBEDDED.finditer(text):
        name = _named(match)
        if name and len(found) < _MOST:
            found.setdefault(name)
    return tuple(found)


def _named(match: re.Match[str]) -> str | None:
    name = match["wiki"] or unquote(match["angle"] or match["plain"])
    file = _FILE.match(name)
    if not file or _ADDRESS.match(name) or "\x00" in name or "\ufffd" in name:
        return None
    whole = file[0].strip()
    return None if whole.lower().endswith(NOTES) or file["suffix"].isdecimal() else whole
