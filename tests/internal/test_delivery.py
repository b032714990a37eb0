"""How a delivery keeps hold of its job: for longer when asked, never for shorter, and from several threads."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from internal.delivery import Delivery
from internal.errors import LeaseLost, Stopped
from internal.jobs import Job
from internal.pipeline import Done, Outcome, Pipeline, Step
from internal.ports import Services
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
    with delivery(job, services, heartbeat=timedelta(milliseconds=5)) as run:
        run.hold(LONG)
        for _ in range(20):
            run.rest(0.005)
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


def test_several_threads_write_one_after_the_other(services: Services, job: Job) -> None:
    with delivery(job, services) as run:

        def write(number: int) -> None:
            with run.write() as tx:
                tx.save(tx.job, f"written {number}")

        with ThreadPoolExecutor(8) as threads:
            list(threads.map(write, range(16)))
        assert run.job == services.store.job("job")
    assert run.job.version == job.version + 16
