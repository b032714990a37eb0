"""The job protocol holds in every state that two workers, a queue, a person and a reconciler can bring about.

Each part of the protocol is then taken away, and the same check must find what goes wrong without it.
"""

import pytest

from tests.internal.exploring import explore
from tests.internal.protocol_model import Model


@pytest.mark.parametrize(
    ("steps", "wishes"),
    [(2, ("approve",)), (1, ("approve", "cancel", "delete", "restore")), (1, ("approve", "retry"))],
    ids=[
        "two steps",
        "cancelled, deleted and restored at any time",
        "retried with the old run's tasks and workers about",
    ],
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
