"""What a form part expects: a value and a fault for each of its fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def form(
    names: Iterable[str], values: Mapping[str, str] | None = None, faults: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return `values` and `faults` of the fields `names`, empty where nothing was said.

    What was wrong with a field that the form does not show is told at its last field.
    """
    listed = list(names)
    told = {name: (faults or {}).get(name, "") for name in listed}
    for name, sentence in (faults or {}).items():
        if name not in told:
            told[listed[-1]] = told[listed[-1]] or f"{name} {sentence}"
    return {"values": {name: (values or {}).get(name, "") for name in listed}, "faults": told}
