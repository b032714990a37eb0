"""A query prepared once on each connection: asked again, it is one exchange with the server instead of three.

For the read that every poll makes. pg8000's DBAPI prepares and describes anew each time; its
native statements do not, and work on the same connections.
"""

from collections.abc import Mapping
from typing import Any

from pg8000.exceptions import DatabaseError, InterfaceError
from pg8000.native import PreparedStatement
from sqlalchemy import Engine, PoolProxiedConnection
from sqlalchemy.exc import TimeoutError as PoolTimeout

from internal.errors import TemporaryFailure


class PreparedQuery:
    """`sql` has `:name` parameters and gives at most one row. `engine` must be in AUTOCOMMIT."""

    def __init__(self, engine: Engine, sql: str) -> None:
        self._engine = engine
        self._sql = sql

    def one(self, **given: str) -> Mapping[str, Any] | None:
        """Raises TemporaryFailure when the database is out of reach."""
        try:
            connection = self._engine.raw_connection()
        except (PoolTimeout, DatabaseError, InterfaceError, OSError) as error:
            raise TemporaryFailure("The database is out of reach.") from error
        try:
            return self._ask(connection, given)
        except BaseException as error:
            connection.invalidate()  # whatever it was: half a request may have been sent
            if isinstance(error, DatabaseError | InterfaceError | OSError):
                raise TemporaryFailure("The database is out of reach.") from error
            raise
        finally:
            connection.close()

    def _ask(self, connection: PoolProxiedConnection, given: Mapping[str, str]) -> Mapping[str, Any] | None:
        statement = connection.info.get(self._sql)
        if statement is None:
            statement = connection.info[self._sql] = PreparedStatement(connection.driver_connection, self._sql)
        rows = statement.run(**given)
        names = (column["name"] for column in statement.columns)
        return dict(zip(names, rows[0], strict=True)) if rows else None
