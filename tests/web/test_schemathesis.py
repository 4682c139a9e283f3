"""What the document allows is answered as it says, what it forbids is refused, and nothing that only asks writes.

In CI for at most two minutes, the same every time; `make fuzz` goes on for twenty, each time with another seed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import chain
from random import SystemRandom
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from alice.config import Settings
from alice.domain.policy import Actor
from alice.domain.vocab import Profile
from alice.services.access import tokens
from alice.services.agency import agent_keys
from alice.services.reviewing import projects
from alice.web import security
from alice.web.api.openapi import operations
from alice.web.factory import create_app
from tests.support.fuzzing import DEPENDS, PHASES, Fuzz, Watch, broken, serving
from tests.support.serving import free_port


@pytest.fixture
def served(settings: Settings, brief: dict[str, Any]) -> Iterator[tuple[Flask, Watch, str]]:
    """The application on loopback over a brain that holds something, the watch around it, and its address."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    app = create_app(settings.changed(port=port, public_api_url=address))
    patient = {kind: security.Failures(most=10**6) for kind in app.extensions["alice_failures"]}
    app.extensions["alice_failures"] = patient  # wrong keys are tried by the hundred
    watch = Watch(app.wsgi_app)
    with serving(watch, port):
        yield app, watch, address


def told(fuzz: Fuzz) -> str:
    return "\n\n".join(f"{fault}\n{said}" for fault, said in fuzz.faults.items())


# By phases: how many examples of each operation, and for how many seconds at most on a machine that is busy.
IN_CI = {("examples", "fuzzing"): (3, 35), ("coverage",): (1, 35), ("stateful",): (5, 15)}


@pytest.mark.parametrize("phases", IN_CI, ids=" and ".join)
def test_the_api_is_as_its_document_says(
    settings: Settings, served: tuple[Flask, Watch, str], phases: tuple[str, ...]
) -> None:
    app, watch, address = served
    examples, seconds = IN_CI[phases]
    fuzz = Fuzz(app, address, tokens.operator(settings.home), examples=examples, seconds=seconds, phases=phases)
    fuzz.run()
    assert not fuzz.faults, told(fuzz)
    assert watch.wrote == []
    assert sum(fuzz.asked.values()) > 10


ASSERTED = "whoever a header names"


@pytest.mark.long
@pytest.mark.parametrize("who", ["owner", *Profile, ASSERTED])
def test_the_api_for_minutes(
    settings: Settings, served: tuple[Flask, Watch, str], alice: Actor, browser: FlaskClient, who: str
) -> None:
    app, watch, address = served
    key = tokens.operator(settings.home)
    if who in set(Profile):
        held_to = [projects.add(alice, "Tea")["id"]] if who == Profile.PROJECT_SCOPED_AGENT else []
        wanted = agent_keys.Wanted("openclaw", Profile(who), projects=held_to, requests_per_minute=6_000)
        key = agent_keys.create(alice, wanted)["key"]
    seed = int(os.environ.get("ALICE_TEST_FUZZ_SEED") or SystemRandom().randrange(2**31))
    seconds = int(os.environ.get("ALICE_TEST_FUZZ_SECONDS") or 170)
    fuzz = Fuzz(app, address, key, examples=200, seconds=seconds, seed=seed, phases=PHASES, headers=who == ASSERTED)
    fuzz.run()
    print(f"{who}: {sum(fuzz.asked.values()):,} requests, {len(fuzz.asked)} operations, seed {seed}", *fuzz.faults)
    assert not fuzz.faults, f"seed {seed}\n{told(fuzz)}"
    assert watch.wrote == [] or who != "owner"
    assert broken(browser) == []


def test_what_hangs_on_more_than_its_shape_is_there(app: Flask) -> None:
    named = {one.endpoint.removeprefix("api.") for one in operations.operations(app)}
    assert set(chain(*DEPENDS.values())) <= named
