"""How well web pages come in, end to end: `bench/clips.py --clips DIR` prints one JSON object.

DIR holds a folder for each page, with source.html, expected.html (its readable part) and expected-metadata.json. Every
page is clipped into a database of its own; what is compared is what was kept. A title is right when it is the expected
one, blanks aside. F1 is over words: how many of the kept ones are expected, and of the expected ones kept.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # it is run as a file

import click
from lxml import html as parsing

from alice import clock, config
from alice.db import database
from alice.domain.policy import owner
from alice.services.evidence import clips
from bench.scratch import scratch_brain

WORD = re.compile(r"\w+")


@click.command()
@click.option("--clips", "folder", required=True, type=click.Path(exists=True, file_okay=False, path_type=Path))
def main(folder: Path) -> None:
    """Clip every page of CLIPS twice and print what became of it."""
    places = sorted(place.parent for place in folder.glob("*/source.html"))
    if not places:
        raise click.UsageError(f"{folder} holds no page: no folder in it has a source.html.")
    with scratch_brain():
        pages = [_page(place) for place in places]
        again = sum(not _keep(place).duplicate for place in places)
    click.echo(json.dumps(_report(pages, again), indent=2, ensure_ascii=False))


def _keep(place: Path) -> Any:
    settings = config.load()
    source = (place / "source.html").read_text(encoding="utf-8", errors="replace")
    clip = clips.Clip(f"https://{place.name}.example/page", html=source)
    return clips.keep(owner(settings.user_id), clip, zone=settings.timezone)


def _page(place: Path) -> dict[str, Any]:
    began = clock.monotonic()
    done = _keep(place)
    seconds = clock.monotonic() - began
    sql = "SELECT title, author, content_text, metadata ->> 'reader' FROM source WHERE id = %s"
    [(title, author, text, reader)] = database.query(sql, done.source_id)
    told = json.loads((place / "expected-metadata.json").read_text(encoding="utf-8"))
    expected = parsing.fromstring(f"<div>{(place / 'expected.html').read_text(encoding='utf-8')}</div>").text_content()
    return {
        "page": place.name,
        "title": title,
        "title_right": " ".join((told.get("title") or "").split()) == title,
        "author": author,
        "f1": round(f1(words(text), words(expected)), 4),
        "reader": reader,
        "chunks": done.chunk_count,
        "seconds": round(seconds, 3),
    }


def words(text: str) -> Counter[str]:
    """Return how often each word is in `text`, in small letters."""
    return Counter(WORD.findall(text.casefold()))


def f1(kept: Counter[str], expected: Counter[str]) -> float:
    """Return the harmonic mean of precision and recall of the kept words."""
    both = sum((kept & expected).values())
    return 2 * both / (sum(kept.values()) + sum(expected.values())) if both else 0.0


def _report(pages: list[dict[str, Any]], again: int) -> dict[str, Any]:
    seconds = sorted(page["seconds"] for page in pages)
    return {
        "captured": len(pages),
        "titles_right": sum(page["title_right"] for page in pages),
        "f1_mean": round(sum(page["f1"] for page in pages) / len(pages), 4),
        "second_pass_added": again,
        "seconds_p50": seconds[len(seconds) // 2],
        "seconds_max": seconds[-1],
        "pages": pages,
    }


if __name__ == "__main__":
    main()
