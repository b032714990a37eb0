"""Services for one database: a real store; the queue takes notes, and no other port is there unless a test fills it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from app.bootstrap import connect
from app.demands import NEEDED
from app.settings import Settings
from infra.postgres.migrate import migrate
from infra.postgres.store import PostgresStore
from internal.ports import Services, TaskQueue
from internal.times import Times

TIMES = Times(
    lease=timedelta(seconds=5),
    heartbeat=timedelta(seconds=0.05),
    undispatched=timedelta(0),
    unleased=timedelta(0),
    backoff_first=timedelta(seconds=30),
    in_place=(timedelta(milliseconds=1),) * 3,
)


@contextmanager
def connected(url: str, queue: TaskQueue) -> Iterator[Services]:
    """`url` is an empty database's."""
    migrate(url)
    unused = dict.fromkeys(NEEDED, "unused")
    here = {"public_url": "http://localhost", "hosts": ("localhost",)}
    settings = Settings.model_validate({**unused, **here, "database_url": url})
    store = PostgresStore(url, TIMES)
    yield replace(connect(settings), store=store, queue=queue, times=TIMES)
    store.close()
