"""What is due: finds it, hands it to worker processes, and says what became of it. It decides about no slot itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from alice import clock
from alice.config import Settings
from alice.db import database
from alice.domain.policy import Action, Actor, Subject, owner
from alice.domain.vocab import WorkflowType
from alice.errors import InvalidInput
from alice.files import private_folder
from alice.ledger import gate
from alice.queries import schedules
from alice.runs import orphans
from alice.runs.crews import Crew, Ended
from alice.runs.jobs import RUN_SECONDS, Job, Setting, bound, job
from alice.runs.outcomes import Ending
from alice.runs.runtime_files import runtime_files
from alice.runs.starts import Spawned, Start

# For so long nobody else looks at what was handed to a worker: it claims within milliseconds, or never.
OFFER = timedelta(seconds=3)
COUNTED = 1000
STEP_SECONDS = 0.02
A_MOMENT = 3.0


def due_count(*, now: datetime, user_id: UUID | None = None) -> int:
    """Return how many workflows and requests are due in one brain, or in all; at most a thousand of each."""
    return int(
        database.query(
            "SELECT (SELECT count(*) FROM (SELECT 1 FROM workflow_state WHERE due_at <= %s"
            " AND (%s::uuid IS NULL OR user_id = %s) LIMIT %s) a)"
            " + (SELECT count(*) FROM (SELECT 1 FROM workflow_request WHERE due_at <= %s"
            " AND (%s::uuid IS NULL OR user_id = %s) LIMIT %s) b)",
            now, user_id, user_id, COUNTED, now, user_id, user_id, COUNTED,
        )[0][0]
    )  # fmt: skip


def next_due_at(*, user_id: UUID | None = None) -> tuple[datetime, str] | None:
    """Return the next moment at which something is due, and of which workflow; None when nothing is planned."""
    found = database.query(
        "SELECT due_at, workflow_type FROM"
        " ((SELECT due_at, workflow_type FROM workflow_state WHERE due_at IS NOT NULL"
        " AND (%s::uuid IS NULL OR user_id = %s) ORDER BY due_at LIMIT 1) UNION ALL"
        " (SELECT due_at, workflow_type FROM workflow_request WHERE due_at IS NOT NULL"
        " AND (%s::uuid IS NULL OR user_id = %s) ORDER BY due_at LIMIT 1)) both_of_them ORDER BY due_at LIMIT 1",
        user_id, user_id, user_id, user_id,
    )  # fmt: skip
    return found[0] if found else None


# The oldest first, and one of each brain before a second of any.
PICK = (
    "WITH due AS (SELECT workflow_id, user_id, due_at FROM workflow_state WHERE due_at <= %s"
    " AND (%s::uuid IS NULL OR user_id = %s) AND workflow_id <> ALL(%s) ORDER BY due_at LIMIT %s),"
    " turns AS (SELECT workflow_id, due_at, row_number() OVER (PARTITION BY user_id ORDER BY due_at) AS turn FROM due),"
    " picked AS (SELECT s.workflow_id FROM turns t JOIN workflow_state s ON s.workflow_id = t.workflow_id"
    " AND s.due_at = t.due_at ORDER BY t.turn, t.due_at LIMIT %s FOR UPDATE OF s SKIP LOCKED)"
    " UPDATE workflow_state s SET due_at = %s FROM picked WHERE s.workflow_id = picked.workflow_id"
    " RETURNING s.user_id, s.workflow_id, s.workflow_type"
)
PICK_REQUESTS = (
    "WITH picked AS (SELECT id FROM workflow_request WHERE due_at <= %s AND (%s::uuid IS NULL OR user_id = %s)"
    " AND workflow_id <> ALL(%s) ORDER BY due_at LIMIT %s FOR UPDATE SKIP LOCKED)"
    " UPDATE workflow_request r SET due_at = %s FROM picked WHERE r.id = picked.id"
    " RETURNING r.user_id, r.workflow_id, r.workflow_type, r.id"
)


def pick(setting: Setting, *, now: datetime, limit: int, busy: list[UUID], user_id: UUID | None = None) -> list[Job]:
    """Take at most `limit` of what is due, requests first, and return the jobs; nobody else takes them for a moment.

    `busy` are the workflows that are worked on here already. A worker that never claims leaves its job due again.
    """
    if limit <= 0:
        return []
    asked = database.query(PICK_REQUESTS, now, user_id, user_id, busy, limit, now + OFFER)
    jobs = {row[1]: job(*row[:3], request_id=row[3], setting=setting) for row in asked}
    taken = [*busy, *jobs]
    if left := limit - len(jobs):
        for row in database.query(PICK, now, user_id, user_id, taken, COUNTED, left, now + OFFER):
            jobs[row[1]] = job(*row, request_id=None, setting=setting)
    return list(jobs.values())


def run_due(
    settings: Settings,
    *,
    limit: int = 10,
    now: datetime | None = None,
    wait: float = 25.0,
    workers: int = 2,
    actor: Actor | None = None,
    start: Start = Spawned,
    modules: tuple[str, ...] = (),
) -> dict[str, Any]:
    """Run at most `limit` of what is due in this brain, wait for it at most `wait` seconds, and say what became of it.

    Return checked_at, due_count, failed_count, reaped_count and runs, of which some may still be running. Works beside
    any number of daemons, and without one. Raise InvalidInput for a limit that is not from 1 to 1000.
    """
    if not 1 <= limit <= COUNTED:
        raise InvalidInput({"limit": f"must be a number from 1 to {COUNTED}, not {limit}."})
    asking = actor or owner(settings.user_id)
    for kind in WorkflowType:  # whatever is due
        gate.allow(asking, Action.RUN_WORKFLOW, Subject(workflow=kind))
    gate.read(asking, Action.RUN_WORKFLOW)  # which records what an agent asked for
    moment = now or clock.now()
    url, app_role = bound()
    setting = Setting(
        url, app_role, triggered_by="run_due", run_seconds=RUN_SECONDS, log_file=_log(settings), modules=modules,
        shift=moment - clock.now(), agent_identity=asking.identity if asking.kind == "agent" else None,
    )  # fmt: skip
    with database.session():
        reaped = orphans.reap(now=moment, user_id=asking.user_id)
        due = due_count(now=moment, user_id=asking.user_id)
        crew = Crew(start, workers)
        begun = work_off(crew, setting, asking.user_id, limit=limit, until=clock.monotonic() + wait)
        runs = schedules.runs_of(gate.scope(asking), begun)
    return {
        "checked_at": moment,
        "due_count": due,
        "failed_count": sum(run["status"] == "failed" for run in runs),
        "reaped_count": reaped,
        "runs": runs,
    }


def _log(settings: Settings) -> str:
    path = runtime_files(settings).log
    private_folder(path.parent)
    return str(path)


def work_off(
    crew: Crew, setting: Setting, user_id: UUID | None, *, limit: int, until: float,
    stopping: Callable[[], bool] = lambda: False,
) -> list[UUID]:  # fmt: skip
    """Run at most `limit` of what is due until nothing is, until that monotonic time, or until it is `stopping`.

    Return the runs' ids, of which some may still be running.
    """
    begun: list[UUID] = []
    while not stopping():
        for job_ in pick(
            setting, now=clock.now() + setting.shift, limit=min(crew.free, limit - len(begun)),
            busy=crew.busy(), user_id=user_id,
        ):  # fmt: skip
            crew.take(job_)
            begun.append(job_.run_id)
        if not crew.members or clock.monotonic() > until:
            break
        _await_one(crew, setting, user_id, until=until, stopping=stopping)
    return begun


def _await_one(
    crew: Crew, setting: Setting, user_id: UUID | None, *, until: float, stopping: Callable[[], bool]
) -> None:
    """Wait until a worker has ended, and record why where it could not itself."""
    while crew.members and not (gone := crew.ended()) and clock.monotonic() <= until and not stopping():
        time.sleep(STEP_SECONDS)
    told = explained(gone)
    if told:
        orphans.reap(now=clock.now() + setting.shift, user_id=user_id, why=told)


def let_go(crew: Crew, setting: Setting, user_id: UUID | None, *, grace_seconds: float) -> None:
    """Let the workers that are left finish within `grace_seconds`, then ask them to end, then end them; record it."""
    for patience, harder in ((grace_seconds, crew.release), (A_MOMENT, crew.kill), (A_MOMENT, lambda: None)):
        until = clock.monotonic() + patience
        while crew.members and clock.monotonic() <= until:
            _await_one(crew, setting, user_id, until=until, stopping=lambda: False)
        harder()


def explained(gone: list[Ended]) -> dict[UUID, Ending]:
    """Return why each run ended whose worker could not record it."""
    return {ended.job.run_id: ended.ending for ended in gone if ended.ending is not None}
