"""Versions of a vlog: the same story with other scenes, words, music or looks. Earlier ones stay."""

import hashlib
from collections.abc import Mapping
from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue
from pydantic.alias_generators import to_camel

from app.api.answers import accepted, answer, kept_for
from app.api.bodies import Accepted, Page, VlogFields, VlogJson
from app.api.keys import HEADER, Keep, once
from app.api.operations import operation
from app.api.reading import checked, checked_id, read_json, read_query
from app.api.story_bodies import MakeVersion, VersionBody, VersionPage
from app.api.storyboards import changes_of
from app.api.view import WORDS
from app.identity import current_user
from app.services import services
from internal import stories
from internal.errors import InvalidInput
from internal.jobs import Job
from internal.ports import Answer
from internal.vlog import Vlog, VlogSettings

blueprint = Blueprint("versions", __name__)

#: with another one, it would be another story, told of other words and moving pictures
FIXED = ("style", "language")


@blueprint.post("/api/vlogs/<vlog_id>/versions")
@operation(
    "Make another version of a finished vlog",
    {202: Accepted},
    refusals=(400, 404, 409, 413, 415, 422, 503),
    json=MakeVersion,
    headers={HEADER: "Any unique text. A request sent again with the same one, within 24 hours, makes no second one."},
)
def make(vlog_id: str) -> ResponseReturnValue:
    """Only what changes is rendered, and nothing is paid for again. Answers at once, as asking for a vlog does."""
    wish, source = read_json(MakeVersion), checked_id(vlog_id, "vlog")
    kept = once("make-version", lambda: _fingerprint(source, wish), lambda keep: _make(source, wish, keep))
    return accepted(kept)


@blueprint.get("/api/vlogs/<vlog_id>/versions")
@operation("List a vlog's versions, the first one first", {200: VersionPage}, refusals=(400, 404, 503), query=Page)
def index(vlog_id: str) -> ResponseReturnValue:
    """This one among them, whichever it is."""
    page, owner_id = read_query(Page), current_user().id
    vlog, _ = services().store.vlog(owner_id, checked_id(vlog_id, "vlog"))
    found, total = services().store.versions(owner_id, vlog.family or vlog.id, page.limit, page.offset)
    return answer(VersionPage(items=tuple(_body(vlog, job) for vlog, job in found), total=total))


def _make(source: str, wish: MakeVersion, keep: Keep) -> Answer:
    vlog = stories.make_version(
        services(),
        current_user().id,
        source,
        lambda before: _changed(before, wish.settings),
        None if wish.scenes is None else changes_of(wish.scenes),
        lambda tx, vlog: keep(tx, kept_for(vlog)),
    )
    return kept_for(vlog)


def _fingerprint(source: str, wish: MakeVersion) -> str:
    """Of what was given: to give a setting its default is to ask for it."""
    return hashlib.sha256(f"{source}{wish.model_dump_json(exclude_unset=True)}".encode()).hexdigest()


def _changed(before: VlogSettings, wish: VlogJson) -> VlogSettings:
    """Raises InvalidInput, NotFound for what cannot be an id."""
    given = {name: getattr(wish, name) for name in wish.model_fields_set}
    for name in FIXED:
        if name in given and given[name] != getattr(before, name):
            raise InvalidInput(f"The {name} of a version cannot change: make a new vlog.", f"settings.{name}")
    if wish.review:
        raise InvalidInput("A version is not reviewed: say here what changes.", "settings.review")
    if wish.music_id:
        checked_id(wish.music_id, f"media: {wish.music_id}")
    merged = {**vars(before), **_other_music(before, given), **given}
    try:
        fields = checked(VlogFields, {to_camel(name): value for name, value in merged.items()})
    except InvalidInput as error:
        raise InvalidInput(f"settings.{error}", f"settings.{error.field}") from error
    return VlogSettings.model_validate(fields.model_dump())


def _other_music(before: VlogSettings, given: Mapping[str, Any]) -> dict[str, Any]:
    """A mood takes the place of the user's own file. Which part of one file plays says nothing of another."""
    mood = given.get("music_mood", before.music_mood)
    own = given.get("music_id", None if given.get("music_mood") else before.music_id)
    if own == before.music_id and (own or mood == before.music_mood):
        return {}
    return {"music_id": own, "music_start": 0.0, "music_end": None}


def _body(vlog: Vlog, job: Job) -> VersionBody:
    assert job.created_at
    return VersionBody(
        id=vlog.id,
        number=vlog.number,
        title=vlog.settings.title,
        status=WORDS[job.status],
        created_at=job.created_at,
    )
