"""What one delivery makes of a job, for everything that a step may do."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, NoReturn

import pytest

from internal.errors import Conflict, PermanentFailure, Stopped, TemporaryFailure
from internal.jobs import ATTEMPTS, Dispatch, Job, Status
from internal.pipeline import Done, Outcome, Pipeline, Run, Step, Wait
from internal.ports import Services
from internal.runner import deliver
from tests.internal.memory_queue import NotingQueue

JOB = "job-1"


def finish(outputs: Mapping[str, Any]) -> Outcome:
    return Outcome(dict(outputs))


def one(run: Run) -> Done:
    return Done({"number": 1})


def work_until_told(run: Run) -> NoReturn:
    while True:
        run.check()
        time.sleep(0.01)


def work(services: Services, *steps: Step, stop: bool = False, ending: Callable[..., Outcome] = finish) -> str:
    """Deliver the newest dispatch of the job; what came of it, in a word."""
    shutdown = threading.Event()
    if stop:
        shutdown.set()
    job = services.store.job(JOB)
    dispatch = Dispatch(JOB, job.run_no, job.dispatch_no)
    return deliver(dispatch, services, shutdown, {"test": Pipeline("test", steps, ending)})


@pytest.fixture(autouse=True)
def job(services: Services) -> None:
    with services.store.begin() as tx:
        tx.add_job(Job(JOB, "test", "owner").created(tx.now))


def kinds(services: Services) -> list[str]:
    return [event.kind for event in services.store.events(JOB)]


def test_each_step_sees_what_those_before_it_left(services: Services) -> None:
    def two(run: Run) -> Done:
        return Done(run.outputs["one"]["number"] + 1)

    assert work(services, Step("one", one), Step("two", two)) == "completed"
    job = services.store.job(JOB)
    assert (job.status, job.result, job.progress) == (Status.COMPLETED, {"one": {"number": 1}, "two": 2}, 1.0)
    assert kinds(services) == ["created", "leased", "progress", "step done", "progress", "step done", "completed"]


def test_progress_is_weighed_by_step(services: Services) -> None:
    def half(run: Run) -> Done:
        run.progress(0.5, "half")
        raise PermanentFailure("enough", "Enough.")

    assert work(services, Step("one", one, 3), Step("half", half, 1)) == "failed"
    job = services.store.job(JOB)
    assert (job.progress, job.message) == (pytest.approx(0.875), "half")


def test_what_fails_for_a_moment_is_tried_again_in_place(services: Services) -> None:
    tries: list[int] = []

    def shaky(run: Run) -> Done:
        tries.append(1)
        if len(tries) <= len(services.times.in_place):
            raise TemporaryFailure("Not now.")
        return Done()

    assert work(services, Step("shaky", shaky)) == "completed"
    assert services.store.job(JOB).fence == 1


def test_what_fails_for_longer_backs_off_and_fails_after_four_attempts(services: Services, queue: NotingQueue) -> None:
    def away(run: Run) -> Done:
        raise TemporaryFailure("The far side is out of reach.")

    for attempt in range(1, ATTEMPTS):
        assert work(services, Step("away", away)) == "backed off"
        job = services.store.job(JOB)
        assert (job.status, job.attempt, job.message) == (Status.WAITING, attempt, "The far side is out of reach.")
        assert job.updated_at
        assert job.next_run_at == job.updated_at + services.times.backoff(attempt)
        assert queue.asked[-1] == (job.dispatch, job.next_run_at)
    assert work(services, Step("away", away)) == "backed off"
    job = services.store.job(JOB)
    assert job.error
    assert (job.status, job.error.code) == (Status.FAILED, "temporary_failure")
    assert len(queue.asked) == ATTEMPTS - 1


def test_a_wish_to_wait_long_is_no_reason_to_try_in_place(services: Services) -> None:
    tries: list[int] = []

    def busy(run: Run) -> Done:
        tries.append(1)
        raise TemporaryFailure("Too many requests.", retry_after=60)

    assert work(services, Step("busy", busy)) == "backed off"
    assert len(tries) == 1


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (PermanentFailure("no_place", "There is no such place."), "no_place", "There is no such place."),
        (Conflict("Not in this state."), "conflict", "Not in this state."),
        (KeyError("canary"), "internal_error", "Something went wrong on our side. It has been logged."),
    ],
)
def test_a_failure_is_kept_in_words_that_may_be_shown(
    services: Services, error: Exception, code: str, message: str
) -> None:
    def fails(run: Run) -> Done:
        raise error

    assert work(services, Step("fails", fails)) == "failed"
    kept = services.store.job(JOB).error
    assert kept
    assert (kept.code, kept.message) == (code, message)


def test_an_output_that_is_no_json_is_a_defect(services: Services) -> None:
    assert work(services, Step("odd", lambda run: Done({1j}))) == "failed"
    assert services.store.checkpoint(JOB, "odd", "") is None


def test_a_defect_in_the_ending_fails_the_job(services: Services) -> None:
    def broken(outputs: Mapping[str, Any]) -> Outcome:
        raise ZeroDivisionError

    assert work(services, Step("one", one), ending=broken) == "failed"


def test_part_of_what_was_asked_for_is_partial(services: Services) -> None:
    assert work(services, Step("one", one), ending=lambda outputs: Outcome({}, partial=True)) == "partial"
    assert services.store.job(JOB).status is Status.PARTIAL


def test_a_wait_ends_the_delivery_and_asks_for_the_next(services: Services, queue: NotingQueue) -> None:
    assert work(services, Step("waits", lambda run: Wait(timedelta(minutes=3)))) == "waiting"
    job = services.store.job(JOB)
    assert job.updated_at
    assert (job.status, job.attempt, job.dispatch_no) == (Status.WAITING, 0, 2)
    assert job.next_run_at == job.updated_at + timedelta(minutes=3)
    assert queue.asked == [(Dispatch(JOB, 1, 2), job.next_run_at)]


def test_a_wait_for_a_person_asks_for_nothing(services: Services, queue: NotingQueue) -> None:
    assert work(services, Step("parks", lambda run: Wait(None))) == "parked"
    job = services.store.job(JOB)
    assert job.parked_at
    assert (job.dispatch, queue.asked) == (None, [])


@pytest.mark.parametrize("why", ["shutdown", "out of time"])
def test_a_delivery_that_must_end_gives_its_attempt_back(services: Services, queue: NotingQueue, why: str) -> None:
    def looks(run: Run) -> Done:
        run.check()
        return Done()

    if why == "out of time":
        services = replace(services, times=replace(services.times, margin=services.times.dispatch_deadline))
    assert work(services, Step("looks", looks), stop=why == "shutdown") == "released"
    job = services.store.job(JOB)
    assert (job.status, job.attempt, job.lease_until) == (Status.WAITING, 0, None)
    assert [dispatch for dispatch, _ in queue.asked] == [Dispatch(JOB, 1, 2)]
    assert job.dispatched_at


def test_a_wish_to_cancel_is_obeyed_at_the_next_look(services: Services) -> None:
    def cancelled(run: Run) -> Done:
        with services.store.write(JOB) as tx:
            tx.save(tx.job.cancel(tx.now), "cancel asked for")
        run.progress(0.5)
        work_until_told(run)

    assert work(services, Step("cancelled", cancelled)) == "cancelled"
    assert services.store.job(JOB).status is Status.CANCELLED


def test_a_lease_taken_by_another_ends_all_writes(services: Services, queue: NotingQueue) -> None:
    def robbed(run: Run) -> Done:
        with services.store.write(JOB) as tx:
            tx.save(tx.job.expire(tx.now), "lease expired")
            tx.save(tx.job.lease(tx.now, services.times), "leased")
        return Done()

    assert work(services, Step("robbed", robbed)) == "lease lost"
    assert kinds(services)[-1] == "leased"
    assert services.store.job(JOB).fence == 2
    assert queue.asked == []


def test_a_heartbeat_notices_a_lost_lease_while_the_step_works(services: Services) -> None:
    def robbed(run: Run) -> Done:
        with services.store.write(JOB) as tx:
            tx.save(tx.job.expire(tx.now), "lease expired")
        with pytest.raises(Stopped, match="lease_lost"):
            work_until_told(run)
        run.check()
        return Done()

    assert work(services, Step("robbed", robbed)) == "lease lost"


def test_a_queue_out_of_reach_afterwards_fails_nothing(services: Services, queue: NotingQueue) -> None:
    queue.away = True
    assert work(services, Step("waits", lambda run: Wait(timedelta(0)))) == "waiting"
    assert services.store.job(JOB).dispatched_at is None


def test_the_folder_of_a_delivery_goes_with_it(services: Services) -> None:
    folders: list[Path] = []

    def writes(run: Run) -> Done:
        folders.append(run.folder)
        (run.folder / "file").write_text("text")
        return Done()

    work(services, Step("writes", writes))
    assert not folders[0].exists()


@pytest.mark.parametrize(
    ("step", "times_done"),
    [({}, 1), ({"edition": 2}, 2), ({"holds": lambda run, output: False}, 2), ({"holds": lambda run, output: True}, 1)],
)
def test_a_new_run_reuses_a_checkpoint_that_still_fits(
    services: Services, step: dict[str, Any], times_done: int
) -> None:
    done: list[int] = []

    def counts(run: Run) -> Done:
        done.append(1)
        return Done()

    def second_run(run: Run) -> Done:
        if run.job.run_no == 1:
            raise PermanentFailure("not_yet", "Not in this run.")
        return Done()

    assert work(services, Step("counts", counts), Step("second", second_run)) == "failed"
    with services.store.write(JOB) as tx:
        tx.save(tx.job.retry(tx.now), "retried")
    assert work(services, Step("counts", counts, **step), Step("second", second_run)) == "completed"
    assert len(done) == times_done


def test_a_kind_that_only_a_newer_version_knows_is_left_for_it(services: Services) -> None:
    with pytest.raises(TemporaryFailure, match="kind test"):
        deliver(Dispatch(JOB, 1, 1), services, threading.Event(), {})
    job = services.store.job(JOB)
    assert (job.status, job.attempt) == (Status.PENDING, 0)
