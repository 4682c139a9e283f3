"""Which model a workflow asks, and how: the options as the owner gives them, checked. It reads no environment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from alice.domain import secret_references
from alice.domain.routing import NOTHING_EXTRA, Clearance
from alice.domain.vocab import Domain, RoutingMode, Sensitivity
from alice.errors import InvalidInput

PROVIDERS = ("openai_compatible", "deterministic", "disabled")
# What decides where evidence goes, and with which key: only the owner sets these.
OWNERS = frozenset({"base_url", "secret_ref", "route_mode", "cloud_sensitivity", "cloud_domains"})


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """The options of one workflow. None is *as the environment says*; `seconds` is how long one answer may take."""

    provider: str | None = None
    model: str | None = None
    base_url: str | None = None
    secret_ref: str | None = None
    temperature: float = 0.0
    max_tokens: int = 2_000
    seconds: float = 120.0
    route_mode: RoutingMode = RoutingMode.LOCAL_ONLY
    clearance: Clearance = NOTHING_EXTRA


def read(stored: Mapping[str, Any]) -> ModelOptions:
    """Return options as `checked` stores them."""
    kept = {name: stored[name] for name in ("provider", "model", "base_url", "secret_ref") if stored.get(name)}
    defaults = ModelOptions()
    return ModelOptions(
        **kept,
        temperature=float(stored.get("temperature", defaults.temperature)),
        max_tokens=int(stored.get("max_tokens", defaults.max_tokens)),
        seconds=float(stored.get("timeout_seconds", defaults.seconds)),
        route_mode=RoutingMode(stored.get("route_mode", defaults.route_mode)),
        clearance=Clearance(
            Sensitivity(stored.get("cloud_sensitivity", Sensitivity.INTERNAL)),
            frozenset(Domain(name) for name in stored.get("cloud_domains", ())),
        ),
    )


def checked(options: Any) -> dict[str, Any]:
    """Return the options as stored, without those that are None; raise InvalidInput naming one that cannot be used."""
    if not isinstance(options, Mapping) or set(options) - set(_RULES):
        raise InvalidInput({"model_options": f"must be an object with some of {', '.join(_RULES)}."})
    kept = {name: value for name, value in options.items() if value is not None}
    told = {f"model_options.{name}": _RULES[name](value) for name, value in kept.items()}
    if wrong := {name: said for name, said in told.items() if said}:
        raise InvalidInput(wrong)
    return kept


def _number(least: float, most: float) -> Callable[[Any], str | None]:
    def check(value: Any) -> str | None:
        fine = isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most
        return None if fine else f"must be a number from {least:g} to {most:g}."

    return check


def _one_of(words: tuple[str, ...]) -> Callable[[Any], str | None]:
    said = f"must be one of {', '.join(words)}."
    return lambda value: None if isinstance(value, str) and value in words else said


def _whole(value: Any) -> str | None:
    fine = type(value) is int and 1 <= value <= 100_000
    return None if fine else "must be a whole number from 1 to 100000."


def _name(value: Any) -> str | None:
    fine = isinstance(value, str) and 0 < len(value) <= 200 and value.isprintable()
    return None if fine else "must be a name of at most 200 characters."


def address_problem(value: Any) -> str | None:
    """Return why `value` cannot be the address of a model server, or None. It may hold no password and no query."""
    said = "must be an http or https address such as http://127.0.0.1:11434/v1, without a password or a query."
    if not isinstance(value, str) or len(value) > 500 or not value.isascii() or not value.isprintable():
        return said
    try:
        parts = urlsplit(value)
        fine = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return said
    clean = not (parts.username or parts.password or parts.query or parts.fragment or " " in value)
    return None if fine and clean else said


def _reference(value: Any) -> str | None:
    try:
        secret_references.parse(str(value))
    except InvalidInput as error:
        return next(iter(error.fields.values()))
    return None


def _domains(value: Any) -> str | None:
    fits = isinstance(value, list) and len(value) <= len(Domain)
    fine = fits and all(isinstance(one, str) and one in set(Domain) for one in value)
    return None if fine else f"must be a list of domains: {', '.join(Domain)}."


_RULES: dict[str, Callable[[Any], str | None]] = {
    "provider": _one_of(PROVIDERS),
    "model": _name,
    "temperature": _number(0, 2),
    "max_tokens": _whole,
    "route_mode": _one_of(tuple(RoutingMode)),
    "base_url": address_problem,
    "secret_ref": _reference,
    "timeout_seconds": _number(1, 300),
    "cloud_sensitivity": _one_of(tuple(Sensitivity)),
    "cloud_domains": _domains,
}

# What `checked` takes, as a JSON Schema.
SHAPE: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "provider": {"enum": [*PROVIDERS, None], "description": "Which kind of server it is."},
        "model": {"type": ["string", "null"], "minLength": 1, "maxLength": 200, "pattern": "^[ -~]*$",
                  "description": "The name of the model."},
        "temperature": {"type": ["number", "null"], "minimum": 0, "maximum": 2, "description": "How freely it writes."},
        "max_tokens": {"type": ["integer", "null"], "minimum": 1, "maximum": 100_000,
                       "description": "How long its answer may be."},
        "timeout_seconds": {"type": ["number", "null"], "minimum": 1, "maximum": 300,
                            "description": "How long one answer may take."},
        "route_mode": {"enum": [*RoutingMode, None], "description": "Where a call may go; only the owner sets it."},
        "base_url": {"type": ["string", "null"], "format": "http-address", "maxLength": 500,
                     "description": "The address of the server; only the owner sets it."},
        "secret_ref": {"type": ["string", "null"], "pattern": secret_references.PATTERN,
                       "description": "The name of the key, never its value; only the owner sets it."},
        "cloud_sensitivity": {"enum": [*Sensitivity, None],
                              "description": "How private what is sent may be; only the owner sets it."},
        "cloud_domains": {"type": ["array", "null"], "items": {"enum": [*Domain]}, "maxItems": len(Domain),
                          "description": "Which parts of life may be sent; only the owner sets it."},
    },
}  # fmt: skip
