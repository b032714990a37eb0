"""Statements behind shared links. What is open is decided here, on the database's clock."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Select, and_, delete, exists, func, or_, select
from sqlalchemy.dialects.postgresql import insert as upsert

from infra.postgres.tables import JobRow, ShareRow
from internal.errors import Gone, NotFound
from internal.vlog import Share

SHARE, JOB = ShareRow.__table__, JobRow.__table__  # type: ignore[attr-defined]  # set by SQLModel

NOW = func.clock_timestamp()
GONE = "This link has been taken back, or its time is over."
_UNREVOKED = SHARE.c.revoked_at.is_(None)
_OVER = SHARE.c.expires_at <= NOW
_HAS_VLOG = exists().where(JOB.c.id == SHARE.c.vlog_id)
_OPEN = and_(_UNREVOKED, or_(SHARE.c.expires_at.is_(None), SHARE.c.expires_at > NOW))


def with_open_link(vlogs: Select[Any]) -> Select[Any]:
    """A vlog has at most one link that is not revoked, so that this makes no row two."""
    joined = vlogs.outerjoin(SHARE, and_(SHARE.c.vlog_id == JOB.c.id, _OPEN))
    return joined.add_columns(SHARE.c.token.label("share_token"), SHARE.c.expires_at.label("share_expires_at"))


def unrevoked(connection: Connection, vlog_id: str) -> Share | None:
    """It may have expired."""
    row = connection.execute(select(SHARE).where(SHARE.c.vlog_id == vlog_id, _UNREVOKED)).mappings().one_or_none()
    return Share(**row) if row else None


def save(connection: Connection, share: Share) -> None:
    row = vars(share)
    connection.execute(upsert(SHARE).values(row).on_conflict_do_update(index_elements=["token"], set_=row))


def opened(connection: Connection, token: str) -> str:
    """The id of the vlog it leads to, if that is still there. Raises NotFound for a token that never was, Gone for a
    link that no longer is."""
    found = select(SHARE.c.vlog_id, _OPEN.label("open")).where(SHARE.c.token == token)
    row = connection.execute(found).mappings().one_or_none()
    if row is None:
        raise NotFound("There is no such link.")
    if not row["open"]:
        raise Gone(GONE)
    return str(row["vlog_id"])


def expired(connection: Connection, limit: int) -> Sequence[str]:
    """Ids of vlogs whose link has expired and is not revoked yet."""
    over = select(SHARE.c.vlog_id).where(_UNREVOKED, _OVER, _HAS_VLOG)
    return connection.execute(over.limit(limit)).scalars().all()


def forget(connection: Connection, ended_for: timedelta) -> None:
    """Those that ended so long ago; of one that was never revoked only its vlog's end is known, by its absence."""
    limit = NOW - ended_for
    orphaned = and_(SHARE.c.created_at <= limit, ~_HAS_VLOG)
    connection.execute(delete(SHARE).where(or_(SHARE.c.revoked_at <= limit, orphaned)))
