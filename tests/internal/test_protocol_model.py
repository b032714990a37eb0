"""The job protocol holds in every state that two workers, a queue, a person and a reconciler can bring about.

Each part of the protocol is then taken away, and the same check must find what goes wrong without it.
"""

from collections import deque
from dataclasses import dataclass, field

import pytest

from tests.internal.protocol_model import Model
from tests.internal.protocol_world import World

#: how a world was first reached: from which, by what
Came = dict[World, tuple[World, str] | None]


@dataclass
class Explored:
    states: int = 0
    #: the shortest way to each fault
    faults: dict[str, list[str]] = field(default_factory=dict)
    #: the shortest way to a state from which, though nothing more goes wrong, the job never ends
    stuck: list[str] = field(default_factory=list)


def explore(model: Model, stop_at_fault: bool = False) -> Explored:
    came: Came = {World(): None}
    before: dict[World, list[World]] = {}
    found = Explored()
    ahead = deque(came)
    while ahead and not (stop_at_fault and found.faults):
        world = ahead.popleft()
        for label, after, fair in model.moves(world):
            if after not in came:
                came[after] = (world, label)
                if after.fault:
                    found.faults.setdefault(after.fault, way_to(after, came))
                else:
                    ahead.append(after)
            if fair:
                before.setdefault(after, []).append(world)
    ends = {world for world in came if world.job >= 0 and model.job(world).finished}
    fine = ends | backwards(ends, before)
    found.states = len(came)
    found.stuck = next((way_to(world, came) for world in came if world not in fine and not world.fault), [])
    return found


def backwards(ends: set[World], before: dict[World, list[World]]) -> set[World]:
    """All worlds from which fair moves lead to one of `ends`."""
    found: set[World] = set()
    ahead = list(ends)
    while ahead:
        for world in before.get(ahead.pop(), ()):
            if world not in found:
                found.add(world)
                ahead.append(world)
    return found


def way_to(world: World, came: Came) -> list[str]:
    labels = []
    while step := came[world]:
        world, label = step
        labels.append(label)
    return labels[::-1]


@pytest.mark.parametrize(
    ("steps", "wishes"),
    [(2, ("approve",)), (1, ("approve", "cancel", "delete")), (1, ("approve", "retry"))],
    ids=["two steps", "cancelled and deleted at any time", "retried with the old run's tasks and workers about"],
)
def test_nothing_goes_wrong_and_every_job_can_end(steps: int, wishes: tuple[str, ...]) -> None:
    found = explore(Model(wishes=wishes, steps=steps))
    print(f"{found.states:,} states")
    assert found.faults == {}
    assert found.stuck == []
    assert found.states > 100_000  # fewer would mean that the model has lost some of its moves


def test_without_the_fence_a_worker_that_lost_the_job_still_writes() -> None:
    found = explore(Model(without="fence", wishes=(), steps=1), stop_at_fault=True)
    way = found.faults["a write landed from a worker that had lost the job"]
    assert way.count("delivery takes the lease") == 2
    assert way[-1] == "enters step 0"


def test_without_the_lease_two_work_at_once() -> None:
    found = explore(Model(without="lease", wishes=(), steps=1), stop_at_fault=True)
    assert found.faults["two work under one live lease"] == [
        "create",
        "sends",
        "delivery takes the lease",
        "delivery takes the lease",
    ]


def test_without_the_reconciler_a_dispatch_that_was_never_sent_leaves_the_job_for_ever() -> None:
    found = explore(Model(without="reconciler", wishes=("approve",), steps=1))
    assert found.stuck == ["create", "cannot send"]


def test_without_dispatch_numbers_the_queue_swallows_the_next_dispatch_as_a_known_name() -> None:
    found = explore(Model(without="dispatch numbers", wishes=("approve",), steps=1))
    assert found.stuck == ["create", "sends", "the task is lost"]
