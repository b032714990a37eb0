"""Every way one job's life can go, explored state by state: the real transitions under a made-up world.

The job changes only by the functions of `internal.jobs` and `internal.reconciler.overdue` (see `numbered_jobs`), so
the model cannot drift from them. What it states again in its own words is what lies around them, each in one place:
the fence check (`infra.postgres.transactions.lock_job`), the note that the queue took a dispatch
(`Store.dispatched`), the order of a delivery's transactions and sends (`internal.runner`), and a queue that takes a
name once.

What keeps it finite, and why nothing is lost by it:

- Time is not counted: a moment of the job is past or to come, and what is to come may pass at any step. A dispatch
  is overdue at once. So every order of expiries is seen, also those that real lengths forbid.
- Fence, dispatch number and version are only ever compared: they are kept relative to the job's own.
- A task of the newest dispatch may come any number of times, none included, until it is lost for good; whatever a
  queue does about answers and retries lies within. Tasks of older dispatches may come at any time, for ever.
- Two workers, which are alike, so their order does not count; one request of a person at a time; one retry.
- One or two steps: the first may ask to wait, again and again, the last for a person, once. Renewing a lease that has
  not run out changes nothing here, and one that has run out cannot be renewed.
"""

from collections.abc import Callable, Iterator

from internal.jobs import ATTEMPTS, Job, Status
from tests.internal.numbered_jobs import NOW, PAST, TO_COME, UNSEEN, Jobs
from tests.internal.protocol_world import (
    IDLE,
    SENDING,
    Move,
    Worker,
    World,
    blame,
    forward,
    in_order,
    put,
    renumber,
    sender,
)

#: after these the count of leases that ended badly begins again
FRESH_START = ("done", "wait", "park", "retry", "approve")
WISHES = ("cancel", "delete", "restore", "retry", "approve")


