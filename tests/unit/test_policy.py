"""The policy, enumerated: profile by action, sensitivity, domain and project; a request narrows and never widens."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alice.domain.policy import TABLE, Action, Actor, Subject, decide, owner, system, visible
from alice.domain.vocab import RESTRICTED_DOMAINS, Domain, PolicyOutcome, Profile, Sensitivity

BRAIN, ATLAS, GARDEN = UUID(int=1), UUID(int=2), UUID(int=3)
READS_UP_TO = {
    Profile.READ_ONLY_AGENT: "internal",
    Profile.MEMORY_PROPOSAL_AGENT: "internal",
    Profile.PROJECT_SCOPED_AGENT: "private",
    Profile.TRUSTED_LOCAL_AGENT: "confidential",
    Profile.ADMIN_AGENT: "highly_sensitive",
}
MAY = {
    Profile.READ_ONLY_AGENT: {"read"},
    Profile.MEMORY_PROPOSAL_AGENT: {"read", "propose_memory"},
    Profile.PROJECT_SCOPED_AGENT: {"read", "propose_memory", "ingest_output", "generate"},
    Profile.TRUSTED_LOCAL_AGENT: {"read", "propose_memory", "ingest_output", "generate", "run_workflow"},
    Profile.ADMIN_AGENT: {
        "read", "propose_memory", "ingest_output", "generate", "run_workflow", "configure_connector",
        "configure_schedule", "read_settings",
    },
}  # fmt: skip


def agent(profile: Profile | None, **more: object) -> Actor:
    return Actor("agent", "openclaw", BRAIN, profile, **more)  # type: ignore[arg-type]


def test_the_owner_may_do_everything() -> None:
    for action in Action:
        assert decide(owner(BRAIN), action).outcome is PolicyOutcome.ALLOWED


def test_the_system_never_decides_on_a_claim() -> None:
    for action in (Action.REVIEW, Action.FORGET, Action.CONFIGURE, Action.MANAGE_AGENTS, Action.READ_SECRET):
        assert decide(system("scheduler", BRAIN), action).blocked


@pytest.mark.parametrize("profile", Profile)
@pytest.mark.parametrize("action", Action)
def test_an_agent_does_what_its_row_says_and_nothing_else(profile: Profile, action: Action) -> None:
    answer = decide(agent(profile, project_ids=frozenset({ATLAS})), action)
    assert answer.blocked == (action.value not in MAY[profile])


@pytest.mark.parametrize("profile", Profile)
@pytest.mark.parametrize("sensitivity", Sensitivity)
def test_an_agent_reads_up_to_its_ceiling(profile: Profile, sensitivity: Sensitivity) -> None:
    seen = sensitivity in visible(agent(profile)).sensitivities
    assert seen == (sensitivity.rank <= Sensitivity(READS_UP_TO[profile]).rank)


def test_unknown_counts_as_private() -> None:
    assert Sensitivity.UNKNOWN.rank == Sensitivity.PRIVATE.rank
    assert Sensitivity.UNKNOWN not in visible(agent(Profile.READ_ONLY_AGENT)).sensitivities


@pytest.mark.parametrize("profile", Profile)
def test_restricted_domains_need_a_grant(profile: Profile) -> None:
    assert not visible(agent(profile)).domains & RESTRICTED_DOMAINS
    assert Domain.HEALTH in visible(agent(profile, grants=frozenset({Domain.HEALTH}))).domains


def test_an_agent_without_a_profile_sees_and_does_nothing() -> None:
    assert visible(agent(None)).domains == frozenset()
    assert all(decide(agent(None), action).blocked for action in Action)


def test_what_an_agent_writes_waits_for_a_person() -> None:
    for action in (Action.PROPOSE_MEMORY, Action.INGEST_OUTPUT):
        assert decide(agent(Profile.TRUSTED_LOCAL_AGENT), action).review_required


def test_a_project_scoped_agent_without_projects_sees_none() -> None:
    assert visible(agent(Profile.PROJECT_SCOPED_AGENT)).project_ids == frozenset()


def test_asking_for_another_project_is_blocked_and_says_so() -> None:
    answer = decide(agent(Profile.PROJECT_SCOPED_AGENT, project_ids=frozenset({ATLAS})), Action.READ, projects={GARDEN})
    assert answer.blocked
    assert "not in the key's scope" in answer.reasons[0]


def test_asking_for_a_restricted_domain_among_others_is_filtered() -> None:
    answer = decide(agent(Profile.TRUSTED_LOCAL_AGENT), Action.READ, domains={Domain.HEALTH, Domain.PROFESSIONAL})
    assert answer.outcome is PolicyOutcome.ALLOWED_WITH_FILTERING
    assert answer.scope.domains == {Domain.PROFESSIONAL}
    assert "domain health is not granted" in answer.reasons


def test_writing_above_what_one_reads_is_blocked() -> None:
    subject = Subject(Domain.PROFESSIONAL, Sensitivity.REGULATED)
    assert decide(agent(Profile.ADMIN_AGENT), Action.INGEST_OUTPUT, subject).blocked


domains = st.frozensets(st.sampled_from(list(Domain)))
projects = st.frozensets(st.sampled_from([ATLAS, GARDEN, UUID(int=4)]))


@given(st.sampled_from(list(Profile)), st.sampled_from(list(Action)), domains, st.none() | projects, domains, projects)
def test_a_request_never_widens(profile, action, grants, scope, asked, wanted) -> None:  # type: ignore[no-untyped-def]
    actor = agent(profile, grants=grants, project_ids=scope)
    has, left = visible(actor), decide(actor, action, domains=asked, projects=wanted).scope
    assert left.domains <= has.domains
    assert left.sensitivities <= has.sensitivities
    assert has.project_ids is None or (left.project_ids is not None and left.project_ids <= has.project_ids)


def test_the_decision_has_the_keys_that_programs_expect() -> None:
    told = decide(agent(Profile.READ_ONLY_AGENT), Action.READ).as_dict("t1")
    assert set(told) == {
        "action", "decision", "reasons", "requested_domains", "effective_domains", "requested_project_scope",
        "effective_project_scope", "effective_sensitivity_allowed", "permission_profile", "review_required", "trace_id",
    }  # fmt: skip


def test_every_profile_has_its_row() -> None:
    assert set(TABLE) == set(Profile)
