"""How a vlog stands, for all who poll it or listen: read and made into bytes once for each of its versions."""

import re

from flask import Flask, Response, request

from app.api.reading import checked_id
from app.api.view import body_of, seconds_left
from app.guard import SAFE
from app.hub import Snapshot
from app.identity import current_user
from app.services import services, web

_VERSION = re.compile(r"[0-9]{1,9}", re.ASCII)


def register(app: Flask) -> None:
    app.after_request(note_change)


def note_change(response: Response) -> Response:
    """Whatever was done to a vlog by its address, nobody is shown what was read of it before."""
    vlog_id = (request.view_args or {}).get("vlog_id")
    if vlog_id and request.method not in SAFE:
        web().hub.changed(vlog_id)
    return response


def standing(vlog_id: str, seen: int = 0) -> Snapshot:
    """Of the asker's vlog; never older than the version they have seen. Raises NotFound, TemporaryFailure."""
    return web().hub.look(current_user().id, checked_id(vlog_id, "vlog"), seen)


def shown(snapshot: Snapshot) -> bytes:
    """The body, as JSON. Made anew within a version when the guess at the end is another: that alone may change."""
    now = services().clock()
    vlog, job, public_url = snapshot.vlog, snapshot.job, web().settings.public_url
    return snapshot.shown(
        seconds_left(job, now),
        lambda: body_of(vlog, job, now, public_url).model_dump_json(by_alias=True).encode(),
    )


def version_named(text: str) -> int:
    """By the ETag or the event's id that a client has; 0 when it is none of ours."""
    return int(text) if _VERSION.fullmatch(text) else 0
