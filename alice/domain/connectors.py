"""The connectors by name: what each can be told, and what is wrong with it. It reads and stores nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any

from alice.domain import secret_references
from alice.domain.vocab import Connector, Domain, Sensitivity
from alice.errors import InvalidInput, NotFound

MAX_ATTEMPTS = 5
SHORTEST_POLL, LONGEST_POLL = 10, 7 * 86_400
_FIRST_RETRY, _LONGEST_RETRY = timedelta(seconds=30), timedelta(hours=6)


class SyncMode(StrEnum):
    """How evidence gets in: when somebody asks, by looking every so often, or because it is handed over."""

    MANUAL = "manual"
    POLL = "poll"
    PUSH = "push"


class ItemStatus(StrEnum):
    """Where an item stands that could not be taken."""

    WAITING = "waiting"
    QUARANTINED = "quarantined"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True)
class Setting:
    """How a connector is set. A secret is only ever named here."""

    name: Connector
    enabled: bool = False
    domain: Domain = Domain.UNKNOWN
    sensitivity: Sensitivity = Sensitivity.UNKNOWN
    sync_mode: SyncMode = SyncMode.MANUAL
    poll_interval_seconds: int = 300
    secret_ref: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    version: int = 0


Check = Callable[[Any], Any]  # returns the value as it is kept; raises ValueError with the rest of a sentence


@dataclass(frozen=True, slots=True)
class Kind:
    """What a connector is: how it is called, whether it fetches or is handed things, and which options it takes."""

    name: Connector
    display_name: str
    fetches: bool
    options: Mapping[str, Check] = field(default_factory=dict)
    needs: tuple[str, ...] = ()  # without these it cannot work: options, or secret_ref

    @property
    def modes(self) -> tuple[SyncMode, ...]:
        """Return the ways in which it can be set to work."""
        return (SyncMode.MANUAL, SyncMode.POLL) if self.fetches else (SyncMode.PUSH,)

    def default(self) -> Setting:
        """Return how it is set before anybody said anything: what fetches is off, what is handed things waits."""
        return Setting(self.name, enabled=not self.fetches, sync_mode=self.modes[0])


def _texts(value: Any) -> list[str]:
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) and one for one in value):
        raise ValueError("must be a list of texts.")
    if len(value) > 200 or any(len(one) > 4_000 or "\x00" in one for one in value):
        raise ValueError("takes at most 200 texts of at most 4,000 characters each, without NUL.")
    return list(dict.fromkeys(value))


def _number(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 2**31:
        raise ValueError("must be a whole number above 0.")
    return value


def _reference(value: Any) -> str:
    return str(secret_references.parse(value if isinstance(value, str) else ""))


def _word(*allowed: str) -> Check:
    def check(value: Any) -> str:
        if value not in allowed:
            raise ValueError(f"must be one of {', '.join(allowed)}.")
        return str(value)

    return check


_TEXTS_SHAPE = {"type": ["array", "null"], "maxItems": 200,
                "items": {"type": "string", "minLength": 1, "maxLength": 4_000}}  # fmt: skip
# What the options of any connector may be, as a JSON Schema; each takes its own ones alone.
OPTIONS_SHAPE: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "account": {"enum": ["user", "bot", None], "description": "Telegram: whose account reads."},
        "api_id": {"type": ["integer", "null"], "minimum": 1, "maximum": 2**31 - 1, "description": "Telegram: its id."},
        "api_hash_ref": {"type": ["string", "null"], "pattern": secret_references.PATTERN,
                         "description": "Telegram: the name of the secret that goes with the id."},
        "chats": _TEXTS_SHAPE | {"description": "Telegram: the chats that are read."},
        "folders": _TEXTS_SHAPE | {"description": "Local folder: the folders that are read."},
    },
}  # fmt: skip


KINDS: dict[str, Kind] = {
    kind.name.value: kind
    for kind in (
        Kind(
            Connector.TELEGRAM,
            "Telegram",
            True,
            {"account": _word("user", "bot"), "api_id": _number, "api_hash_ref": _reference, "chats": _texts},
            ("secret_ref", "api_id", "api_hash_ref", "chats"),
        ),
        Kind(Connector.LOCAL_FOLDER, "Local folder", True, {"folders": _texts}, ("folders",)),
        Kind(Connector.BROWSER_CLIPPER, "Browser clipper", False),
        Kind(Connector.AGENT_OUTPUT, "Agent output", False),
    )
}


def kind(name: str) -> Kind:
    """Return the connector called `name`, with dashes or underscores; raise NotFound."""
    found = KINDS.get(name.strip().lower().replace("-", "_"))
    if found is None:
        raise NotFound("connector", repr(name[:60]), f"The connectors are {', '.join(KINDS)}.")
    return found


def changed(setting: Setting, changes: Mapping[str, Any]) -> Setting:
    """Return `setting` with `changes` applied; raise InvalidInput with a sentence for every field that is wrong.

    Keys are enabled, default_domain, default_sensitivity, sync_mode, poll_interval_seconds, secret_ref and options.
    An option that is None is taken out; options that are not named stay.
    """
    wrong: dict[str, str] = {}
    values: dict[str, Any] = {}
    for name, given in changes.items():
        check = _FIELDS.get(name)
        if check is None:
            wrong[_shown(name)] = f"is not a setting; what can be set: {', '.join(_FIELDS)}."
            continue
        try:
            values[_STORED.get(name, name)] = check(setting, given)
        except ValueError as error:
            wrong[name] = str(error)
        except InvalidInput as error:
            wrong |= {name if inner == "secret_ref" else inner: said for inner, said in error.fields.items()}
    if wrong:
        raise InvalidInput(wrong)
    return replace(setting, **values)


def faults(name: str, changes: Mapping[str, Any]) -> Mapping[str, str]:
    """Return what the connector called `name` refuses of `changes`: a sentence for each field; raise NotFound."""
    said = {field: value for field, value in changes.items() if field in _FIELDS and value is not None}
    try:
        changed(kind(name).default(), said)
    except InvalidInput as error:
        return error.fields
    return {}


def _enabled(_: Setting, value: Any) -> bool:
    words = {"true": True, "on": True, "1": True, "false": False, "off": False, "0": False}
    told = value if isinstance(value, bool) else words.get(str(value).lower())
    if told is None:
        raise ValueError("must be true or false.")
    return told


def _one_of(words: type[StrEnum]) -> Callable[[Setting, Any], Any]:
    def check(_: Setting, value: Any) -> Any:
        if value not in [word.value for word in words]:
            raise ValueError(f"must be one of {', '.join(word.value for word in words)}.")
        return words(value)

    return check


def _mode(setting: Setting, value: Any) -> SyncMode:
    modes = KINDS[setting.name].modes
    if value not in modes:
        raise ValueError(f"must be one of {', '.join(modes)} for {setting.name}.")
    return SyncMode(value)


def _interval(_: Setting, value: Any) -> int:
    allowed = f"must be a whole number of seconds from {SHORTEST_POLL} to {LONGEST_POLL:,}."
    try:
        seconds = _number(value)
    except ValueError:
        raise ValueError(allowed) from None
    if not SHORTEST_POLL <= seconds <= LONGEST_POLL:
        raise ValueError(allowed)
    return seconds


def _secret_ref(_: Setting, value: Any) -> str | None:
    return None if value in (None, "") else _reference(value)


def _options(setting: Setting, given: Any) -> Mapping[str, Any]:
    if not isinstance(given, Mapping):
        raise ValueError("must be an object.")
    known, wrong, kept = KINDS[setting.name].options, {}, dict(setting.options)
    for name, value in given.items():
        if name not in known:
            listed = ", ".join(known) or "none"
            wrong[f"options.{_shown(name)}"] = f"is no option of {setting.name}; it takes {listed}."
        elif value is None:
            kept.pop(name, None)
        else:
            try:
                kept[name] = known[name](value)
            except (ValueError, InvalidInput) as error:
                said = error.fields["secret_ref"] if isinstance(error, InvalidInput) else str(error)
                wrong[f"options.{name}"] = said
    if wrong:
        raise InvalidInput(wrong)
    return kept


def _shown(name: object) -> str:
    return str(name).encode("ascii", "backslashreplace").decode()[:40]


_FIELDS: dict[str, Callable[[Setting, Any], Any]] = {
    "enabled": _enabled,
    "default_domain": _one_of(Domain),
    "default_sensitivity": _one_of(Sensitivity),
    "sync_mode": _mode,
    "poll_interval_seconds": _interval,
    "secret_ref": _secret_ref,
    "options": _options,
}
_STORED = {"default_domain": "domain", "default_sensitivity": "sensitivity"}


def problems(setting: Setting, lack: Callable[[str], str | None]) -> dict[str, str]:
    """Return why `setting` cannot work: a sentence for each field. `lack` tells why a named secret cannot be had."""
    told: dict[str, str] = {}
    for name in KINDS[setting.name].needs:
        place, value = ("secret_ref", setting.secret_ref) if name == "secret_ref" else (
            f"options.{name}", setting.options.get(name))  # fmt: skip
        if not value:
            told[place] = "is not set."
        elif name.endswith("_ref") and (why := lack(value)):
            told[place] = f"names {value}, {why}"
    return told


def retry_after(attempts: int) -> timedelta:
    """Return how long to wait after `attempts` failures: 30 seconds, doubling, at most 6 hours."""
    return min(_FIRST_RETRY * 2 ** min(attempts - 1, 20), _LONGEST_RETRY)
