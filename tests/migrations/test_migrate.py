"""Migrating for real: many at once, behind locks, cut short half-way, on a schema that is newer than the code."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import IntegrityError

from infra.postgres import indexes
from infra.postgres.migrate import migrate
from infra.postgres.schema import SCHEMA
from infra.postgres.store import PostgresStore
from internal.errors import TemporaryFailure
from tests.contracts.rows import TIMES, at_once
from tests.migrations.catalog import catalog, revisions
from tests.queue_server import wait_until

SOON = timedelta(milliseconds=100)


@pytest.fixture
def engine(empty_database_url: str) -> Iterator[Engine]:
    made = create_engine(empty_database_url)
    yield made
    made.dispose()


def version(engine: Engine) -> str:
    with engine.connect() as connection:
        return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())


def test_of_many_that_migrate_at_once_one_does_and_all_find_it_done(empty_database_url: str, engine: Engine) -> None:
    assert at_once(4, lambda _: migrate(empty_database_url)) == [None] * 4
    assert version(engine) == SCHEMA == revisions()[-1]


def test_a_migration_that_fails_half_way_leaves_nothing_and_is_done_whole_the_next_time(
    empty_database_url: str, engine: Engine
) -> None:
    """0004 changes `vlog`, then `scene`: which somebody holds."""
    migrate(empty_database_url, "0003")
    with engine.connect() as holder:
        before = catalog(holder)
        holder.execute(text("LOCK TABLE scene IN ACCESS SHARE MODE"))
        with pytest.raises(TemporaryFailure, match="busy"):
            migrate(empty_database_url, patience=SOON)
        assert catalog(holder) == before
    assert version(engine) == "0003"
    migrate(empty_database_url)
    assert version(engine) == SCHEMA


def test_who_uses_a_table_for_a_moment_is_waited_for(empty_database_url: str, engine: Engine) -> None:
    migrate(empty_database_url, "0003")
    with ThreadPoolExecutor(1) as other, engine.connect() as holder:
        holder.execute(text("LOCK TABLE scene IN ACCESS SHARE MODE"))
        migrating = other.submit(migrate, empty_database_url)
        wait_until(lambda: waiting(engine))
        holder.rollback()
        migrating.result(30)
    assert version(engine) == SCHEMA


def waiting(engine: Engine) -> bool:
    asked = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = to_regclass('scene')")
    with engine.connect() as connection:
        return bool(connection.execute(asked).scalar_one())


def test_a_schema_that_is_newer_than_the_code_stays_and_serves(empty_database_url: str, engine: Engine) -> None:
    migrate(empty_database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    migrate(empty_database_url)
    assert version(engine) == "9999"
    with closing(PostgresStore(empty_database_url, TIMES)) as store:
        store.ping()


@pytest.mark.parametrize("revision", [None, revisions()[-2]])
def test_a_schema_that_is_older_than_the_code_is_not_ready(empty_database_url: str, revision: str | None) -> None:
    if revision:
        migrate(empty_database_url, revision)
    with closing(PostgresStore(empty_database_url, TIMES)) as store:
        with pytest.raises(TemporaryFailure, match="migrated"):
            store.ping()
        migrate(empty_database_url)
        store.ping()


# ---------------------------------------------------------------- indexes of tables in use


@pytest.fixture
def writers(engine: Engine) -> Iterator[Engine]:
    """They write rows of `note`, and wait for nobody."""
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE note (word text)"))
    made = create_engine(engine.url, connect_args={"startup_params": {"lock_timeout": "1ms"}})
    yield made
    made.dispose()


def build(engine: Engine) -> None:
    """As a migration does."""
    with engine.connect() as connection, Operations.context(MigrationContext.configure(connection)):
        indexes.build("words", "note", "word")


def write(writer: Connection) -> None:
    writer.execute(text("INSERT INTO note VALUES ('equal')"))


def is_whole(engine: Engine) -> bool | None:
    """None: there is no such index."""
    with engine.connect() as connection:
        asked = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('words')"
        found: bool | None = connection.execute(text(asked)).scalar_one_or_none()
        return found


def test_rows_are_written_while_an_index_is_built(engine: Engine, writers: Engine) -> None:
    with ThreadPoolExecutor(1) as other, writers.connect() as first:
        write(first)
        building = other.submit(build, engine)
        wait_until(lambda: is_whole(engine) is False)
        with writers.begin() as second:
            write(second)
        assert is_whole(engine) is False, "it waits for the first one"
        first.commit()
        building.result(30)
    assert is_whole(engine)


def test_an_index_that_was_left_unfinished_is_built_anew(engine: Engine, writers: Engine) -> None:
    for _ in range(2):
        with writers.begin() as writer:
            write(writer)
    alone = engine.execution_options(isolation_level="AUTOCOMMIT")
    with alone.connect() as connection, pytest.raises(IntegrityError):
        connection.execute(text("CREATE UNIQUE INDEX CONCURRENTLY words ON note (word)"))
    assert is_whole(engine) is False
    build(engine)
    assert is_whole(engine)
