"""The protocol on a real database, with a queue that only takes notes; no other port is used."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from app.bootstrap import connect
from app.settings import NEEDED, Settings
from infra.postgres.migrate import migrate
from infra.postgres.store import PostgresStore
from internal.jobs import Times
from internal.ports import Services
from tests.internal.memory_queue import NotingQueue

TIMES = Times(
    lease=timedelta(seconds=5),
    heartbeat=timedelta(seconds=0.05),
    undispatched=timedelta(0),
    unleased=timedelta(0),
    backoff_first=timedelta(seconds=30),
    in_place=(timedelta(milliseconds=1),) * 3,
)


@pytest.fixture
def queue() -> NotingQueue:
    return NotingQueue()


@pytest.fixture
def services(empty_database_url: str, queue: NotingQueue) -> Iterator[Services]:
    migrate(empty_database_url)
    unused = {name: ("unused",) if name == "hosts" else "unused" for name in NEEDED}
    settings = Settings.model_validate({**unused, "database_url": empty_database_url})
    store = PostgresStore(empty_database_url, TIMES)
    yield replace(connect(settings), store=store, queue=queue, times=TIMES)
    store.close()
