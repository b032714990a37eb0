"""Puts right what deliveries and the queue left undone. Called every so often; safe to call at any time.

It sees the rows and asks the queue about single dispatches; it never lists the queue.
"""

import logging
from collections.abc import Sequence
from datetime import datetime

from internal.errors import Refused, TemporaryFailure
from internal.faults import crash_point
from internal.jobs import OVERDUE, Job
from internal.ports import Services
from internal.runner import enqueue
from internal.times import Times

log = logging.getLogger(__name__)

#: jobs looked at in one call
BATCH = 200


def reconcile(services: Services) -> Sequence[str]:
    """Settle every overdue job; returns what was done, as "job: word"."""
    done = []
    for job_id in services.store.unsettled(services.times, BATCH):
        try:
            word = _settle(job_id, services)
        except (TemporaryFailure, Refused) as error:
            log.warning("job %s not settled now: %s", job_id, error)
            continue
        if word:
            done.append(f"{job_id}: {word}")
    return done


def _settle(job_id: str, services: Services) -> str | None:
    """The queue is asked before the row is locked: a lock must not wait for the network."""
    seen = services.store.job(job_id)
    lost = seen.dispatch is not None and seen.dispatched_at is not None and not services.queue.holds(seen.dispatch)
    with services.store.write(job_id) as tx:
        if tx.job.version != seen.version:
            return None
        settled, word = overdue(tx.job, tx.now, services.times, lost)
        if not word:
            return None
        if settled is not tx.job:
            settled = tx.save(settled, word)
    crash_point("reconciled")
    log.info("job %s %s", job_id, word, extra={"job": job_id, "status": settled.status})
    enqueue(services, settled)
    return word


def overdue(job: Job, now: datetime, times: Times, lost: bool) -> tuple[Job, str]:
    """The job as it should stand now and the word for what changed ("" for nothing). `lost`: the queue took its
    dispatch and does not hold it any more."""
    if job.finished or job.parked_at or job.leased(now):
        return job, ""
    if job.deadline_at and job.deadline_at <= now:
        return job.fail(now, OVERDUE), "overdue"
    if job.next_run_at is None:
        return job.expire(now), "lease expired"
    if job.dispatched_at is None:
        return job, "dispatched again"
    due = max(job.next_run_at, job.dispatched_at) + times.unleased
    return (job.redispatch(now), "dispatch lost") if lost and due <= now else (job, "")
