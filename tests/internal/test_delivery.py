"""How a delivery keeps hold of its job: for longer when asked, never for shorter, and from several threads."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from internal.delivery import Delivery
from internal.errors import LeaseLost, Stopped
from internal.jobs import Job
from internal.pipeline import Done, Outcome, Pipeline, Step
from internal.ports import JobTx, Services, Store
from tests.internal.connected import TIMES

STEP = Step("test", lambda run: Done())
PIPELINE = Pipeline("test", (STEP,), lambda outputs: Outcome({}))
LONG, LITTLE = timedelta(hours=1), timedelta(seconds=10)


@pytest.fixture
def job(services: Services) -> Job:
    with services.store.begin() as tx:
        tx.add_job(Job("job", "test", "owner").created(tx.now))
    with services.store.write("job") as tx:
        return tx.save(tx.job.lease(tx.now, TIMES), "leased")


def delivery(job: Job, services: Services, **times: timedelta) -> Delivery:
    slow = replace(TIMES, **{"heartbeat": LONG, **times})  # type: ignore[arg-type]  # its durations
    return Delivery(job, replace(services, times=slow), PIPELINE, threading.Event())


def left(services: Services) -> timedelta:
    """Of the lease."""
    with services.store.begin() as tx:
        until = services.store.job("job").lease_until
        assert until
        return until - tx.now


def test_a_job_is_held_for_as_long_as_asked(services: Services, job: Job) -> None:
    with delivery(job, services) as run:
        run.hold(LONG)
    assert left(services) > LONG - LITTLE


def test_a_job_is_held_for_its_lease_at_least(services: Services, job: Job) -> None:
    with delivery(job, services, lease=LONG) as run:
        run.hold(LITTLE)
    assert left(services) > LONG - LITTLE


def test_a_heartbeat_never_shortens_what_was_asked_for(services: Services, job: Job) -> None:
    with delivery(job, services, heartbeat=timedelta(milliseconds=5), lease=timedelta(0)) as run:
        run.hold(LONG)
        run.rest(0.1)
        run.check()
    assert left(services) > LONG - LITTLE


def test_who_lost_the_lease_holds_nothing(services: Services, job: Job) -> None:
    with delivery(job, services) as run:
        with services.store.write("job") as tx:
            tx.save(tx.job.expire(tx.now), "lease expired")
        with pytest.raises(LeaseLost):
            run.hold(LONG)


def test_who_should_cancel_is_told_when_asking_for_more_time(services: Services, job: Job) -> None:
    with delivery(job, services) as run:
        with services.store.write("job") as tx:
            tx.save(tx.job.cancel(tx.now), "cancel requested")
        with pytest.raises(Stopped, match="cancelled"):
            run.hold(LONG)


class Watched:
    """A store that sees how many write through it at a time."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.writing, self.most = 0, 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    @contextmanager
    def write(self, job_id: str, fence: int | None = None) -> Iterator[JobTx]:
        self.writing += 1
        self.most = max(self.most, self.writing)
        with self._store.write(job_id, fence) as tx:
            yield tx
        self.writing -= 1


def test_several_threads_write_one_after_the_other(services: Services, job: Job) -> None:
    store = Watched(services.store)
    watched = replace(services, store=store)  # type: ignore[arg-type]  # it has all that a Store has
    with delivery(job, watched) as run:

        def write(number: int) -> None:
            with run.write() as tx:
                tx.save(tx.job, f"written {number}")

        with ThreadPoolExecutor(4) as threads:
            list(threads.map(write, range(16)))
        assert run.job == services.store.job("job")
    assert (run.job.version, store.most) == (job.version + 16, 1)
