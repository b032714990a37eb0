"""Brings the database to the newest schema. Safe to run from many processes at once."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, NullPool, create_engine, text

from infra.postgres.connection import translate_errors

#: any number, as long as nobody else uses it for `pg_advisory_lock`
LOCK = 0x0DA1_106


def migrate(url: str, revision: str = "head") -> None:
    """Raises TemporaryFailure when the database is out of reach."""
    with translate_errors(), create_engine(url, poolclass=NullPool).connect() as connection:
        connection.execute(text(f"SELECT pg_advisory_lock({LOCK})"))  # until the connection closes
        connection.commit()
        command.upgrade(_config(connection), revision)
        connection.commit()


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config
