"""Style sheets, scripts and fonts: kept for good under their version, looked at again under another."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from alice.web.statics import version


def test_a_page_names_versions_that_are_kept_for_good(browser: FlaskClient) -> None:
    links = re.findall(r'(?:href|src)="(/static/[^"#]+)', browser.get("/vnext").text)
    assert len(links) > 8
    for link in set(links):
        answer = browser.get(link)
        assert answer.status_code == 200, link
        assert "immutable" in answer.headers["Cache-Control"], link


def test_another_version_is_looked_at_again(stranger: FlaskClient) -> None:
    answer = stranger.get("/static/000000000000/css/base.css")
    assert answer.headers["Cache-Control"] == "no-cache"
    again = stranger.get("/static/000000000000/css/base.css", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_sheet_finds_its_fonts_under_its_own_version(stranger: FlaskClient) -> None:
    sheet = stranger.get("/static/1/css/base.css").text + stranger.get("/static/1/css/tokens.css").text
    fonts = re.findall(r'url\("?\.\./([^")]+)', sheet)
    assert fonts
    assert all(stranger.get(f"/static/1/{font}").status_code == 200 for font in fonts)


@pytest.mark.parametrize(
    "path", ["../../pyproject.toml", "..%2f..%2fpyproject.toml", "%2fetc%2fpasswd", "css", "nothing.css"]
)
def test_nothing_outside_the_folder_is_served(stranger: FlaskClient, path: str) -> None:
    answer = stranger.get(f"/static/1/{path}")
    assert answer.status_code in (401, 404)
    assert b"alice-vnext" not in answer.data


def test_the_version_changes_with_any_file(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("a")
    before = version(str(tmp_path))
    version.cache_clear()
    (tmp_path / "a.css").write_text("b")
    assert version(str(tmp_path)) != before
