"""The database dies, drops connections, is out of reach: jobs go on where they were, and nothing is assumed."""

import random
import threading
from collections.abc import Iterator
from contextlib import closing

import pg8000.native
import pytest
from sqlalchemy import make_url

from infra.local.ports import free_port
from internal.jobs import Dispatch, Status
from tests.faults.gate import Gate, Verdict, gate
from tests.faults.house import House, close, soon
from tests.faults.statements import Statements, is_commit


@pytest.fixture
def between(house: House) -> Iterator[Gate]:
    """A gate before the database."""
    with gate(house.database_port) as made:
        yield made


def test_jobs_survive_the_database_being_killed(house: House) -> None:
    with house.worker():
        film, lasting = house.film(), house.job("lasts")
        soon(lambda: "lasts" in house.notes(lasting))
        house.wait_for(film, lambda job: job.step)
        house.kill("postgres")
        house.let_end(lasting)
        house.whole_film(house.complete(film))
        assert house.complete(lasting).fence <= 2


def test_connections_ended_at_many_moments_lose_nothing(house: House) -> None:
    moments = random.Random(7)
    with house.worker():
        jobs = [house.film(), *(house.job("plain") for _ in range(6))]
        for _ in range(8):
            end_connections(house)
            threading.Event().wait(moments.uniform(0.05, 0.4))
        for job_id in jobs:
            house.complete(job_id)
        house.whole_film(house.row(jobs[0]))


def end_connections(house: House) -> None:
    url = make_url(house.settings.database_url)
    assert url.username
    assert url.host
    assert url.port
    with closing(
        pg8000.native.Connection(url.username, url.host, url.database, url.port, str(url.password))
    ) as connection:
        connection.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    close(house.services)


def test_without_the_database_the_queue_is_told_to_deliver_again(house: House, between: Gate) -> None:
    open_port, between.target = between.target, free_port()
    with house.worker(DATABASE_URL=house.database_url(between.port)):
        job_id = house.job("plain")
        answer = house.deliver(Dispatch(job_id, 1, 1))
        assert answer.status_code == 503
        assert answer.headers["Retry-After"]
        assert "canary" not in answer.text
        task = f"/tasks/{Dispatch(job_id, 1, 1).name}"
        soon(lambda: house.queue_call("GET", task).json().get("responseCount", 0) >= 1)
        assert house.row(job_id).status is Status.PENDING
        between.target = open_port
        assert house.complete(job_id).dispatch_no <= 2
        assert house.notes(job_id) == ["plain"] * 3


@pytest.mark.parametrize("verdict", [Verdict.CUT, Verdict.CUT_ANSWER])
def test_a_commit_cut_off_is_looked_up_and_never_assumed(house: House, between: Gate, verdict: Verdict) -> None:
    """Every seventeenth COMMIT fails: its connection ends just before, or just after the database has done it."""
    commits = 0

    def judge(_: int, statement: bytes) -> Verdict:
        nonlocal commits
        commits += is_commit(statement)
        return verdict if is_commit(statement) and commits % 17 == 0 else Verdict.PASS

    with house.worker(DATABASE_URL=house.database_url(between.port)):
        between.judge = Statements(judge)
        jobs = [house.job(kind) for kind in ("plain", "waits") * 4]
        for job_id in jobs:
            done = house.complete(job_id)
            events = house.events(job_id)
            assert events.count("completed") == 1
            assert events.count("leased") == done.fence
    assert commits > 17 * 3
