"""One run in a process of its own: take the workflow's lock, claim, compose, publish. A crash fails this run alone.

`main` is the process; `perform` is the run and can be called anywhere that a database is bound.
"""

from __future__ import annotations

import importlib
import logging
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from enum import IntEnum
from pathlib import Path
from types import FrameType
from typing import NoReturn, TypeVar
from uuid import UUID

from alice import logs
from alice.db import database, locks
from alice.domain import redaction
from alice.errors import AliceError, Conflict, DatabaseUnavailable, InvalidInput, NotConfigured, PolicyBlocked
from alice.runs import claims, log_files, outcomes, polls, workflows
from alice.runs.jobs import Job
from alice.runs.outcomes import Claimed, Ending
from alice.runs.polls import Poll

log = logging.getLogger("alice.scheduler")
PAUSES = (0.1, 0.3, 1.0, 2.0, 4.0, 8.0)
Answer = TypeVar("Answer")


class Code(IntEnum):
    """How a worker process ends."""

    DONE = 0
    FAILED = 1
    NOTHING = 3
    BUSY = 7


class Stopped(BaseException):
    """The process was asked to end; what it worked on is tried again later."""


def main(job: Job | Poll) -> NoReturn:
    """Be the worker process of one job or poll and exit with its code."""
    _settle_in(job)
    code = Code.DONE
    try:
        if isinstance(job, Poll):
            polls.perform(job)
        else:
            code = perform(job)
    except Stopped:
        code = Code.FAILED
    except AliceError as error:
        log.warning("%s: %s", job.workflow_type, error.message)
        code = Code.FAILED
    sys.exit(int(code))


def _settle_in(job: Job | Poll) -> None:
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the daemon, which decides
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(int(job.setting.run_seconds) + 30)  # should whoever watches the time be gone
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("500", encoding="ascii")  # rather this one than the daemon
    if job.setting.log_file:
        with suppress(OSError):
            log_files.set_up(Path(job.setting.log_file))
    for name in job.setting.modules:
        importlib.import_module(name)
    database.bind(job.setting.url, max_connections=3, app_role=job.setting.app_role)


def _stop(_number: int, _frame: FrameType | None) -> NoReturn:
    raise Stopped


def perform(job: Job) -> Code:
    """Make the run that the job is about; raise what made it fail, once that is recorded."""
    logs.new_trace()
    with locks.held(*job.lock, url=job.setting.url) as alone:
        if not alone:
            return Code.BUSY
        claimed = claims.claim(job)
        if claimed is None:
            return Code.NOTHING
        _work(job, claimed)
    return Code.DONE


def _work(job: Job, run: Claimed) -> None:
    recipe = workflows.recipe(job.workflow_type, within=job.setting.run_seconds)
    try:
        composed = recipe.compose(job.workflow_type, run.actor, job.now(), run.at.zone.key)
        _persist(lambda: _published(run) or outcomes.publish(run, recipe, composed, now=job.now()))
    except BaseException as error:
        ending = _ending(error)
        _persist(lambda: outcomes.fail(run, ending, now=job.now()))
        raise
    log.info("%s: published", job.workflow_type)


def _published(run: Claimed) -> UUID | None:
    with database.session():
        return outcomes.published(run)


def _persist(write: Callable[[], Answer]) -> Answer:
    """Write, and where the connection is lost write again: the claim makes sure that it happens once."""
    for pause in PAUSES:
        try:
            return write()
        except (*database.LOST, DatabaseUnavailable):
            log.warning("the database went away while a run was being recorded; trying again", exc_info=True)
            database.handle.close_all()
            time.sleep(pause)
    return write()


def _ending(error: BaseException) -> Ending:
    """Say why a run failed; the log keeps the traceback, the event no text that a note may have put into it."""
    name = type(error).__name__
    if isinstance(error, Stopped):
        return Ending("The scheduler was stopped while this ran; it is tried again.", "stopped", lost=True)
    if isinstance(error, (*database.LOST, DatabaseUnavailable)):
        return Ending("The database went away while this ran.", "database lost", lost=True)
    if isinstance(error, AliceError):
        final = isinstance(error, (NotConfigured, InvalidInput, PolicyBlocked, Conflict))
        return Ending(redaction.redact(error.message).text, error.code, final=final)
    log.error("a run failed", exc_info=error)
    said = redaction.redact(str(error)).text.strip().splitlines()
    return Ending(f"{name}: {said[0]}" if said else name, name)


if __name__ == "__main__":
    # Imported anew, so that the classes a job is made of are the same ones as everywhere.
    from alice.runs import starts, worker

    worker.main(starts.read(sys.stdin.buffer))