class Model:
    """`without` takes one pillar away: "fence", "lease", "reconciler" or "dispatch numbers"; `wishes` are what
    the person may ask for, `steps` is 1 or 2."""

    def __init__(self, without: str = "", wishes: tuple[str, ...] = WISHES, steps: int = 2) -> None:
        self.without = without
        self.wishes = wishes
        self.steps = steps
        self._jobs = Jobs(without)
        self.start = World()

    def ended(self, world: World) -> bool:
        return world.job >= 0 and self.job(world).finished

    def moves(self, world: World) -> Iterator[Move]:
        if world.job < 0:
            job = self._jobs.number(Job("job", "vlog", "owner").created(NOW))
            yield Move("create", world._replace(job=job, request="send"))
            return
        yield from self._time(world)
        yield from self._queue(world)
        yield from self._person(world)
        yield from self._reconcile(world)
        for at in range(1 if world.workers[0] == world.workers[1] else 2):
            for move in self._work(world, at):
                yield move._replace(world=move.world._replace(workers=in_order(move.world.workers)))

    def job(self, world: World) -> Job:
        return self._jobs.all[world.job]

    # ---- the world

    def _time(self, world: World) -> Iterator[Move]:
        job = self.job(world)
        if job.leased(NOW):
            alive = any(worker.current and worker.phase for worker in world.workers)
            yield Move("the lease runs out", self._save(world, "the lease runs out"), fair=not alive)
        if job.deadline_at == TO_COME and not job.finished:
            yield Move("the deadline passes", self._save(world, "the deadline passes"), fair=False)

    def _queue(self, world: World) -> Iterator[Move]:
        if world.queued:
            yield Move("the task is lost", world._replace(queued=False), fair=False)

    def _person(self, world: World) -> Iterator[Move]:
        job = self.job(world)
        if world.request:
            yield from self._send(world, world.request, lambda world, phase: world._replace(request=phase))
            yield Move("the request dies", world._replace(request=""), fair=False)
            return
        for wish in self.wishes:
            if (wish == "retry" and job.run_no == 2) or (wish == "delete" and job.deleted_at):
                continue
            after = self._save(world, wish)
            if after.job != world.job:
                acted = world.acted or wish == "approve"
                after = after._replace(acted=acted, request=self._to_send(after))
                yield Move(f"person: {wish}", after, fair=wish == "approve")

    # ---- the reconciler: looks without a lock, asks the queue, then locks and acts if nothing has changed

    def _reconcile(self, world: World) -> Iterator[Move]:
        job = self.job(world)
        if self.without == "reconciler":
            return
        if not world.reconciler:
            if not (job.finished or job.parked_at or job.leased(NOW)):
                lost = job.dispatch and job.dispatched_at and not world.queued
                yield Move("reconciler looks", world._replace(reconciler="seen lost" if lost else "seen"))
        elif world.reconciler.startswith("seen"):
            yield self._settle(world)
        else:
            yield from self._send(world, world.reconciler, lambda world, phase: world._replace(reconciler=phase))
        if world.reconciler:
            yield Move("the reconciler dies", world._replace(reconciler=""), fair=False)

    def _settle(self, world: World) -> Move:
        if world.reconciler == "seen old":
            return Move("reconciler finds it changed", world._replace(reconciler=""))
        after = self._save(world, "settle lost" if world.reconciler == "seen lost" else "settle")
        return Move("reconciler acts", after._replace(reconciler=self._to_send(after)))

    # ---- sending: the transaction before it, the send and the note after it may each be the last thing done

    def _to_send(self, world: World) -> str:
        return "send" if self.job(world).dispatch else ""

    def _send(self, world: World, phase: str, then: Callable[[World, str], World]) -> Iterator[Move]:
        if phase == "note":
            job = self.job(world)
            noted = self._save(world, "note") if job.next_run_at and not job.dispatched_at else world
            yield Move("notes it", then(noted, ""))
        else:
            taken = world if world.named else world._replace(named=True, queued=True)
            yield Move("sends", then(taken, "note"))
            yield Move("sends, hears nothing", then(taken, ""), fair=False)
            yield Move("cannot send", then(world, ""), fair=False)

    # ---- a delivery

    def _work(self, world: World, at: int) -> Iterator[Move]:
        worker = world.workers[at]
        if not worker.phase:
            yield from self._deliver(world, at)
            return
        yield Move("worker dies", put(world, at, IDLE), fair=False)
        if worker.phase in SENDING:
            yield from self._send(world, worker.phase, lambda world, phase: put(world, at, sender(phase)))
            return
        if worker.phase == "at":
            did = world._replace(effects=world.effects | 1 << worker.step)
            yield Move(f"step {worker.step} happens", put(did, at, worker._replace(phase="did")))
            for ending in self._endings(world, worker):
                yield self._let_go(world, at, ending, fair=ending == "wait")
        elif worker.phase == "finish":
            yield self._let_go(world, at, "complete")
            yield self._let_go(world, at, "partial", fair=False)
        else:
            yield self._go_on(world, at)

    def _deliver(self, world: World, at: int) -> Iterator[Move]:
        if world.queued:
            yield self._take(world._replace(queued=False), at, 0)
            yield self._take(world, at, 0)._replace(fair=False)
        yield self._take(world, at, 1)
        if self.job(world).run_no > 1:
            yield self._take(world, at, 2)

    def _take(self, world: World, at: int, age: int) -> Move:
        """`age`: of the dispatch delivered, as for `accepts`."""
        if not self._jobs.accepts(world.job, age):
            return Move("delivery has nothing to do", world)
        robbed = self.job(world).leased(NOW) and world.workers[1 - at].mine
        after = self._save(world, "lease")
        if self.job(after).finished:
            return Move("delivery ends the job", after)
        phase = "enter" if after.kept < self.steps else "finish"
        after = put(after, at, Worker(phase, after.kept, current=True, mine=True))
        return Move("delivery takes the lease", blame(after, robbed, "two work under one live lease"))

    def _endings(self, world: World, worker: Worker) -> Iterator[str]:
        """How a step may end short of Done. A Wait is a step's wish, the others happen to it."""
        job = self.job(world)
        yield from ("back off", "release", "fail")
        if worker.step == 0:
            yield "wait"
        if worker.step == self.steps - 1 and not world.acted:
            yield "park"
        if job.cancel_requested_at:
            yield "cancelled"
        if job.deadline_at == PAST:
            yield "overdue"

    def _go_on(self, world: World, at: int) -> Move:
        """Enter a step, or keep its checkpoint: a fenced write after which the delivery goes on."""
        worker = world.workers[at]
        if worker.phase == "enter":
            after = self._write(world, at, f"enter step {worker.step}")
            return Move(f"enters step {worker.step}", forward(after, at, "at", worker.step))
        after = self._write(world, at, "done")
        if after.workers[at].phase:
            after = after._replace(kept=max(world.kept, worker.step + 1), bad=0)
        phase = "enter" if worker.step + 1 < self.steps else "finish"
        return Move(f"step {worker.step} done", forward(after, at, phase, worker.step + 1))

    def _let_go(self, world: World, at: int, ending: str, fair: bool = True) -> Move:
        """The delivery's last fenced write, and what is left to send."""
        after = self._write(world, at, ending)
        if after.workers[at].phase:
            after = put(after, at, sender(self._to_send(after)))
            job = self.job(after)
            wrong = job.status is Status.COMPLETED and (after.kept < self.steps or after.effects + 1 < 1 << self.steps)
            after = blame(after, wrong, "completed without every step")
        return Move(f"worker: {ending}", after, fair)

    def _write(self, world: World, at: int, change: str) -> World:
        """A transaction under the worker's fence; refused, it leaves the worker idle."""
        worker, running = world.workers[at], self.job(world).status is Status.RUNNING
        if self.without != "fence" and not (running and worker.current):
            return put(world, at, IDLE)
        after = self._save(world, change, by=at)
        return blame(after, not worker.mine, "a write landed from a worker that had lost the job")

    # ---- the job

    def _save(self, world: World, change: str, by: int = -1) -> World:
        """The world after a change of the job, with every number kept relative brought up to date."""
        saved = self._jobs.change(world.job, change)
        if saved.job == world.job and not saved.moved:
            return world
        seen = world.reconciler.startswith("seen") and change not in UNSEEN
        bad = 0 if change in FRESH_START else world.bad + saved.ends_badly
        after = world._replace(job=saved.job, bad=bad, fault=world.fault or saved.fault)
        after = blame(after, bad > ATTEMPTS, f"more than {ATTEMPTS} leases ended badly with nothing done between")
        if seen:
            after = after._replace(reconciler="seen old")
        free = saved.new_fence or self._jobs.all[saved.job].status is not Status.RUNNING
        return renumber(after, saved, free, by)
