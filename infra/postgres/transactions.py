"""Transactions: fills the ports `Tx` and `JobTx`."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, exists, func, insert, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from infra.postgres import ledger, shares, stories
from infra.postgres.rows import job_columns, job_of, media_columns, media_of
from infra.postgres.tables import (
    AnalysisRow,
    EventRow,
    IdempotencyRow,
    JobRow,
    MediaRow,
    StepRow,
    VlogMediaRow,
    VlogRow,
)
from internal.errors import Conflict, LeaseLost, NotFound, OverQuota
from internal.jobs import TERMINAL, Job, Status
from internal.media import Media
from internal.paid import PaidCall, Spending
from internal.ports import Answer, KeyUse, Usage
from internal.storyboard import Story
from internal.vlog import Share, Vlog

JOB, STEP, EVENT = JobRow.__table__, StepRow.__table__, EventRow.__table__  # type: ignore[attr-defined]  # set by SQLModel
VLOG, VLOG_MEDIA = VlogRow.__table__, VlogMediaRow.__table__  # type: ignore[attr-defined]
MEDIA, IDEMPOTENCY = MediaRow.__table__, IdempotencyRow.__table__  # type: ignore[attr-defined]
ANALYSIS = AnalysisRow.__table__  # type: ignore[attr-defined]


class SqlTx:
    """One transaction on one connection."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        self._connection = connection
        self.now = now

    def add_job(self, job: Job) -> None:
        self._connection.execute(insert(JOB).values(job_columns(job)))
        self._add_event(job, "created", {})

    def add_vlog(self, vlog: Vlog) -> None:
        row = {"id": vlog.id, "owner_id": vlog.owner_id, "title": vlog.settings.title, "created_at": self.now}
        self._connection.execute(insert(VLOG).values(**row, family=vlog.family, number=vlog.number))
        wanted = dict.fromkeys([*vlog.media_ids, *filter(None, [vlog.settings.music_id])])
        rows = [{"vlog_id": vlog.id, "media_id": media_id} for media_id in wanted]
        self._connection.execute(insert(VLOG_MEDIA).values(rows))

    def add_media(self, media: Media, quota: int) -> None:
        self._connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(media.owner_id))))
        used = select(func.coalesce(func.sum(MEDIA.c.size), 0)).where(MEDIA.c.owner_id == media.owner_id)
        if self._connection.execute(used).scalar_one() + media.size > quota:
            raise OverQuota(f"{media.name} does not fit into your {quota >> 30} GiB: delete media first.", "size")
        self._connection.execute(insert(MEDIA).values(media_columns(replace(media, created_at=self.now))))

    def save_media(self, media: Media) -> None:
        columns = media_columns(media)
        columns.pop("created_at")
        changed = self._connection.execute(update(MEDIA).where(MEDIA.c.id == media.id).values(columns))
        if changed.rowcount != 1:
            raise NotFound(f"{media.name} has been deleted.")

    def remove_media(self, media_id: str) -> None:
        locked = select(MEDIA.c.id).where(MEDIA.c.id == media_id).with_for_update()
        if self._connection.execute(locked).one_or_none() is None:
            raise NotFound("There is no such media.")
        using = (
            select(JOB.c.id)
            .join(VLOG_MEDIA, VLOG_MEDIA.c.vlog_id == JOB.c.id)
            .where(VLOG_MEDIA.c.media_id == media_id, JOB.c.status.not_in(TERMINAL))
        )
        if self._connection.execute(using.limit(1)).one_or_none():
            raise Conflict("A vlog that is being made needs this: cancel it or wait until it is done.")
        gone = delete(MEDIA).where(MEDIA.c.id == media_id).returning(MEDIA.c.owner_id, MEDIA.c.sha256)
        self._forget(*self._connection.execute(gone).one())

    def _forget(self, owner_id: str, sha256: str | None) -> None:
        """What is known of a content that its owner no longer has."""
        elsewhere = exists().where(MEDIA.c.owner_id == owner_id, MEDIA.c.sha256 == sha256)
        found = (ANALYSIS.c.owner_id == owner_id, ANALYSIS.c.sha256 == sha256)
        self._connection.execute(delete(ANALYSIS).where(*found, ~elsewhere))

    def claim_media(self, owner_id: str, media_ids: Sequence[str]) -> Sequence[Media]:
        mine = select(MEDIA).where(MEDIA.c.owner_id == owner_id, MEDIA.c.id.in_(media_ids))
        rows = self._connection.execute(mine.order_by(MEDIA.c.id).with_for_update(key_share=True)).mappings()
        by_id = {row["id"]: media_of(row) for row in rows}
        for media_id in media_ids:
            if media_id not in by_id:
                raise NotFound(f"There is no such media: {media_id}.")
        return [by_id[media_id] for media_id in media_ids]

    def next_number(self, family: str) -> int:
        self._connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(family))))
        used = select(func.max(VLOG.c.number)).where(or_(VLOG.c.id == family, VLOG.c.family == family))
        return (self._connection.execute(used).scalar_one() or 0) + 1

    def story(self, vlog_id: str) -> Story | None:
        return stories.read(self._connection, vlog_id)

    def put_story(self, vlog_id: str, story: Story) -> None:
        stories.put(self._connection, vlog_id, story)

    def keep_answer(self, use: KeyUse, answer: Answer) -> None:
        kept = {"status": answer.status, "response": dict(answer.body), "busy_until": None}
        claimed = update(IDEMPOTENCY).where(*same_key(use), IDEMPOTENCY.c.status.is_(None)).values(kept)
        if self._connection.execute(claimed).rowcount != 1:
            raise Conflict("Another request with this Idempotency-Key has been faster: ask again.")

    def _add_event(self, job: Job, kind: str, data: Mapping[str, Any]) -> None:
        self._connection.execute(
            insert(EVENT).values(
                job_id=job.id,
                seq=job.version,
                at=self.now,
                kind=kind,
                step=job.step,
                progress=job.progress,
                message=job.message,
                data={"status": job.status.value, "run": job.run_no, "fence": job.fence, **data},
            )
        )


