"""The store on a real PostgreSQL, brought to our schema by the migrations."""

import uuid
from collections.abc import Iterator

import pytest

from infra.postgres.migrate import migrate
from infra.postgres.store import PostgresStore
from internal.jobs import Times


@pytest.fixture(scope="session")
def store(postgres_url: str) -> Iterator[PostgresStore]:
    migrate(postgres_url)
    made = PostgresStore(postgres_url, Times())
    yield made
    made.close()


@pytest.fixture
def owner() -> str:
    """A new one for each test: the database is shared."""
    return f"owner-{uuid.uuid4()}"
