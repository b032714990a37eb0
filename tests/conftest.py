"""Real local servers for every suite, one of each for the whole run, started when first asked for."""

import os
import sys
import uuid
from collections.abc import Iterator

import pytest
from hypothesis import settings

from infra.local.postgres import Postgres
from infra.work_store.gcs import GcsWorkStore
from tests.stack import ObjectServer, one_fake_gcs, one_postgres, one_r2

#: what `--no-skips` and `--soak` mean
pytest_plugins = ["tests.options"]

# a busy machine takes its time over one example: that is no finding
settings.register_profile("patient", settings.default, deadline=None)
settings.load_profile("patient")


@pytest.fixture(autouse=True)
def scheduled_as_others() -> Iterator[None]:
    """A test process that a codec made real-time would smother the machine together with all it starts."""
    yield
    assert sys.platform != "linux" or os.sched_getscheduler(0) == os.SCHED_OTHER


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    with one_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_url(postgres_server: Postgres) -> str:
    """An empty database, made for this run, that all tests share: bring it to a schema yourself."""
    postgres_server.make_database()
    return postgres_server.url()


@pytest.fixture
def empty_database_url(postgres_server: Postgres) -> Iterator[str]:
    """A new empty database for this test alone."""
    name = f"test_{uuid.uuid4().hex}"
    postgres_server.make_database(name)
    yield postgres_server.url(name)
    postgres_server.drop_database(name)


@pytest.fixture(scope="session")
def fake_gcs() -> Iterator[ObjectServer]:
    with one_fake_gcs() as server:
        yield server


@pytest.fixture(scope="session")
def work(fake_gcs: ObjectServer) -> Iterator[GcsWorkStore]:
    store = GcsWorkStore(fake_gcs.endpoint, fake_gcs.bucket, fake_gcs.certificate)
    yield store
    store.close()


@pytest.fixture(scope="session")
def r2() -> Iterator[ObjectServer]:
    with one_r2() as server:
        yield server
