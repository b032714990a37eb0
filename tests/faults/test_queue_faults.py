"""The queue is away, forgets, repeats itself or is killed: no job is lost, none is worked on twice."""

import time
from collections.abc import Iterator

import pytest

from infra.local.ports import free_port
from internal.jobs import Dispatch, Status
from internal.reconciler import reconcile
from tests.faults.gate import Verdict, gate
from tests.faults.house import House, soon
from tests.faults.worker import TIMES, Worker


@pytest.fixture(scope="module", autouse=True)
def worker(house: House) -> Iterator[Worker]:
    with house.worker() as worker:
        yield worker


def test_a_job_asked_for_while_the_queue_is_away_is_dispatched_later(house: House) -> None:
    without_queue = house.connect(tasks_endpoint=f"http://127.0.0.1:{free_port()}")
    job_id = house.job("plain", without_queue)
    assert house.complete(job_id).fence == 1
    assert house.notes(job_id) == ["plain"] * 3


def test_a_task_made_though_its_answer_was_lost_is_delivered_once(house: House) -> None:
    endpoint = house.settings.tasks_endpoint or ""
    with gate(int(endpoint.rpartition(":")[2])) as between, house.paused_queue():
        between.judge = lambda block, _: Verdict.CUT_ANSWER if block.startswith(b"POST") else Verdict.PASS
        job_id = house.job("plain", house.connect(tasks_endpoint=f"http://127.0.0.1:{between.port}"))
        assert house.row(job_id).dispatched_at is None
        assert house.queue_call("GET", f"/tasks/{Dispatch(job_id, 1, 1).name}").ok
        house.wait_for(job_id, lambda job: job.dispatched_at)
    assert house.complete(job_id).fence == 1
    assert house.notes(job_id) == ["plain"] * 3


def test_a_task_that_vanished_is_asked_for_again(house: House) -> None:
    with house.paused_queue():
        job_id = house.job("plain")
        assert house.queue_call("DELETE", f"/tasks/{Dispatch(job_id, 1, 1).name}").ok
        house.wait_for(job_id, lambda job: job.dispatch_no == 2 and job.dispatched_at)
    assert house.complete(job_id).attempt == 1
    assert "dispatch lost" in house.events(job_id)


def test_a_paused_queue_fails_nothing(house: House) -> None:
    with house.paused_queue():
        job_id = house.job("plain")
        seen = house.wait_for(job_id, lambda job: job.dispatched_at)
        asked_at = time.monotonic()
        soon(lambda: time.monotonic() > asked_at + TIMES.unleased.total_seconds())
        for _ in range(3):
            assert job_id not in "".join(reconcile(house.services))
        assert house.row(job_id) == seen
        assert (seen.status, seen.attempt, seen.error) == (Status.PENDING, 0, None)
    assert house.complete(job_id).dispatch_no == 1


def test_a_queue_killed_with_tasks_in_flight_and_waiting_loses_none(house: House) -> None:
    lasting, waiting = house.job("lasts"), house.job("waits")
    soon(lambda: "lasts" in house.notes(lasting))
    with house.paused_queue():
        queued = [house.job("plain") for _ in range(3)]
        house.kill("cloud_tasks")
        soon(house.queue_answers)
    for job_id in (*queued, waiting):
        house.complete(job_id)
    assert house.row(lasting).status is Status.RUNNING
    house.let_end(lasting)
    assert house.complete(lasting).fence == 1
    assert house.notes(lasting) == ["plain", "lasts"]


def test_a_job_the_queue_gave_up_on_is_dispatched_anew(house: House, worker: Worker) -> None:
    """Nobody answers for longer than the queue tries."""
    house.gate.target = free_port()
    try:
        job_id = house.job("plain")
        soon(lambda: not house.queue_call("GET", f"/tasks/{Dispatch(job_id, 1, 1).name}").ok)
    finally:
        house.gate.target = worker.port
    job = house.complete(job_id)
    assert (job.dispatch_no, job.fence) == (2, 1)
