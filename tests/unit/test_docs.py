"""The documentation says what the code says, and every link in it leads somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from alice import config
from docs import generate

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").glob("*.md")])
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#]+)")


@pytest.mark.parametrize("name", generate.PAGES)
def test_a_generated_page_is_up_to_date(name: str) -> None:
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == generate.PAGES[name](), "run `make docs`"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_file(page: Path) -> None:
    missing = [to for to in LINK.findall(page.read_text(encoding="utf-8")) if not (page.parent / to).exists()]
    assert missing == []


CODE = re.compile(r"`(?P<file>[\w./]+\.py)(?:: (?P<name>\w+))?(?: [^`]*)?`|`(?P<module>[a-z_]+(?:\.[a-z_]+)+)`")
PACKAGES = {place.name for place in (ROOT / "alice").iterdir() if place.is_dir()} - {"brain"}  # events are of a brain


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_and_module_that_is_named_is_there(page: Path) -> None:
    for named in CODE.finditer(page.read_text(encoding="utf-8")):
        if named["file"] and "/" in named["file"]:
            places = [place for base in (ROOT, ROOT / "alice") if (place := base / named["file"]).is_file()]
            assert places or "NNN" in named["file"], named[0]
            told = not named["name"] or re.search(
                rf"^(def|class) {named['name']}\b|^{named['name']}\b", text(*places), re.M
            )
            assert told, named[0]
        elif named["module"] and named["module"].partition(".")[0] in PACKAGES:
            assert _module(*named["module"].split(".")), named[0]


def text(*places: Path) -> str:
    return "\n".join(place.read_text(encoding="utf-8") for place in places)


def _module(*parts: str) -> bool:
    """Tell whether the parts lead to a package, a module, or something that a module defines."""
    for length in range(len(parts), 0, -1):
        place = (ROOT / "alice").joinpath(*parts[:length])
        if place.is_dir() or place.with_suffix(".py").is_file():
            rest = parts[length:]
            inside = text(place.with_suffix(".py")) if not place.is_dir() else ""
            return not rest or (len(rest) == 1 and re.search(rf"\b{rest[0]}\b", inside) is not None)
    return False


def test_every_variable_that_is_read_is_described() -> None:
    read = set(re.findall(r'"(ALICE_[A-Z_]+)"', (ROOT / "alice" / "config.py").read_text(encoding="utf-8")))
    assert read == set(config.VARIABLES)


def test_the_pages_name_nothing_of_the_machine_they_were_written_on() -> None:
    for page in PAGES:
        assert "/work/" not in page.read_text(encoding="utf-8"), page


def test_every_decision_has_a_number_of_its_own() -> None:
    numbers = [page.name[:3] for page in (ROOT / "docs" / "decisions").glob("*.md")]
    assert len(numbers) == len(set(numbers))
