"""The made-up world around one job, as a value: workers, queue, requests, reconciler."""

from typing import NamedTuple

from tests.internal.numbered_jobs import Saved

#: what is left of a dispatch that was asked for: hand it to the queue, then note that the queue has it
SENDING = ("send", "note")


class Worker(NamedTuple):
    """`phase`: "" (idle), "enter", "at", "did", "finish", then "send" and "note" as for everyone."""

    phase: str = ""
    step: int = 0
    #: its fence is the job's
    current: bool = False
    #: nobody has touched the job's lease since it took it: what the fence is to ensure
    mine: bool = False


IDLE = Worker()


class World(NamedTuple):
    job: int = -1
    #: steps with a checkpoint, from the first
    kept: int = 0
    #: steps whose effect has happened, as bits
    effects: int = 0
    #: the person has answered the last step's question
    acted: bool = False
    #: the queue has taken the newest dispatch's name, and will not take it again
    named: bool = False
    #: the queue may still deliver the newest dispatch
    queued: bool = False
    workers: tuple[Worker, Worker] = (IDLE, IDLE)
    #: what a person's request has still to do
    request: str = ""
    #: "", "seen", "seen lost", "seen old" (changed since), then "send", "note"
    reconciler: str = ""
    #: leases that ended badly since the last Done or Wait
    bad: int = 0
    #: what must never be
    fault: str = ""


class Move(NamedTuple):
    label: str
    world: World
    #: it needs no luck: with such moves alone every job must end
    fair: bool = True


def blame(world: World, wrong: bool, fault: str) -> World:
    return world._replace(fault=fault) if wrong and not world.fault else world


def put(world: World, at: int, worker: Worker) -> World:
    other = world.workers[1 - at]
    return world._replace(workers=(worker, other) if at == 0 else (other, worker))


def sender(phase: str) -> Worker:
    return Worker(phase) if phase else IDLE


def forward(world: World, at: int, phase: str, step: int) -> World:
    """On to the next phase, unless the write before it was refused."""
    worker = world.workers[at]
    return put(world, at, worker._replace(phase=phase, step=step)) if worker.phase else world


def in_order(workers: tuple[Worker, Worker]) -> tuple[Worker, Worker]:
    first, second = workers
    return workers if first <= second else (second, first)


def renumber(world: World, saved: Saved, free: bool, by: int) -> World:
    """A new fence makes the workers' old, a new dispatch makes the tasks and sends of the last one old. `free`: the
    change took the job from whoever worked on it, save the worker `by` that made it."""
    workers = [
        worker._replace(
            current=worker.current and not saved.new_fence,
            mine=worker.mine and (at == by or not free),
            phase=aged(worker.phase) if saved.new_name else worker.phase,
        )
        if worker.phase
        else worker
        for at, worker in enumerate(world.workers)
    ]
    first, second = (worker if worker.phase else IDLE for worker in workers)
    world = world._replace(workers=(first, second))
    if not saved.new_name:
        return world
    return world._replace(named=False, queued=False, request=aged(world.request), reconciler=aged(world.reconciler))


def aged(phase: str) -> str:
    """Sending or noting a dispatch that is not the newest any more changes nothing that counts."""
    return "" if phase in SENDING else phase
