"""Exported files: what a good one gives, and the one sentence with which a hostile one is refused."""

from __future__ import annotations

import gzip
import json
import os
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from alice.connectors.base import Part
from alice.connectors.telegram.exports import MOST_BYTES, ExportSettings, fetch, look
from alice.errors import InvalidInput
from alice.smokes.support.telegram.servers import LoopbackTelegram
from tests.connectors.conftest import Keeper, settings


def message(number: int, text: Any, **more: Any) -> dict[str, Any]:
    seconds = 1_770_000_000 + number
    return {"id": number, "type": "message", "date_unixtime": str(seconds), "from": "Ada", "from_id": "user7",
            "text": text, **more}  # fmt: skip


def chat(kind: str, *entries: Any, number: int = 7) -> dict[str, Any]:
    return {"name": "Some chat", "type": kind, "id": number, "messages": list(entries)}


def written(tmp_path: Path, content: Any) -> ExportSettings:
    path = tmp_path / "result.json"
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    return ExportSettings(path, page=3)


def parts(of: ExportSettings, cursor: Any = None) -> list[Part]:
    with fetch(of, cursor) as run:
        return list(run)


def texts(found: list[Part]) -> list[str]:
    return [received.item.text for part in found for received in part.items]


def test_a_chat_is_read_with_its_words_links_and_people(tmp_path: Path) -> None:
    entries = [
        message(1, "plain"),
        message(2, ["see ", {"type": "text_link", "text": "this page", "href": "https://example.org/a"}, "!"]),
        message(3, ["at ", {"type": "link", "text": "https://example.org"}]),
        message(4, "passed on", forwarded_from="Grace"),
        message(5, "an answer", reply_to_message_id=1),
        message(6, "a caption", photo="photos/1.jpg", edited_unixtime="1770000100"),
        message(7, "", photo="photos/2.jpg"),
        {"id": 8, "type": "service", "date_unixtime": "1770000008", "action": "pin_message", "text": ""},
    ]
    found = parts(written(tmp_path, chat("personal_chat", *entries)))
    assert texts(found) == [
        "plain", "see this page (https://example.org/a)!", "at https://example.org", "passed on", "an answer",
        "a caption",
    ]  # fmt: skip
    received = [r for part in found for r in part.items]
    assert received[0].item.occurred_at == datetime.fromtimestamp(1_770_000_001, UTC)
    assert [r.item.author for r in received] == ["Ada", "Ada", "Ada", "Grace", "Ada", "Ada"]
    assert received[4].item.metadata["reply_to"] == "7/1"
    assert (received[5].revision, received[5].item.metadata["attachment"]) == (1_770_000_100, "photo")
    assert sorted((e.reason, e.count) for p in found for e in p.left_out) == [("no_text", 1), ("service", 1)]


def test_an_account_is_read_chat_by_chat_and_what_else_is_in_it_is_passed_by(tmp_path: Path) -> None:
    account = {
        "about": "x" * 200_000,
        "contacts": {"list": [{"phone": "]}{[\"", "name": None, "n": -1.5e3}, []]},
        "chats": {"about": "", "list": [chat("saved_messages", message(1, "mine")),
                                        chat("private_supergroup", message(1, "ours"), number=9)]},
        "left_chats": {"list": [chat("private_group", message(2, "theirs"), number=8)]},
    }  # fmt: skip
    chosen = written(tmp_path, account)
    assert {c.marked: n for c, n in look(chosen).items()} == {7: 1, -1000000000009: 1, -8: 1}
    assert texts(parts(chosen)) == ["mine", "ours", "theirs"]
    only = ExportSettings(chosen.path, chats=("me", "-8"))
    assert texts(parts(only)) == ["mine", "theirs"]


def test_a_time_without_a_zone_is_of_the_zone_that_is_told(tmp_path: Path) -> None:
    entry = message(1, "x", date="2026-07-01T12:00:00")
    del entry["date_unixtime"]
    chosen = written(tmp_path, chat("personal_chat", entry))
    (part,) = parts(ExportSettings(chosen.path, zone="Europe/Madrid"))
    assert part.items[0].item.occurred_at == datetime(2026, 7, 1, 10, tzinfo=UTC)


def test_an_export_and_a_sync_give_a_message_the_same_name(tmp_path: Path, telegram: LoopbackTelegram) -> None:
    ada = telegram.world.person("Ada")
    club = telegram.world.channel("Club", ada)
    telegram.world.say(ada, club, "words")
    keeper = Keeper(settings(telegram, ada, str(club.marked))).sync()
    found = parts(written(tmp_path, chat("private_supergroup", message(1, "words"), number=club.id)))
    assert {r.external_id for p in found for r in p.items} == {name for name, _ in keeper.stored}


@pytest.mark.parametrize("stop", range(4))
def test_an_import_that_is_killed_goes_on_where_it_was(tmp_path: Path, stop: int) -> None:
    chosen = written(tmp_path, chat("personal_chat", *(message(n, f"note {n}") for n in range(1, 11))))
    every = parts(chosen)
    assert texts(every) == [f"note {n}" for n in range(1, 11)]
    cursor = json.loads(json.dumps(every[stop].cursor))
    assert texts(every[: stop + 1]) + texts(parts(chosen, cursor)) == texts(every)


