"""Sends an order for a scene: within the limits, once, after its intent is committed, under a lease that outlives the
answer."""

import logging
from collections.abc import Sequence
from datetime import timedelta

from internal.errors import Conflict, LeaseLost, OutcomeUnknown, PermanentFailure, Stopped, TemporaryFailure
from internal.faults import crash_point
from internal.jobs import JobError
from internal.paid import PaidCall, PaidState, Spending
from internal.paying.keeping import event_of, keep
from internal.paying.standing import Limited, Pending, Standing, Wanted
from internal.pipeline import Run
from internal.ports import Order

log = logging.getLogger(__name__)

#: seconds for which a vendor may put an order off: a job has hours, not days
LONGEST_PAUSE = 1800.0
NOT_SENT = JobError("not_sent", "The order was not sent: the work was interrupted.")


def order(run: Run, wanted: Wanted, seen: Sequence[PaidCall]) -> Standing | None:
    """`seen`: the calls on whose account it was decided. None when the scene is to be looked at again: it was refused,
    or what became of the order is not known. Raises as `paying.advance`."""
    limit = _limit(run, wanted, run.services.store.spent(run.job.owner_id, run.job.id))
    if limit:
        return limit
    wanted.prepare()
    intent = _intend(run, wanted, seen)
    if not isinstance(intent, PaidCall):
        return intent
    crash_point("intent kept")
    sent = _send(run, wanted.order, intent)
    return Pending(run.services.times.first_poll) if sent.state is PaidState.SUBMITTED else None


def _limit(run: Run, wanted: Wanted, spending: Spending) -> Standing | None:
    """What keeps it from being sent now, if anything does."""
    if not wanted.price:
        return None
    limits = run.services.limits
    reason = limits.exceeded(spending, wanted.price, wanted.most)
    if reason:
        return Limited(reason)
    return Pending(run.services.times.poll_every) if limits.too_many(spending) else None


def _intend(run: Run, wanted: Wanted, seen: Sequence[PaidCall]) -> PaidCall | Standing:
    """The intent, committed together with what it takes from the limits, unless there is more than was `seen` when it
    was decided: another job may have ordered the same meanwhile, and even have it already."""
    call = _new_call(run, wanted)
    try:
        with run.write() as tx:
            limit = _limit(run, wanted, tx.spending())
            if limit:
                return limit
            call = call.intended(tx.now, run.services.times.unknown_for)
            tx.add_paid_call(call)  # from here on nobody else can add one
            if run.services.store.paid_calls(call.owner_id, call.input_sha) != seen:
                raise Conflict("Another job has ordered the same meanwhile.")
            tx.save(tx.job, *event_of(call))
    except Conflict:  # another job has been faster: what it is given is ours too
        return Pending(run.services.times.poll_every)
    return call


def _new_call(run: Run, wanted: Wanted) -> PaidCall:
    """Only the lease's holder adds any for the job, so none can take its number. Told anew, by a newer version of us,
    the story may have had something else in the scene's place."""
    asker = wanted.asker(run.job)
    before = [call.ordinal for call in run.services.store.ledger(asker.job_id) if call.asker == asker]
    return PaidCall(
        run.job.owner_id,
        *asker,
        input_sha=wanted.input_sha,
        ordinal=max(before, default=0) + 1,
        units=wanted.order.seconds,
        usd=wanted.price,
    )


def _send(run: Run, order: Order, intent: PaidCall) -> PaidCall:
    """Once. The lease is made to outlive the answer, and the writing of it, before anything is sent."""
    times = run.services.times
    try:
        run.hold(times.submit_timeout + times.heartbeat)
        operation = run.services.generator.start(order, intent.prefix)
    except LeaseLost:
        raise
    except Stopped:
        keep(run, intent, lambda call, now: call.put_off(now, NOT_SENT, timedelta(0)))
        raise
    except PermanentFailure as error:
        refused = JobError(error.code, str(error))
        return keep(run, intent, lambda call, now: call.rejected(now, refused))
    except TemporaryFailure as error:
        busy = JobError(error.code, str(error))
        wish = timedelta(seconds=min(error.retry_after or 0, LONGEST_PAUSE))
        pause = max(times.backoff(intent.ordinal), wish)
        return keep(run, intent, lambda call, now: call.put_off(now, busy, pause))
    except OutcomeUnknown as error:
        log.warning("whether an order was accepted is unknown: %s", error, extra={"usd": intent.usd})
        return keep(run, intent, lambda call, _now: call.unknown())
    log.info("order accepted", extra={"operation": operation, "usd": intent.usd})
    crash_point("order accepted")
    call = keep(run, intent, lambda call, now: call.submitted(now, operation))
    crash_point("operation kept")
    return call
