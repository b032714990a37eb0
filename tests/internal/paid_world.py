"""The world of `paid_model`: who works on which job, what was ordered, and how one state becomes the next."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import NamedTuple

from internal.jobs import JobError
from internal.paid import (
    Asker,
    Move,
    PaidCall,
    PaidState,
    next_move,
)

NOW = datetime(2000, 1, 1, tzinfo=UTC)
PAST, TO_COME, DOOMSDAY = NOW - timedelta(days=1), NOW + timedelta(days=1), NOW + timedelta(days=99)
REASON = JobError("refused", "")
TWICE = "paid twice though every outcome could be known"
REPEATED = "one order was sent twice"
AGAIN = "ordered again though the first order was taken, and that could be known"


class Worker(NamedTuple):
    """`phase`: "" (idle), "look", "list", "act", "intended", "checked", "answered"."""

    job: int = 0
    phase: str = ""
    #: nobody has taken the lease after it
    holds: bool = False
    #: the rows it has read
    seen: tuple[PaidCall, ...] = ()
    move: Move | None = None
    #: of the call it is about to send, or has sent
    prefix: str = ""
    answer: str = ""


class Job(NamedTuple):
    run_no: int = 1
    #: its lease has not run out
    live: bool = False
    done: str = ""


class World(NamedTuple):
    jobs: tuple[Job, ...]
    workers: tuple[Worker, ...]
    calls: tuple[PaidCall, ...] = ()
    #: by prefix: "running", "clip" or "nothing", of the orders that the vendor took
    taken: tuple[tuple[str, str], ...] = ()
    #: the outcome of some order is not to be known
    unknowable: bool = False
    fault: str = ""


Happening = tuple[str, World, bool]


def runs(world: World) -> set[str]:
    return {f"veo/{call.job_id}/{call.run_no}/" for call in world.calls}


@cache
def decided(calls: tuple[PaidCall, ...], objects: tuple[tuple[str, str], ...], asker: Asker, now: datetime) -> Move:
    return next_move(calls, dict(objects), asker, now)


def stored(world: World, call: PaidCall) -> PaidCall:
    """As its row is now, locked."""
    return next(one for one in world.calls if one.prefix == call.prefix)


def put_off(call: PaidCall) -> PaidCall:
    return call.put_off(NOW, REASON, timedelta(hours=1))


def put(world: World, at: int, worker: Worker) -> World:
    return world._replace(workers=(*world.workers[:at], worker, *world.workers[at + 1 :]))


def put_job(world: World, number: int, job: Job) -> World:
    return world._replace(jobs=(*world.jobs[:number], job, *world.jobs[number + 1 :]))


def put_call(world: World, call: PaidCall) -> World:
    calls = (plain(call) if one.prefix == call.prefix else one for one in world.calls)
    return world._replace(calls=tuple(calls))


def put_taken(world: World, prefix: str, how: str) -> World:
    return world._replace(taken=tuple(sorted({**dict(world.taken), prefix: how}.items())))


def in_order(workers: tuple[Worker, ...]) -> tuple[Worker, ...]:
    """Those of one job are alike, so their order does not count."""
    return tuple(sorted(workers, key=lambda one: (one.job, one.phase, one.holds, one.prefix, one.answer)))


def let_go(world: World, number: int) -> World:
    """Whoever worked on that job holds its lease no more: idle, unless it is past its last look at it."""
    workers = (robbed(one) if one.job == number else one for one in world.workers)
    return world._replace(workers=tuple(workers))


def robbed(worker: Worker) -> Worker:
    if worker.phase in ("intended", "checked"):
        return worker._replace(holds=False)
    return Worker(worker.job)  # all it could still do is to be refused a write


@cache
def plain(call: PaidCall) -> PaidCall:
    """Times become past or to come, where they are looked at."""
    waits = call.is_open or call.again
    window = TO_COME if waits and call.unknown_until and call.unknown_until > NOW else PAST
    return replace(call, intent_at=PAST, submitted_at=None, unknown_until=window, settled_at=call.settled_at and PAST)


assert {*PaidState} == {"intent", "submitted", "done", "rejected", "unknown"}, "the moves above know these"
