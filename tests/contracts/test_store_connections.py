"""The store makes few connections, and keeps them: each costs the database as much as many reads."""

import time
from contextlib import closing

import pg8000.native
import pytest
from sqlalchemy import make_url

from infra.postgres.migrate import migrate
from infra.postgres.store import PostgresStore
from internal.jobs import Job
from tests.contracts.rows import TIMES, add_vlog, at_once

POOL, THREADS, READS = 3, 12, 20


@pytest.fixture
def made(empty_database_url: str) -> PostgresStore:
    migrate(empty_database_url)
    return PostgresStore(empty_database_url, TIMES, POOL)


def sessions(url: str) -> int:
    """How many there have been in that database; told once all of them are over."""
    at = make_url(url)
    asked = "SELECT sessions FROM pg_stat_database WHERE datname = :name"
    open_now = "SELECT count(*) FROM pg_stat_activity WHERE datname = :name"
    with closing(
        pg8000.native.Connection(at.username, host=at.host, port=at.port, password=at.password, database="postgres")
    ) as admin:
        while admin.run(open_now, name=at.database)[0][0]:
            time.sleep(0.01)
        return int(admin.run(asked, name=at.database)[0][0])


def test_however_many_ask_at_once_they_share_the_same_few_connections(
    made: PostgresStore, empty_database_url: str
) -> None:
    before = sessions(empty_database_url)

    def ask(_number: int) -> Job:
        job = add_vlog(made, "somebody")
        return [made.job(job.id) for _ in range(READS)][-1]

    answers = at_once(THREADS, ask)
    made.close()
    assert [type(answer) for answer in answers] == [Job] * THREADS
    assert sessions(empty_database_url) - before <= 2 * POOL  # for reads and for writes
