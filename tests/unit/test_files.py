"""Private files: whole or not at all, and nobody else's."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from alice import files
from alice.errors import NotConfigured


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_file_and_the_folders_made_for_it_are_the_owners_alone(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    files.write_private(tmp_path / "a" / "b" / "secret", "x")
    assert [mode(tmp_path / part) for part in ("a/b/secret", "a/b", "a", ".")] == [0o600, 0o700, 0o700, 0o755]


def test_writing_again_replaces_the_whole_file(tmp_path: Path) -> None:
    files.write_private(tmp_path / "secret", "a long text")
    files.write_private(tmp_path / "secret", "short")
    assert (tmp_path / "secret").read_text() == "short"
    assert len(list(tmp_path.iterdir())) == 1


def test_of_many_who_create_the_same_file_one_does(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as crowd:
        made = list(crowd.map(lambda n: files.create_private(tmp_path / "secret", str(n)), range(32)))
    assert made.count(True) == 1
    assert (tmp_path / "secret").read_text() == str(made.index(True))
    assert len(list(tmp_path.iterdir())) == 1


def test_what_cannot_be_written_is_one_sentence_with_a_way_out(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for write in (files.write_private, files.create_private):
        with pytest.raises(NotConfigured, match="cannot be written") as caught:
            write(tmp_path / "file" / "secret", "x")
        assert "ALICE_HOME" in str(caught.value.hint)
