"""Which schema this code needs, and whether the database has it."""

from sqlalchemy import Connection, text

#: the newest migration: with it the database has all that `infra.postgres.tables` describes
SCHEMA = "0007"


def has_our_schema(connection: Connection) -> bool:
    """Or a newer one: what a version of this code needs is there for its successor's migrations too."""
    if connection.execute(text("SELECT to_regclass('alembic_version')")).scalar_one() is None:
        return False
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return found is not None and found >= SCHEMA
