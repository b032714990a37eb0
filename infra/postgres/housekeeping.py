"""Statements behind the reconciler and the reaper: what is overdue, what nobody needs."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Connection, and_, delete, exists, func, or_, select

from infra.postgres.accounts import SESSION
from infra.postgres.ledger import PAID_CALL
from infra.postgres.rows import job_of, media_of, vlog_of
from infra.postgres.transactions import EVENT, IDEMPOTENCY, JOB, MEDIA, VLOG, VLOG_MEDIA
from internal.jobs import TERMINAL, Job
from internal.media import Media
from internal.times import Times
from internal.vlog import Vlog

NOW = func.clock_timestamp()
#: a deleted vlog's objects are gone within the hour
SPARED = timedelta(minutes=45)


def unsettled(connection: Connection, times: Times, limit: int) -> Sequence[str]:
    """The same questions as `internal.reconciler.overdue`, wide enough that it can answer them all. Those that the
    queue may just be slow with come last, and all in no order, so that none is hidden for ever behind `limit` others
    that nothing can be done about now."""
    let_go = and_(JOB.c.status.in_(("pending", "waiting")), JOB.c.parked_at.is_(None))
    sure = or_(
        and_(JOB.c.status == "running", JOB.c.lease_until <= NOW),
        and_(let_go, JOB.c.dispatched_at.is_(None), JOB.c.updated_at <= NOW - times.undispatched),
        and_(let_go, JOB.c.deadline_at <= NOW),
    )
    perhaps = and_(let_go, func.greatest(JOB.c.next_run_at, JOB.c.dispatched_at) <= NOW - times.unleased)
    first = func.coalesce(sure, False).desc()
    found = select(JOB.c.id).where(or_(sure, perhaps)).order_by(first, func.random()).limit(limit)
    return connection.execute(found).scalars().all()


def reapable_media(connection: Connection, unreferenced_for: timedelta, limit: int) -> Sequence[Media]:
    used = exists().where(VLOG_MEDIA.c.media_id == MEDIA.c.id)
    old = select(MEDIA).where(MEDIA.c.created_at <= NOW - unreferenced_for, ~used).limit(limit)
    return [media_of(row) for row in connection.execute(old).mappings()]


def reapable_vlogs(connection: Connection, kept_for: timedelta, limit: int) -> Sequence[tuple[Vlog, Job]]:
    """Not while something may still come that was ordered for them: it would be left behind. Nor, for a while, while
    their owner's next vlog is being made, which may show the clips that they have paid for."""
    ordered, other = PAID_CALL.c.job_id == JOB.c.id, JOB.alias()
    awaited = exists().where(ordered, PAID_CALL.c.settled_at.is_(None), PAID_CALL.c.unknown_until > NOW)
    has_clips = exists().where(ordered, PAID_CALL.c.output.is_not(None))
    at_work = (other.c.status.not_in(TERMINAL), other.c.parked_at.is_(None))
    shared = and_(
        has_clips, JOB.c.deleted_at > NOW - SPARED, exists().where(other.c.owner_id == JOB.c.owner_id, *at_work)
    )
    gone = (
        select(JOB)
        .join(VLOG, VLOG.c.id == JOB.c.id)
        .where(JOB.c.deleted_at <= NOW - kept_for, JOB.c.status.in_(TERMINAL), ~awaited, ~shared)
        .limit(limit)
    )
    jobs = [job_of(row) for row in connection.execute(gone).mappings()]
    return [(vlog_of(job), job) for job in jobs]


def expire(connection: Connection, events_after: timedelta) -> None:
    connection.execute(delete(IDEMPOTENCY).where(IDEMPOTENCY.c.expires_at <= NOW))
    connection.execute(delete(SESSION).where(SESSION.c.expires_at <= NOW))
    finished = select(JOB.c.id).where(JOB.c.status.in_(TERMINAL))
    connection.execute(delete(EVENT).where(EVENT.c.at <= NOW - events_after, EVENT.c.job_id.in_(finished)))
