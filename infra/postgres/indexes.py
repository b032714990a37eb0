"""Indexes of tables that are in use: for migrations."""

from alembic import op
from sqlalchemy import text


def build(name: str, table: str, *columns: str) -> None:
    """While others read and write the table; what an attempt left that was cut short is built anew.

    PostgreSQL does it in no transaction, and waits until all that have seen the table have ended: so it has a
    connection of its own, and its migration does nothing else. (`autocommit_block` of Alembic does not serve: it asks
    for the isolation level first, for which pg8000 begins a transaction.)
    """
    said = (
        f"DROP INDEX CONCURRENTLY IF EXISTS {name}",
        f"CREATE INDEX CONCURRENTLY {name} ON {table} ({', '.join(columns)})",
    )
    with op.get_bind().engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in said:
            connection.execute(text(statement))
