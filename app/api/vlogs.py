"""Vlogs: ask for one, watch it being made, fetch the film."""

from collections.abc import Callable, Mapping
from typing import Literal

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from pydantic import Field

from app.api.answers import accepted, answer, kept_for, validated, vlog_answer
from app.api.bodies import Accepted, CreateVlog, Download, Line, Page, VlogBody, VlogPage
from app.api.films import lead_to
from app.api.form import VlogForm, read_form
from app.api.keys import HEADER, Keep, once
from app.api.operations import operation
from app.api.reading import checked_id, read_query
from app.api.standing import shown, standing, version_named
from app.api.view import body_of
from app.identity import current_user, tries_a_version
from app.services import services, web
from internal import uploads, vlogs
from internal.jobs import TERMINAL, Job, Status
from internal.ports import Answer, Services, Wanted
from internal.vlog import Vlog

blueprint = Blueprint("vlogs", __name__)


class FindVlogs(Page):
    q: Line = Field(default="", max_length=120, description="Words that all occur in the title or the destination.")
    state: Literal["making", "made", "failed"] | None = Field(
        default=None, description="`making`: not over yet; `failed`: cancelled ones, too."
    )


#: what `state` means
STATES: Mapping[str, frozenset[Status]] = {
    "making": frozenset(Status) - TERMINAL,
    "made": frozenset({Status.COMPLETED, Status.PARTIAL}),
    "failed": frozenset({Status.FAILED, Status.CANCELLED}),
}


@blueprint.post("/api/agent/create-vlog")
@operation(
    "Ask for a vlog",
    {202: Accepted},
    refusals=(400, 404, 409, 413, 415, 422, 503, 507),
    form=CreateVlog,
    headers={HEADER: "Any unique text. A request sent again with the same one, within 24 hours, makes no second vlog."},
)
def create() -> ResponseReturnValue:
    """Answers at once; the vlog is made meanwhile. Poll the address in `Location`."""
    form = read_form()
    kept = once("create-vlog", lambda: form.fingerprint, lambda keep: _make(form, keep))
    return accepted(kept)


def _make(form: VlogForm, keep: Keep) -> Answer:
    """All of it or nothing: whatever fails, no file stays behind."""
    owner_id = current_user().id
    files = [*form.files, *filter(None, [form.music])]
    taken = uploads.receive_all(services(), owner_id, files)
    ids = [media.id for media in taken]
    settings = form.settings
    if form.music:
        settings = settings.model_copy(update={"music_id": ids.pop()})
    try:
        vlog = vlogs.create(
            services(),
            owner_id,
            settings,
            [*form.media_ids, *ids],
            lambda tx, vlog: keep(tx, kept_for(vlog)),
            smoke=tries_a_version(),
        )
    except BaseException:
        uploads.discard(services(), taken)
        raise
    return kept_for(vlog)


@blueprint.get("/api/vlogs")
@operation("List vlogs, newest first", {200: VlogPage}, refusals=(400, 503), query=FindVlogs)
def index() -> ResponseReturnValue:
    page = read_query(FindVlogs)
    wanted = Wanted(tuple(page.q.split()), STATES[page.state] if page.state else None)
    found, total = services().store.vlogs(current_user().id, page.limit, page.offset, wanted)
    return answer(VlogPage(items=tuple(_body(vlog, job) for vlog, job in found), total=total))


@blueprint.get("/api/vlogs/<vlog_id>")
@operation(
    "See how a vlog stands",
    {200: VlogBody, 304: None},
    refusals=(404, 503),
    headers={"If-None-Match": "The ETag of the last answer: 304 if nothing has changed since."},
)
def show(vlog_id: str) -> ResponseReturnValue:
    """Poll it every `Retry-After` seconds for as long as that header comes."""
    snapshot = standing(vlog_id, _seen())
    if request.if_none_match.contains_weak(str(snapshot.version)):
        response = Response(status=304)
    else:
        response = Response(shown(snapshot), content_type="application/json")
    return validated(response, snapshot.version, running=not snapshot.job.finished)


def _seen() -> int:
    """The newest version that the client has an ETag of; 0 for none."""
    tags = request.if_none_match.as_set(include_weak=True)
    return max(map(version_named, filter(None, tags)), default=0)


@blueprint.delete("/api/vlogs/<vlog_id>")
@operation("Delete a vlog", {204: None}, refusals=(404, 503))
def delete(vlog_id: str) -> ResponseReturnValue:
    """Work in progress is cancelled. Its media stay. It can be restored for 10 minutes."""
    vlogs.delete(services(), current_user().id, checked_id(vlog_id, "vlog"))
    return Response(status=204)


@blueprint.post("/api/vlogs/<vlog_id>/restore")
@operation("Bring a deleted vlog back", {200: VlogBody, 202: VlogBody}, refusals=(404, 409, 503))
def restore(vlog_id: str) -> ResponseReturnValue:
    """As it was, with its link; one that was being made is cancelled. 202: that is still under way."""
    return _changed(vlog_id, vlogs.restore)


@blueprint.post("/api/vlogs/<vlog_id>/cancel")
@operation("Stop making a vlog", {200: VlogBody, 202: VlogBody}, refusals=(404, 409, 503))
def cancel(vlog_id: str) -> ResponseReturnValue:
    """200: it has stopped. 202: it stops as soon as the one working on it notices."""
    return _changed(vlog_id, vlogs.cancel)


@blueprint.post("/api/vlogs/<vlog_id>/retry")
@operation("Make a vlog again", {202: VlogBody}, refusals=(404, 409, 503))
def retry(vlog_id: str) -> ResponseReturnValue:
    """One that failed, was cancelled, or is incomplete. What was done before is used again."""
    return _changed(vlog_id, vlogs.retry)


@blueprint.post("/api/vlogs/<vlog_id>/approve")
@operation("Go on with a vlog that needs review", {202: VlogBody}, refusals=(404, 409, 503))
def approve(vlog_id: str) -> ResponseReturnValue:
    return _changed(vlog_id, vlogs.approve)


def _changed(vlog_id: str, change: Callable[[Services, str, str], Job]) -> ResponseReturnValue:
    change(services(), current_user().id, checked_id(vlog_id, "vlog"))
    vlog, job = _mine(vlog_id)
    return vlog_answer(_body(vlog, job), job.version, 200 if job.finished else 202)


@blueprint.get("/api/vlogs/<vlog_id>/<any('video', 'thumbnail', 'subtitles.vtt', 'subtitles.srt'):file>")
@operation("Fetch the film, its picture or its words", {302: None}, refusals=(400, 404, 409, 503), query=Download)
def film(vlog_id: str, file: str) -> ResponseReturnValue:
    """Leads to an address that is good for 5 minutes."""
    wish = read_query(Download)
    vlog, job = _mine(vlog_id)
    return lead_to(file, vlog, job, wish.download)


def _mine(vlog_id: str) -> tuple[Vlog, Job]:
    return services().store.vlog(current_user().id, checked_id(vlog_id, "vlog"))


def _body(vlog: Vlog, job: Job) -> VlogBody:
    return body_of(vlog, job, services().clock(), web().settings.public_url)
