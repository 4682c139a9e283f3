"""The console as gunicorn serves it: on the wire, under load, after the database went away, and in its log."""

from __future__ import annotations

import json
import socket
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from alice import clock
from alice.config import Settings
from alice.services.access import sessions, tokens

pytestmark = pytest.mark.xdist_group("served")


def speak(settings: Settings, text: str) -> str:
    """Send bytes as they stand and return the first line of the answer, empty when there was none."""
    with socket.create_connection(("127.0.0.1", settings.port), timeout=10) as wire:
        wire.sendall(text.replace("\n", "\r\n").encode())
        return wire.makefile("rb").readline().decode("latin-1").strip()


def ask(settings: Settings, path: str, *, key: bool = True, **headers: str) -> tuple[int, str]:
    sent = {"Host": f"127.0.0.1:{settings.port}", **headers}
    if key:
        sent["Authorization"] = f"Bearer {tokens.operator(settings.home)}"
    request = urllib.request.Request(f"http://127.0.0.1:{settings.port}{path}", headers=sent)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def wire_requests(port: int) -> dict[str, str]:
    ours = f"127.0.0.1:{port}"
    return {
        "absolute target": f"GET http://evil.com/healthz HTTP/1.1\nHost: {ours}\n\n",
        "two hosts": f"GET /healthz HTTP/1.1\nHost: {ours}\nHost: evil.com\n\n",
        "the other way round": f"GET /healthz HTTP/1.1\nHost: evil.com\nHost: {ours}\n\n",
        "no host": "GET /healthz HTTP/1.0\n\n",
        "an empty host": "GET /healthz HTTP/1.1\nHost:\n\n",
        "a blank in the host": f"GET /healthz HTTP/1.1\nHost: {ours} evil.com\n\n",
        "a folded header": f"GET /healthz HTTP/1.1\nHost: {ours}\n .evil.com\n\n",
        "another path by header": f"GET /vnext HTTP/1.1\nHost: {ours}\nPATH_INFO: /healthz\nSCRIPT_NAME: /x\n\n",
        "a path behind a proxy": f"GET /vnext HTTP/1.1\nHost: {ours}\nX-Forwarded-Host: {ours}\nX-Script-Name: /x\n\n",
        "no http at all": "hello\n\n",
        "two lengths": f"POST /vnext/sign-in HTTP/1.1\nHost: {ours}\nContent-Length: 1\nContent-Length: 2\n\n00",
    }


@pytest.mark.parametrize("case", wire_requests(0))
def test_nothing_on_the_wire_passes_for_us(served: Settings, case: str) -> None:
    line = speak(served, wire_requests(served.port)[case])
    assert line == "" or line.split()[1][0] == "4", line


def test_it_answers_when_it_is_named_rightly(served: Settings) -> None:
    assert speak(served, f"GET /healthz HTTP/1.1\nHost: 127.0.0.1:{served.port}\n\n").split()[1] == "200"


def test_a_body_in_pieces_is_taken_and_measured(served: Settings, db: str) -> None:
    head = (
        f"POST /v0/vnext/sources HTTP/1.1\nHost: 127.0.0.1:{served.port}\nContent-Type: application/json\n"
        f"Authorization: Bearer {tokens.operator(served.home)}\nTransfer-Encoding: chunked\n\n"
    )
    small = json.dumps({"text": "Tea at four."})
    assert speak(served, f"{head}{len(small):x}\n{small}\n0\n\n").split()[1] == "201"
    large = json.dumps({"text": "x" * 2_100_000})
    assert speak(served, f"{head}{len(large):x}\n{large}\n0\n\n").split()[1] == "413"


def test_more_people_than_threads_are_all_served(served: Settings, db: str) -> None:
    with ThreadPoolExecutor(48) as crowd:
        answers = list(crowd.map(lambda _: ask(served, "/v0/vnext/sources")[0], range(200)))
    assert set(answers) == {200}


def test_it_goes_on_after_the_database_dropped_every_connection(served: Settings, db: str) -> None:
    assert ask(served, "/v0/vnext/sources")[0] == 200
    with psycopg.connect(db, autocommit=True) as conn:
        ended = conn.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'idle'"
        ).fetchone()
    assert ended is not None
    assert ended[0] >= 1
    assert [ask(served, "/v0/vnext/sources")[0] for _ in range(20)] == [200] * 20


def test_a_database_that_takes_nobody_is_told_calmly_and_recovered_from(served: Settings, db: str) -> None:
    name = psycopg.conninfo.conninfo_to_dict(db)["dbname"]
    with psycopg.connect(psycopg.conninfo.make_conninfo(db, dbname="postgres"), autocommit=True) as conn:
        conn.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        try:
            conn.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
            told = [ask(served, "/v0/vnext/sources") for _ in range(3)]
            health = ask(served, "/healthz", key=False)
        finally:
            conn.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
    assert [status for status, _ in told] == [503] * 3
    assert "The database does not answer" in told[0][1]
    assert health[0] == 503
    assert ask(served, "/v0/vnext/sources")[0] == 200
    assert ask(served, "/healthz", key=False)[0] == 200


def test_neither_ticket_nor_token_reaches_the_log(served: Settings, db: str) -> None:
    ticket = sessions.open_ticket(served.home, now=clock.now())
    key: Any = tokens.operator(served.home)
    speak(served, f"GET /vnext/sign-in?ticket={ticket} HTTP/1.1\nHost: 127.0.0.1:{served.port}\n\n")
    ask(served, f"/v0/vnext/sources?token={key}")
    speak(served, f"GET /vnext?{key} HTTP/9.9\nHost: 127.0.0.1:{served.port}\n\n")
    log = (served.home.parent / "gunicorn.log").read_text()
    assert "Listening" in log
    assert ticket not in log
    assert key not in log


def test_it_leaves_nothing_beside_its_home(served: Settings) -> None:
    assert not (served.home.parent / ".gunicorn").exists()
    assert {path.name for path in served.home.parent.iterdir()} <= {"home", "gunicorn.log"}
