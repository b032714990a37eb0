"""The ledger's statements: paid calls, questions to models, and what they add up to."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Float,
    Select,
    cast,
    func,
    insert,
    literal,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from infra.postgres.rows import paid_call_columns, paid_call_of
from infra.postgres.tables import PaidCallRow, UsageRow
from internal.errors import Conflict, NotFound
from internal.jobs import Job
from internal.paid import PaidCall, PaidState, Spending
from internal.ports import Usage

PAID_CALL, USAGE = PaidCallRow.__table__, UsageRow.__table__  # type: ignore[attr-defined]  # set by SQLModel

DAY, MINUTE = timedelta(hours=24), timedelta(seconds=60)
#: any number, as long as nobody else uses it for an advisory lock
LOCK = 0x0DA1_107
#: as rows are written; sums use the statement's own time, by which PostgreSQL can look things up in an index
NOW, LATELY = func.clock_timestamp(), func.statement_timestamp()
# written out, not parameters: they are part of a query that is prepared
_ZERO: ColumnElement[Decimal] = literal_column("0")
_CHARGED = PAID_CALL.c.state != literal_column(f"'{PaidState.REJECTED}'")


def hold(connection: Connection) -> None:
    """Until the transaction ends no other may add a paid call: limits are checked and used up in one."""
    connection.execute(select(func.pg_advisory_xact_lock(LOCK)))


def spending(connection: Connection, owner_id: str, job_id: str) -> Spending:
    """Of that job, its owner and the service, in one statement."""
    called, asked = PAID_CALL.c.intent_at > LATELY - DAY, USAGE.c.at > LATELY - DAY
    just_now = select(func.count()).where(PAID_CALL.c.intent_at > LATELY - MINUTE)
    sums = {
        "job": cost_of(literal(job_id)),
        "owner": _sum([called, PAID_CALL.c.owner_id == owner_id], [asked, USAGE.c.owner_id == owner_id]),
        "service": _sum([called], [asked]),
        "submissions": just_now.scalar_subquery(),
    }
    row = connection.execute(select(*(one.label(name) for name, one in sums.items()))).mappings().one()
    return Spending(**row)


def cost_of(job_id: ColumnElement[Any]) -> ColumnElement[float]:
    """US dollars charged for a job, of all its runs."""
    return _sum([PAID_CALL.c.job_id == job_id], [USAGE.c.job_id == job_id])


def _sum(calls: Sequence[ColumnElement[bool]], questions: Sequence[ColumnElement[bool]]) -> ColumnElement[float]:
    paid = select(func.coalesce(func.sum(PAID_CALL.c.usd), _ZERO)).where(_CHARGED, *calls).scalar_subquery()
    asked = select(func.coalesce(func.sum(USAGE.c.usd), _ZERO)).where(*questions).scalar_subquery()
    return cast(paid + asked, Float)


def add(connection: Connection, call: PaidCall) -> None:
    added = upsert(PAID_CALL).values(paid_call_columns(call)).on_conflict_do_nothing().returning(PAID_CALL.c.prefix)
    if connection.execute(added).one_or_none() is None:
        raise Conflict("Another paid call for the same input is not settled.")


def locked(connection: Connection, prefix: str) -> PaidCall:
    found = select(PAID_CALL).where(PAID_CALL.c.prefix == prefix).with_for_update()
    row = connection.execute(found).mappings().one_or_none()
    if row is None:
        raise NotFound("There is no such paid call.")
    return paid_call_of(row)


def save(connection: Connection, call: PaidCall) -> None:
    changed = update(PAID_CALL).where(PAID_CALL.c.prefix == call.prefix).values(paid_call_columns(call))
    if connection.execute(changed).rowcount != 1:
        raise NotFound("There is no such paid call.")


def add_usage(connection: Connection, job: Job, usage: Usage) -> None:
    connection.execute(insert(USAGE).values(job_id=job.id, owner_id=job.owner_id, at=NOW, **vars(usage)))


def oldest_first(*which: ColumnElement[bool]) -> Select[Any]:
    return select(PAID_CALL).where(*which).order_by(PAID_CALL.c.intent_at, PAID_CALL.c.ordinal, PAID_CALL.c.prefix)
