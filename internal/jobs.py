"""A job and the only ways it may change. Pure values: no clock, no database.

    pending ──▶ running ◀──▶ waiting          each arrow is a method below;
       │           │            │             every `now` is the database's clock
       └───────────┴────────────┴──▶ completed | partial | failed | cancelled

A job asks for *dispatches*, numbered one after the other; only a delivery of the newest
may work, and only while it holds the lease. Whenever a delivery lets go of an unfinished
job, the same change asks for the next dispatch, so the row itself is the outbox.
"""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from internal.errors import Conflict, NotFound
from internal.times import Times

ATTEMPTS = 4


class Status(StrEnum):
    PENDING = "pending"
    RUNNING = "running"
    WAITING = "waiting"
    COMPLETED = "completed"
    PARTIAL = "partial"
    FAILED = "failed"
    CANCELLED = "cancelled"


TERMINAL = frozenset({Status.COMPLETED, Status.PARTIAL, Status.FAILED, Status.CANCELLED})


@dataclass(frozen=True)
class Dispatch:
    """One queue delivery asked for."""

    job_id: str
    run_no: int
    dispatch_no: int
    #: by the queue that leads to the version which does not serve yet
    smoke: bool = False

    @property
    def name(self) -> str:
        """Hashed, so that names spread over the queue's storage; equal for equal dispatches."""
        return hashlib.sha256(f"{self.job_id}|{self.run_no}|{self.dispatch_no}".encode()).hexdigest()


@dataclass(frozen=True)
class JobError:
    code: str
    message: str


CRASHED = JobError("crashed", "The work stopped without a word too many times.")
CANCELLED = JobError("cancelled", "Cancelled on request.")
OVERDUE = JobError("deadline", "The work took longer than is allowed.")


