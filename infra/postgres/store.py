"""The `Store`: reads on an AUTOCOMMIT engine, each one round trip; writes in transactions."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    ARRAY,
    BindParameter,
    ColumnElement,
    Connection,
    Engine,
    Select,
    Text,
    bindparam,
    func,
    literal,
    literal_column,
    or_,
    select,
    update,
)

from infra.postgres import analyses, housekeeping, keys, ledger, shares, stories
from infra.postgres.accounts import SqlAccounts
from infra.postgres.connection import engine, translate_errors
from infra.postgres.ledger import PAID_CALL
from infra.postgres.prepared import PreparedQuery
from infra.postgres.rows import job_of, media_of, paid_call_of, vlog_and_job
from infra.postgres.schema import has_our_schema
from infra.postgres.transactions import (
    EVENT,
    JOB,
    MEDIA,
    STEP,
    VLOG,
    SqlJobTx,
    SqlTx,
    database_time,
    lock_job,
)
from internal.errors import Gone, NotFound, TemporaryFailure
from internal.jobs import Dispatch, Job
from internal.media import Analysis, Media
from internal.paid import PaidCall, Spending
from internal.ports import ALL, Answer, Event, KeyUse, Renewal, Wanted
from internal.storyboard import Story
from internal.times import Times
from internal.vlog import Vlog


class PostgresStore(SqlAccounts):
    """`url` is a SQLAlchemy URL (`postgresql+pg8000://…`); connects at first use."""

    def __init__(self, url: str, times: Times, pool: int = 10) -> None:
        idle_limit = max(1, int(times.lease.total_seconds()))
        self._writes: Engine = engine(url, pool, idle_limit)
        self._reads: Engine = engine(url, pool, idle_limit, autocommit=True)
        super().__init__(self._reads)
        self._polled = PreparedQuery(self._reads, ONE_OF_MINE)
        self._heartbeats: Engine = engine(url, 4, idle_limit, autocommit=True)

    # ---- reads

    def job(self, job_id: str) -> Job:
        row = self._one(select(JOB).where(JOB.c.id == job_id))
        if row is None:
            raise NotFound("There is no such job.")
        return job_of(row)

    def vlog(self, owner_id: str, vlog_id: str) -> tuple[Vlog, Job]:
        row = self._polled.one(owner_id=owner_id, vlog_id=vlog_id)
        if row is None:
            raise NotFound("There is no such vlog.")
        return vlog_and_job(row)

    def vlogs(
        self, owner_id: str, limit: int, offset: int, wanted: Wanted = ALL
    ) -> tuple[Sequence[tuple[Vlog, Job]], int]:
        mine = _mine(owner_id).where(*_wanted(wanted))
        newest = mine.order_by(JOB.c.created_at.desc(), JOB.c.id).limit(limit).offset(offset)
        return [vlog_and_job(row) for row in self._all(_priced(newest))], self._count(mine)

    def job_versions(self, vlog_ids: Sequence[str]) -> Mapping[str, int]:
        rows = self._all(select(JOB.c.id, JOB.c.version).where(_among(vlog_ids), JOB.c.deleted_at.is_(None)))
        return {row["id"]: row["version"] for row in rows}

    def standing(self, vlog_ids: Sequence[str]) -> Sequence[tuple[Vlog, Job]]:
        return [vlog_and_job(row) for row in self._all(_priced(_shown().where(_among(vlog_ids))))]

    def versions(self, owner_id: str, family: str, limit: int, offset: int) -> tuple[Sequence[tuple[Vlog, Job]], int]:
        of_family = _mine(owner_id).where(or_(VLOG.c.id == family, VLOG.c.family == family))
        page = of_family.order_by(VLOG.c.number).limit(limit).offset(offset)
        return [vlog_and_job(row) for row in self._all(_priced(page))], self._count(of_family)

    def shared(self, token: str) -> tuple[Vlog, Job]:
        with self._reading() as connection:
            vlog_id = shares.opened(connection, token)
        for found in self.standing([vlog_id]):
            return found
        raise Gone(shares.GONE)

    def story(self, vlog_id: str) -> Story | None:
        with self._reading() as connection:
            return stories.read(connection, vlog_id)

    def media(self, owner_id: str, media_id: str) -> Media:
        row = self._one(select(MEDIA).where(MEDIA.c.id == media_id, MEDIA.c.owner_id == owner_id))
        if row is None:
            raise NotFound("There is no such media.")
        return media_of(row)

    def media_list(self, owner_id: str, limit: int, offset: int) -> tuple[Sequence[Media], int]:
        mine = select(MEDIA).where(MEDIA.c.owner_id == owner_id)
        page = mine.order_by(MEDIA.c.created_at.desc(), MEDIA.c.id).limit(limit).offset(offset)
        return [media_of(row) for row in self._all(page)], self._count(mine)

    def analysis(self, owner_id: str, sha256: str, analyst: str) -> Analysis | None:
        with self._reading() as connection:
            return analyses.read(connection, owner_id, sha256, analyst)

    def paid_calls(self, owner_id: str, input_sha: str) -> Sequence[PaidCall]:
        same = (PAID_CALL.c.owner_id == owner_id, PAID_CALL.c.input_sha == input_sha)
        return [paid_call_of(row) for row in self._all(ledger.oldest_first(*same))]

    def ledger(self, job_id: str) -> Sequence[PaidCall]:
        return [paid_call_of(row) for row in self._all(ledger.oldest_first(PAID_CALL.c.job_id == job_id))]

    def spent(self, owner_id: str, job_id: str = "") -> Spending:
        with self._reading() as connection:
            return ledger.spending(connection, owner_id, job_id)

    def checkpoint(self, job_id: str, step: str, input_sha: str) -> Any | None:
        same = (STEP.c.job_id == job_id, STEP.c.step == step, STEP.c.input_sha == input_sha)
        row = self._one(select(STEP.c.output).where(*same).order_by(STEP.c.run_no.desc()).limit(1))
        return row["output"] if row else None

    def events(self, job_id: str, after: int = 0) -> Sequence[Event]:
        rows = self._all(select(EVENT).where(EVENT.c.job_id == job_id, EVENT.c.seq > after).order_by(EVENT.c.seq))
        return [Event(**{name: row[name] for name in Event.__dataclass_fields__}) for row in rows]

    def unsettled(self, times: Times, limit: int) -> Sequence[str]:
        with self._reading() as connection:
            return housekeeping.unsettled(connection, times, limit)

    def reapable_media(self, unreferenced_for: timedelta, limit: int) -> Sequence[Media]:
        with self._reading() as connection:
            return housekeeping.reapable_media(connection, unreferenced_for, limit)

    def reapable_vlogs(self, kept_for: timedelta, limit: int) -> Sequence[tuple[Vlog, Job]]:
        with self._reading() as connection:
            return housekeeping.reapable_vlogs(connection, kept_for, limit)

    def expired_shares(self, limit: int) -> Sequence[str]:
        with self._reading() as connection:
            return shares.expired(connection, limit)

    def ping(self) -> None:
        with self._reading() as connection:
            if not has_our_schema(connection):
                raise TemporaryFailure("The database has not been migrated yet.")

    # ---- writes

    @contextmanager
    def begin(self) -> Iterator[SqlTx]:
        with translate_errors(), self._writes.begin() as connection:
            yield SqlTx(connection, database_time(connection))

    @contextmanager
    def write(self, job_id: str, fence: int | None = None) -> Iterator[SqlJobTx]:
        with translate_errors(), self._writes.begin() as connection:
            yield lock_job(connection, job_id, fence)

    def renew(self, job_id: str, fence: int, length: timedelta) -> Renewal:
        now = func.clock_timestamp()
        held = (JOB.c.id == job_id, JOB.c.fence == fence, JOB.c.status == "running", JOB.c.lease_until > now)
        renewed = (
            update(JOB)
            .where(*held)
            .values(lease_until=func.greatest(JOB.c.lease_until, now + length))
            .returning(JOB.c.cancel_requested_at.is_not(None), JOB.c.deadline_at <= now)
        )
        with translate_errors(), self._heartbeats.connect() as connection:
            row = connection.execute(renewed).one_or_none()
        return Renewal(held=False) if row is None else Renewal(True, bool(row[0]), bool(row[1]))

    def dispatched(self, dispatch: Dispatch) -> None:
        newest = (JOB.c.id == dispatch.job_id, JOB.c.dispatch_no == dispatch.dispatch_no)
        with self._reading() as connection:
            connection.execute(
                update(JOB)
                .where(*newest, JOB.c.dispatched_at.is_(None), JOB.c.next_run_at.is_not(None))
                .values(dispatched_at=func.clock_timestamp())
            )

    def keep_analysis(self, owner_id: str, sha256: str, analyst: str, analysis: Analysis) -> None:
        with self._reading() as connection:
            analyses.keep(connection, owner_id, sha256, analyst, analysis)

    def correct_analysis(self, owner_id: str, sha256: str, corrected: Mapping[str, Any]) -> None:
        with self._reading() as connection:
            analyses.correct(connection, owner_id, sha256, corrected)

    def claim_key(self, use: KeyUse, busy_for: timedelta, keep_for: timedelta) -> Answer | None:
        with translate_errors(), self._writes.begin() as connection:
            return keys.claim(connection, use, busy_for, keep_for)

    def release_key(self, use: KeyUse) -> None:
        with self._reading() as connection:
            keys.release(connection, use)

    def reap_vlog(self, vlog_id: str) -> None:
        with self._reading() as connection:
            connection.execute(JOB.delete().where(JOB.c.id == vlog_id, JOB.c.deleted_at.is_not(None)))

    def expire(self, events_after: timedelta, links_after: timedelta) -> None:
        with self._reading() as connection:
            housekeeping.expire(connection, events_after)
            shares.forget(connection, links_after)

    def close(self) -> None:
        """Ends the connections that are not in use."""
        for one in (self._writes, self._reads, self._heartbeats):
            one.dispose()

    # ---- within

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        """One statement, one transaction."""
        with translate_errors(), self._reads.connect() as connection:
            yield connection

    def _one(self, query: Select[Any]) -> Any | None:
        with self._reading() as connection:
            return connection.execute(query).mappings().one_or_none()

    def _all(self, query: Select[Any]) -> Sequence[Any]:
        with self._reading() as connection:
            return connection.execute(query).mappings().all()

    def _count(self, query: Select[Any]) -> int:
        with self._reading() as connection:
            return connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()


def _mine(owner_id: str | BindParameter[str]) -> Select[Any]:
    return _shown().where(JOB.c.owner_id == owner_id)


def _shown() -> Select[Any]:
    vlogs = select(JOB, VLOG.c.family, VLOG.c.number).join(VLOG, VLOG.c.id == JOB.c.id)
    return vlogs.where(JOB.c.deleted_at.is_(None))


def _wanted(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    if wanted.statuses is not None:
        yield JOB.c.status.in_(wanted.statuses)
    destination = JOB.c.params[("settings", "destination")].as_string()
    told = _folded(func.concat_ws(" ", VLOG.c.title, destination))
    for word in wanted.words:
        yield func.strpos(told, _folded(literal(word))) > 0


def _folded(words: ColumnElement[str]) -> ColumnElement[str]:
    """Equal for what people take for equal: capitals, full width, accents in one character or two."""
    return func.lower(func.normalize(words, literal_column("NFKC")))


def _among(vlog_ids: Sequence[str]) -> ColumnElement[bool]:
    """As one parameter, however many they are: the statement stays the same."""
    among: ColumnElement[bool] = JOB.c.id == func.any(literal(list(vlog_ids), ARRAY(Text)))
    return among


def _priced(vlogs: Select[Any]) -> Select[Any]:
    """With what they have cost, and the links to them."""
    return shares.with_open_link(vlogs.add_columns(ledger.cost_of(JOB.c.id).label("cost")))


#: with `:name` parameters, as SQLAlchemy writes a statement that is for no dialect
ONE_OF_MINE = str(_priced(_mine(bindparam("owner_id")).where(JOB.c.id == bindparam("vlog_id"))))
