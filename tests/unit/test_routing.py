"""Where a model may be asked: a table over mode, address, sensitivity and domain, enumerated whole."""

from __future__ import annotations

import itertools

import pytest

from alice.domain import routing
from alice.domain.composing.grounding import Marking
from alice.domain.llm import model_options
from alice.domain.routing import Clearance, Route
from alice.domain.vocab import RESTRICTED_DOMAINS, Domain, RoutingMode, Sensitivity
from alice.errors import InvalidInput

OUTSIDE = "api.example.org"
EVERYTHING = [Marking(d, s) for d, s in itertools.product(Domain, Sensitivity)]


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", "localhost", "llm.localhost"])
def test_a_loopback_address_is_this_machine(host: str) -> None:
    assert routing.is_loopback(host)


@pytest.mark.parametrize(
    "host",
    ["0.0.0.0", "192.168.1.5", "10.0.0.1", "example.org", "localhost.example.org", "127.0.0.1.nip.io", "2130706433",
     "127.1", "", "::", "xn--lcalhost-54a"],
)  # fmt: skip
def test_nothing_else_is(host: str) -> None:
    assert not routing.is_loopback(host)


@pytest.mark.parametrize("mode", RoutingMode)
@pytest.mark.parametrize("mark", EVERYTHING, ids=lambda m: f"{m.domain}-{m.sensitivity}")
def test_private_and_restricted_never_leave_unless_the_owner_said_so(mode: RoutingMode, mark: Marking) -> None:
    told = routing.decide(mode, OUTSIDE, [mark])
    private = mark.sensitivity.rank >= Sensitivity.PRIVATE.rank or mark.domain in RESTRICTED_DOMAINS
    cloud = {RoutingMode.CLOUD_ALLOWED: Route.CLOUD, RoutingMode.CLOUD_REQUIRES_APPROVAL: Route.AWAITING_APPROVAL}
    assert told.decision is (Route.DETERMINISTIC if private else cloud.get(mode, Route.DETERMINISTIC))
    assert told.reason


@pytest.mark.parametrize("mode", RoutingMode)
def test_a_loopback_address_may_see_all_unless_models_are_disabled(mode: RoutingMode) -> None:
    told = routing.decide(mode, "127.0.0.1", EVERYTHING)
    assert told.decision is (Route.DETERMINISTIC if mode is RoutingMode.MODEL_DISABLED else Route.LOCAL)
    assert told.held_back == 0


def test_the_owner_opens_a_sensitivity_and_a_domain_and_nothing_beside_them() -> None:
    clearance = Clearance(Sensitivity.CONFIDENTIAL, frozenset({Domain.HEALTH}))
    for mark in EVERYTHING:
        low = mark.sensitivity.rank <= Sensitivity.CONFIDENTIAL.rank
        open_domain = mark.domain not in RESTRICTED_DOMAINS - {Domain.HEALTH}
        assert clearance.lets_go(mark) is (low and open_domain), mark


def test_it_counts_what_it_holds_back() -> None:
    marks = [Marking(Domain.LEARNING, Sensitivity.PUBLIC), Marking(Domain.LEARNING, Sensitivity.PRIVATE)]
    told = routing.decide(RoutingMode.CLOUD_ALLOWED, OUTSIDE, marks)
    assert (told.decision, told.held_back) == (Route.CLOUD, 1)
    assert "1 of 2 passages" in told.as_dict()["reason"]
    assert set(told.as_dict()) >= {"mode", "decision", "reason", "endpoint_host"}


def test_only_three_decisions_ask() -> None:
    asking = {route for route in Route if routing.Routing(RoutingMode.LOCAL_ONLY, route, "").asks}
    assert asking == {Route.LOCAL, Route.CLOUD, Route.APPROVED}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("base_url", "http://user:pass@127.0.0.1/v1"),
        ("base_url", "ftp://127.0.0.1"),
        ("base_url", "http://127.0.0.1/v1?key=x"),
        ("base_url", "http://[::1"),
        ("base_url", "http://"),
        ("base_url", 7),
        ("secret_ref", "sk-live-0123456789"),
        ("cloud_domains", ["nowhere"]),
        ("cloud_sensitivity", "secret"),
        ("timeout_seconds", 0),
        ("provider", "magic"),
    ],
)
def test_an_option_that_cannot_be_used_is_named(name: str, value: object) -> None:
    with pytest.raises(InvalidInput) as caught:
        model_options.checked({name: value})
    [(field, said)] = caught.value.fields.items()
    assert field == f"model_options.{name}"
    assert "sk-live" not in said


def test_options_come_back_as_they_were_set() -> None:
    told = {"provider": "openai_compatible", "model": "m", "base_url": "http://localhost:1/v1", "temperature": 0.5,
            "max_tokens": 9, "route_mode": "cloud_allowed", "cloud_sensitivity": "private", "timeout_seconds": 3,
            "cloud_domains": ["health"], "secret_ref": "env:KEY"}  # fmt: skip
    read = model_options.read(model_options.checked(told))
    assert (read.model, read.temperature, read.max_tokens, read.seconds) == ("m", 0.5, 9, 3.0)
    assert read.clearance == Clearance(Sensitivity.PRIVATE, frozenset({Domain.HEALTH}))
    assert read.route_mode is RoutingMode.CLOUD_ALLOWED
    assert model_options.read({}).route_mode is RoutingMode.LOCAL_ONLY
