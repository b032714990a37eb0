"""No order is paid for twice in any state that workers, a vendor, people and two jobs can bring about.

Each part of the protocol is then taken away, and the same check must find how that pays twice.
"""

import pytest

from tests.internal.exploring import explore
from tests.internal.paid_model import PaidModel
from tests.internal.paid_world import AGAIN, REPEATED, TWICE


@pytest.mark.parametrize(
    ("model", "least"),
    [
        (PaidModel(workers=2, early=True), 25_000),
        (PaidModel(put_off=1), 8_000),
        (PaidModel(runs=2), 60_000),
    ],
    ids=["a worker overtakes another", "put off", "retried"],
)
def test_nothing_is_paid_for_twice_and_every_scene_ends(model: PaidModel, least: int) -> None:
    found = explore(model)
    print(f"{found.states:,} states")
    assert found.faults == {}
    assert found.stuck == []
    assert found.states > least  # fewer would mean that the model has lost some of its moves


def test_nor_when_two_jobs_want_the_same(soak: bool) -> None:
    """What follows a second order is followed in a long run."""
    found = explore(PaidModel(jobs=2, calls=1 + soak))
    print(f"{found.states:,} states")
    assert found.faults == {}
    assert found.stuck == []
    assert found.states > (300_000 if soak else 15_000)


def test_without_an_intent_a_worker_that_dies_leaves_nothing_to_look_for() -> None:
    way = explore(PaidModel(without="intent"), stop_at_fault=True).faults[REPEATED]
    assert [step for step in way if step.startswith("sends")] == ["sends: accepted"] * 2


def test_without_a_look_at_the_lease_a_worker_that_was_overtaken_sends_late() -> None:
    way = explore(PaidModel(without="lease check", workers=2), stop_at_fault=True).faults[TWICE]
    assert way.count("takes the lease") == 2
    assert [step for step in way if step.startswith("sends")] == ["sends: accepted"] * 2
    assert not [step for step in way if "early" in step]


def test_without_waiting_an_order_whose_answer_was_lost_is_sent_again() -> None:
    way = explore(PaidModel(without="wait"), stop_at_fault=True).faults[TWICE]
    assert [step for step in way if step.startswith("sends")] == ["sends: lost", "sends: accepted"]


def test_without_a_second_look_a_job_orders_what_another_has_just_been_given() -> None:
    way = explore(PaidModel(without="second look", jobs=2, calls=1), stop_at_fault=True).faults[AGAIN]
    assert way[-1] == "commits its intent"
