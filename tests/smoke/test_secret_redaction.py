"""Canaries by every way in, and kept as secrets; afterwards they are looked for everywhere they must not be."""

from __future__ import annotations

import re
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from subprocess import run
from sys import executable

import psycopg
import pytest

from alice import clock
from alice.config import Settings
from alice.connectors.base import Secret
from alice.db import database
from alice.domain.policy import owner
from alice.services.access import secrets, sessions, tokens
from alice.smokes.support.telegram.servers import LoopbackTelegram
from alice.smokes.support.telegram.worlds import Person
from tests.smoke.stories import API, clip, note, output
from tests.support.canaries import dump, files, found, watching
from tests.support.typists import Typist

pytestmark = pytest.mark.xdist_group("served")

WAYS = ("form", "clip page", "api", "clip", "agent", "argument", "pipe", "note", "chat")
WRITTEN = {way: f"ghp_{''.join(chr(97 + (index * 7 + n * 11) % 26) for n in range(32))}Zq4k"
           for index, way in enumerate(WAYS)}  # fmt: skip
KEPT, API_HASH, MISPLACED = "canary-in-a-drawer-31f7", "0f1e2d3c4b5a69788796a5b4c3d2e1f0", "canary-out-of-place-77b2"


def words(way: str) -> str:
    """Return a text that comes in by `way`, with a secret in it that somebody wrote there."""
    return f"The {way} story.\n\nThe key is {WRITTEN[way]} and the garden is watered."


class Window:
    """The console and the API as a browser and a program ask them; remembers every answer."""

    def __init__(self, settings: Settings) -> None:
        self.settings, self.said = settings, ""

    def post(self, path: str, body: bytes, *, form: bool = False, method: str = "POST", host: str = "127.0.0.1") -> int:
        """Send a form as the owner's browser does, or JSON as a program does; return the status."""
        name = f"alice_{self.settings.port}"
        headers = {"Content-Type": "application/x-www-form-urlencoded" if form else "application/json"}
        if form:
            cookie = sessions.begin(self.settings.home, now=clock.now())
            headers |= {"Cookie": f"{name}={cookie}", "Sec-Fetch-Site": "same-origin"}
        else:
            headers |= {"Authorization": f"Bearer {tokens.operator(self.settings.home)}"}
        address = f"http://{host}:{self.settings.port}{path}"
        asked = urllib.request.Request(address, data=body, headers=headers, method=method)
        try:
            with urllib.request.urlopen(asked, timeout=60) as answer:
                self.said += answer.read().decode()
                return int(answer.status)
        except urllib.error.HTTPError as error:
            with error:
                self.said += error.read().decode()
                return error.code

    def send(self, path: str, body: object, *, method: str = "POST") -> int:
        """Send JSON."""
        import json

        return self.post(path, json.dumps(body).encode(), method=method)

    def fill(self, path: str, **fields: str) -> int:
        """Send a form."""
        return self.post(path, urllib.parse.urlencode(fields).encode(), form=True)


def drawer(typist: Typist, window: Window, session: str) -> None:
    """Keep secrets, and set Telegram to use them."""
    typist("secrets", "set", "file:canary", stdin=KEPT)
    for name, value in (("session", session), ("hash", API_HASH)):
        secrets.keep(owner(window.settings.user_id), f"file:{name}", Secret(value), settings=window.settings)
    options = {"api_id": 12345, "api_hash_ref": "file:hash", "chats": ["me"]}
    setting = {"enabled": True, "secret_ref": "file:session", "sync_mode": "poll", "options": options}
    assert window.send(f"{API}/connectors/telegram/config", setting, method="PATCH") == 200


def come_in(typist: Typist, window: Window, telegram: LoopbackTelegram, ada: Person, notes: Path) -> None:
    """Bring in a text by every way there is."""
    telegram.world.say(ada, ada, words("chat"))
    note(notes / "keys.md", words("note"))
    assert window.fill("/vnext/sources", text=words("form")) == 200
    assert window.fill("/vnext/clip", url="https://a.example/x", selected_text=words("clip page")) == 200
    assert window.send(f"{API}/sources", {"text": words("api")}) == 201
    assert window.send(f"{API}/connectors/browser-clipper/capture", clip(words("clip"))) == 201
    assert window.send(f"{API}/agents/ingest-output", output(words("agent"), propose_memory=words("agent"))) == 201
    typist("vnext", "connectors", "local-folder", "add-path", str(notes))
    assert window.send(f"{API}/connectors/local-folder/sync", {}) == 200
    typist("vnext", "agents", "ingest-output", "-", "--agent-id", "openclaw", stdin=words("pipe"))
    typist("vnext", "connectors", "telegram", "sync")


