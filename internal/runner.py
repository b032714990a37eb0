"""Works on one job for each delivery, one step after the other. Every pipeline shares this loop.

A delivery may come twice, late, or while another works: the lease lets one work at a
time, the dispatch number tells a stale one, and the fence refuses whatever a delivery
writes after it lost its lease.
"""

import hashlib
import json
import logging
import random
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from internal.delivery import Delivery
from internal.errors import LeaseLost, PermanentFailure, Refused, Stopped, StopReason, TemporaryFailure
from internal.faults import crash_point
from internal.jobs import OVERDUE, Dispatch, Job, JobError
from internal.logs import logged
from internal.pipeline import Done, Pipeline, Step, Wait
from internal.pipelines import PIPELINES
from internal.ports import Services

log = logging.getLogger(__name__)

#: how a delivery leaves the job, and the word for it in the job's events
Ending = tuple[str, Callable[[Job, datetime], Job]]

#: a wish to wait longer than this, in seconds, ends the attempt instead
LONGEST_PAUSE = 10.0

INTERNAL_ERROR = JobError("internal_error", "Something went wrong on our side. It has been logged.")


def enqueue(services: Services, job: Job) -> None:
    """Hand the job's dispatch to the queue. A failure here is no failure of the job: the reconciler repeats it."""
    dispatch = job.dispatch
    if dispatch is None:
        return
    try:
        services.queue.enqueue(dispatch, job.next_run_at)
        crash_point("next enqueued" if job.fence else "enqueued")
        services.store.dispatched(dispatch)
    except TemporaryFailure as error:
        log.warning("job %s waits for the reconciler to be dispatched: %s", job.id, error)


def deliver(
    dispatch: Dispatch,
    services: Services,
    shutdown: threading.Event,
    pipelines: Mapping[str, Pipeline] = PIPELINES,
) -> str:
    """Work on the job until it ends, waits or must stop; returns what happened, in a word.

    Raises TemporaryFailure when the database is out of reach, so that the queue delivers again.
    """
    job = _take(dispatch, services, pipelines)
    if job is None:
        return "nothing to do"
    with logged(job=job.id, fence=job.fence, run=job.run_no):
        crash_point("leased")
        pipeline = pipelines[job.kind]
        with Delivery(job, services, pipeline, shutdown) as run:
            event, change = _work(run, pipeline)
            crash_point("settling")
            try:
                with run.write() as tx:
                    job = tx.save(change(tx.job, tx.now), event)
            except LeaseLost:
                event = "lease lost"
        crash_point("settled")
        log.info("delivery ended: %s", event, extra={"status": job.status})
        if event != "lease lost":
            enqueue(services, job)
    return event


def _take(dispatch: Dispatch, services: Services, pipelines: Mapping[str, Pipeline]) -> Job | None:
    """The job, leased; None if this delivery may not work on it. Raises TemporaryFailure for a kind that only a
    newer version of us knows, so that the queue finds one."""
    try:
        with services.store.write(dispatch.job_id) as tx:
            if not tx.job.accepts(dispatch, tx.now):
                return None
            if tx.job.kind not in pipelines:
                raise TemporaryFailure(f"This version knows no job of kind {tx.job.kind}.")
            job = tx.job.lease(tx.now, services.times)
            job = tx.save(job, job.status if job.finished else "leased")
            crash_point("leasing")
    except Refused:
        return None
    if job.finished:
        log.info("delivery ended: %s", job.status, extra={"job": job.id, "status": job.status})
        return None
    return job


def _work(run: Delivery, pipeline: Pipeline) -> Ending:
    try:
        for step in pipeline.steps:
            wait = _pass_step(run, step)
            if wait:
                return _waiting(wait)
        outcome = pipeline.finish(run.outputs)
        return "partial" if outcome.partial else "completed", lambda job, now: job.complete(
            now, outcome.result, outcome.partial
        )
    except Stopped as stopped:
        return _stopped(stopped.reason)
    except TemporaryFailure as error:
        reason = JobError(error.code, str(error))
        log.warning("attempt failed for now: %s", error)
        return "backed off", lambda job, now: job.back_off(now, reason, run.services.times)
    except (PermanentFailure, Refused) as error:
        return _failed(JobError(error.code, str(error)))
    except Exception:  # whatever it is: the job must end where its owner sees it, and the trace be kept
        log.exception("a defect in step %s", run.job.step)
        return _failed(INTERNAL_ERROR)


def _failed(error: JobError) -> Ending:
    return "failed", lambda job, now: job.fail(now, error)


def _waiting(wait: Wait) -> Ending:
    delay = wait.delay
    if delay is None:
        return "parked", lambda job, now: job.park(now)
    return "waiting", lambda job, now: job.wait(now, delay)


def _stopped(reason: StopReason) -> Ending:
    if reason is StopReason.CANCELLED:
        return "cancelled", lambda job, now: job.cancelled(now)
    if reason is StopReason.OVERDUE:
        return _failed(OVERDUE)
    return "released", lambda job, now: job.release(now)


def _pass_step(run: Delivery, step: Step) -> Wait | None:
    """Reuse the step's checkpoint or do the step; its Wait, if it is not done."""
    input_sha = _input_sha(run, step)
    kept = run.services.store.checkpoint(run.job.id, step.name, input_sha)
    if kept is not None and step.holds(run, kept["output"]):
        run.outputs[step.name] = kept["output"]
        return None
    run.check()
    run.enter_step(step)
    with logged(step=step.name):
        return _do_step(run, step, input_sha)


def _do_step(run: Delivery, step: Step, input_sha: str) -> Wait | None:
    started_at = run.services.clock()
    crash_point("step started")
    outcome = _try_in_place(run, step)
    if isinstance(outcome, Wait):
        return outcome
    crash_point("step done")
    output = json.loads(json.dumps(outcome.output))  # as it will read from the checkpoint
    with run.write() as tx:
        tx.add_checkpoint(step.name, input_sha, {"output": output}, started_at)
        run.outputs[step.name] = output
        tx.save(tx.job.step_done(), "step done")
    crash_point("checkpoint kept")
    log.info("step done")
    return None


def _try_in_place(run: Delivery, step: Step) -> Done | Wait:
    """Most temporary failures pass within seconds: try again here before giving the attempt up."""
    for pause in run.services.times.in_place:
        try:
            return step.run(run)
        except TemporaryFailure as error:
            log.warning("trying again soon: %s", error)
            if (error.retry_after or 0) > LONGEST_PAUSE:
                raise
            run.rest(max(pause.total_seconds() * random.uniform(0.75, 1.25), error.retry_after or 0))
    return step.run(run)


def _input_sha(run: Delivery, step: Step) -> str:
    """Equal for equal input: a checkpoint kept under it is what the step would do again."""
    given: Any = [step.name, step.edition, run.job.params, run.outputs]
    return hashlib.sha256(json.dumps(given, sort_keys=True).encode()).hexdigest()
