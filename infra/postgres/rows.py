"""Rows to values and back."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import RowMapping

from internal.jobs import Job, JobError, Status
from internal.media import Facts, Media, MediaState
from internal.paid import PaidCall, PaidState
from internal.vlog import Vlog, VlogSettings

#: what a vlog's row has beside its job's columns
VLOG_ONLY = ("family", "number", "cost", "share_token", "share_expires_at")


def job_of(row: RowMapping | Mapping[str, Any]) -> Job:
    return Job(**{**row, "status": Status(row["status"]), "error": _error_of(row["error"])})


def _error_of(kept: Mapping[str, str] | None) -> JobError | None:
    return JobError(kept["code"], kept["message"]) if kept else None


def job_columns(job: Job) -> dict[str, Any]:
    return {**vars(job), "status": job.status.value, "error": asdict(job.error) if job.error else None}


def media_of(row: RowMapping) -> Media:
    facts = row["facts"]
    return Media(**{**row, "state": MediaState(row["state"]), "facts": Facts.kept(facts) if facts else None})


def media_columns(media: Media) -> dict[str, Any]:
    facts = media.facts.model_dump(mode="json") if media.facts else None
    return {**vars(media), "state": media.state.value, "facts": facts}


def vlog_of(job: Job, **more: Any) -> Vlog:
    """`more`: what the job does not tell."""
    settings = VlogSettings.kept(job.params["settings"])
    return Vlog(job.id, job.owner_id, settings, tuple(job.params["media"]), job.created_at, **more)


def vlog_and_job(row: RowMapping | Mapping[str, Any]) -> tuple[Vlog, Job]:
    """A job's columns, and those of `VLOG_ONLY`."""
    columns = dict(row)
    more = {name: columns.pop(name) for name in VLOG_ONLY}
    job = job_of(columns)
    return vlog_of(job, **more), job


def paid_call_of(row: RowMapping) -> PaidCall:
    columns = {name: value for name, value in row.items() if name != "prefix"}
    return PaidCall(**{**columns, "state": PaidState(row["state"]), "reason": _error_of(row["reason"])})


def paid_call_columns(call: PaidCall) -> dict[str, Any]:
    reason = asdict(call.reason) if call.reason else None
    return {**vars(call), "prefix": call.prefix, "state": call.state.value, "reason": reason}
