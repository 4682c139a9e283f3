"""Asks a model until its answer can be used, or time is up, and says what is kept about it. It opens no transaction.

What a model does wrong is an outcome here and never an error.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from alice.brain.wording import count, joined
from alice.config import Settings
from alice.domain.composing.grounding import Draft, Marking, Section, Statement, check
from alice.domain.llm import model_answers, model_drafts
from alice.domain.llm.model_drafts import Grounded
from alice.domain.llm.model_options import ModelOptions
from alice.domain.llm.prompts import Passage
from alice.domain.vocab import StatementKind
from alice.errors import NotConfigured, Upstream
from alice.llm import choose
from alice.llm.base import Model, Reply
from alice.services.access import secrets


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a model is asked for one artifact, and for how many seconds in all; `pause` doubles."""

    attempts: int = 3
    seconds: float = 300.0
    pause: float = 1.0


PATIENCE = Patience()


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of asking: a grounded draft, or why there is none."""

    grounded: Grounded | None
    reply: Reply | None
    attempts: int
    milliseconds: int
    failure: str | None = None


class EnvironmentKey:
    """The key of a model, looked up when it is used: by its reference, else the environment's for its own address."""

    def __init__(self, settings: Settings, reference: str | None, own: bool) -> None:
        self._settings, self._reference, self._own = settings, reference, own

    def reveal(self) -> str:
        """Return the key, empty when none is set; raise NotConfigured for a reference that leads nowhere."""
        if self._reference:
            return secrets.resolve(self._reference, settings=self._settings).reveal()
        return (self._settings.model_api_key or "") if self._own else ""


def model(options: ModelOptions, settings: Settings) -> Model:
    """Return the model of some options. The environment's key goes to the environment's address and nowhere else."""
    own = options.base_url is None or _origin(options.base_url) == _origin(settings.model_base_url or "")
    return choose.model(options, settings, EnvironmentKey(settings, options.secret_ref, own))


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.lower()


def ask(
    chosen: Model,
    body: str,
    passages: Sequence[Passage],
    *,
    options: ModelOptions,
    patience: Patience,
    otherwise: str,
) -> Answered:
    """Ask until an answer can be used, as often and as long as `patience` says; never raise for what a model does."""
    began = time.monotonic()
    deadline = began + patience.seconds
    failure, attempt, reply = "", 0, None
    while attempt < patience.attempts:
        attempt += 1
        try:
            left = deadline - time.monotonic()
            reply = chosen.ask(body, passages, max(min(options.seconds, left), 0.01))
            grounded = model_drafts.grounded(model_answers.read(reply.text), passages, otherwise=otherwise)
            if not grounded.usable:
                raise Upstream("Nothing that the model said is borne out by the evidence.")
            return Answered(grounded, reply, attempt, _since(began))
        except NotConfigured as error:
            return Answered(None, reply, attempt, _since(began), " ".join(filter(None, (error.message, error.hint))))
        except Upstream as error:
            failure = error.message
            wait = error.after_seconds if error.after_seconds is not None else patience.pause * 2 ** (attempt - 1)
            if not error.transient or time.monotonic() + wait >= deadline:
                break
            time.sleep(wait if attempt < patience.attempts else 0)
    return Answered(None, reply, attempt, _since(began), failure)


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)


def told(chosen: Model, options: ModelOptions, answered: Answered, passages: int) -> dict[str, Any]:
    """Return what is stored about the model and its answer as `model_info`."""
    reply = answered.reply
    info: dict[str, Any] = {
        "provider": chosen.provider,
        "model": chosen.name,
        "served_model": reply.model if reply else None,
        "temperature": options.temperature,
        "max_tokens": options.max_tokens,
        "prompt_tokens": reply.prompt_tokens if reply else None,
        "completion_tokens": reply.completion_tokens if reply else None,
        "duration_ms": answered.milliseconds,
        "attempts": answered.attempts,
        "passages": passages,
        "fallback": answered.failure,
    }
    return info | ({"statements": answered.grounded.counts.as_dict()} if answered.grounded else {})


def noted(chosen: Model, passages: Sequence[Passage], grounded: Grounded) -> Section:
    """Return the section that says who wrote this, from how much, and what was taken out."""
    counts = grounded.counts
    where = f" at {chosen.host}" if chosen.host else ""
    text = (
        f"Written by the model {chosen.name}{where} from {count(len(passages), 'passage')}; quotes and loops are not"
        " its words."
    )
    out = sum(counts.dropped.values())
    parts = [f"{count(out, 'statement')} left out"] if out else []
    parts += [f"{count(counts.moved, 'statement')} set among the uncertainties"] if counts.moved else []
    if parts:
        text += f" The passages that it cited did not bear out all that it said: {joined(parts)}."
    return note(text)


def note(text: str) -> Section:
    """Return a section of one sentence on how the artifact came about."""
    return Section("how_written", "How this was written", (Statement(StatementKind.INFERENCE, text),))


def sent(passages: Sequence[Passage]) -> list[Marking]:
    """Return how private everything is that a model was shown: what it wrote may come from any of it."""
    return [Marking(passage.words.domain, passage.words.sensitivity) for passage in passages]


def marked(passages: Sequence[Passage]) -> Marking:
    """Return how private a request is: as its most private passage."""
    nothing = Draft(Statement(StatementKind.INFERENCE, "A request."), (), "A request.")
    checked = check(nothing, (), sent(passages))
    return Marking(checked.domain, checked.sensitivity)
