"""The worker processes of one daemon or one scan: how many, which workflow each is on, and how long they may take."""

from __future__ import annotations

import signal
from dataclasses import dataclass, field
from uuid import UUID

from alice import clock
from alice.runs.jobs import Job
from alice.runs.outcomes import Ending
from alice.runs.polls import Poll
from alice.runs.starts import Process, Start
from alice.runs.worker import Code


@dataclass(frozen=True, slots=True)
class Ended:
    """A worker that has ended; `ending` says why where its run may not have been told."""

    job: Job | Poll
    code: int
    ending: Ending | None


@dataclass(slots=True)
class _Member:
    job: Job | Poll
    process: Process
    began: float
    overdue: bool = False
    released: bool = False


@dataclass(slots=True)
class Crew:
    """At most `size` workers at a time."""

    start: Start
    size: int
    members: dict[UUID, _Member] = field(default_factory=dict)

    @property
    def free(self) -> int:
        """Return how many more may work."""
        return max(0, self.size - len(self.members))

    @property
    def jobs(self) -> list[Job | Poll]:
        """Return what is worked on."""
        return [member.job for member in self.members.values()]

    def busy(self) -> list[UUID]:
        """Return the workflows that are worked on here."""
        return [member.job.workflow_id for member in self.members.values()]

    def take(self, job: Job | Poll) -> None:
        """Start a worker on `job`; raise OSError when the machine has no process left."""
        self.members[job.run_id] = _Member(job, self.start(job), clock.monotonic())

    def ended(self) -> list[Ended]:
        """Return the workers that have ended since the last call, having ended those that took too long."""
        gone = []
        for run_id, member in list(self.members.items()):
            self._hurry(member)
            code = member.process.code()
            if code is not None:
                del self.members[run_id]
                gone.append(Ended(member.job, code, _why(member, code)))
        return gone

    def _hurry(self, member: _Member) -> None:
        if not member.overdue and clock.monotonic() - member.began > member.job.setting.run_seconds:
            member.overdue = True
            member.process.kill()

    def release(self) -> None:
        """Ask every worker to end, because the daemon stops."""
        for member in self.members.values():
            member.released = True
            member.process.stop()

    def kill(self) -> None:
        """End every worker at once."""
        for member in self.members.values():
            member.released = True
            member.process.kill()

    def next_limit(self) -> float | None:
        """Return in how many seconds the first worker is out of time; None when nobody works."""
        now = clock.monotonic()
        left = [max(0.0, m.began + m.job.setting.run_seconds - now) for m in self.members.values() if not m.overdue]
        return min(left, default=None)

    def sentinels(self) -> list[int]:
        """Return the descriptors that become readable when a worker ends."""
        return [fd for m in self.members.values() if (fd := m.process.sentinel()) is not None]


def _why(member: _Member, code: int) -> Ending | None:
    """Say why the process ended when it could not say so itself."""
    if member.overdue:
        limit = member.job.setting.run_seconds
        return Ending(f"It took longer than the run limit of {limit:g} s and was ended.", "run limit")
    if code in (Code.DONE, Code.FAILED, Code.NOTHING, Code.BUSY):
        return None
    if member.released:
        return Ending("The scheduler was stopped while this ran; it is tried again.", "stopped", lost=True)
    if code < 0:
        name = signal.Signals(-code).name
        extra = ", perhaps for want of memory" if -code == signal.SIGKILL else ""
        return Ending(f"Its process was ended by {name}{extra}.", "worker killed", lost=True)
    return Ending(f"Its process ended with code {code} and no word.", "worker lost", lost=True)
