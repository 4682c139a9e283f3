"""The bookmarklet: one link for good that brings a page to Alice. It holds her address, and no secret.

Its source is `templates/bookmarklet.js`, to be read; what is dragged to the bookmarks bar is the same on one line.
"""

from __future__ import annotations

import json
import re
from urllib.parse import quote

from alice import paths
from alice.config import Settings

# Strings stay as they are; comments go; blanks go where no two words would run together.
_TOKEN = re.compile(
    r"""(?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|(?P<gone>//[^\n]*|/\*.*?\*/|\s)+""", re.DOTALL
)
_WORD = re.compile(r"[\w$]")
# What may stand in a link: everything that no browser, bookmarks file or HTML attribute reads as something else.
_SAFE = "!$&'()*+,-./:;=?@_~[]{}|"


def source(settings: Settings) -> str:
    """Return the bookmarklet as it is meant to be read, with the console's address in it."""
    text = (paths.folder("templates") / "bookmarklet.js").read_text(encoding="utf-8")
    return text.replace("ADDRESS", json.dumps(f"{settings.console_url}/vnext/clip"))


def link(settings: Settings) -> str:
    """Return the `javascript:` link to drag to the bookmarks bar."""
    return "javascript:" + quote(minified(source(settings)), safe=_SAFE)


def minified(script: str) -> str:
    """Return `script` without comments and needless blanks.

    It is for scripts that end statements with semicolons, and hold no regular expressions, no templates and no two
    signs, such as `a - -b`, that would run together.
    """

    def shorter(found: re.Match[str]) -> str:
        if found["string"]:
            return found["string"]
        before, after = script[: found.start()][-1:], script[found.end() :][:1]
        return " " if _WORD.match(before) and _WORD.match(after) else ""

    return _TOKEN.sub(shorter, script)
