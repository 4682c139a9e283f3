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


def test_every_variable_that_is_read_is_described() -> None:
    read = set(re.findall(r'"(ALICE_[A-Z_]+)"', (ROOT / "alice" / "config.py").read_text(encoding="utf-8")))
    assert read == set(config.VARIABLES)


def test_the_pages_name_nothing_of_the_machine_they_were_written_on() -> None:
    for page in PAGES:
        assert "/work/" not in page.read_text(encoding="utf-8"), page


def test_every_decision_has_a_number_of_its_own() -> None:
    numbers = [page.name[:3] for page in (ROOT / "docs" / "decisions").glob("*.md")]
    assert len(numbers) == len(set(numbers))
