"""A hub on a real database."""

import threading
import uuid
from collections.abc import Iterator

import pytest

from app.hub import Hub
from infra.local.postgres import Postgres
from infra.postgres.migrate import migrate
from tests.app.hub.given import LONG, OFTEN, Counting


@pytest.fixture(scope="module")
def database(postgres_server: Postgres) -> Iterator[str]:
    """The name of an empty one, brought to our schema."""
    name = f"hub_{uuid.uuid4().hex}"
    postgres_server.make_database(name)
    migrate(postgres_server.url(name))
    yield name
    postgres_server.drop_database(name)


@pytest.fixture
def store(postgres_server: Postgres, database: str) -> Iterator[Counting]:
    made = Counting(postgres_server.url(database))
    yield made
    made.close()


@pytest.fixture
def ended() -> Iterator[threading.Event]:
    """What ends the process that a hub is of. Its thread has ended before its store is closed."""
    before, event = threading.enumerate(), threading.Event()
    yield event
    event.set()
    for thread in threading.enumerate():
        if thread.name == "hub" and thread not in before:  # a service of other tests may have one that lives on
            thread.join()


@pytest.fixture
def hub(store: Counting, ended: threading.Event) -> Hub:
    """A reading is good for as long as a test lasts: only what is newer replaces it."""
    return Hub(store, ended, age=LONG, every=OFTEN)
