"""A finished film's files: where they lie, and the signed addresses that lead there."""

from datetime import timedelta

from flask import Response, request

from app.services import services
from internal.errors import Conflict, NotFound
from internal.jobs import Job
from internal.uploads import printable
from internal.vlog import Vlog

#: for as long as an address that was given to somebody goes on working, whatever becomes of the vlog or its link
SIGNED_FOR = timedelta(minutes=5)
#: route to file
FILES = {
    "video": "film.mp4",
    "thumbnail": "thumbnail.jpg",
    "subtitles.vtt": "subtitles.vtt",
    "subtitles.srt": "subtitles.srt",
}


def lead_to(file: str, vlog: Vlog, job: Job, download: bool) -> Response:
    """To one of FILES, which the media store gives in ranges, too. Raises Conflict when the film is not made yet,
    NotFound when it never will."""
    key = f"{_folder(job)}/{FILES[file]}"
    return to_object(key, f"{_plain(vlog.settings.title)}.{key.rpartition('.')[2]}" if download else None)


def to_object(key: str, save_as: str | None = None) -> Response:
    """To an object of the media store; with a name, to be saved under it."""
    media, asked_for_all = services().media, request.method != "HEAD"
    signed = media.signed_get(key, SIGNED_FOR, save_as) if asked_for_all else media.signed_head(key, SIGNED_FOR)
    return Response(status=302, headers={"Location": signed})


def _folder(job: Job) -> str:
    if not job.finished:
        raise Conflict("The film is not ready yet.")
    if job.result is None:
        raise NotFound("This vlog has no film: making it failed.")
    return str(job.result["folder"])


def _plain(title: str) -> str:
    """The title as a file name that every system takes."""
    kept = "".join(" " if character in '/\\:*?"<>|' else character for character in printable(title))
    return " ".join(kept.split()).strip(". ")[:80] or "vlog"
