"""A model server on loopback that speaks OpenAI's chat completions, truthfully or not: its failures are scripted.

It reads the evidence out of the prompt as a model would, and keeps every request that it was sent.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from alice.domain.llm.prompts import LISTS

Answer = dict[str, Any]


@dataclass
class Asked:
    """One request as it came in."""

    path: str
    headers: dict[str, str]
    body: str

    @property
    def evidence(self) -> list[dict[str, Any]]:
        """Return the lines of evidence in the prompt."""
        text = json.loads(self.body)["messages"][1]["content"]
        return [json.loads(line) for line in text.splitlines() if line.startswith('{"n":')]


@dataclass
class Model:
    """What the server does with each request in turn; the last one stands for all that follow."""

    port: int = 0
    turns: list[Callable[[Handler, Asked], None]] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def then(self, *turns: Callable[[Handler, Asked], None]) -> Model:
        """Do these, one for each request."""
        self.turns = list(turns)
        return self


class Handler(BaseHTTPRequestHandler):
    """Answers by the model's script."""

    model: Model

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        asked = Asked(self.path, dict(self.headers.items()), body)
        self.model.asked.append(asked)
        turn = self.model.turns[min(len(self.model.asked), len(self.model.turns)) - 1]
        with suppress(BrokenPipeError, ConnectionResetError):
            turn(self, asked)

    def log_message(self, format: str, *args: Any) -> None:
        """Stay quiet."""

    def answer(self, status: int, body: bytes, **headers: str) -> None:
        """Send a whole answer."""
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)


def completion(text: str, *, finish: str = "stop") -> bytes:
    """Return a chat completion that says `text`."""
    told = {
        "id": "c1",
        "object": "chat.completion",
        "model": "village-7b-q4",
        "choices": [{"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": text}}],
        "usage": {"prompt_tokens": 812, "completion_tokens": 96, "total_tokens": 908},
    }
    return json.dumps(told).encode()


def shaped(**lists: Any) -> Answer:
    """Return an answer of the right shape with these lists in it."""
    empty: Answer = {"headline": {"text": "", "sources": []}, "source_references": []}
    return empty | {name: [] for name in LISTS} | lists


def item(text: str, *sources: int) -> Answer:
    """Return one item of an answer."""
    return {"text": text, "sources": list(sources)}


def honest(handler: Handler, asked: Asked) -> None:
    """Say what the evidence says, word for word, and fill every list."""
    found = [(e["n"], s.strip()) for e in asked.evidence for s in e["text"].split("\n") if len(s.strip()) > 12]
    (n, first), (m, _) = found[0], found[-1]
    facts = [item(text.lstrip("*# "), number) for number, text in found[:6]]
    told = shaped(
        headline=item(first.lstrip("*# "), n),
        facts=facts,
        inferences=[item("These two passages go together.", n, m)],
        recommendations=[item("Read this one first.", n)],
        uncertainties=[item("It is not said who pays.")],
        contradictions_considered=[item("The two do not seem to disagree.", n, m)],
        open_questions=[item("Who will pay?", n)],
        source_references=[n, m],
    )
    handler.answer(200, completion(json.dumps(told)))


def says(answer: Answer | str) -> Callable[[Handler, Asked], None]:
    """Say this, whatever is asked."""
    text = answer if isinstance(answer, str) else json.dumps(answer)
    return lambda handler, _: handler.answer(200, completion(text))


def status(code: int, **headers: str) -> Callable[[Handler, Asked], None]:
    """Refuse with a status, and repeat the caller's key, as careless servers do."""
    return lambda handler, asked: handler.answer(
        code, json.dumps({"error": {"message": f"no: {asked.headers.get('Authorization')}"}}).encode(), **headers
    )


def cut_off(handler: Handler, asked: Asked) -> None:
    """Promise more than is sent, and hang up."""
    body = completion(json.dumps(shaped()))
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(body) + 500))
    handler.end_headers()
    handler.wfile.write(body[: len(body) // 2])
    handler.close_connection = True


def at_its_limit(handler: Handler, asked: Asked) -> None:
    """Stop in the middle of the answer for want of tokens."""
    handler.answer(200, completion('{"headline": {"text": "The sl', finish="length"))


def silent(handler: Handler, asked: Asked) -> None:
    """Never answer; end when the server does."""
    handler.model.ended.wait(30)
    handler.close_connection = True


def dripping(handler: Handler, asked: Asked) -> None:
    """Send a byte now and then, which outlives a timeout that counts from byte to byte."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    while not handler.model.ended.is_set():
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.02)


def redirecting(handler: Handler, asked: Asked) -> None:
    """Point somewhere else."""
    handler.answer(307, b"", Location=f"http://localhost:{handler.model.port}/elsewhere")


@contextmanager
def serving() -> Iterator[Model]:
    """Serve on a free port of 127.0.0.1; honest until told otherwise."""
    model = Model(turns=[honest])
    handler = type("Bound", (Handler,), {"model": model})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        model.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield model
        finally:
            model.ended.set()
            server.shutdown()
            thread.join()
