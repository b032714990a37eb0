"""Every way a job may change, one at a time."""

from dataclasses import replace
from datetime import timedelta

import pytest

from internal.errors import Conflict
from internal.jobs import ATTEMPTS, CANCELLED, CRASHED, Dispatch, Job, Status
from internal.reconciler import overdue
from tests.internal.given_jobs import (
    ASKING,
    BROKEN,
    BUSY,
    HOUR,
    LETTING_GO,
    NOW,
    SECOND,
    TIMES,
    leased,
    new,
    parked,
    unwanted,
)

each = pytest.mark.parametrize


# ---- dispatches


def test_a_new_job_asks_for_its_first_dispatch_at_once() -> None:
    job = new()
    assert job.status is Status.PENDING
    assert job.dispatch == Dispatch("a", 1, 1)
    assert job.next_run_at == NOW
    assert job.dispatched_at is None


def test_a_dispatch_has_one_name_and_no_other_dispatch_has_it() -> None:
    names = {Dispatch(job, run, number).name for job in "ab" for run in (1, 2, 11) for number in (1, 2, 11)}
    assert len(names) == 18
    assert Dispatch("a", 1, 1).name == Dispatch("a", 1, 1).name
    assert len(Dispatch("a", 1, 1).name) == 64


@each("job", [leased(), parked(), leased().fail(NOW, BROKEN)], ids=["running", "parked", "finished"])
def test_the_queue_need_hold_nothing_for_a_job_that_is(job: Job) -> None:
    assert job.dispatch is None


@each("way", ASKING)
def test_who_lets_go_of_unfinished_work_asks_for_the_next_dispatch(way: str) -> None:
    job = replace(leased(), dispatched_at=NOW)
    after = LETTING_GO[way](job)
    assert after.status is Status.WAITING
    assert after.dispatch == Dispatch("a", 1, 2)
    assert after.dispatched_at is None
    assert after.lease_until is None


def test_a_dispatch_lost_before_the_first_lease_leaves_the_job_pending() -> None:
    after = new().redispatch(NOW)
    assert (after.status, after.dispatch) == (Status.PENDING, Dispatch("a", 1, 2))


# ---- who may work


def test_what_a_job_waits_for_brings_it_forward() -> None:
    waiting = leased().wait(NOW, HOUR)
    hastened = waiting.hasten(NOW)
    assert hastened.dispatch == Dispatch("a", 1, waiting.dispatch_no + 1)
    assert (hastened.next_run_at, hastened.attempt) == (NOW, 0)


@each(
    "job",
    [
        new(),
        leased(),
        parked(),
        leased().fail(NOW, BROKEN),
        leased().release(NOW),
        leased().back_off(NOW, BUSY, TIMES),
    ],
    ids=["new", "running", "parked", "finished", "due", "backing off after a failure"],
)
def test_nothing_brings_a_job_forward_that_is(job: Job) -> None:
    assert job.hasten(NOW) is job


def test_only_the_newest_dispatch_may_work() -> None:
    job = leased().release(NOW)
    assert job.accepts(Dispatch("a", 1, 2), NOW)
    assert not job.accepts(Dispatch("a", 1, 1), NOW)
    assert not job.accepts(Dispatch("a", 0, 2), NOW)
    assert not job.accepts(Dispatch("a", 1, 3), NOW)


def test_nobody_else_may_work_until_the_lease_has_run_out() -> None:
    job = leased()
    dispatch = Dispatch("a", 1, 1)
    assert not job.accepts(dispatch, NOW + TIMES.lease - SECOND)
    assert job.accepts(dispatch, NOW + TIMES.lease)


@each("job", [parked(), leased().complete(NOW, {}, False)], ids=["parked", "finished"])
def test_no_delivery_may_work_on_a_job_that_is(job: Job) -> None:
    assert not job.accepts(Dispatch("a", job.run_no, job.dispatch_no), NOW + HOUR)


def test_a_lease_begins_an_attempt_and_the_clock_of_the_run() -> None:
    job = leased()
    assert (job.status, job.fence, job.attempt) == (Status.RUNNING, 1, 1)
    assert job.lease_until == NOW + TIMES.lease
    assert job.started_at == NOW
    assert job.deadline_at == NOW + TIMES.limit


def test_later_leases_keep_the_start_and_the_deadline() -> None:
    job = leased().release(NOW).lease(NOW + HOUR, TIMES)
    assert (job.started_at, job.deadline_at, job.fence) == (NOW, NOW + TIMES.limit, 2)


# ---- attempts


def test_a_job_that_crashes_each_time_fails_after_the_last_attempt() -> None:
    job = leased(ATTEMPTS)
    assert (job.attempt, job.fence) == (ATTEMPTS, ATTEMPTS)
    after = job.expire(NOW)
    assert (after.status, after.error) == (Status.FAILED, CRASHED)


def test_a_delivery_that_finds_the_last_lease_run_out_ends_the_job_too() -> None:
    after = leased(ATTEMPTS).lease(NOW + HOUR, TIMES)
    assert (after.status, after.error, after.fence) == (Status.FAILED, CRASHED, ATTEMPTS)


def test_temporary_failures_end_the_job_after_the_last_attempt_with_their_reason() -> None:
    job = new()
    for _ in range(ATTEMPTS):
        assert not job.finished
        job = job.lease(NOW, TIMES).back_off(NOW, BUSY, TIMES)
    assert (job.status, job.error) == (Status.FAILED, BUSY)


