"""A migration takes nothing from the code of before, which runs beside it while it is deployed, and again after a
roll-back: it expands. What no code uses any more goes later, by a migration of its own: it contracts, and names the one
that it completes (`completes = "0007"`).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest
from sqlalchemy import Engine, create_engine, make_url, text

from infra.local.postgres import Postgres
from infra.postgres.migrate import migrate
from tests.faults.gate import gate
from tests.migrations.catalog import Catalog, catalog, completed_by, demanded, lost, revisions
from tests.migrations.wire import Notes

#: what two migrations did that no other may, and why nobody was hurt
ONCE = {
    "CREATE INDEX ix_vlog_family ON vlog (family)": "no service ran yet whose vlogs it could have locked",
    "DELETE FROM scene": "nor any whose stories were kept; a vlog that waits for review tells its story again",
}
INDEX = re.compile(r'CREATE (?:UNIQUE )?INDEX (?!CONCURRENTLY).* ON "?(\w+)"? .*', re.DOTALL)
ROWS = re.compile(
    r"(?:INSERT INTO|UPDATE|DELETE FROM|TRUNCATE|COPY|MERGE INTO|WITH)\b(?! alembic_version\b).*", re.DOTALL
)


@dataclass(frozen=True)
class Step:
    """One migration, as it was done."""

    before: Catalog
    after: Catalog
    said: Sequence[str]


@pytest.fixture(scope="module")
def steps(postgres_server: Postgres) -> Iterator[dict[str, Step]]:
    """By revision."""
    postgres_server.make_database("steps")
    notes, url, made = Notes(), make_url(postgres_server.url("steps")), {}
    engine = create_engine(url)
    with gate(postgres_server.port) as between:
        between.judge = notes
        reached = url.set(port=between.port).render_as_string(hide_password=False)
        before = read(engine)
        for revision in revisions():
            notes.said.clear()
            migrate(reached, revision)
            after = read(engine)
            made[revision] = Step(before, after, [said.sql.strip() for said in notes.said])
            before = after
    engine.dispose()
    yield made
    postgres_server.drop_database("steps")


def read(engine: Engine) -> Catalog:
    with engine.connect() as connection:
        return catalog(connection)


@pytest.mark.parametrize("revision", revisions())
def test_what_the_code_of_before_reads_stays_until_a_later_migration_completes_an_earlier_one(
    steps: dict[str, Step], revision: str
) -> None:
    completed = completed_by(revision)
    if completed is None:
        assert list(lost(steps[revision].before, steps[revision].after)) == []
    else:
        assert completed in revisions()[: revisions().index(revision)]


@pytest.mark.parametrize("revision", revisions())
def test_what_the_code_of_before_writes_is_taken(steps: dict[str, Step], revision: str) -> None:
    assert list(demanded(steps[revision].before, steps[revision].after)) == []


@pytest.mark.parametrize("revision", revisions())
def test_no_table_is_locked_while_an_index_is_built_nor_while_rows_are_changed(
    steps: dict[str, Step], revision: str
) -> None:
    """Those that exist already: into a new one nobody writes yet."""
    step = steps[revision]
    assert list(blocking(step.said, step.before)) == []


def test_what_only_some_migrations_did_is_what_they_did(steps: dict[str, Step]) -> None:
    assert set(ONCE) <= {sql for step in steps.values() for sql in step.said}


def blocking(said: Sequence[str], before: Catalog) -> Iterator[str]:
    for sql in said:
        index = INDEX.fullmatch(sql)
        if ((index and index[1] in before.tables) or ROWS.fullmatch(sql)) and sql not in ONCE:
            yield sql


#: what a migration might do, and what is said of it
WRONG = {
    "ALTER TABLE vlog DROP COLUMN story": "vlog.story is gone",
    "ALTER TABLE vlog RENAME COLUMN title TO name": "vlog.title is gone",
    "ALTER TABLE share RENAME TO link": "share.token is gone",
    "DROP TABLE scene": "scene.scene is gone",
    "ALTER TABLE job ALTER COLUMN attempt TYPE bigint": "job.attempt was integer and is bigint",
    "ALTER TABLE media DROP CONSTRAINT media_key_key": "media has no more UNIQUE (key)",
    "DROP INDEX share_live": "share has no more CREATE UNIQUE INDEX share_live",
    "ALTER TABLE job ADD COLUMN colour text NOT NULL": "job.colour must be given now",
    "ALTER TABLE job ALTER COLUMN created_at SET NOT NULL": "job.created_at must be given now",
    "ALTER TABLE vlog ALTER COLUMN number DROP DEFAULT": "vlog.number must be given now",
    "ALTER TABLE job ADD CHECK (attempt < 3)": "job demands CHECK ((attempt < 3))",
    "ALTER TABLE share ADD FOREIGN KEY (vlog_id) REFERENCES vlog (id)": "share demands FOREIGN KEY",
    'CREATE UNIQUE INDEX emails ON "user" (email)': "user demands CREATE UNIQUE INDEX emails",
    "CREATE INDEX titles ON vlog (title)": "CREATE INDEX titles ON vlog (title)",
    "UPDATE vlog SET number = number + 1": "UPDATE vlog SET number = number + 1",
}
FINE = (
    "CREATE TABLE place (id text PRIMARY KEY, name text NOT NULL)",
    "CREATE INDEX CONCURRENTLY titles ON vlog (title)",
    "ALTER TABLE job ADD COLUMN colour text",
    "ALTER TABLE job ADD COLUMN colour text NOT NULL DEFAULT 'red'",
    "ALTER TABLE job ALTER COLUMN kind DROP NOT NULL",
    "ALTER TABLE job ALTER COLUMN attempt SET DEFAULT 0",
)


@pytest.fixture(scope="module")
def engine(postgres_server: Postgres) -> Iterator[Engine]:
    postgres_server.make_database("wrong")
    migrate(postgres_server.url("wrong"))
    made = create_engine(postgres_server.url("wrong"))
    yield made
    made.dispose()
    postgres_server.drop_database("wrong")


def found(engine: Engine, sql: str) -> list[str]:
    """Of a migration that does this; undone at the end."""
    with engine.connect() as connection:
        before = catalog(connection)
        connection.execute(text(sql.replace("CONCURRENTLY", "")))
        after = catalog(connection)
        connection.rollback()
    return [*lost(before, after), *demanded(before, after), *blocking([sql], before)]


@pytest.mark.parametrize("sql", WRONG)
def test_what_a_migration_must_not_do_is_found(engine: Engine, sql: str) -> None:
    assert any(one.startswith(WRONG[sql]) for one in found(engine, sql)), found(engine, sql)


@pytest.mark.parametrize("sql", FINE)
def test_what_expands_a_schema_is_fine(engine: Engine, sql: str) -> None:
    assert found(engine, sql) == []
