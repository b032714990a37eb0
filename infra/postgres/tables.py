"""The tables. Migrations make them; `tests/contracts/test_store_migrations.py` holds the two against each other."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, DateTime, ForeignKey, Index, Numeric, Text, text
from sqlmodel import Field, SQLModel

# JSON, not JSONB: a checkpoint's hash is taken over its text, which JSONB does not keep.


def _id(**more: Any) -> Any:
    return Field(sa_type=Text, primary_key=True, **more)


def _text(**more: Any) -> Any:
    return Field(sa_type=Text, **more)


def _time(**more: Any) -> Any:
    return Field(sa_type=DateTime(timezone=True), nullable=True, default=None, **more)


def _usd() -> Any:
    """Exact, however many are added up."""
    return Field(sa_type=Numeric(asdecimal=False))


def _json(nullable: bool = False) -> Any:
    return Field(sa_column=Column(JSON(none_as_null=True), nullable=nullable))


def _of(column: str, primary_key: bool = False, index: bool = False) -> Any:
    return Field(
        sa_column=Column(
            Text, ForeignKey(column, ondelete="CASCADE"), primary_key=primary_key, index=index, nullable=False
        )
    )


class UserRow(SQLModel, table=True):
    """Somebody who has signed in."""

    __tablename__ = "user"

    id: str = _id()
    #: the sign-in's own name for them, which never changes, unlike an address
    subject: str = _text(unique=True)
    email: str = _text()
    name: str = _text()
    role: str = _text()
    created_at: datetime = Field(sa_type=DateTime(timezone=True))
    seen_at: datetime = Field(sa_type=DateTime(timezone=True))
    disabled_at: datetime | None = _time()


class SessionRow(SQLModel, table=True):
    """One place where a user is signed in. Only the hash of its secret is kept."""

    __tablename__ = "session"

    sha256: str = _id()
    user_id: str = _of("user.id", index=True)
    created_at: datetime = Field(sa_type=DateTime(timezone=True))
    expires_at: datetime = Field(sa_type=DateTime(timezone=True), index=True)


class JobRow(SQLModel, table=True):
    """`internal.jobs.Job`, column by column."""

    __tablename__ = "job"
    __table_args__ = (
        Index("job_owner", "owner_id", "created_at"),
        Index("job_unfinished", "status", postgresql_where=text("status IN ('pending', 'running', 'waiting')")),
    )

    id: str = _id()
    kind: str = _text()
    owner_id: str = _text(index=True)
    params: dict[str, Any] = _json()
    status: str = _text()
    step: str = _text()
    progress: float
    message: str = _text()
    result: dict[str, Any] | None = _json(nullable=True)
    error: dict[str, Any] | None = _json(nullable=True)
    run_no: int
    dispatch_no: int
    dispatched_at: datetime | None = _time()
    next_run_at: datetime | None = _time()
    fence: int = Field(sa_type=BigInteger)
    lease_until: datetime | None = _time()
    attempt: int
    deadline_at: datetime | None = _time()
    parked_at: datetime | None = _time()
    cancel_requested_at: datetime | None = _time()
    deleted_at: datetime | None = _time()
    version: int = Field(sa_type=BigInteger)
    created_at: datetime | None = _time()
    started_at: datetime | None = _time()
    updated_at: datetime | None = _time()
    completed_at: datetime | None = _time()


class StepRow(SQLModel, table=True):
    """A finished step's checkpoint."""

    __tablename__ = "job_step"
    __table_args__ = (Index("job_step_input", "job_id", "step", "input_sha"),)

    job_id: str = _of("job.id", primary_key=True)
    run_no: int = Field(primary_key=True)
    step: str = _id()
    input_sha: str = _text()
    output: dict[str, Any] = _json()
    started_at: datetime | None = _time()
    finished_at: datetime | None = _time()


class EventRow(SQLModel, table=True):
    """One visible change of a job; `seq` is the version it made."""

    __tablename__ = "job_event"

    job_id: str = _of("job.id", primary_key=True)
    seq: int = Field(sa_type=BigInteger, primary_key=True)
    at: datetime | None = _time(index=True)
    kind: str = _text()
    step: str = _text()
    progress: float
    message: str = _text()
    data: dict[str, Any] = _json()


