"""The store does not stumble over connections that the server has ended while nobody used them."""

from collections.abc import Iterator
from contextlib import closing
from threading import Barrier

import pytest
from sqlalchemy import Engine, create_engine, text

from infra.postgres.migrate import migrate
from infra.postgres.store import PostgresStore
from internal.jobs import Job
from tests.contracts.rows import TIMES, add_vlog, at_once, lease
from tests.queue_server import wait_until

AT_ONCE = 4
OTHERS = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


@pytest.fixture
def alone(empty_database_url: str) -> Iterator[PostgresStore]:
    """In a database of its own."""
    migrate(empty_database_url)
    with closing(PostgresStore(empty_database_url, TIMES)) as store:
        yield store


@pytest.fixture
def server(empty_database_url: str) -> Iterator[Engine]:
    made = create_engine(empty_database_url, isolation_level="AUTOCOMMIT")
    yield made
    made.dispose()


def end_all(server: Engine) -> None:
    """As a restart does."""
    with server.connect() as connection:
        connection.execute(text(f"SELECT pg_terminate_backend(pid) {OTHERS}"))
        wait_until(lambda: connection.execute(text(f"SELECT count(*) {OTHERS}")).scalar_one() == 0)


def test_after_the_database_was_restarted_nobody_is_told_so(alone: PostgresStore, server: Engine, owner: str) -> None:
    """On none of the connections that lay ready, however they are used."""
    job = lease(alone, add_vlog(alone, owner))
    together = Barrier(AT_ONCE)

    def use(_: int) -> Job:
        assert alone.renew(job.id, job.fence, TIMES.lease).held
        alone.events(job.id)
        with alone.begin() as tx:
            together.wait(20)
            tx.next_number(job.id)
        return alone.vlog(owner, job.id)[1]

    assert {one.id for one in at_once(AT_ONCE, use) if isinstance(one, Job)} == {job.id}
    end_all(server)
    assert [type(one) for one in at_once(AT_ONCE, use)] == [Job] * AT_ONCE
