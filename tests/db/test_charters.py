"""The charter as it is kept: every revision, one writer at a time, and binding from the next decision on."""

from __future__ import annotations

import threading
from datetime import datetime
from typing import Any

import pytest

from alice.db import database
from alice.domain.charters import DEFAULT_TEXT
from alice.domain.policy import Action, Actor, Subject
from alice.domain.vocab import Domain, Profile, Sensitivity, WorkflowType
from alice.errors import Conflict, InvalidInput, NotFound, PolicyBlocked
from alice.ledger import gate
from alice.services import schedules
from alice.services.agency import charters
from alice.services.composing import briefs
from alice.services.evidence import capture

NO_HEALTH = "---\nnever_domains: [health]\n---\n\nNot my health.\n"


@pytest.fixture
def hermes(alice: Actor) -> Actor:
    return Actor("agent", "hermes", alice.user_id, Profile.ADMIN_AGENT, frozenset({Domain.HEALTH, Domain.LEGAL}))


def test_a_new_brain_has_a_proposal(db: str, alice: Actor) -> None:
    told = charters.show(alice)
    assert (told["version"], told["is_default"], told["content_markdown"]) == (0, True, DEFAULT_TEXT)
    assert told["revisions"] == []


def test_every_revision_is_kept_word_for_word(db: str, alice: Actor, now: datetime) -> None:
    charters.save(alice, NO_HEALTH, now=now)
    told = charters.save(alice, "Whatever.\n", version=1, now=now)
    assert (told["version"], told["is_default"], told["constraints"]["never_domains"]) == (2, False, [])
    assert [one["version"] for one in told["revisions"]] == [2, 1]
    first = charters.show(alice, version=1)
    assert (first["content_markdown"], first["current_version"]) == (NO_HEALTH, 2)
    assert first["constraints"]["never_domains"] == ["health"]
    assert charters.show(alice, version=0)["content_markdown"] == DEFAULT_TEXT
    with pytest.raises(NotFound):
        charters.show(alice, version=3)


def test_the_same_text_changes_nothing(db: str, alice: Actor, now: datetime) -> None:
    charters.save(alice, NO_HEALTH, now=now)
    before = database.query("SELECT count(*) FROM event_log")
    assert charters.save(alice, NO_HEALTH, now=now)["version"] == 1
    assert database.query("SELECT count(*) FROM event_log") == before


def test_the_proposal_itself_may_be_made_the_charter(db: str, alice: Actor) -> None:
    told = charters.save(alice, DEFAULT_TEXT, version=0)
    assert (told["version"], told["is_default"]) == (1, False)


def test_whoever_looked_at_another_version_is_told(db: str, alice: Actor, now: datetime) -> None:
    charters.save(alice, NO_HEALTH, now=now)
    with pytest.raises(Conflict) as caught:
        charters.save(alice, "Other.\n", version=0, now=now)
    assert caught.value.extra["current"]["content_markdown"] == NO_HEALTH


def test_of_many_who_write_the_first_at_once_one_is_first(db: str, alice: Actor) -> None:
    done: list[Any] = []

    def write(n: int) -> None:
        with database.session():
            try:
                done.append(charters.save(alice, f"Text {n}.\n", version=0)["version"])
            except Conflict:
                done.append(None)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done, key=str) == [1, None, None, None]
    assert database.query("SELECT count(*) FROM charter_revision") == [(1,)]


def test_a_wrong_constraint_keeps_the_charter_as_it_was(db: str, alice: Actor) -> None:
    with pytest.raises(InvalidInput) as caught:
        charters.save(alice, "---\nnever_domain: [health]\n---\n")
    assert "never_domains" in caught.value.fields["never_domain"]
    assert charters.show(alice)["version"] == 0


@pytest.mark.parametrize("text", ["a\x00b", "\ud800", "the key is alice_agent_" + "A" * 43])
def test_what_cannot_or_must_not_be_kept_is_refused(db: str, alice: Actor, text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        charters.save(alice, text)
    assert list(caught.value.fields) == ["content_markdown"]


def test_only_the_owner_writes_it_and_agents_may_read_it(db: str, alice: Actor, hermes: Actor) -> None:
    with pytest.raises(PolicyBlocked):
        charters.save(hermes, "I may do everything.\n")
    charters.save(alice, NO_HEALTH)
    assert charters.show(hermes)["content_markdown"] == NO_HEALTH


def test_the_log_tells_what_changed_and_not_a_word_of_it(db: str, alice: Actor) -> None:
    charters.save(alice, NO_HEALTH)
    [(canonical,)] = database.query("SELECT canonical FROM event_log WHERE event_type = 'charter.saved'")
    assert '"changed":["never_domains"]' in canonical
    assert "Not my health" not in canonical


def test_it_binds_from_the_next_decision_on(db: str, alice: Actor, hermes: Actor, bob: Actor) -> None:
    assert Domain.HEALTH in gate.scope(hermes).domains
    charters.save(alice, NO_HEALTH)
    assert Domain.HEALTH not in gate.scope(hermes).domains
    assert Domain.LEGAL in gate.scope(hermes).domains
    assert Domain.HEALTH in gate.scope(alice).domains
    theirs = Actor("agent", "hermes", bob.user_id, Profile.ADMIN_AGENT, frozenset({Domain.HEALTH}))
    assert Domain.HEALTH in gate.scope(theirs).domains
    with pytest.raises(PolicyBlocked), gate.write(hermes, Action.INGEST_OUTPUT, Subject(Domain.HEALTH)):
        pass


def test_an_agent_composes_only_what_the_charter_lets_it(db: str, alice: Actor, hermes: Actor, now: datetime) -> None:
    capture.capture(
        alice, capture.Item("Decision: we take oak.", sensitivity=Sensitivity.INTERNAL), zone="UTC", now=now
    )
    charters.save(alice, "---\nallowed_workflows: {admin_agent: [daily_brief]}\n---\n", now=now)
    assert briefs.generate(WorkflowType.DAILY_BRIEF, hermes, now=now, zone="UTC")["generated_by"] == "agent:hermes"
    with pytest.raises(PolicyBlocked, match="charter"):
        briefs.generate(WorkflowType.WEEKLY_SYNTHESIS, hermes, now=now, zone="UTC")
    schedules.configure(alice, WorkflowType.WEEKLY_SYNTHESIS, enabled=True, timezone="UTC", now=now)
    with pytest.raises(PolicyBlocked, match="charter"):
        schedules.request_run(hermes, WorkflowType.WEEKLY_SYNTHESIS, now=now)
    assert schedules.request_run(alice, WorkflowType.WEEKLY_SYNTHESIS, now=now)["status"] == "waiting"


def test_what_the_charter_names_is_recorded_as_waiting_for_a_person(
    db: str, alice: Actor, hermes: Actor, now: datetime
) -> None:
    charters.save(alice, "---\nrequire_review: [generate]\n---\n", now=now)
    briefs.generate(WorkflowType.DAILY_BRIEF, hermes, now=now, zone="UTC")
    [(canonical,)] = database.query(
        "SELECT canonical FROM event_log WHERE event_type = 'policy.decided' AND canonical LIKE '%%\"generate\"%%'"
    )
    assert '"decision":"requires_review"' in canonical
