"""Looks for words in everything that a database keeps, by dumping every row of every table as the superuser sees it.

It shares nothing with the search that it checks: no catalogue of columns, no reading of JSON, no list of runs.
"""

from __future__ import annotations

import re
from pathlib import Path

from alice.db import database

LENGTH = 5


def spoken(text: str) -> str:
    """Return the words of a text, in small letters, with single blanks between them."""
    return " ".join(re.findall(r"[^\W_]+", re.sub(r"\\+[nrt\"]", " ", text.casefold())))


def runs(text: str) -> list[str]:
    """Return every run of five words of a text, or all of a shorter one."""
    said = [one for line in text.splitlines() if (one := spoken(line)) and not one.replace(" ", "").isdigit()]
    found = []
    for line in said:
        words = line.split()
        found += [" ".join(words[n : n + LENGTH]) for n in range(max(len(words) - LENGTH + 1, 1))]
    return found


def everywhere(text: str) -> list[str]:
    """Return in which tables a run of words of `text` stands."""
    wanted, found = runs(text), []
    for (table,) in database.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"):
        rows = database.query(f'SELECT t::text FROM "{table}" t')
        if any(run in spoken(row[0]) for row in rows for run in wanted):
            found.append(table)
    return found


def below(folder: Path, text: str) -> list[str]:
    """Return in which files below `folder` a run of words of `text` stands."""
    wanted = runs(text)
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    said = {path: spoken(path.read_bytes().decode("utf-8", "replace")) for path in files}
    return [path.name for path, words in said.items() if any(run in words for run in wanted)]
