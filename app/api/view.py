"""A job as the vlogs dialect shows it."""

from datetime import datetime
from typing import Any, Literal

from app.api.bodies import Analytics, Segment, VlogBody, VlogFields
from internal.jobs import Job, Status
from internal.notes import Note
from internal.vlog import Vlog

Word = Literal["pending", "processing", "completed", "failed"]
#: a cancelled job's `error_code` tells it from one that failed, a partial one's from a complete one
WORDS: dict[Status, Word] = {
    Status.PENDING: "pending",
    Status.RUNNING: "processing",
    Status.WAITING: "processing",
    Status.COMPLETED: "completed",
    Status.PARTIAL: "completed",
    Status.FAILED: "failed",
    Status.CANCELLED: "failed",
}
#: before this much progress a guess at the end is worth nothing
LEAST_PROGRESS = 0.05


def body_of(vlog: Vlog, job: Job, now: datetime, public_url: str) -> VlogBody:
    """`now` is for the guess at the end only: everything else changes with the job's version alone."""
    assert job.created_at
    return VlogBody(
        id=vlog.id,
        status=WORDS[job.status],
        progress=job.progress,
        created_at=job.created_at,
        updated_at=job.updated_at or job.created_at,
        started_at=job.started_at,
        completed_at=job.completed_at,
        step=job.step,
        message=job.message,
        title=vlog.settings.title,
        version=vlog.number,
        settings=VlogFields.model_construct(**vars(vlog.settings)),
        needs="review" if job.parked_at else None,
        cost=round(vlog.cost, 4),
        error_message=job.error.message if job.error else None,
        error_code=_code(job),
        eta_seconds=seconds_left(job, now),
        **_film(vlog, job.result, public_url),
    )


def _code(job: Job) -> str | None:
    """What is missing of a partial one is told in its `notes`."""
    if job.status is Status.PARTIAL:
        return "partial"
    return job.error.code if job.error else None


def _film(vlog: Vlog, result: dict[str, Any] | None, public_url: str) -> dict[str, Any]:
    """What there is only once there is a film. Results of older versions may lack what was added since."""
    if result is None:
        return {"analytics": Analytics(mediaCount=len(vlog.media_ids))}
    here = f"/api/vlogs/{vlog.id}"
    return {
        "video_id": vlog.id,
        "video_url": f"{here}/video",
        "share_url": shared_at(public_url, vlog.share_token) if vlog.share_token else None,
        "share_expires_at": vlog.share_expires_at,
        "thumbnail": f"{here}/thumbnail",
        "subtitles_url": f"{here}/subtitles.vtt",
        "duration": result["seconds"],
        "segments": tuple(map(Segment.kept, result.get("segments", ()))),
        "analytics": Analytics.kept({"mediaCount": len(vlog.media_ids), **result.get("analytics", {})}),
        "warnings": result.get("warnings", ()),
        "notes": tuple(map(Note.kept, result.get("notes", result.get("warnings", ())))),
    }


def shared_at(public_url: str, token: str) -> str:
    return f"{public_url}/s/{token}"


def seconds_left(job: Job, now: datetime) -> int | None:
    """A guess: as if it went on as fast as it did so far."""
    if job.finished or job.parked_at or not job.started_at or job.progress < LEAST_PROGRESS:
        return None
    spent = (now - job.started_at).total_seconds()
    return max(1, round(spent * (1 - job.progress) / job.progress))
