"""Deliveries that come twice, late, early or for nothing: one works, the others are answered and change nothing."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed

import pytest

from internal.jobs import Dispatch, Status
from internal.vlogs import delete
from tests.faults.house import House, new_owner, soon
from tests.faults.worker import Worker


@pytest.fixture(scope="module", autouse=True)
def worker(house: House) -> Iterator[Worker]:
    with house.worker() as worker:
        yield worker


def answer(house: House, job_id: str, run_no: int, dispatch_no: int) -> str:
    """What the worker says of that delivery, which it must accept."""
    response = house.deliver(Dispatch(job_id, run_no, dispatch_no))
    assert response.status_code == 200, response.text
    return str(response.json()["outcome"])


def test_of_five_deliveries_at_once_one_works(house: House) -> None:
    with house.paused_queue(), ThreadPoolExecutor(5) as threads:
        job_id = house.job("lasts")
        asked = [threads.submit(answer, house, job_id, 1, 1) for _ in range(5)]
        answers = as_completed(asked, timeout=30)
        assert [next(answers).result() for _ in range(4)] == ["nothing to do"] * 4
        house.let_end(job_id)
        assert next(answers).result() == "completed"
    assert house.notes(job_id) == ["plain", "lasts"]
    assert house.complete(job_id).fence == 1


@pytest.mark.parametrize(("run_no", "dispatch_no"), [(1, 1), (1, 2), (2, 1), (2, 3), (3, 2), (3, 1)])
def test_a_delivery_of_another_dispatch_than_the_newest_changes_nothing(
    house: House, run_no: int, dispatch_no: int
) -> None:
    job_id = house.job("refuses")
    house.finished(job_id)
    with house.paused_queue():
        with house.services.store.write(job_id) as tx:
            tx.save(tx.job.retry(tx.now), "retried")
        before = house.row(job_id)
        assert (before.status, before.run_no, before.dispatch_no) == (Status.PENDING, 2, 2)
        assert answer(house, job_id, run_no, dispatch_no) == "nothing to do"
        after = house.row(job_id)
        assert (after.version, after.fence, after.attempt) == (before.version, before.fence, before.attempt)


def test_a_delivery_after_the_end_changes_nothing(house: House) -> None:
    job_id = house.job("plain")
    done = house.complete(job_id)
    assert answer(house, job_id, 1, 1) == "nothing to do"
    assert house.row(job_id) == done


def test_a_delivery_for_a_parked_job_changes_nothing(house: House) -> None:
    job_id = house.job("parks")
    parked = house.wait_for(job_id, lambda job: job.parked_at)
    for dispatch_no in (1, 2):
        assert answer(house, job_id, 1, dispatch_no) == "nothing to do"
    assert house.row(job_id) == parked


def test_a_delivery_for_a_job_that_was_deleted_does_nothing(house: House) -> None:
    with house.paused_queue():
        vlog_id = house.film()
        delete(house.services, house.row(vlog_id).owner_id, vlog_id)
        assert answer(house, vlog_id, 1, 1) == "nothing to do"
        assert list(house.services.media.list(f"vlogs/{vlog_id}/")) == []


def test_a_delivery_for_a_job_nobody_knows_does_nothing(house: House) -> None:
    assert answer(house, new_owner(), 1, 1) == "nothing to do"


def test_deliveries_out_of_order_are_worked_on_in_order(house: House) -> None:
    """Each Wait asks for the next dispatch: the older ones come again after it."""
    with house.paused_queue():
        job_id = house.job("waits")
        assert answer(house, job_id, 1, 1) == "waiting"
        assert answer(house, job_id, 1, 3) == "nothing to do"
        assert answer(house, job_id, 1, 2) == "waiting"
        assert [answer(house, job_id, 1, dispatch_no) for dispatch_no in (1, 2)] == ["nothing to do"] * 2
        assert answer(house, job_id, 1, 3) == "completed"
    assert house.notes(job_id) == ["plain", "waits", "waits", "waits"]
    soon(lambda: house.queue_call("GET", "/tasks").json().get("tasks", []) == [])
    assert house.complete(job_id).fence == 3
