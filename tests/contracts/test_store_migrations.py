"""The store keeps its promises about its schema: it is what the code uses, and rows of earlier ones are read."""

import json
import uuid
from contextlib import closing

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, text
from sqlmodel import SQLModel

from infra.postgres import tables
from infra.postgres.migrate import migrate
from infra.postgres.store import PostgresStore
from internal.vlog import VlogSettings
from tests.contracts.rows import TIMES, lease

#: as the code wrote them that knew no versions, no stories and no links
BEFORE_VERSIONS = (
    "INSERT INTO job (id, kind, owner_id, params, status, step, progress, message, run_no, dispatch_no, fence, attempt,"
    " version, created_at, updated_at)"
    " VALUES (:id, 'vlog', :owner, :params, 'pending', '', 0, '', 1, 1, 0, 0, 1, now(), now())",
    "INSERT INTO vlog (id, owner_id, title, created_at) VALUES (:id, :owner, 'Kyoto', now())",
    'INSERT INTO scene (vlog_id, number, scene) VALUES (:id, 1, \'{"kind": "photo"}\')',
)


def write_as_before(url: str, owner: str) -> str:
    """The vlog's id."""
    vlog_id, asked = str(uuid.uuid4()), {"settings": VlogSettings(title="Kyoto").model_dump(mode="json"), "media": []}
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in BEFORE_VERSIONS:
            connection.execute(text(statement), {"id": vlog_id, "owner": owner, "params": json.dumps(asked)})
    engine.dispose()
    return vlog_id


def test_the_migrations_make_exactly_the_tables_that_the_code_uses(store: PostgresStore, postgres_url: str) -> None:
    assert tables.JobRow.metadata is SQLModel.metadata
    engine = create_engine(postgres_url)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), SQLModel.metadata) == []
    engine.dispose()


def test_vlogs_from_before_versions_and_of_workers_that_know_none_yet_are_first_ones_without_a_story(
    empty_database_url: str, owner: str
) -> None:
    migrate(empty_database_url, "0002")
    before = write_as_before(empty_database_url, owner)
    migrate(empty_database_url)
    meanwhile = write_as_before(empty_database_url, owner)
    with closing(PostgresStore(empty_database_url, TIMES)) as store:
        assert {vlog.id for vlog, _ in store.vlogs(owner, 10, 0)[0]} == {before, meanwhile}
        for vlog_id in (before, meanwhile):
            vlog, job = store.vlog(owner, vlog_id)
            assert (vlog.settings.title, vlog.number, vlog.family, vlog.share_token) == ("Kyoto", 1, None, None)
            assert store.story(vlog_id) is None
            assert [one.id for one, _ in store.versions(owner, vlog_id, 10, 0)[0]] == [vlog_id]
            assert lease(store, job).fence == 1
