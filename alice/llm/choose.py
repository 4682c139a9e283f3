"""Chooses the model that the options and the environment name. It asks nobody."""

from __future__ import annotations

from alice.config import Settings
from alice.domain.llm.model_options import ModelOptions, address_problem
from alice.errors import InvalidInput
from alice.llm.base import Key, Model
from alice.llm.deterministic import Deterministic
from alice.llm.disabled import Disabled

_HOW = "Set ALICE_MODEL_BASE_URL and ALICE_MODEL, or base_url and model among the workflow's model_options."


def model(options: ModelOptions, settings: Settings, key: Key | None) -> Model:
    """Return the model to ask; one that is not set up is `Disabled` and says what is missing.

    Raise InvalidInput for an address that cannot be one.
    """
    if options.provider == "deterministic":
        return Deterministic()
    if options.provider == "disabled":
        return Disabled("No model is wanted here: the provider is disabled.", "Choose another provider.")
    base_url = options.base_url or settings.model_base_url
    name = options.model or settings.model
    if not base_url or not name:
        missing = "address" if not base_url else "name"
        return Disabled(f"No model is set up: its {missing} is missing.", _HOW)
    if problem := address_problem(base_url):
        raise InvalidInput({"ALICE_MODEL_BASE_URL": problem})
    from alice.llm.openai_compatible import OpenAICompatible  # with TLS behind it

    return OpenAICompatible(base_url, name, key)