@dataclass(frozen=True)
class Job:
    id: str
    #: the pipeline's name
    kind: str
    owner_id: str
    #: what the user asked for; JSON
    params: dict[str, Any] = field(default_factory=dict)
    status: Status = Status.PENDING
    #: the step that runs now or next; "" before the first and after the last
    step: str = ""
    #: 0 to 1, never back within a run
    progress: float = 0.0
    message: str = ""
    #: what came of it; JSON, once completed or partial
    result: dict[str, Any] | None = None
    error: JobError | None = None
    run_no: int = 1
    #: the newest dispatch asked for
    dispatch_no: int = 1
    #: when the queue took the newest dispatch; None until then
    dispatched_at: datetime | None = None
    #: when the newest dispatch is due
    next_run_at: datetime | None = None
    #: grows with each lease; a write with an older one is refused
    fence: int = 0
    lease_until: datetime | None = None
    #: leases that ended badly, and the running one, since the last Done or Wait
    attempt: int = 0
    deadline_at: datetime | None = None
    #: since when the job waits for a person; stops the deadline
    parked_at: datetime | None = None
    cancel_requested_at: datetime | None = None
    deleted_at: datetime | None = None
    #: raised by every visible change; numbers the job's events
    version: int = 1
    created_at: datetime | None = None
    started_at: datetime | None = None
    updated_at: datetime | None = None
    completed_at: datetime | None = None

    @property
    def finished(self) -> bool:
        return self.status in TERMINAL

    @property
    def dispatch(self) -> Dispatch | None:
        """The dispatch the queue should hold now: none while running, parked or finished."""
        if self.next_run_at is None or self.status not in (Status.PENDING, Status.WAITING):
            return None
        return Dispatch(self.id, self.run_no, self.dispatch_no, bool(self.params.get("smoke")))

    def leased(self, now: datetime) -> bool:
        return self.status is Status.RUNNING and self.lease_until is not None and now < self.lease_until

    def accepts(self, dispatch: Dispatch, now: datetime) -> bool:
        """Whether a delivery of this dispatch may take the lease. A stale one, one that comes
        while another works, or one for a job that is parked or over, may not."""
        newest = (dispatch.run_no, dispatch.dispatch_no) == (self.run_no, self.dispatch_no)
        return newest and not self.finished and self.parked_at is None and not self.leased(now)

    def created(self, now: datetime) -> "Job":
        return replace(self, created_at=now, updated_at=now, next_run_at=now)

    def lease(self, now: datetime, times: Times) -> "Job":
        """Begin an attempt. It counts now, so that a crash counts too; one too many ends the job."""
        if self.cancel_requested_at:
            return self.cancelled(now)
        if self.last_attempt:
            return self.fail(now, CRASHED)
        return replace(
            self,
            status=Status.RUNNING,
            fence=self.fence + 1,
            attempt=self.attempt + 1,
            lease_until=now + times.lease,
            next_run_at=None,
            started_at=self.started_at or now,
            deadline_at=self.deadline_at or now + times.limit,
        )

    def advance(self, step: str, progress: float, message: str) -> "Job":
        """Still running: show where it is."""
        return replace(self, step=step, progress=max(self.progress, min(progress, 1.0)), message=message)

    @property
    def last_attempt(self) -> bool:
        """Whether a temporary failure would now end the job."""
        return self.attempt >= ATTEMPTS

    def step_done(self) -> "Job":
        """Still running: this lease is now the first attempt at what comes next."""
        return replace(self, attempt=1)

    def wait(self, now: datetime, delay: timedelta) -> "Job":
        return replace(self, attempt=0)._ask(now, now + delay)

    def park(self, now: datetime) -> "Job":
        """Wait for a person: no dispatch, and the deadline stands still."""
        if self.cancel_requested_at:
            return self.cancelled(now)
        return replace(self, status=Status.WAITING, attempt=0, lease_until=None, next_run_at=None, parked_at=now)

    def resume(self, now: datetime) -> "Job":
        """A person has acted. Raises Conflict when the job is not parked."""
        if self.parked_at is None:
            raise Conflict("There is nothing to approve: this job is not waiting for you.")
        deadline = self.deadline_at and self.deadline_at + (now - self.parked_at)
        return replace(self, parked_at=None, deadline_at=deadline)._ask(now, now)

    def back_off(self, now: datetime, error: JobError, times: Times) -> "Job":
        """The attempt met a temporary failure: try again later, or fail after the last."""
        if self.last_attempt:
            return self.fail(now, error)
        return replace(self, message=error.message)._ask(now, now + times.backoff(self.attempt))

    def release(self, now: datetime) -> "Job":
        """The delivery ends through no fault of the job's: the attempt is not counted."""
        return replace(self, attempt=max(self.attempt - 1, 0))._ask(now, now)

    def expire(self, now: datetime) -> "Job":
        """The lease ran out unrenewed. The lease time was the back-off; the attempt stays counted."""
        if self.last_attempt:
            return self.fail(now, CRASHED)
        return self._ask(now, now)

    def hasten(self, now: datetime) -> "Job":
        """What it waits for may have happened: ask for the next dispatch at once. A job that waits for nothing, for a
        person, for what is due already, or for a failure to pass stays as it is: its attempts are few."""
        due = self.next_run_at is None or self.next_run_at <= now
        return self if self.status is not Status.WAITING or due or self.attempt else self._ask(now, now)

    def redispatch(self, now: datetime) -> "Job":
        """The queue has lost the newest dispatch: ask for another."""
        return self._ask(now, now)

    def complete(self, now: datetime, result: dict[str, Any], partial: bool) -> "Job":
        if self.cancel_requested_at:
            return self.cancelled(now)
        status = Status.PARTIAL if partial else Status.COMPLETED
        return replace(self, progress=1.0, result=result)._end(now, status)

    def fail(self, now: datetime, error: JobError) -> "Job":
        if self.cancel_requested_at:
            return self.cancelled(now)
        return replace(self, error=error)._end(now, Status.FAILED)

    def cancel(self, now: datetime) -> "Job":
        """At once if nobody works on it, else as a wish that the lease's holder obeys."""
        if self.finished:
            raise Conflict(f"This job is {self.status} already; there is nothing to cancel.")
        if self.leased(now):
            return replace(self, cancel_requested_at=self.cancel_requested_at or now)
        return self.cancelled(now)

    def cancelled(self, now: datetime) -> "Job":
        return replace(self, error=CANCELLED)._end(now, Status.CANCELLED)

    def delete(self, now: datetime) -> "Job":
        """Hidden at once; work in progress is cancelled."""
        gone = self if self.finished else self.cancel(now)
        return replace(gone, deleted_at=self.deleted_at or now)

    def restore(self, now: datetime, times: Times) -> "Job":
        """As it was before it was deleted, but for the work that stopped for that. Raises Conflict when it was too
        long ago."""
        if self.deleted_at and now >= self.deleted_at + times.undo_for:
            raise Conflict("It was deleted too long ago to be brought back.")
        return replace(self, deleted_at=None)

    def retry(self, now: datetime) -> "Job":
        """A new run. Raises Conflict unless the job ended short of complete, NotFound when it is deleted: what its
        runs made may be gone already."""
        if self.deleted_at:
            raise NotFound("There is no such job.")
        if self.status not in (Status.FAILED, Status.CANCELLED, Status.PARTIAL):
            raise Conflict(f"This job is {self.status}; only one that failed or was cancelled can be retried.")
        fresh = Job(self.id, self.kind, self.owner_id, self.params)
        return replace(
            fresh,
            run_no=self.run_no + 1,
            dispatch_no=self.dispatch_no + 1,
            next_run_at=now,
            fence=self.fence,
            version=self.version,
            created_at=self.created_at,
            updated_at=now,
        )

    def _ask(self, now: datetime, at: datetime) -> "Job":
        """Let go and ask for the next dispatch. A job that was never leased stays pending."""
        if self.cancel_requested_at:
            return self.cancelled(now)
        return replace(
            self,
            status=Status.PENDING if self.status is Status.PENDING else Status.WAITING,
            lease_until=None,
            dispatch_no=self.dispatch_no + 1,
            dispatched_at=None,
            next_run_at=at,
        )

    def _end(self, now: datetime, status: Status) -> "Job":
        return replace(
            self,
            status=status,
            lease_until=None,
            next_run_at=None,
            parked_at=None,
            cancel_requested_at=None,
            completed_at=now,
        )
