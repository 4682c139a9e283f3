"""Where a model may be asked, and which evidence may go there: pure rules over the mode, the address and the marks.

It must not ask anybody, and knows neither a prompt nor a key.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from alice.domain.composing.grounding import Marking
from alice.domain.vocab import RESTRICTED_DOMAINS, Domain, RoutingMode, Sensitivity


class Route(StrEnum):
    """What was decided about a model call."""

    DETERMINISTIC = "deterministic"
    LOCAL = "local"
    CLOUD = "cloud"
    AWAITING_APPROVAL = "awaiting_approval"
    APPROVED = "approved"


@dataclass(frozen=True, slots=True)
class Clearance:
    """What the owner lets leave this machine: up to `sensitivity`, and of the restricted domains only `domains`."""

    sensitivity: Sensitivity = Sensitivity.INTERNAL
    domains: frozenset[Domain] = frozenset()

    def lets_go(self, mark: Marking) -> bool:
        """Tell whether something marked so may be sent to another machine. Unknown counts as private."""
        open_domain = mark.domain not in RESTRICTED_DOMAINS or mark.domain in self.domains
        return open_domain and mark.sensitivity.rank <= self.sensitivity.rank


NOTHING_EXTRA = Clearance()


@dataclass(frozen=True, slots=True)
class Routing:
    """A decision as it is stored with the artifact. `held_back` counts the evidence that may not go there."""

    mode: RoutingMode
    decision: Route
    reason: str
    endpoint_host: str | None = None
    held_back: int = 0

    @property
    def asks(self) -> bool:
        """Tell whether the model may be asked now."""
        return self.decision in (Route.LOCAL, Route.CLOUD, Route.APPROVED)

    def as_dict(self) -> dict[str, Any]:
        """Return it as `metadata.routing`."""
        return {
            "mode": self.mode.value,
            "decision": self.decision.value,
            "reason": self.reason,
            "endpoint_host": self.endpoint_host,
            "held_back": self.held_back,
        }


BY_RULES = Routing(RoutingMode.LOCAL_ONLY, Route.DETERMINISTIC, "written by rules; no model was asked")


def host_of(base_url: str) -> str:
    """Return the host of an address in lower case; empty when there is none."""
    return (urlsplit(base_url).hostname or "").rstrip(".").lower()


def is_loopback(host: str) -> bool:
    """Tell whether `host` is this machine: localhost (RFC 6761) or a loopback address, and nothing that resolves."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def decide(
    mode: RoutingMode, host: str | None, marks: Iterable[Marking], *, clearance: Clearance = NOTHING_EXTRA
) -> Routing:
    """Decide whether a model at `host` may be asked about evidence marked so; None is a model inside Alice.

    A loopback address may see everything that the reader may. Any other sees only what the clearance lets go, and
    nothing at all unless the mode names it.
    """
    if mode is RoutingMode.MODEL_DISABLED:
        return Routing(mode, Route.DETERMINISTIC, "models are disabled for this workflow", host)
    if host is None:
        return Routing(mode, Route.LOCAL, "the model is part of Alice; nothing leaves the process")
    if is_loopback(host):
        return Routing(mode, Route.LOCAL, "the address is a loopback one; nothing leaves this machine", host)
    if mode is RoutingMode.LOCAL_ONLY:
        return Routing(mode, Route.DETERMINISTIC, "the address is not a loopback one, and the mode is local_only", host)
    return _outside(mode, host, list(marks), clearance)


def _outside(mode: RoutingMode, host: str, marks: list[Marking], clearance: Clearance) -> Routing:
    held = sum(not clearance.lets_go(mark) for mark in marks)
    kept = f"{held} of {len(marks)} passages are held back: above {clearance.sensitivity}, or of a restricted domain"
    if held == len(marks):
        return Routing(mode, Route.DETERMINISTIC, kept if held else "there is nothing to send", host, held)
    if mode is RoutingMode.CLOUD_REQUIRES_APPROVAL:
        asks = "the owner has to approve what would be sent"
        return Routing(mode, Route.AWAITING_APPROVAL, f"{asks}; {kept}" if held else asks, host, held)
    return Routing(mode, Route.CLOUD, kept if held else "every passage may leave this machine", host, held)
