"""The previous version's code goes on while the schema changes beneath it, and runs on the new one after a roll-back.

What it says to its database was recorded, to the last statement, while it was the newest: a recording is held to the
code as long as its schema is the newest, and stays as it is once the next migration has come.
"""

import ast
import inspect
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import Any

import pg8000.native
import pytest
from sqlalchemy import make_url

from infra.local.postgres import Postgres
from infra.postgres.migrate import migrate
from infra.postgres.schema import SCHEMA
from internal.ports import Store, Tx
from internal.ports.accounts import Accounts
from internal.ports.rows import JobTx
from tests.migrations import using
from tests.migrations.catalog import revisions
from tests.migrations.recording import FOLDER, Recording, record, timely
from tests.migrations.wire import Said

PREVIOUS = revisions()[-2]
Answers = list[tuple[str, list[Any]]]
#: makes a database with the schema of that revision
Migrated = Callable[[str], str]


class Speaker:
    """Says what was recorded, on one connection, as of now."""

    def __init__(self, connection: pg8000.native.Connection) -> None:
        self._connection = connection
        self._begun = datetime.now(UTC)

    def say(self, recorded: Sequence[Said]) -> Answers:
        return [(said.sql, self._answer(timely(said, self._begun))) for said in recorded]

    def _answer(self, said: Said) -> list[Any]:
        """Its rows, without times; how many it changed, if it gives none."""
        values = ", ".join(map(pg8000.native.literal, said.values))
        self._connection.run(f"PREPARE said AS {said.sql}")
        rows = self._connection.run(f"EXECUTE said ({values})" if values else "EXECUTE said")
        changed = self._connection.row_count
        self._connection.run("DEALLOCATE said")
        return [[None if isinstance(one, datetime) else one for one in row] for row in rows or ()] or [changed]


@contextmanager
def speaker(url: str) -> Iterator[Speaker]:
    known = make_url(url)
    server = {"host": known.host, "port": known.port, "database": known.database, "password": known.password}
    with closing(pg8000.native.Connection(known.username, **server)) as connection:
        yield Speaker(connection)


@pytest.fixture(scope="module")
def migrated(postgres_server: Postgres) -> Iterator[Migrated]:
    made: list[str] = []

    def make(revision: str) -> str:
        made.append(f"migrated_{uuid.uuid4().hex}")
        postgres_server.make_database(made[-1])
        migrate(postgres_server.url(made[-1]), revision)
        return postgres_server.url(made[-1])

    yield make
    for name in made:
        postgres_server.drop_database(name)


@pytest.fixture(scope="module")
def previous() -> Recording:
    return Recording.read(PREVIOUS)


@pytest.fixture(scope="module")
def answers(previous: Recording, migrated: Migrated) -> Answers:
    """What the previous version was told on its own schema."""
    with speaker(migrated(PREVIOUS)) as one:
        return one.say([*previous.begun, *previous.gone_on])


def test_the_previous_version_goes_on_while_the_schema_changes(
    previous: Recording, answers: Answers, migrated: Migrated
) -> None:
    """On connections that are open, with a job that is leased."""
    url = migrated(PREVIOUS)
    with speaker(url) as one:
        begun = one.say(previous.begun)
        migrate(url)
        assert begun + one.say(previous.gone_on) == answers


def test_the_previous_version_runs_on_the_newest_schema(
    previous: Recording, answers: Answers, migrated: Migrated
) -> None:
    with speaker(migrated("head")) as one:
        assert one.say([*previous.begun, *previous.gone_on]) == answers


# ---------------------------------------------------------------- that it was recorded


def test_the_last_two_versions_are_recorded_and_no_others() -> None:
    assert sorted(path.stem for path in FOLDER.iterdir()) == revisions()[-2:]


def test_the_newest_recording_is_of_this_code(migrated: Migrated) -> None:
    """Values may come in another order, and settings in them may have become more: statements tell what is used."""
    said, kept = record(migrated("head")), Recording.read(SCHEMA)
    for now, before in ((said.begun, kept.begun), (said.gone_on, kept.gone_on)):
        assert [one.sql for one in now] == [one.sql for one in before], "run `python -m tests.migrations`"


def test_all_that_can_be_asked_of_rows_is_recorded() -> None:
    asked = {node.attr for node in ast.walk(ast.parse(inspect.getsource(using))) if isinstance(node, ast.Attribute)}
    methods = {name for port in (Store, Accounts, Tx, JobTx) for name in vars(port) if not name.startswith("_")}
    assert methods - asked == set()
