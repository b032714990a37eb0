"""One job's states by number, each reached by the real functions of `internal.jobs` and `internal.reconciler`.

Jobs that differ only in what the protocol never looks at, or only compares, have one number.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import NamedTuple

from internal.errors import Refused
from internal.jobs import ATTEMPTS, OVERDUE, Dispatch, Job, JobError, Status
from internal.reconciler import overdue
from internal.times import Times

NOW = datetime(2000, 1, 1, tzinfo=UTC)
PAST, TO_COME = NOW - timedelta(days=1), NOW + timedelta(days=1)
TIMES = Times()
ERROR = JobError("temporary_failure", "")

Change = Callable[[Job], Job]

CHANGES: dict[str, Change] = {
    "lease": lambda job: job.lease(NOW, TIMES),
    "enter step 0": lambda job: job.advance("0", 0.0, ""),
    "enter step 1": lambda job: job.advance("1", 0.5, ""),
    "done": lambda job: job.step_done(),
    "wait": lambda job: job.wait(NOW, timedelta(seconds=15)),
    "park": lambda job: job.park(NOW),
    "back off": lambda job: job.back_off(NOW, ERROR, TIMES),
    "release": lambda job: job.release(NOW),
    "fail": lambda job: job.fail(NOW, ERROR),
    "overdue": lambda job: job.fail(NOW, OVERDUE),
    "cancelled": lambda job: job.cancelled(NOW),
    "complete": lambda job: job.complete(NOW, {}, partial=False),
    "partial": lambda job: job.complete(NOW, {}, partial=True),
    "settle": lambda job: overdue(job, NOW, TIMES, lost=False)[0],
    "settle lost": lambda job: overdue(job, NOW, TIMES, lost=True)[0],
    "cancel": lambda job: job.cancel(NOW),
    "delete": lambda job: job.delete(NOW),
    "restore": lambda job: job.restore(NOW, TIMES),
    "retry": lambda job: job.retry(NOW),
    "approve": lambda job: job.resume(NOW),
    "note": lambda job: replace(job, dispatched_at=NOW),
    "the lease runs out": lambda job: replace(job, lease_until=PAST),
    "the deadline passes": lambda job: replace(job, deadline_at=PAST),
}
#: what of these leaves the job's version as it was
UNSEEN = ("note", "the lease runs out", "the deadline passes")


class Saved(NamedTuple):
    """The job after a change, and what the change did to numbers that are the same in every numbered job."""

    job: int
    #: something was written
    moved: bool = False
    new_name: bool = False
    new_fence: bool = False
    ends_badly: bool = False
    fault: str = ""


class Jobs:
    """`without`: as for `protocol_model.Model`."""

    def __init__(self, without: str) -> None:
        self.all: list[Job] = []
        self.change = cache(self._change)
        self.accepts = cache(self._accepts)
        self._without = without
        self._numbers: dict[str, int] = {}

    def number(self, job: Job) -> int:
        plain = _plain(job)
        number = self._numbers.setdefault(repr(plain), len(self.all))
        if number == len(self.all):
            self.all.append(plain)
        return number

    def _change(self, number: int, change: str) -> Saved:
        before = self.all[number]
        try:
            after = CHANGES[change](before)
        except Refused:
            return Saved(number)
        if self._without == "dispatch numbers":
            after = replace(after, dispatch_no=before.dispatch_no)
        names = [Dispatch(job.id, job.run_no, job.dispatch_no).name for job in (before, after)]
        ends_badly = before.status is Status.RUNNING and (
            change == "back off" or (change in ("lease", "settle", "settle lost") and after is not before)
        )
        return Saved(
            self.number(after),
            moved=after is not before,
            new_name=names[0] != names[1],
            new_fence=after.fence > before.fence,
            ends_badly=ends_badly,
            fault=_wrong(before, after, change),
        )

    def _accepts(self, number: int, age: int) -> bool:
        """`age`: 0 for the newest dispatch, 1 for an older one of this run, 2 for one of the run before."""
        job = self.all[number]
        if self._without == "lease":
            job = replace(job, lease_until=PAST)
        dispatch = Dispatch(job.id, job.run_no - (age == 2), job.dispatch_no - (age > 0))
        return job.accepts(dispatch, NOW)


def _plain(job: Job) -> Job:
    """Times become past or to come; numbers that are only compared become constants."""
    return replace(
        job,
        message="",
        result=None,
        error=None,
        dispatch_no=2,
        fence=min(job.fence, 1),
        dispatched_at=job.dispatched_at and PAST,
        next_run_at=job.next_run_at and PAST,
        lease_until=job.lease_until and (TO_COME if job.lease_until > NOW else PAST),
        deadline_at=None if job.finished else job.deadline_at and (TO_COME if job.deadline_at > NOW else PAST),
        attempt=0 if job.finished else job.attempt,
        started_at=None,
        completed_at=None,
    )


def _wrong(before: Job, after: Job, change: str) -> str:
    """What one change of the job must never do."""
    retried = after.run_no == before.run_no + 1 and change == "retry"
    if before.finished and after.status is not before.status and not retried:
        return f"left {before.status} by {change}"
    if not retried and (after.progress < before.progress or after.run_no != before.run_no):
        return f"progress or run went wrong by {change}"
    if min(after.fence - before.fence, after.dispatch_no - before.dispatch_no, after.version - before.version) < 0:
        return f"a number went back by {change}"
    if before.deleted_at and not after.deleted_at and change != "restore":
        return f"undeleted by {change}"
    if after.attempt > ATTEMPTS:
        return f"too many attempts by {change}"
    if before.cancel_requested_at and after.status not in (Status.CANCELLED, Status.RUNNING):
        return f"let go by {change} against the wish to cancel"
    return ""
