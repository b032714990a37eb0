"""Engines and errors: how every statement reaches PostgreSQL, and what its failures mean to us."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from pg8000.native import TIMESTAMPTZ
from sqlalchemy import Engine, ExceptionContext, create_engine, event
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from infra.postgres.ended import replace_if_ended
from internal.errors import InvalidInput, StorageFull, TemporaryFailure

#: SQLSTATE classes (PostgreSQL manual, appendix A) after which the same statement may succeed later:
#: connection, transaction rollback, insufficient resources, operator intervention, system error
PASSING = ("08", "25P03", "40", "53", "57", "58")
LOCKED = "55P03"
DISK_FULL = "53100"
NOT_IN_REPERTOIRE = "22021"
UNSTORABLE = "Text holds a character that cannot be stored, such as NUL or half of a surrogate pair: remove it."


def engine(url: str, pool: int, idle_limit: int, autocommit: bool = False) -> Engine:
    """`pool`: connections at most; each is made when it is first needed, and kept. `idle_limit`: seconds after which a
    transaction left open loses its connection, so that a frozen process cannot hold a row for ever. `autocommit` is
    the engine's for good: connections that are only lent it are set back with two more statements each time, whose
    failure nobody translates."""
    limits = {
        "statement_timeout": "15s",
        "lock_timeout": "5s",
        "idle_in_transaction_session_timeout": f"{idle_limit}s",
    }
    made = create_engine(
        url,
        **({"isolation_level": "AUTOCOMMIT"} if autocommit else {}),
        pool_size=pool,
        # an overflow is closed after each use: to make a connection costs as much as a hundred reads
        max_overflow=0,
        # what is warm is used again, on both sides
        pool_use_lifo=True,
        pool_timeout=5,
        # reads are one round trip and asked again soon; a write is worth asking first whether the connection lives
        pool_pre_ping=not autocommit,
        # the driver's own parameters; the limits come with the greeting and cost no round trip
        connect_args={"timeout": 20, "tcp_keepalive": True, "startup_params": limits},
    )
    event.listen(made, "handle_error", _drop_half_spoken)
    event.listen(made, "connect", _read_times)
    event.listen(made, "checkout", replace_if_ended)
    return made


def _read_times(connection: Any, _record: object) -> None:
    """pg8000 reads them by `strptime`, a hundred times as slowly: that was a fifth of a poll's query."""
    connection.register_in_adapter(TIMESTAMPTZ, datetime.fromisoformat)


def _drop_half_spoken(context: ExceptionContext) -> None:
    """An error that is not the driver's own (text it cannot encode, a socket's error) may come when half a request
    is written: used again, the connection would give the next statement the answer to this one."""
    if context.sqlalchemy_exception is None:
        context.is_disconnect = True
        context.invalidate_pool_on_disconnect = False


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
        if state == NOT_IN_REPERTOIRE:
            raise InvalidInput(UNSTORABLE) from error
        if state == DISK_FULL:
            raise StorageFull("The database has no room left.") from error
        if state == LOCKED:
            raise TemporaryFailure("The database is busy.") from error
        lost = error.connection_invalidated or isinstance(error, InterfaceError | OperationalError)
        if lost or state.startswith(PASSING):
            raise TemporaryFailure("The database is out of reach.") from error
        raise
    except UnicodeEncodeError as error:
        raise InvalidInput(UNSTORABLE) from error
    except OSError as error:  # pg8000 lets the socket's own errors through
        raise TemporaryFailure("The database is out of reach.") from error


def _sqlstate(error: DBAPIError) -> str:
    first = error.orig.args[0] if error.orig and error.orig.args else None
    return str(first.get("C", "")) if isinstance(first, dict) else ""
