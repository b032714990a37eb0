"""Brings a scene's paid call as far as it can be brought now, for any generator: asks `internal.paid` for the next
move, and makes it.

Nothing is sent before its intent is committed, and nothing unless the lease outlives the
answer. Whatever a delivery learns it writes under its fence; one that lost its lease
writes nothing, and what it sent is found by the object that it brings.
"""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from internal.errors import Conflict, LeaseLost, OutcomeUnknown, PermanentFailure, Stopped, TemporaryFailure
from internal.faults import crash_point
from internal.jobs import JobError
from internal.paid import (
    NEVER_FINISHED,
    Adopt,
    Asker,
    Doubt,
    Fail,
    GiveUp,
    LookAgain,
    Move,
    PaidCall,
    PaidState,
    Spending,
    Submit,
    Use,
    Watch,
    next_move,
)
from internal.pipeline import Run
from internal.ports import Made, NotMade, Order

log = logging.getLogger(__name__)

NOT_SENT = JobError("not_sent", "The order was not sent: the work was interrupted.")


@dataclass(frozen=True)
class Wanted:
    """What one scene is to be made of."""

    #: its number in the storyboard, from 1
    scene: int
    #: hash of what is shown, how long, how large, and by whom; hex
    input_sha: str
    order: Order
    #: US dollars
    price: float
    #: the most that the user would spend on the whole job, in US dollars, if they said so
    most: float | None
    #: makes the order's photo; called only when the order is about to be sent. Raises UnreadableMedia
    prepare: Callable[[], None]


@dataclass(frozen=True)
class Ready:
    """`key`: the clip, in the work store."""

    call: PaidCall
    key: str


@dataclass(frozen=True)
class Pending:
    """It is worth looking again after `delay`."""

    delay: timedelta


@dataclass(frozen=True)
class Failed:
    reason: JobError


@dataclass(frozen=True)
class Limited:
    """It would cost more than may be spent."""

    reason: JobError


Standing = Ready | Pending | Failed | Limited
Change = Callable[[PaidCall, datetime], PaidCall]


def advance(run: Run, wanted: Wanted) -> Standing:
    """Where the scene stands after all moves that can be made now. Raises UnreadableMedia from `prepare`, Stopped,
    and TemporaryFailure when the rows or the objects are out of reach."""
    while True:
        seen, move = _look(run, wanted)
        standing = _submit(run, wanted, seen) if isinstance(move, Submit) else _make(run, move)
        if standing:
            return standing


def spoil(run: Run, call: PaidCall, reason: JobError) -> None:
    """What it made turned out to be of no use."""
    _change(run, call, lambda call, _now: call.spoilt(reason))


def _look(run: Run, wanted: Wanted) -> tuple[Sequence[PaidCall], Move]:
    """The calls for this input, and the next move. The clock is read first, the objects last: as `next_move` asks."""
    with run.services.store.begin() as tx:
        now = tx.now
    calls = run.services.store.paid_calls(run.job.owner_id, wanted.input_sha)
    return calls, next_move(calls, _objects(run, calls), _asker(run, wanted), now)


def _asker(run: Run, wanted: Wanted) -> Asker:
    return Asker(run.job.id, run.job.run_no, wanted.scene)


def _objects(run: Run, calls: Sequence[PaidCall]) -> Mapping[str, str]:
    """The first clip under each call's prefix, by prefix."""
    found = {}
    for call in calls:
        if call.state is not PaidState.REJECTED:
            keys = sorted(one.key for one in run.services.work.list(call.prefix) if one.key.endswith(".mp4"))
            found.update({call.prefix: keys[0]} if keys else {})
    return found


def _make(run: Run, move: Move) -> Standing | None:
    """Any but Submit. None: there is another move to be made."""
    match move:
        case Use(call, key):
            return Ready(call, key)
        case Adopt(call, key):
            _known(run, call, key)
        case Watch(call, last):
            return _watch(run, call, last)
        case Doubt(call):
            _change(run, call, lambda call, _now: call.unknown())
        case GiveUp(call, reason):
            _change(run, call, lambda call, now: call.given_up(now, reason))
        case LookAgain(pause):
            return Pending(max(pause, run.services.times.poll_every))
        case Fail(reason):
            return Failed(reason)
    return None