def go_wrong(typist: Typist, window: Window) -> None:
    """Put a secret where none belongs, by every way, and make things fail that use one."""
    wrong = ({"secret_ref": MISPLACED}, {"options": {"api_hash_ref": MISPLACED}}, {"options": {"chats": [MISPLACED]}},
             {"enabled": MISPLACED}, {"options": MISPLACED}, {"default_domain": MISPLACED})  # fmt: skip
    for body in wrong:
        assert window.send(f"{API}/connectors/telegram/config", body, method="PATCH") == 422
    assert window.post(f"{API}/sources", f'{{"text": "{MISPLACED}'.encode()) == 422
    assert window.send(f"{API}/sources?token={MISPLACED}", {"text": "x"}) == 422
    assert window.fill(f"/vnext/sources?password={MISPLACED}", text="x") == 422
    assert window.fill("/vnext/sign-in", token=MISPLACED) in (401, 422)
    for reference, status in (("file:canary", 409), ("file:session", 200)):
        window.send(f"{API}/connectors/telegram/config", {"secret_ref": reference}, method="PATCH")
        assert window.send(f"{API}/connectors/telegram/sync", {}) == status
    window.send(f"{API}/connectors/telegram/config", {"secret_ref": "file:canary"}, method="PATCH")
    typist("vnext", "connectors", "telegram", "test", exits=6)


def look_around(typist: Typist, window: Window) -> None:
    """Ask for everything that is told about connectors and secrets."""
    for path in ("connectors/health", "connectors/status", "connectors/quarantine", "scheduler/status", "sources"):
        assert window.post(f"{API}/{path}", b"", method="GET") == 200
    typist("secrets", "list")
    typist("vnext", "connectors", "status", "telegram")


def test_no_canary_is_anywhere_it_should_not_be(
    served: Settings, db: str, telegram: LoopbackTelegram, ada: Person, notes: Path
) -> None:
    typist, window = Typist(served), Window(served)
    session = telegram.session(ada)
    canaries = [*WRITTEN.values(), KEPT, API_HASH, MISPLACED, session]
    # Whoever types a secret as an argument shows it to `ps` himself: not watched, and kept nowhere all the same.
    typist("vnext", "sources", "capture-text", words("argument"))
    typist("secrets", "set", MISPLACED, stdin="x", exits=2)
    with watching(canaries) as watch:
        drawer(typist, window, session)
        come_in(typist, window, telegram, ada, notes)
        go_wrong(typist, window)
        look_around(typist, window)
    assert watch.caught == set()
    assert watch.seen >= {b"alice.cli", b"secrets", b"gunicorn"}
    [(kept,)] = database.query("SELECT count(*) FROM source WHERE position('redacted' IN content_text) > 0")
    assert kept == len(WAYS)
    assert found(canaries, dump(db)) == []
    assert found(canaries, "\n".join([*typist.printed, window.said]).encode()) == []
    lying = {str(path): found(canaries, data) for path, data in files(served.home.parent) if path.parent != notes}
    assert {path: names for path, names in lying.items() if names} == {}
    assert any(path.endswith("gunicorn.log") for path in lying)
    assert any("secrets" in path for path in lying)
    assert secrets.resolve("file:canary", settings=served) == Secret(KEPT)


def test_a_canary_would_be_found(db: str, tmp_path: Path) -> None:
    with psycopg.connect(db, autocommit=True) as conn:
        conn.execute("CREATE TABLE canary_cage AS SELECT %s::text AS said", [KEPT])
        try:
            assert found([KEPT, MISPLACED], dump(db)) == [KEPT]
        finally:
            conn.execute("DROP TABLE canary_cage")
    (tmp_path / "log").write_bytes(KEPT.encode().hex().encode())
    assert [found([KEPT], data) for _, data in files(tmp_path)] == [[KEPT]]
    with watching([KEPT]) as watch:
        run([executable, "-c", "import time; time.sleep(0.5)", KEPT], check=True, env={"SHOWN": KEPT})
    assert watch.caught == {f"cmdline: {KEPT}", f"environ: {KEPT}"}
    assert re.fullmatch(r"ghp_[A-Za-z0-9]{36}", WRITTEN["form"])
