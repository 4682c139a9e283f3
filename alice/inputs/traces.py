"""What traces may be given: which part of the list that each is mostly about."""

from __future__ import annotations

from pydantic import Field

from alice.inputs import Given, HowMany, Offset


class Trace(Given):
    """Which part of a trace is wanted: of its claims, citations or words."""

    limit: HowMany = Field(50, ge=1, le=500, description="How many at most, of each list.")
    skip: Offset = Field(0, description="How many of the list that it is mostly about to leave out before.")
