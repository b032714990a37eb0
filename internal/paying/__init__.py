"""Brings a scene's paid call as far as it can be brought now, for any generator: asks `internal.paid` for the next
move, and makes it.

Nothing is sent before its intent is committed, and nothing unless the lease outlives the
answer. Whatever a delivery learns it writes under its fence; one that lost its lease
writes nothing, and what it sent is found by the object that it brings.
"""

import logging
from collections.abc import Mapping, Sequence

from internal.errors import TemporaryFailure
from internal.faults import crash_point
from internal.jobs import JobError
from internal.paid import (
    LOST,
    NEVER_FINISHED,
    Adopt,
    Doubt,
    Fail,
    GiveUp,
    LookAgain,
    Move,
    PaidCall,
    PaidState,
    Submit,
    Use,
    Watch,
    next_move,
)
from internal.paying.keeping import change
from internal.paying.ordering import NOT_SENT, order
from internal.paying.standing import Failed, Limited, Pending, Ready, Standing, Wanted
from internal.pipeline import Run
from internal.ports import Made, NotMade

__all__ = [
    "NOT_SENT",
    "Failed",
    "Limited",
    "Pending",
    "Ready",
    "Standing",
    "Wanted",
    "advance",
    "follow",
    "spoil",
]

log = logging.getLogger(__name__)


def advance(run: Run, wanted: Wanted) -> Standing:
    """Where the scene stands after all moves that can be made now. Raises UnreadableMedia from `prepare`, Stopped,
    and TemporaryFailure when the rows or the objects are out of reach."""
    while True:
        seen, move = _look(run, wanted)
        standing = order(run, wanted, seen) if isinstance(move, Submit) else _make(run, move)
        if standing:
            return standing


def follow(run: Run, wanted: Wanted) -> Standing | None:
    """As `advance`, but nothing is ordered: None where that is the next move. Several scenes may be followed at a
    time."""
    while True:
        _, move = _look(run, wanted)
        if isinstance(move, Submit):
            return None
        standing = _make(run, move)
        if standing:
            return standing


def spoil(run: Run, call: PaidCall, reason: JobError) -> None:
    """What it made turned out to be of no use."""
    change(run, call, lambda call, _now: call.spoilt(reason))


def _look(run: Run, wanted: Wanted) -> tuple[Sequence[PaidCall], Move]:
    """The calls for this input, and the next move. The clock is read first, the objects last: as `next_move` asks."""
    with run.services.store.begin() as tx:
        now = tx.now
    calls = run.services.store.paid_calls(run.job.owner_id, wanted.input_sha)
    return calls, next_move(calls, _objects(run, calls), wanted.asker(run.job), now)


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
            change(run, call, lambda call, _now: call.unknown())
        case GiveUp(call, reason):
            change(run, call, lambda call, now: call.given_up(now, reason))
        case LookAgain(pause):
            return Pending(max(pause, run.services.times.poll_every))
        case Fail(reason):
            return Failed(reason)
    return None


def _known(run: Run, call: PaidCall, key: str) -> None:
    change(run, call, lambda call, now: call.done(now, key))
    crash_point("clip known")


def _watch(run: Run, call: PaidCall, last: bool) -> Standing | None:
    backoff = run.services.times.backoff(call.ordinal)
    match _polled(run, call):
        case Made(key) if key.startswith(call.prefix):
            _known(run, call, key)
        case Made():
            change(run, call, lambda call, now: call.given_up(now, LOST))
        case NotMade(reason, charged=True):
            change(run, call, lambda call, now: call.given_up(now, reason))
        case NotMade(reason, again=False):
            change(run, call, lambda call, now: call.rejected(now, reason))
        case NotMade(reason, again=True):
            change(run, call, lambda call, now: call.put_off(now, reason, backoff))
        case None if last:
            change(run, call, lambda call, now: call.given_up(now, NEVER_FINISHED))
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
