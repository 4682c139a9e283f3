"""The six workflows: what each is called and the schedule it has until its owner says otherwise. It runs nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

from alice.domain.scheduling.schedules import Daily, Schedule, Weekly
from alice.domain.vocab import WorkflowType
from alice.errors import InvalidInput

SUNDAY = 6


@dataclass(frozen=True, slots=True)
class About:
    """What a person calls a workflow, and the schedule that enabling it puts in force."""

    title: str
    schedule: Schedule


ABOUT = {
    WorkflowType.DAILY_BRIEF: About("Daily Brief", Daily(time(7))),
    WorkflowType.WEEKLY_SYNTHESIS: About("Weekly Synthesis", Weekly(SUNDAY, time(17))),
    WorkflowType.CONNECTION_REPORT: About("Connection Report", Weekly(SUNDAY, time(18))),
    WorkflowType.CONTRADICTION_REPORT: About("Contradiction Report", Weekly(SUNDAY, time(18, 30))),
    WorkflowType.OPEN_LOOP_REVIEW: About("Open Loop Review", Daily(time(17))),
    WorkflowType.PROJECT_UPDATE_SCAN: About("Project Update Scan", Daily(time(6, 30))),
}


def workflow_type(name: str) -> WorkflowType:
    """Return the workflow called `name`; raise InvalidInput naming the six for any other."""
    try:
        return WorkflowType(name)
    except ValueError:
        shown = repr(name)[:60]
        raise InvalidInput({"workflow_type": f"must be one of {', '.join(WorkflowType)}; {shown} is not."}) from None
