"""The charter: only what it says binds, nothing that was meant to bind is lost in silence, and it never adds."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alice.domain import charters
from alice.domain.actions import Action
from alice.domain.charters import DEFAULT_TEXT, FREE, KEYS, Charter
from alice.domain.policy import Actor, Subject, decide, owner, visible
from alice.domain.vocab import Domain, PolicyOutcome, Profile, Sensitivity, WorkflowType
from alice.errors import InvalidInput

BRAIN, ATLAS = UUID(int=1), UUID(int=2)


def text(*lines: str) -> str:
    return "\n".join(["---", *lines, "---", "", "# Agreed", ""])


def agent(profile: Profile = Profile.ADMIN_AGENT, **more: Any) -> Actor:
    return Actor("agent", "openclaw", BRAIN, profile, **more)


def refused(given_text: str) -> dict[str, str]:
    with pytest.raises(InvalidInput) as caught:
        charters.read(given_text)
    return dict(caught.value.fields)


def test_the_proposal_of_a_new_brain_names_every_constraint_and_takes_nothing_away() -> None:
    said = charters.read(DEFAULT_TEXT)
    assert all(f"\n{name}:" in DEFAULT_TEXT for name in KEYS)
    for profile in Profile:
        assert visible(agent(profile), said) == visible(agent(profile), FREE)
        for action in Action:
            mine, theirs = decide(agent(profile), action, charter=said), decide(agent(profile), action)
            assert (mine.outcome, mine.reasons) == (theirs.outcome, theirs.reasons)


def test_a_text_without_front_matter_takes_nothing_away() -> None:
    assert charters.read("# We are friends\n") == FREE
    assert charters.read(text("# nothing here yet")) == FREE


def test_it_is_read_word_for_word_and_comes_back_the_same() -> None:
    said = charters.read(
        text("never_domains: [health, work_is_no_domain]".replace(", work_is_no_domain", ""),
             "max_sensitivity: internal", "require_review: [generate]",
             "allowed_workflows:", "  trusted_local_agent: [daily_brief]", "cloud: never")
    )  # fmt: skip
    assert said.never_domains == {Domain.HEALTH}
    assert said.require_review == {Action.GENERATE, Action.PROPOSE_MEMORY, Action.INGEST_OUTPUT}
    assert not said.cloud_may
    assert charters.of(said.as_dict()) == said


WRONG = {
    "never_domain: [health]": ("never_domain", "never_domains"),
    "never_domains: health": ("never_domains", "must be a list"),
    "never_domains: [wealth]": ("never_domains", "professional"),
    "never_domains: [{health: 1}]": ("never_domains", "must be a list"),
    "max_sensitivity: secret": ("max_sensitivity", "sacred"),
    "max_sensitivity: unknown": ("max_sensitivity", "must be one of"),
    "max_sensitivity: [internal]": ("max_sensitivity", "must be one of"),
    "require_review: [forget]": ("require_review", "propose_memory"),
    "allowed_workflows: [daily_brief]": ("allowed_workflows", "must be a mapping"),
    "allowed_workflows: {read_only_agent: [daily_brief]}": ("allowed_workflows", "trusted_local_agent"),
    "allowed_workflows: {admin_agent: [nightly_brief]}": ("allowed_workflows", "weekly_synthesis"),
    "cloud: sometimes": ("cloud", "as_configured"),
    "cloud: {}": ("cloud", "must be one of"),
    "cloud: never\ncloud: as_configured": ("cloud", "once"),
    "cloud: never\n\"cloud\": as_configured": ("cloud", "once"),
    "{cloud: never, cloud: as_configured}": ("cloud", "once"),
    "allowed_workflows: {admin_agent: [], admin_agent: [daily_brief]}": ("admin_agent", "once"),
    "- never_domains": ("front_matter", "name: value"),
    "just words": ("front_matter", "name: value"),
    "never_domains: [health": ("front_matter", "line"),
    "a: &a [1]\nb: *a": ("front_matter", "refers to itself"),
    "never_domains: !!python/object:os.system {}": ("never_domains", "must be a list"),
}  # fmt: skip


@pytest.mark.parametrize("line", WRONG)
def test_what_cannot_bind_is_refused_with_the_way_out(line: str) -> None:
    field, said = WRONG[line]
    problems = refused(text(*line.split("\n")))
    assert field in problems, problems
    assert said in problems[field]


def test_front_matter_that_is_not_closed_is_refused_and_not_taken_for_words() -> None:
    assert "front_matter" in refused("---\nnever_domains: [health]\n\n# Agreed\n")


def test_a_text_beyond_measure_is_refused() -> None:
    assert refused("x" * 100_001)


def test_a_long_block_binds_or_is_refused_and_is_never_half_read() -> None:
    assert charters.read(text("# " + "x" * 20_000, "never_domains:", "- health")).never_domains == {Domain.HEALTH}
    assert refused(text("# " + "x" * 20_000, "allowed_workflows:", "  admin_agent: []"))


ENDLESS = {
    "aliases": "a0: &a0 [x, x]\n" + "\n".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)),
    "depth": "[" * 40 + "]" * 40,
    "keys": "\n".join(f"a{n}: 1" for n in range(3_000)),
}


@pytest.mark.parametrize("case", ENDLESS)
def test_a_block_that_grows_beyond_measure_is_refused_before_it_is_read(case: str) -> None:
    assert "too long or too deep" in refused(text(*ENDLESS[case].split("\n")))["front_matter"]


@pytest.mark.parametrize("block", ["? [a]\n: 1", "? {a: 1}\n: 1", "1: 1", "null: 1", "? \n: 1"])
def test_a_key_that_is_no_name_is_refused(block: str) -> None:
    assert refused(text(*block.split("\n")))


def test_every_wrong_line_is_told_at_once() -> None:
    assert set(refused(text("cloud: no", "colour: red", "max_sensitivity: 3"))) == {
        "cloud",
        "colour",
        "max_sensitivity",
    }


def test_no_agent_sees_a_domain_that_is_never_theirs_whatever_its_key_grants() -> None:
    said = Charter(never_domains=frozenset({Domain.HEALTH, Domain.PROFESSIONAL}))
    actor = agent(grants=frozenset({Domain.HEALTH, Domain.LEGAL}))
    assert not visible(actor, said).domains & said.never_domains
    assert Domain.LEGAL in visible(actor, said).domains
    for domain in said.never_domains:
        assert decide(actor, Action.INGEST_OUTPUT, Subject(domain, Sensitivity.PUBLIC), said).blocked


@pytest.mark.parametrize("ceiling", [s for s in Sensitivity if s is not Sensitivity.UNKNOWN])
@pytest.mark.parametrize("profile", Profile)
def test_the_lower_of_charter_and_profile_counts(profile: Profile, ceiling: Sensitivity) -> None:
    seen = visible(agent(profile), Charter(max_sensitivity=ceiling)).sensitivities
    usual = visible(agent(profile)).sensitivities
    assert seen == {s for s in usual if s.rank <= ceiling.rank}


def test_a_profile_composes_what_it_is_allowed_and_others_as_before() -> None:
    said = Charter(allowed_workflows={Profile.TRUSTED_LOCAL_AGENT: frozenset({WorkflowType.DAILY_BRIEF})})
    for action in (Action.GENERATE, Action.RUN_WORKFLOW):
        for kind in WorkflowType:
            subject = Subject(workflow=kind)
            trusted = decide(agent(Profile.TRUSTED_LOCAL_AGENT), action, subject, said)
            assert trusted.blocked == (kind is not WorkflowType.DAILY_BRIEF)
            assert not decide(agent(Profile.ADMIN_AGENT), action, subject, said).blocked
    assert "charter" in decide(
        agent(Profile.TRUSTED_LOCAL_AGENT), Action.GENERATE, Subject(workflow=WorkflowType.WEEKLY_SYNTHESIS), said
    ).reasons[0]  # fmt: skip


def test_what_is_named_waits_for_a_person() -> None:
    said = charters.read(text("require_review: [generate]"))
    assert decide(agent(), Action.GENERATE, charter=said).outcome is PolicyOutcome.REQUIRES_REVIEW
    assert decide(agent(), Action.GENERATE).outcome is PolicyOutcome.ALLOWED


charter_of = st.builds(
    Charter,
    never_domains=st.frozensets(st.sampled_from(list(Domain))),
    max_sensitivity=st.sampled_from([s for s in Sensitivity if s is not Sensitivity.UNKNOWN]),
    require_review=st.frozensets(st.sampled_from(charters.REVIEWABLE)),
    allowed_workflows=st.dictionaries(
        st.sampled_from(charters.COMPOSERS), st.frozensets(st.sampled_from(list(WorkflowType)))
    ),
    cloud=st.sampled_from(charters.CLOUD),
)
subjects = st.builds(
    Subject,
    st.none() | st.sampled_from(list(Domain)),
    st.none() | st.sampled_from(list(Sensitivity)),
    st.none() | st.just(ATLAS),
    st.none() | st.sampled_from(list(WorkflowType)),
)


@given(charter_of, st.sampled_from(list(Profile)), st.sampled_from(list(Action)), subjects,
       st.frozensets(st.sampled_from(list(Domain))))  # fmt: skip
def test_no_charter_ever_adds_anything(charter, profile, action, subject, grants) -> None:  # type: ignore[no-untyped-def]
    actor = agent(profile, grants=grants)
    bound, free = decide(actor, action, subject, charter), decide(actor, action, subject)
    assert bound.blocked or not free.blocked
    assert bound.scope.domains <= free.scope.domains
    assert bound.scope.sensitivities <= free.scope.sensitivities


@given(charter_of, st.sampled_from(list(Action)), subjects)
def test_it_never_binds_the_owner(charter, action, subject) -> None:  # type: ignore[no-untyped-def]
    assert not decide(owner(BRAIN), action, subject, charter).blocked


@given(st.text(max_size=300))
def test_reading_any_text_ends_in_a_charter_or_in_a_refusal(said: str) -> None:
    for given_text in (said, text(said)):
        with suppress(InvalidInput):
            assert isinstance(charters.read(given_text), Charter)
