"""What the reconciler makes of each state that a crash or the queue may leave behind."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from internal.jobs import ATTEMPTS, Dispatch, Job, Status
from internal.ports import Services
from internal.reconciler import overdue, reconcile
from internal.times import Times
from tests.internal.memory_queue import NotingQueue

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=1)
SOON = NOW + timedelta(seconds=1)
PENDING = replace(Job("job", "test", "owner").created(LONG_AGO), dispatched_at=LONG_AGO)
RUNNING = PENDING.lease(LONG_AGO, Times(limit=timedelta(days=3)))
WAITING = replace(RUNNING.wait(LONG_AGO, timedelta(0)), dispatched_at=LONG_AGO)
PARKED = RUNNING.park(LONG_AGO)


@pytest.mark.parametrize(
    ("job", "lost", "word", "status"),
    [
        (PENDING, False, "", Status.PENDING),
        (PENDING, True, "dispatch lost", Status.PENDING),
        (replace(PENDING, dispatched_at=NOW), True, "", Status.PENDING),
        (replace(PENDING, next_run_at=SOON), True, "", Status.PENDING),
        (replace(PENDING, dispatched_at=None), False, "dispatched again", Status.PENDING),
        (replace(RUNNING, lease_until=SOON), False, "", Status.RUNNING),
        (RUNNING, False, "lease expired", Status.WAITING),
        (replace(RUNNING, attempt=ATTEMPTS), False, "lease expired", Status.FAILED),
        (replace(RUNNING, cancel_requested_at=NOW), False, "lease expired", Status.CANCELLED),
        (replace(RUNNING, deadline_at=NOW), False, "overdue", Status.FAILED),
        (replace(RUNNING, deadline_at=NOW, lease_until=SOON), False, "", Status.RUNNING),
        (WAITING, True, "dispatch lost", Status.WAITING),
        (replace(WAITING, deadline_at=NOW), False, "overdue", Status.FAILED),
        (replace(PARKED, deadline_at=LONG_AGO), True, "", Status.WAITING),
        (RUNNING.complete(LONG_AGO, {}, partial=False), True, "", Status.COMPLETED),
    ],
)
def test_each_state_is_put_right(job: Job, lost: bool, word: str, status: Status) -> None:
    settled, said = overdue(job, NOW, Times(), lost)
    assert (said, settled.status) == (word, status)
    assert settled.finished or settled.parked_at or settled.dispatch or settled.leased(NOW)
    if not word:
        assert settled is job


def add(services: Services, job_id: str) -> Job:
    with services.store.begin() as tx:
        job = Job(job_id, "test", "owner").created(tx.now)
        tx.add_job(job)
    return job


def test_what_was_never_dispatched_is_dispatched_once(services: Services, queue: NotingQueue) -> None:
    add(services, "one")
    assert reconcile(services) == ["one: dispatched again"]
    assert services.store.job("one").dispatched_at
    assert reconcile(services) == []
    assert [dispatch for dispatch, _ in queue.asked] == [Dispatch("one", 1, 1)]


def test_a_dispatch_the_queue_has_lost_is_asked_for_anew(services: Services, queue: NotingQueue) -> None:
    add(services, "one")
    reconcile(services)
    queue.held.clear()
    assert reconcile(services) == ["one: dispatch lost"]
    assert [dispatch for dispatch, _ in queue.asked] == [Dispatch("one", 1, 1), Dispatch("one", 1, 2)]


def test_a_queue_out_of_reach_changes_nothing(services: Services, queue: NotingQueue) -> None:
    add(services, "one")
    reconcile(services)
    queue.held.clear()
    before, queue.away = services.store.job("one"), True
    assert reconcile(services) == []
    assert services.store.job("one") == before


def test_a_job_that_moves_meanwhile_is_left_alone(services: Services, queue: NotingQueue) -> None:
    """Another takes the lease between our look and our lock."""

    class SlowQueue(NotingQueue):
        def holds(self, dispatch: Dispatch) -> bool:
            with services.store.write(dispatch.job_id) as tx:
                tx.save(tx.job.lease(tx.now, services.times), "leased")
            return False

    add(services, "one")
    reconcile(services)
    assert reconcile(replace(services, queue=SlowQueue())) == []
    assert services.store.job("one").status is Status.RUNNING


def test_one_that_cannot_be_settled_does_not_keep_the_others(services: Services, queue: NotingQueue) -> None:
    class PickyQueue(NotingQueue):
        def holds(self, dispatch: Dispatch) -> bool:
            self.away = dispatch.job_id == "one"
            return super().holds(dispatch)

    picky = replace(services, queue=PickyQueue())
    for job_id in ("one", "two"):
        add(services, job_id)
    reconcile(replace(services, queue=queue))
    assert reconcile(picky) == ["two: dispatch lost"]
