"""Engines and errors: how every statement reaches PostgreSQL, and what its failures mean to us."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from internal.errors import StorageFull, TemporaryFailure

#: SQLSTATE classes (PostgreSQL manual, appendix A) after which the same statement may succeed later:
#: connection, transaction rollback, insufficient resources, operator intervention, lock not available, system error
PASSING = ("08", "25P03", "40", "53", "57", "55P03", "58")
DISK_FULL = "53100"


def engine(url: str, pool: int, idle_limit: int, autocommit: bool = False) -> Engine:
    """`idle_limit`: seconds after which a transaction left open loses its connection, so that a frozen process
    cannot hold a row for ever. `autocommit` is the engine's for good: connections that are only lent it are set back
    with two more statements each time, whose failure nobody translates."""
    limits = {
        "statement_timeout": "15s",
        "lock_timeout": "5s",
        "idle_in_transaction_session_timeout": f"{idle_limit}s",
    }
    return create_engine(
        url,
        **({"isolation_level": "AUTOCOMMIT"} if autocommit else {}),
        pool_size=pool,
        max_overflow=pool,
        pool_timeout=5,
        pool_pre_ping=False,
        # the driver's own parameters; the limits come with the greeting and cost no round trip
        connect_args={"timeout": 20, "tcp_keepalive": True, "startup_params": limits},
    )


@contextmanager
def translate_errors() -> Iterator[None]:
    """pg8000 raises ProgrammingError for nearly everything: the SQLSTATE tells."""
    try:
        yield
    except IntegrityError:
        raise
    except PoolTimeout as error:
        raise TemporaryFailure("The database is busy.") from error
    except DBAPIError as error:
        state = _sqlstate(error)
        if state == DISK_FULL:
            raise StorageFull("The database has no room left.") from error
        lost = error.connection_invalidated or isinstance(error, InterfaceError | OperationalError)
        if lost or state.startswith(PASSING):
            raise TemporaryFailure("The database is out of reach.") from error
        raise
    except OSError as error:  # pg8000 lets the socket's own errors through
        raise TemporaryFailure("The database is out of reach.") from error


def _sqlstate(error: DBAPIError) -> str:
    first = error.orig.args[0] if error.orig and error.orig.args else None
    return str(first.get("C", "")) if isinstance(first, dict) else ""
