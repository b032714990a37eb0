"""One delivery's hold on a job: the lease it took, the heartbeat that keeps it, the reasons to let go."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

from internal.errors import LeaseLost, Stopped, StopReason, TemporaryFailure
from internal.jobs import Job
from internal.pipeline import Pipeline, Step
from internal.ports import JobTx, Renewal, Services
from internal.scratch import scratch_folder

log = logging.getLogger(__name__)

#: progress is written no more often than this, in seconds
PROGRESS_EVERY = 0.5


class Delivery:
    """The `Run` that steps are given. Use as a context manager: the heartbeat beats inside the block."""

    def __init__(self, job: Job, services: Services, pipeline: Pipeline, shutdown: threading.Event) -> None:
        self.job = job
        self.services = services
        self.outputs: dict[str, Any] = {}
        self._pipeline = pipeline
        self._shutdown = shutdown
        self._reason: StopReason | None = None
        self._over = threading.Event()
        self._writing = threading.Lock()
        self._kept = ExitStack()
        self._heart = threading.Thread(target=self._beat, name=f"heartbeat-{job.id}", daemon=True)
        now, times = time.monotonic(), services.times
        self._ends_at = now + (times.dispatch_deadline - times.margin).total_seconds()
        self._held_until = now + times.lease.total_seconds()
        self._step: Step | None = None
        self._written_at = 0.0

    def __enter__(self) -> Self:
        self.folder: Path = self._kept.enter_context(scratch_folder())
        self._heart.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._heart.join()
        self._kept.close()

    def enter_step(self, step: Step) -> None:
        """One that is taken up again goes on showing how far it was; what the step says first is always shown."""
        self._step = step
        if self.job.step != step.name:
            self.progress(0.0)
        self._written_at = 0.0

    def progress(self, fraction: float, message: str = "") -> None:
        self.check()
        assert self._step is not None
        now = time.monotonic()
        if self.job.step == self._step.name and now - self._written_at < PROGRESS_EVERY:
            return
        self._written_at = now
        with self.write() as tx:
            tx.save(tx.job.advance(self._step.name, self._overall(fraction), message), "progress")

    def check(self) -> None:
        reason = self._reason or self._reason_now()
        if reason is StopReason.LEASE_LOST:
            raise LeaseLost
        if reason:
            raise Stopped(reason)

    def rest(self, seconds: float) -> None:
        """Sleep, but stop when told to."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self.check()
            time.sleep(min(left, 0.1))

    def hold(self, length: timedelta) -> None:
        """Make sure that nobody else can take the job for so long. Raises Stopped, TemporaryFailure."""
        renewal = self._renew(max(self.services.times.lease, length))
        self._reason = self._reason or _reason_in(renewal)
        self.check()

    @contextmanager
    def write(self) -> Iterator[JobTx]:
        """One at a time: a step may work in several threads, and each would wait for the row's lock."""
        with self._writing, self.services.store.write(self.job.id, self.job.fence) as tx:
            if tx.job.cancel_requested_at:
                self._reason = StopReason.CANCELLED
            yield tx
            self.job = tx.job

    def _reason_now(self) -> StopReason | None:
        now = time.monotonic()
        if now > self._held_until:
            return StopReason.LEASE_LOST
        if self._shutdown.is_set():
            return StopReason.SHUTDOWN
        return StopReason.OUT_OF_TIME if now > self._ends_at else None

    def _overall(self, fraction: float) -> float:
        """The job's progress, 0 to 1, when this step is at `fraction`."""
        steps = self._pipeline.steps
        before = sum(step.weight for step in steps if step.name in self.outputs)
        assert self._step is not None
        return (before + self._step.weight * fraction) / sum(step.weight for step in steps)

    def _beat(self) -> None:
        while not self._over.wait(self.services.times.heartbeat.total_seconds()):
            found = self._renewed()  # also while stopping: the lease must outlast the last words
            self._reason = self._reason or found
            if found is StopReason.LEASE_LOST:
                return

    def _renewed(self) -> StopReason | None:
        """Renew the lease; the reason to stop, if it shows one."""
        try:
            return _reason_in(self._renew(self.services.times.lease))
        except TemporaryFailure as error:
            log.warning("heartbeat not heard: %s", error)
            return None

    def _renew(self, length: timedelta) -> Renewal:
        """Counted from before the question was asked; a lease that lasts longer already stays as it is."""
        asked_at = time.monotonic()
        renewal = self.services.store.renew(self.job.id, self.job.fence, length)
        if renewal.held:
            self._held_until = max(self._held_until, asked_at + length.total_seconds())
        return renewal


def _reason_in(renewal: Renewal) -> StopReason | None:
    if not renewal.held:
        return StopReason.LEASE_LOST
    if renewal.cancel_requested:
        return StopReason.CANCELLED
    return StopReason.OVERDUE if renewal.overdue else None
