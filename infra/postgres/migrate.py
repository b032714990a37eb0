"""Brings the database to the newest schema. Safe to run from many processes at once, and beside those that serve."""

import logging
import time
from datetime import timedelta
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, NullPool, create_engine, text

from infra.postgres.connection import translate_errors
from infra.postgres.schema import SCHEMA

log = logging.getLogger(__name__)

#: any number, as long as nobody else uses it for `pg_advisory_lock`
LOCK = 0x0DA1_106
#: how long a change of a table waits for those who use it, as all who come after wait behind it
PATIENCE = timedelta(seconds=5)


def migrate(url: str, revision: str = "head", patience: timedelta = PATIENCE) -> None:
    """Each migration is done whole or not at all. A database that a newer version of this code has migrated is left as
    it is: the previous version runs on it. Raises TemporaryFailure when the database is out of reach, or a table is
    in use for longer than `patience`: try again."""
    with translate_errors(), create_engine(url, poolclass=NullPool).connect() as connection:
        _wait_for_our_turn(connection)
        connection.execute(text(f"SET lock_timeout = '{patience // timedelta(milliseconds=1)}ms'"))
        found = MigrationContext.configure(connection).get_current_revision()
        connection.commit()
        if found and found.isdecimal() and found > SCHEMA:
            log.warning("the schema is newer than this code, and stays so", extra={"schema": found, "ours": SCHEMA})
            return
        command.upgrade(_config(connection), revision)
        connection.commit()


def _wait_for_our_turn(connection: Connection) -> None:
    """Our turn lasts until the connection closes. Asked for again and again: whoever waited within a statement would
    have a snapshot, and an index that is built concurrently waits for all snapshots to end."""
    while not connection.execute(text(f"SELECT pg_try_advisory_lock({LOCK})")).scalar_one():
        connection.rollback()
        time.sleep(0.1)
    connection.commit()


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config
