"""Every way one paid scene can go, explored state by state: the real ledger's rules under a made-up vendor.

A paid call changes only by the methods of `internal.paid.PaidCall`, and what is done next is what `next_move` says.
What is stated again in other words, each in one place, is the order in which `internal.paying` reads, commits and
sends, the fence check of its writes, and that of two open calls for one input the database takes one.

What keeps it finite, and why nothing is lost by it:

- A lease is live or has run out; a worker that another has followed writes nothing more. How leases come and go has a
  model of its own (`protocol_model`). Here whoever finds the lease run out may take it.
- The window in which a lost answer's result may still appear passes when all is over that it allows for: no order for
  it is at work, and nobody who holds the lease is about to send it. It may also pass too early, because the vendor took
  longer than anybody expects or a worker was frozen between its last look and its sending. Then nobody can know the
  outcome, and the world remembers that.
- Refusals for now, and windows that pass too early, are there where they are asked for; a clip that has come stays.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from internal.paid import (
    CHARGES,
    NEVER_FINISHED,
    Adopt,
    Asker,
    Doubt,
    Fail,
    GiveUp,
    LookAgain,
    PaidCall,
    Submit,
    Use,
    Watch,
)
from tests.internal.paid_world import (
    AGAIN,
    DOOMSDAY,
    NOW,
    PAST,
    REASON,
    REPEATED,
    TO_COME,
    TWICE,
    Happening,
    Job,
    Worker,
    World,
    decided,
    in_order,
    let_go,
    plain,
    put,
    put_call,
    put_job,
    put_off,
    put_taken,
    runs,
    stored,
)


class PaidModel:
    """`without` takes one pillar away: "intent", "second look", "lease check" or "wait".

    `jobs` want the same scene, the first with `workers` that may work on it one after the other, or at once for all
    they know; each may have `runs`; the vendor puts off at most `put_off` orders; windows may pass too `early`. What
    follows more than so many `calls` is not looked at.
    """

    def __init__(
        self,
        without: str = "",
        jobs: int = 1,
        workers: int = 1,
        runs: int = 1,
        put_off: int = 0,
        early: bool = False,
        calls: int = 9,
    ) -> None:
        self.without, self.runs, self._put_off, self._early, self._most = without, runs, put_off, early, calls
        idle = [Worker(0)] * workers + [Worker(number) for number in range(1, jobs)]
        self.start = World((Job(),) * jobs, tuple(idle))

    def ended(self, world: World) -> bool:
        return all(job.done for job in world.jobs) or len(world.calls) > self._most

    def moves(self, world: World) -> Iterator[Happening]:
        if self._over(world):
            return
        yield from self._time(world)
        yield from self._vendor(world)
        yield from self._people(world)
        for at in range(len(world.workers)):
            for label, after, fair in self._work(world, at):
                after = after._replace(workers=in_order(after.workers))
                yield label, after._replace(fault=after.fault or self._fault(after)), fair

    def _over(self, world: World) -> bool:
        """Nothing will be sent any more, or more calls were made than are looked at."""
        if len(world.calls) > self._most:
            return True
        retried = all(job.done and job.run_no == self.runs for job in world.jobs)
        return retried and not any(worker.phase for worker in world.workers)

    # ---- the world

    def _time(self, world: World) -> Iterator[Happening]:
        for number, job in enumerate(world.jobs):
            if job.live:
                alive = any(one.phase and one.holds and one.job == number for one in world.workers)
                yield f"lease {number} runs out", put_job(world, number, job._replace(live=False)), not alive
        for call in world.calls:
            if call.unknown_until == TO_COME:
                yield from self._window(world, call)

    def _window(self, world: World, call: PaidCall) -> Iterator[Happening]:
        label, after = f"the window of {call.prefix} passes", put_call(world, replace(call, unknown_until=PAST))
        sending = [one for one in world.workers if one.prefix == call.prefix and one.phase in ("intended", "checked")]
        unexpected = dict(world.taken).get(call.prefix) == "running" or any(one.phase == "checked" for one in sending)
        if call.is_open and any(one.holds and world.jobs[one.job].live for one in sending):
            return  # it outlasts the longest lease
        if not call.is_open or not unexpected:
            yield label, after, True
        elif self._early:
            yield f"{label} too early", after._replace(unknowable=True), False

    def _vendor(self, world: World) -> Iterator[Happening]:
        for prefix, how in world.taken:
            if how == "running":
                yield f"{prefix} brings a clip", put_taken(world, prefix, "clip"), True
                yield f"{prefix} brings nothing", put_taken(world, prefix, "nothing"), False

    def _people(self, world: World) -> Iterator[Happening]:
        for number, job in enumerate(world.jobs):
            if not job.done:
                yield f"job {number} is cancelled", self._end(world, number, "cancelled"), False
            elif job.run_no < self.runs:
                yield f"job {number} is retried", put_job(world, number, Job(job.run_no + 1)), False

    def _end(self, world: World, number: int, how: str) -> World:
        return let_go(put_job(world, number, world.jobs[number]._replace(done=how, live=False)), number)

    # ---- a delivery

    def _work(self, world: World, at: int) -> Iterator[Happening]:
        worker = world.workers[at]
        job = world.jobs[worker.job]
        if not worker.phase:
            if not job.done and not job.live:
                yield "takes the lease", self._take(world, at), True
            return
        yield "dies", put(world, at, Worker(worker.job)), False
        match worker.phase:
            case "look":
                yield "reads the rows", put(world, at, worker._replace(phase="list", seen=world.calls)), True
            case "list":
                yield "looks for clips", put(world, at, self._decided(world, worker)), True
            case "act":
                yield from self._act(world, at)
            case "intended":
                yield "checks the lease", self._check(world, at), True
            case "checked":
                yield from self._send(world, at)
            case "answered":
                yield f"keeps the answer: {worker.answer}", self._answered(world, at), True

    def _take(self, world: World, at: int) -> World:
        number = world.workers[at].job
        world = let_go(put_job(world, number, world.jobs[number]._replace(live=True)), number)
        return put(world, at, Worker(number, "look", holds=True))

    def _decided(self, world: World, worker: Worker) -> Worker:
        objects = tuple((prefix, prefix) for prefix, how in world.taken if how == "clip")
        now = DOOMSDAY if self.without == "wait" else NOW
        asker = Asker(str(worker.job), world.jobs[worker.job].run_no, 1)
        move = decided(worker.seen, objects, asker, now)
        return worker._replace(phase="act", seen=worker.seen if isinstance(move, Submit) else (), move=move)

    def _act(self, world: World, at: int) -> Iterator[Happening]:
        worker = world.workers[at]
        if not worker.holds:  # whatever it does begins or ends with a write, and that is refused
            yield "is refused", put(world, at, Worker(worker.job)), True
            return
        match worker.move:
            case Use():
                yield "uses the clip", self._end(world, worker.job, "clip"), True
            case Fail():
                yield "fails the scene", self._end(world, worker.job, "failed"), True
            case Adopt(call, key):
                yield "adopts the clip", self._save(world, at, stored(world, call).done(NOW, key)), True
            case Doubt(call):
                yield "doubts", self._save(world, at, stored(world, call).unknown()), True
            case GiveUp(call, reason):
                yield "gives up", self._save(world, at, stored(world, call).given_up(NOW, reason)), True
            case LookAgain():
                yield "waits", self._wait(world, at), True
            case Watch(call, last):
                yield from self._watch(world, at, stored(world, call), last)
            case Submit():
                yield "commits its intent", self._intend(world, at), True

    def _watch(self, world: World, at: int, call: PaidCall, last: bool) -> Iterator[Happening]:
        how = dict(world.taken)[call.prefix]
        still = self._save(world, at, call.given_up(NOW, NEVER_FINISHED)) if last else self._wait(world, at)
        yield "cannot ask", still, False
        if how == "running":
            yield "hears that it runs", still, True
        elif how == "clip":
            yield "hears of the clip", self._save(world, at, call.done(NOW, call.prefix)), True
        else:
            yield "hears of nothing", self._save(world, at, call.rejected(NOW, REASON)), True
            if self._may_put_off(world):
                yield "hears of nothing for now", self._save(world, at, put_off(call)), False

    def _intend(self, world: World, at: int) -> World:
        worker = world.workers[at]
        if any(call.is_open for call in world.calls):
            return self._wait(world, at)
        if worker.seen != world.calls and self.without != "second look":
            return self._wait(world, at)
        at_the_end = len(world.calls) == self._most
        if at_the_end and any(how != "nothing" for _, how in world.taken) and not world.unknowable:
            world = world._replace(fault=AGAIN)
        asker = Asker(str(worker.job), world.jobs[worker.job].run_no, 1)
        ordinal = 1 + sum(call.asker == asker for call in world.calls)
        call = PaidCall("owner", *asker, input_sha="", ordinal=ordinal, units=4, usd=1.0)
        if self.without != "intent":
            world = world._replace(calls=(*world.calls, plain(call.intended(NOW, timedelta(hours=1)))))
        return put(world, at, worker._replace(phase="intended", seen=(), move=None, prefix=call.prefix))

    def _check(self, world: World, at: int) -> World:
        worker = world.workers[at]
        held = worker.holds and world.jobs[worker.job].live
        if held or self.without == "lease check":
            return put(world, at, worker._replace(phase="checked"))
        return put(world, at, Worker(worker.job))

    def _send(self, world: World, at: int) -> Iterator[Happening]:
        worker = world.workers[at]
        for answer, accepted, fair in (
            ("accepted", True, True),
            ("lost", True, False),
            ("lost", False, False),
            ("refused", False, False),
            ("busy", False, False),
        ):
            if answer == "busy" and not self._may_put_off(world):
                continue
            after = put(world, at, worker._replace(phase="answered", answer=answer))
            if accepted and worker.prefix in dict(world.taken):
                after = after._replace(fault=REPEATED)
            after = put_taken(after, worker.prefix, "running") if accepted else after
            yield f"sends: {answer}{'' if accepted else ', not taken'}", after, fair

    def _answered(self, world: World, at: int) -> World:
        worker = world.workers[at]
        call = next((one for one in world.calls if one.prefix == worker.prefix), None)
        if not worker.holds:
            return put(world, at, Worker(worker.job))
        if call is None:  # there was no intent
            return self._wait(world, at)
        match worker.answer:
            case "accepted":
                return self._wait(put_call(world, call.submitted(NOW, "name")), at)
            case "lost":
                return self._save(world, at, call.unknown())
            case "refused":
                return self._save(world, at, call.rejected(NOW, REASON))
        return self._save(world, at, put_off(call))

    def _save(self, world: World, at: int, call: PaidCall) -> World:
        """A fenced write, after which it looks again."""
        return put(put_call(world, call), at, Worker(world.workers[at].job, "look", holds=True))

    def _wait(self, world: World, at: int) -> World:
        number = world.workers[at].job
        return let_go(put_job(world, number, world.jobs[number]._replace(live=False)), number)

    def _may_put_off(self, world: World) -> bool:
        return sum(call.again for call in world.calls) < self._put_off

    # ---- what must hold

    def _fault(self, world: World) -> str:
        charged = [prefix for prefix, how in world.taken if how != "nothing"]
        if len(charged) > 1 and not world.unknowable:
            return TWICE
        if any(len([one for one in charged if one.startswith(run)]) > CHARGES for run in runs(world)):
            return "paid more than twice for one scene"
        ledger = {call.prefix for call in world.calls if call.charged}
        if self.without != "intent" and not ledger.issuperset(charged):
            return "charged for what is not in the ledger"
        if sum(call.is_open for call in world.calls) > 1:
            return "two calls for one input are open"
        return ""