def test_another_file_at_the_same_place_is_read_from_its_beginning(tmp_path: Path) -> None:
    cursor = parts(written(tmp_path, chat("personal_chat", message(1, "old"))))[-1].cursor
    assert texts(parts(written(tmp_path, chat("personal_chat", message(1, "newer"))), cursor)) == ["newer"]


def test_an_entry_that_cannot_be_stored_stops_its_chat_alone(tmp_path: Path) -> None:
    one = chat("personal_chat", *(message(n, f"a{n}") for n in range(1, 6)))
    two = chat("personal_chat", message(1, "b1"), number=8)
    chosen, stored, cursor = written(tmp_path, {"chats": {"list": [one, two]}}), [], None
    with fetch(chosen, None) as run:
        for part in run:
            bad = [r for r in part.items if r.stream == "7" and r.order >= 2]
            stored += [r.item.text for r in part.items if r not in bad]
            cursor = run.hold(bad) if bad else part.cursor
    assert stored == ["a1", "b1"]
    assert texts(parts(chosen, cursor)) == ["a2", "a3", "a4", "a5"]


@pytest.mark.parametrize(
    "entry",
    [5, None, [], {}, {"id": "1"}, {"id": True}, message(1, 5), message(1, {"text": 5}), message(1, [["x"]]),
     message(1, "x", date_unixtime="soon"), message(1, "x", date_unixtime="9" * 30),
     message(1, "x", edited_unixtime=[])],
)  # fmt: skip
def test_an_entry_of_another_shape_fails_alone(tmp_path: Path, entry: Any) -> None:
    (part,) = parts(written(tmp_path, chat("personal_chat", entry, message(2, "good"))))
    assert [r.item.text for r in part.items] == ["good"]
    assert [(f.stream, f.reason, f.transient) for f in part.failures] == [("7", "wrong_shape", False)]


DEEP = 200_000
REFUSED = {
    "an empty file": (b"", "no messages|cut short|not an export"),
    "no JSON": (b"hello", "not an export"),
    "a list": (b"[]", "not an export"),
    "another object": (b'{"a": 1}', "no messages"),
    "no chats": (b'{"chats": {"list": []}}', "no messages"),
    "a chat without an id": (b'{"messages": [1]}', "without the id"),
    "an id that is none": (b'{"id": -5, "type": "personal_chat", "messages": [1]}', "without the id"),
    "cut short": (b'{"id": 7, "type": "personal_chat", "messages": [{"id": 1', "cut short"),
    "cut in a string": (b'{"about": "abc', "cut short"),
    "cut in what is passed by": (b'{"about": {"a": [1, 2', "cut short"),
    "two files in one": (b'{"id": 7, "type": "personal_chat", "messages": [1]} {}', "goes on"),
    "a comma too many": (b'{"id": 7, "type": "personal_chat", "messages": [1,]}', "not valid"),
    "not UTF-8": (b'{"name": "\xff\xfe", "id": 7}', "UTF-8"),
    "a deep entry": (b'{"id": 7, "type": "x", "messages": [' + b"[" * DEEP, "nested too deeply|not valid"),
    "a deep thing that is passed by": (b'{"about": ' + b"[" * DEEP, "nested too deeply"),
    "a huge entry": (b'{"id": 7, "type": "x", "messages": ["' + b"x" * 3_000_000 + b'"]}', "more than"),
    "a huge number": (b'{"id": 7' + b"7" * 9_000 + b"}", "not valid"),
    "a key that is none": (b"{5: 6}", "not valid"),
    "a page": (b"<!DOCTYPE html><html>", "format JSON"),
    "an archive": (gzip.compress(b'{"id": 7}'), "archive"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_hostile_file_is_refused_with_one_sentence_and_before_anything_is_taken(tmp_path: Path, case: str) -> None:
    content, words = REFUSED[case]
    path = tmp_path / "result.json"
    path.write_bytes(content)
    with pytest.raises(InvalidInput, match=words) as caught:
        parts(ExportSettings(path))
    assert set(caught.value.fields) == {"path"}
    assert caught.value.fields["path"].startswith(str(path))
    assert len(caught.value.fields["path"]) < len(str(path)) + 150


def test_a_zip_bomb_is_never_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("result.json", b" " * 50_000_000)
    with pytest.raises(InvalidInput, match="archive"):
        look(ExportSettings(path))


def test_a_file_of_200_megabytes_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    with path.open("wb") as file:
        file.truncate(2 * MOST_BYTES)
    with pytest.raises(InvalidInput, match="larger than 100 MB"):
        look(ExportSettings(path))


def test_what_is_no_file_is_named(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for place in (tmp_path / "absent.json", tmp_path, tmp_path / "pipe", Path("a\x00b")):
        with pytest.raises(InvalidInput):
            look(ExportSettings(place))


def test_good_entries_before_a_broken_end_are_not_taken(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    good = json.dumps(chat("personal_chat", *(message(n, "x" * 500) for n in range(1, 500))))
    path.write_text(good[:-20])
    with fetch(ExportSettings(path), None) as run, pytest.raises(InvalidInput, match="cut short"):
        next(iter(run))