def test_a_finished_step_begins_a_new_count_with_the_lease_that_finished_it() -> None:
    job = leased(3).step_done()
    assert job.attempt == 1
    for _ in range(ATTEMPTS - 1):
        job = job.back_off(NOW, BUSY, TIMES)
        assert not job.finished
        job = job.lease(NOW, TIMES)
    assert job.back_off(NOW, BUSY, TIMES).finished


@each("way", ["wait", "park"])
def test_to_wait_is_to_have_got_on(way: str) -> None:
    assert LETTING_GO[way](leased(3)).attempt == 0


def test_a_released_lease_does_not_count() -> None:
    job = leased(3).release(NOW)
    assert job.attempt == 2
    assert job.next_run_at == NOW
    assert leased().step_done().release(NOW).release(NOW).attempt == 0


def test_each_pause_is_twice_the_last_up_to_the_longest() -> None:
    pauses = [TIMES.backoff(attempt).total_seconds() for attempt in range(9)]
    assert pauses == [10, 10, 20, 40, 80, 160, 320, 600, 600]
    after = leased(2).back_off(NOW, BUSY, TIMES)
    assert after.next_run_at == NOW + timedelta(seconds=20)
    assert after.message == BUSY.message


def test_an_expired_lease_was_pause_enough() -> None:
    after = leased().expire(NOW + HOUR)
    assert (after.next_run_at, after.attempt) == (NOW + HOUR, 1)


# ---- waiting for a person


def test_the_deadline_stands_still_while_a_person_is_awaited() -> None:
    job = parked()
    assert overdue(job, NOW + 100 * HOUR, TIMES, lost=False) == (job, "")
    after = job.resume(NOW + 100 * HOUR)
    assert after.deadline_at == NOW + TIMES.limit + 100 * HOUR
    assert after.dispatch == Dispatch("a", 1, 2)
    assert after.parked_at is None


@each("job", [new(), leased(), leased().wait(NOW, SECOND), leased().fail(NOW, BROKEN)])
def test_only_a_parked_job_can_be_approved(job: Job) -> None:
    with pytest.raises(Conflict):
        job.resume(NOW)


# ---- cancel and delete


@each("job", [new(), parked(), leased().wait(NOW, HOUR)], ids=["pending", "parked", "waiting"])
def test_a_job_nobody_works_on_is_cancelled_at_once(job: Job) -> None:
    after = job.cancel(NOW)
    assert (after.status, after.error, after.completed_at) == (Status.CANCELLED, CANCELLED, NOW)
    assert after.dispatch is None


def test_a_job_whose_lease_has_run_out_is_cancelled_at_once() -> None:
    assert leased().cancel(NOW + HOUR).status is Status.CANCELLED


def test_a_job_at_work_is_asked_to_stop_and_the_first_wish_counts() -> None:
    job = unwanted()
    assert (job.status, job.cancel_requested_at) == (Status.RUNNING, NOW)
    assert job.cancel(NOW + SECOND).cancel_requested_at == NOW


@each("way", LETTING_GO)
@each("lease", [1, ATTEMPTS], ids=["first attempt", "last attempt"])
def test_however_it_is_let_go_a_job_to_be_cancelled_is_cancelled(way: str, lease: int) -> None:
    after = LETTING_GO[way](leased(lease).cancel(NOW))
    assert (after.status, after.error) == (Status.CANCELLED, CANCELLED)
    assert (after.cancel_requested_at, after.lease_until, after.dispatch) == (None, None, None)


def test_the_next_lease_cancels_a_job_whose_holder_died_with_the_wish() -> None:
    after = unwanted().lease(NOW + HOUR, TIMES)
    assert (after.status, after.fence) == (Status.CANCELLED, 1)


def test_a_finished_job_cannot_be_cancelled() -> None:
    with pytest.raises(Conflict, match="completed already"):
        leased().complete(NOW, {}, partial=False).cancel(NOW)


def test_a_deleted_job_is_hidden_at_once_and_stops() -> None:
    assert new().delete(NOW).status is Status.CANCELLED
    at_work = leased().delete(NOW)
    assert (at_work.status, at_work.deleted_at, at_work.cancel_requested_at) == (Status.RUNNING, NOW, NOW)
    done = leased().complete(NOW, {"film": "key"}, partial=False).delete(NOW)
    assert (done.status, done.deleted_at) == (Status.COMPLETED, NOW)
    assert done.delete(NOW + HOUR).deleted_at == NOW


@each("job", [new(), leased(), leased().complete(NOW, {"film": "key"}, partial=False)])
def test_a_deletion_can_be_undone_for_a_while_but_not_that_work_was_stopped_for_it(job: Job) -> None:
    gone = job.delete(NOW)
    end = NOW + TIMES.undo_for
    assert gone.restore(end - SECOND, TIMES) == replace(gone, deleted_at=None)
    with pytest.raises(Conflict, match="too long ago"):
        gone.restore(end, TIMES)


def test_a_job_restored_while_it_is_stopping_stops_and_can_be_retried() -> None:
    back = leased().delete(NOW).restore(NOW, TIMES).release(NOW)
    assert (back.status, back.deleted_at) == (Status.CANCELLED, None)
    assert back.retry(NOW).status is Status.PENDING