class SqlJobTx(SqlTx):
    """A transaction that has locked one job's row."""

    def __init__(self, connection: Connection, now: datetime, job: Job) -> None:
        super().__init__(connection, now)
        self.job = job

    def save(self, job: Job, event: str, data: Mapping[str, Any] | None = None) -> Job:
        job = replace(job, version=self.job.version + 1, updated_at=self.now)
        self._connection.execute(update(JOB).where(JOB.c.id == job.id).values(job_columns(job)))
        self._add_event(job, event, data or {})
        self.job = job
        return job

    def add_checkpoint(self, step: str, input_sha: str, output: Any, started_at: datetime) -> None:
        row = {
            "job_id": self.job.id,
            "run_no": self.job.run_no,
            "step": step,
            "input_sha": input_sha,
            "output": output,
            "started_at": started_at,
            "finished_at": self.now,
        }
        self._connection.execute(upsert(STEP).values(row).on_conflict_do_update(constraint=STEP.primary_key, set_=row))

    def share(self) -> Share | None:
        return shares.unrevoked(self._connection, self.job.id)

    def save_share(self, share: Share) -> None:
        shares.save(self._connection, share)

    def spending(self) -> Spending:
        ledger.hold(self._connection)
        return ledger.spending(self._connection, self.job.owner_id, self.job.id)

    def add_paid_call(self, call: PaidCall) -> None:
        ledger.hold(self._connection)
        ledger.add(self._connection, call)

    def paid_call(self, prefix: str) -> PaidCall:
        return ledger.locked(self._connection, prefix)

    def save_paid_call(self, call: PaidCall) -> None:
        ledger.save(self._connection, call)

    def add_usage(self, usage: Usage) -> None:
        ledger.add_usage(self._connection, self.job, usage)


def lock_job(connection: Connection, job_id: str, fence: int | None) -> SqlJobTx:
    """Raises NotFound, LeaseLost."""
    found = connection.execute(select(JOB).where(JOB.c.id == job_id).with_for_update()).mappings().one_or_none()
    if found is None:
        raise NotFound("There is no such job.")
    job = job_of(found)
    if fence is not None and (job.status is not Status.RUNNING or job.fence != fence):
        raise LeaseLost
    return SqlJobTx(connection, database_time(connection), job)


def database_time(connection: Connection) -> datetime:
    """Now, not when the transaction began: it may have waited for a lock."""
    now: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    return now


def same_key(use: KeyUse) -> tuple[Any, ...]:
    columns = IDEMPOTENCY.c
    return (columns.owner_id == use.owner_id, columns.route == use.route, columns.key == use.key)
