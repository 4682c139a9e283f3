"""The console's static side held to its rules: contrast, size, no inline code, nothing from elsewhere."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from alice.paths import folder

STATIC = folder("static")
TEMPLATES = folder("templates")
PAGES = sorted(TEMPLATES.rglob("*.html"))
SHEETS = sorted((STATIC / "css").glob("*.css"))
SCRIPTS = sorted((STATIC / "js").glob("*.js"))
SURFACES = ("paper", "raised", "sunk")
INKS = ("ink", "ink-2", "ink-3", "accent", "good", "amber", "red", "violet")
TEXT_PAIRS = [(ink, surface) for ink in INKS for surface in SURFACES] + [
    ("on-ink", "ink"),
    ("on-ink", "ink-2"),
    ("paper", "accent"),
    ("amber", "amber-wash"),
    ("red", "red-wash"),
    ("violet", "violet-wash"),
    ("ink", "mark"),
    ("accent", "accent-wash"),
    ("ink", "accent-wash"),
    ("ink-2", "accent-wash"),
]


def colours() -> dict[str, tuple[str, str]]:
    """Return each colour token as its light and dark hex value."""
    text = (STATIC / "css" / "tokens.css").read_text()
    return {m[1]: (m[2], m[3]) for m in re.finditer(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", text)}


def luminance(hexadecimal: str) -> float:
    """Return the relative luminance as WCAG 2.2 defines it."""
    parts = (int(hexadecimal[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "surface"), TEXT_PAIRS, ids="-on-".join)
def test_text_meets_wcag_aa(ink: str, surface: str, theme: int) -> None:
    assert contrast(colours()[ink][theme], colours()[surface][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("edge", ["control", "accent"])
def test_the_edges_of_controls_reach_three_to_one(edge: str, theme: int) -> None:
    for surface in SURFACES:
        assert contrast(colours()[edge][theme], colours()[surface][theme]) >= 3


def test_the_style_sheets_stay_under_1200_lines() -> None:
    assert sum(len(sheet.read_text().splitlines()) for sheet in SHEETS) <= 1200


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda p: p.name)
def test_a_sheet_fills_its_own_layer_and_fetches_nothing_from_elsewhere(sheet: Path) -> None:
    text = sheet.read_text()
    assert f"@layer {sheet.stem} {{" in text
    assert "@import" not in text
    assert all(url.startswith("../fonts/") for url in re.findall(r'url\("?([^")]+)', text))


def test_every_custom_property_that_is_used_is_defined() -> None:
    text = "".join(sheet.read_text() for sheet in SHEETS)
    assert set(re.findall(r"var\((--[\w-]+)", text)) <= set(re.findall(r"(--[\w-]+):", text))


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(TEMPLATES)))
def test_a_template_has_no_inline_code_and_names_its_own_targets(page: Path) -> None:
    text = page.read_text()
    assert not re.search(r"<style|\sstyle=|\son\w+=|hx-on|hx-boost|hx-vars|\bjs:|\|\s*safe\b", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert not re.search(r"(?:src|href|action|hx-get|hx-post)=\"(?:https?:)?//", text)
    tags = re.findall(r"<\w+[^<]*\shx-(?:get|post|put|patch|delete)=[^<]*", text)
    assert len(tags) == len(re.findall(r"hx-(?:get|post|put|patch|delete)=", text))
    for tag in tags:
        assert "hx-target=" in tag, tag
        assert "hx-swap=" in tag, tag


def test_every_icon_that_is_named_is_drawn() -> None:
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "icons.svg").read_text()))
    named = {name for page in PAGES for name in re.findall(r'icon\("([\w-]+)"\)', page.read_text())}
    assert named <= drawn


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda p: p.name)
def test_a_script_never_turns_text_into_code_or_markup(script: Path) -> None:
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b|Function\(", script.read_text())


def test_what_comes_from_elsewhere_is_unchanged_and_listed_with_its_licence() -> None:
    rows = re.findall(r"^\| `([^`]+)` \|.*\| `(\w{64})` \|$", (STATIC / "VENDORED.md").read_text(), re.MULTILINE)
    kept = {p.relative_to(STATIC).as_posix() for p in STATIC.rglob("*") if p.suffix == ".woff2" or "vendor/" in str(p)}
    assert {name for name, _ in rows} == {name for name in kept if not name.endswith("LICENSE.txt")}
    for name, digest in rows:
        assert hashlib.sha256((STATIC / name).read_bytes()).hexdigest() == digest
    assert {"htmx-2.0.11.LICENSE.txt"} <= {p.name for p in (STATIC / "vendor").iterdir()}
    assert {"inter.LICENSE.txt", "source-serif-4.LICENSE.txt"} <= {p.name for p in (STATIC / "fonts").iterdir()}
