"""A worker told to end lets its jobs go, asks for their next dispatch, and leaves nothing behind."""

from pathlib import Path

from internal.jobs import Dispatch, Status
from tests.faults.house import House, soon
from tests.faults.worker import gone

#: in seconds; Cloud Run gives ten
MOST = 8.0

#: a worker that has pieces left to render when one is kept, and loses no lease on a busy machine
SLOW = {"SHORT_SIDE": "720", "RENDER_CORES": "1", "LEASE": "20"}


def test_a_worker_ended_while_it_renders_hands_over(house: House, tmp_path: Path) -> None:
    with house.worker(**SLOW, HOLD_AT="chunk kept", TMPDIR=str(tmp_path)) as first, house.worker(**SLOW) as second:
        house.gate.target = first.port
        before = house.chunks()
        film = house.film()
        soon(lambda: len(house.chunks()) > len(before))
        kept = house.chunks()
        family = [first.hands, *first.family()]
        house.gate.target = second.port
        with house.paused_queue():
            assert first.end() < MOST
            let_go = house.row(film)
            assert (let_go.status, let_go.lease_until, let_go.step) == (Status.WAITING, None, "compose")
            assert (let_go.dispatch_no, let_go.attempt) == (2, 0)
            assert let_go.dispatched_at
            assert house.queue_call("GET", f"/tasks/{Dispatch(film, 1, 2).name}").ok
            assert house.events(film)[-1] == "released"
            soon(lambda: gone(family))
            assert list(tmp_path.glob("daylog-*")) == []
        house.wait_for(film, lambda job: job.status is Status.RUNNING and job.fence == 2, seconds=5)
        job = house.complete(film)
        assert (job.fence, job.attempt) == (2, 1)
        house.whole_film(job)
        after = house.chunks()
        assert {key: after[key] for key in kept} == kept
        assert len(after) > len(kept), "it was over before it was told to end"


def test_a_worker_ended_lets_all_its_jobs_go(house: House) -> None:
    with house.worker() as first, house.worker() as second:
        house.gate.target = first.port
        jobs = [house.job("lasts") for _ in range(4)]
        soon(lambda: all("lasts" in house.notes(job_id) for job_id in jobs))
        house.gate.target = second.port
        assert first.end() < MOST
        for job_id in jobs:
            house.wait_for(job_id, lambda job: job.status is Status.RUNNING and job.fence == 2, seconds=5)
            house.let_end(job_id)
            assert house.complete(job_id).fence == 2
            assert house.notes(job_id) == ["plain", "lasts", "lasts"]


def test_a_worker_between_two_tries_stops_at_once(house: House) -> None:
    """A pause within a step is no reason to stay."""
    with house.worker() as first:
        job_id = house.job("never_now")
        soon(lambda: house.notes(job_id).count("never now") > 1)
        assert first.end() < MOST
        job = house.row(job_id)
        assert job.finished or job.status is Status.WAITING
        assert not job.lease_until


def test_an_idle_worker_ends_at_once(house: House) -> None:
    with house.worker() as worker:
        family = [worker.hands]
        assert worker.end() < 3
        assert gone(family)