class VlogRow(SQLModel, table=True):
    """What a vlog's job lacks; its settings and media are the job's params."""

    __tablename__ = "vlog"

    id: str = _of("job.id", primary_key=True)
    owner_id: str = _text(index=True)
    title: str = _text()
    created_at: datetime | None = _time()
    #: the id of the first of the versions it is one of; None for a first one
    family: str | None = _text(nullable=True, index=True)
    #: among its family, from 1
    number: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    #: `internal.storyboard.Story` without its cards, once there is one
    story: dict[str, Any] | None = _json(nullable=True)


class VlogMediaRow(SQLModel, table=True):
    """Which media a vlog needs kept."""

    __tablename__ = "vlog_media"

    vlog_id: str = _of("vlog.id", primary_key=True)
    media_id: str = _of("media.id", primary_key=True, index=True)


class SceneRow(SQLModel, table=True):
    """A card of a vlog's story, in the order of its film."""

    __tablename__ = "scene"

    vlog_id: str = _of("vlog.id", primary_key=True)
    number: int = Field(primary_key=True)
    scene: dict[str, Any] = _json()
    #: its owner wants it kept out of the film
    left_out: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})


class ShareRow(SQLModel, table=True):
    """A link to one film. No foreign key: it says that it is gone for longer than its vlog is kept."""

    __tablename__ = "share"
    __table_args__ = (Index("share_live", "vlog_id", unique=True, postgresql_where=text("revoked_at IS NULL")),)

    token: str = _id()
    vlog_id: str = _text()
    created_at: datetime = Field(sa_type=DateTime(timezone=True))
    expires_at: datetime | None = _time()
    revoked_at: datetime | None = _time()


class MediaRow(SQLModel, table=True):
    """`internal.media.Media`, column by column."""

    __tablename__ = "media"
    __table_args__ = (Index("media_owner", "owner_id", "created_at"),)

    id: str = _id()
    owner_id: str = _text()
    key: str = _text(unique=True)
    name: str = _text()
    size: int = Field(sa_type=BigInteger)
    state: str = _text()
    facts: dict[str, Any] | None = _json(nullable=True)
    sha256: str | None = _text(nullable=True)
    upload_id: str | None = _text(nullable=True)
    part_size: int
    created_at: datetime | None = _time()


class AnalysisRow(SQLModel, table=True):
    """An answer kept under (owner, content, analyst with its model and prompt version)."""

    __tablename__ = "analysis"

    owner_id: str = _id()
    sha256: str = _id()
    analyst: str = _id()
    analysis: dict[str, Any] = _json()
    created_at: datetime | None = _time()


class IdempotencyRow(SQLModel, table=True):
    __tablename__ = "idempotency"

    owner_id: str = _id()
    route: str = _id()
    key: str = _id()
    body_sha: str = _text()
    status: int | None = None
    response: dict[str, Any] | None = _json(nullable=True)
    busy_until: datetime | None = _time()
    expires_at: datetime | None = _time(index=True)


class PaidCallRow(SQLModel, table=True):
    """`internal.paid.PaidCall`, column by column. No foreign key: the ledger outlives its jobs."""

    __tablename__ = "paid_call"
    __table_args__ = (
        Index("paid_call_open", "owner_id", "input_sha", unique=True, postgresql_where=text("settled_at IS NULL")),
        Index("paid_call_input", "owner_id", "input_sha"),
        Index("paid_call_owner", "owner_id", "intent_at"),
    )

    prefix: str = _id()
    owner_id: str = _text()
    job_id: str = _text(index=True)
    run_no: int
    scene: int
    input_sha: str = _text()
    ordinal: int
    units: float
    usd: float = _usd()
    state: str = _text()
    operation: str | None = _text(nullable=True, unique=True)
    output: str | None = _text(nullable=True)
    reason: dict[str, Any] | None = _json(nullable=True)
    again: bool
    #: the sums of a day and of a minute rest on it
    intent_at: datetime = Field(sa_type=DateTime(timezone=True), index=True)
    submitted_at: datetime | None = _time()
    unknown_until: datetime | None = _time()
    settled_at: datetime | None = _time()


class UsageRow(SQLModel, table=True):
    """One question to a model, and what it cost. Outlives its job too."""

    __tablename__ = "usage"
    __table_args__ = (Index("usage_owner", "owner_id", "at"),)

    id: int | None = Field(sa_type=BigInteger, primary_key=True, default=None)
    job_id: str = _text(index=True)
    owner_id: str = _text()
    at: datetime = Field(sa_type=DateTime(timezone=True), index=True)
    model: str = _text()
    tokens_in: int = Field(sa_type=BigInteger)
    tokens_out: int = Field(sa_type=BigInteger)
    usd: float = _usd()
