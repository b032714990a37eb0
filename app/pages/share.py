"""The page of a shared film, for anybody who has its link: the film and its title, and nothing of its owner."""

import re

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from app.api.bodies import Download
from app.api.films import lead_to
from app.api.reading import read_query
from app.api.view import shared_at
from app.pages import words
from app.pages.doors import open_to_all
from app.services import services, web
from internal.errors import NotFound
from internal.film import canvas_of
from internal.jobs import Job
from internal.vlog import Vlog

blueprint = Blueprint("share", __name__)

_TOKEN = re.compile(r"[A-Za-z0-9_-]{32}", re.ASCII)


@blueprint.get("/s/<token>")
@open_to_all
def show(token: str) -> ResponseReturnValue:
    """Works without a script. `made`: it is not just being made again."""
    vlog, job = _shared(token)
    return words.page(
        "share.html",
        "share",
        vlog=vlog.settings,
        made=job.result is not None,
        canvas=canvas_of(vlog.settings, services().short_side),
        here=f"/s/{token}",
        address=shared_at(web().settings.public_url, token),
    )


@blueprint.get("/s/<token>/<any('video', 'thumbnail', 'subtitles.vtt'):file>")
@open_to_all
def film(token: str, file: str) -> ResponseReturnValue:
    """Leads to an address that is good for 5 minutes."""
    wish = read_query(Download)
    return lead_to(file, *_shared(token), wish.download)


@blueprint.after_request
def keep_to_ourselves(response: Response) -> Response:
    """The address is the key: no other site is told it, and no search engine keeps it."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _shared(token: str) -> tuple[Vlog, Job]:
    """Raises NotFound, Gone."""
    if not _TOKEN.fullmatch(token):
        raise NotFound("There is no such link.")
    return services().store.shared(token)