def _known(run: Run, call: PaidCall, key: str) -> None:
    _change(run, call, lambda call, now: call.done(now, key))
    crash_point("clip known")


def _watch(run: Run, call: PaidCall, last: bool) -> Standing | None:
    backoff = run.services.times.backoff(call.ordinal)
    match _polled(run, call):
        case Made(key):
            _known(run, call, key)
        case NotMade(reason, charged=True):
            _change(run, call, lambda call, now: call.given_up(now, reason))
        case NotMade(reason, again=False):
            _change(run, call, lambda call, now: call.rejected(now, reason))
        case NotMade(reason, again=True):
            _change(run, call, lambda call, now: call.put_off(now, reason, backoff))
        case None if last:
            _change(run, call, lambda call, now: call.given_up(now, NEVER_FINISHED))
        case None:
            return Pending(run.services.times.poll_every)
    return None


def _polled(run: Run, call: PaidCall) -> Made | NotMade | None:
    """A vendor that cannot be asked now is as good as one that is still at work."""
    assert call.operation, "a submitted call has the vendor's name for it"
    try:
        return run.services.generator.poll(call.operation)
    except TemporaryFailure as error:
        log.warning("the generator could not be asked: %s", error)
        return None


def _submit(run: Run, wanted: Wanted, seen: Sequence[PaidCall]) -> Standing | None:
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
            tx.save(tx.job, *_event(call))
    except Conflict:  # another job has been faster: what it is given is ours too
        return Pending(run.services.times.poll_every)
    return call


def _new_call(run: Run, wanted: Wanted) -> PaidCall:
    """Only the lease's holder adds any for the job, so none can take its number. Told anew, by a newer version of us,
    the story may have had something else in the scene's place."""
    asker = _asker(run, wanted)
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
        _keep(run, intent, lambda call, now: call.put_off(now, NOT_SENT, timedelta(0)))
        raise
    except PermanentFailure as error:
        refused = JobError(error.code, str(error))
        return _keep(run, intent, lambda call, now: call.rejected(now, refused))
    except TemporaryFailure as error:
        busy = JobError(error.code, str(error))
        pause = max(times.backoff(intent.ordinal), timedelta(seconds=error.retry_after or 0))
        return _keep(run, intent, lambda call, now: call.put_off(now, busy, pause))
    except OutcomeUnknown as error:
        log.warning("whether an order was accepted is unknown: %s", error)
        return _keep(run, intent, lambda call, _now: call.unknown())
    log.info("order accepted", extra={"operation": operation})
    crash_point("order accepted")
    call = _keep(run, intent, lambda call, now: call.submitted(now, operation))
    crash_point("operation kept")
    return call


def _keep(run: Run, intent: PaidCall, how: Change) -> PaidCall:
    """The answer is money: a database that is away for seconds does not lose it, nor does a wish to stop."""
    for pause in run.services.times.in_place:
        try:
            return _change(run, intent, how)
        except TemporaryFailure as error:
            log.warning("what became of an order could not be kept yet: %s", error)
            time.sleep(pause.total_seconds())
    return _change(run, intent, how)


def _change(run: Run, call: PaidCall, how: Change) -> PaidCall:
    """As it stands afterwards; the job tells of it."""
    with run.write() as tx:
        before = tx.paid_call(call.prefix)
        after = how(before, tx.now)
        if after != before:
            tx.save_paid_call(after)
            tx.save(tx.job, *_event(after))
    return after


def _event(call: PaidCall) -> tuple[str, Mapping[str, Any]]:
    given_up = not call.is_open and call.state not in (PaidState.DONE, PaidState.REJECTED)
    told = {
        "prefix": call.prefix,
        "scene": call.scene,
        "usd": call.usd,
        "operation": call.operation,
        "reason": call.reason and call.reason.code,
    }
    return f"paid call {'given up' if given_up else call.state}", told
