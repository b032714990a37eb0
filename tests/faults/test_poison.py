"""Jobs that can never succeed end failed, visible and retryable, and say nothing they should not."""

from collections.abc import Iterator
from functools import partial

import pytest

from internal.jobs import ATTEMPTS, Job, Status
from internal.runner import enqueue
from tests.faults.house import House, soon
from tests.faults.odd_pipelines import SECRET
from tests.faults.worker import CLOCK_OFF, LIMIT, TIMES, Worker


@pytest.fixture(scope="module", autouse=True)
def worker(house: House) -> Iterator[Worker]:
    with house.worker() as worker:
        yield worker


def failed(house: House, job_id: str, code: str) -> Job:
    job = house.finished(job_id)
    assert job.status is Status.FAILED, (job, house.events(job_id))
    assert job.error
    assert job.error.code == code
    assert (job.lease_until, job.next_run_at, job.dispatch) == (None, None, None)
    return job


def retry(house: House, job_id: str) -> None:
    with house.services.store.write(job_id) as tx:
        job = tx.save(tx.job.retry(tx.now), "retried")
    enqueue(house.services, job)


def test_a_defect_fails_the_job_at_once_and_is_logged_but_not_shown(house: House, worker: Worker) -> None:
    job_id = house.job("raises")
    job = failed(house, job_id, "internal_error")
    assert house.notes(job_id).count("raises") == 1
    assert SECRET not in repr((job, house.services.store.events(job_id)))
    assert worker.said(SECRET)


def test_a_job_that_kills_its_process_each_time_is_given_up(house: House, worker: Worker) -> None:
    job_id = house.job("dies")
    for times in range(1, ATTEMPTS + 1):
        soon(partial(worker.died, times))
        house.lose_lease(job_id)
    job = failed(house, job_id, "crashed")
    assert house.notes(job_id).count("dies") == ATTEMPTS
    assert house.notes(job_id).count("plain") == 1
    assert job.attempt == ATTEMPTS


def test_the_service_outlives_a_job_that_kills_its_process(house: House) -> None:
    assert house.complete(house.job("plain")).fence == 1


def test_a_far_side_that_stays_away_fails_the_job_after_four_attempts(house: House) -> None:
    job_id = house.job("never_now")
    job = failed(house, job_id, "temporary_failure")
    assert job.attempt == ATTEMPTS
    assert house.notes(job_id).count("never now") == ATTEMPTS * (len(TIMES.in_place) + 1)
    assert house.events(job_id).count("backed off") == ATTEMPTS


def test_a_new_run_uses_what_the_failed_one_finished(house: House) -> None:
    job_id = house.job("later")
    failed(house, job_id, "temporary_failure")
    retry(house, job_id)
    job = house.complete(job_id)
    assert (job.run_no, job.error) == (2, None)
    assert house.notes(job_id).count("plain") == 1


def test_a_refusal_by_a_step_fails_the_job_with_its_reason(house: House) -> None:
    job = failed(house, house.job("refuses"), "no_such_place")
    assert job.error
    assert job.error.message == "There is no such place."


def test_a_run_past_its_deadline_fails(house: House) -> None:
    with house.worker(**{LIMIT: "1"}):
        lasting = house.job("lasts")
        failed(house, lasting, "deadline")
        assert house.notes(lasting).count("lasts") == 1


def test_a_parked_job_goes_on_when_a_person_has_acted(house: House) -> None:
    job_id = house.job("parks")
    house.wait_for(job_id, lambda job: job.parked_at)
    with house.services.store.write(job_id) as tx:
        job = tx.save(tx.job.resume(tx.now), "approved")
    enqueue(house.services, job)
    assert house.complete(job_id).fence == 2
    assert house.notes(job_id) == ["plain", "parks", "parks"]


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_worker_whose_clock_is_wrong_keeps_and_respects_leases(house: House, hours: int) -> None:
    with house.worker(**{CLOCK_OFF: str(hours * 3600)}):
        film, lasting = house.film(), house.job("lasts")
        held = house.running(lasting)
        renewed = house.wait_for(lasting, lambda job: job.lease_until and job.lease_until > held.lease_until)
        assert renewed.fence == 1
        house.let_end(lasting)
        assert house.complete(lasting).fence == 1
        made = house.complete(film)
        assert made.fence == 1
        house.whole_film(made)
