"""Settings: one reader of the environment, sensible defaults, one sentence for what is wrong."""

from __future__ import annotations

import pytest

from alice import config
from alice.errors import InvalidInput


def test_the_defaults_are_the_contract_s() -> None:
    told = config.load({"HOME": "/home/ann"})
    assert (told.host, told.port, str(told.home)) == ("127.0.0.1", 8420, "/home/ann/.alicebot")
    assert told.database_url is None
    assert told.allowed_origins == (
        "http://127.0.0.1:8420", "http://localhost:8420", "http://alice.localhost:8420",
    )  # fmt: skip
    assert told.public_api_url == "http://alice.localhost:8420"


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("ALICE_PORT", "http", "port number"),
        ("ALICE_PORT", "70000", "port number"),
        ("ALICE_USER_ID", "alice", "UUID"),
        ("ALICE_TIMEZONE", "Mars/Olympus", "IANA"),
        ("ALICE_TIMEZONE", "../../etc/passwd", "IANA"),
        ("ALICE_HOST", "0.0.0.0", "ALICE_TRUSTED_HOSTS"),
    ],
)
def test_it_refuses_a_bad_variable_by_name(name: str, value: str, says: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        config.load({"HOME": "/home/ann", name: value})
    assert says in caught.value.fields[name]


def test_another_host_has_to_be_named_as_trusted() -> None:
    told = config.load({"HOME": "/h", "ALICE_HOST": "192.0.2.7", "ALICE_TRUSTED_HOSTS": "192.0.2.7, brain.example"})
    assert told.trusted_hosts[-2:] == ("192.0.2.7", "brain.example")


def test_the_origins_follow_the_port() -> None:
    told = config.load({"HOME": "/h", "ALICE_PORT": "9000"})
    assert all(origin.endswith(":9000") for origin in told.allowed_origins)


def test_the_key_of_a_model_is_not_shown_with_the_settings() -> None:
    found = config.load({"ALICE_MODEL_API_KEY": "canary-7"})
    assert found.model_api_key == "canary-7"
    assert "canary-7" not in repr(found)
