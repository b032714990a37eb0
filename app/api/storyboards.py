"""A vlog's storyboard: see its scenes, and change them while the vlog needs review."""

from collections.abc import Sequence

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import PreconditionRequired

from app.api.answers import answer
from app.api.films import to_object
from app.api.operations import operation
from app.api.reading import checked_id, read_json
from app.api.story_bodies import ChangeScene, ChangeStoryboard, MusicBody, SceneBody, StoryboardBody
from app.identity import current_user
from app.services import services
from internal import stories
from internal.errors import NotFound
from internal.film import FPS, plan
from internal.media import Kind
from internal.storyboard import Card, Change, Story, arranged
from internal.storyboard.cards import picture_key
from internal.vlog import Scene, Vlog

blueprint = Blueprint("storyboards", __name__)


@blueprint.get("/api/vlogs/<vlog_id>/storyboard")
@operation(
    "See the storyboard",
    {200: StoryboardBody, 304: None},
    refusals=(404, 409, 503),
    headers={"If-None-Match": "The ETag of the last answer: 304 if nothing has changed since."},
)
def show(vlog_id: str) -> ResponseReturnValue:
    """Known once the story is told: while a vlog needs review, and ever after."""
    vlog, told = stories.story(services(), current_user().id, checked_id(vlog_id, "vlog"))
    if request.if_none_match.contains(told.etag):
        return _validated(Response(status=304), told)
    return _answer(vlog, told)


@blueprint.put("/api/vlogs/<vlog_id>/storyboard")
@operation(
    "Change the storyboard",
    {200: StoryboardBody},
    refusals=(400, 404, 409, 412, 413, 415, 428, 503),
    json=ChangeStoryboard,
    headers={"If-Match": "The ETag of the storyboard that is changed: 412 if it is another by now."},
)
def change(vlog_id: str) -> ResponseReturnValue:
    """While the vlog needs review. What is answered is what approving it makes a film of."""
    if "If-Match" not in request.headers:
        raise PreconditionRequired("Give If-Match with the ETag of the storyboard that you change.")
    wish, expected = read_json(ChangeStoryboard), request.if_match
    vlog, told = stories.change(
        services(), current_user().id, checked_id(vlog_id, "vlog"), expected.contains, changes_of(wish.scenes)
    )
    return _answer(vlog, told)


@blueprint.get("/api/vlogs/<vlog_id>/scenes/<int:scene_id>/picture")
@operation("Fetch the picture of a scene", {302: None}, refusals=(404, 409, 503))
def picture(vlog_id: str, scene_id: int) -> ResponseReturnValue:
    """Leads to an address that is good for 5 minutes."""
    vlog, told = stories.story(services(), current_user().id, checked_id(vlog_id, "vlog"))
    name = next((card.picture for card in told.cards if card.id == scene_id), "")
    if not name:
        raise NotFound("There is no picture of such a scene.")
    return to_object(picture_key(vlog.id, name))


def changes_of(scenes: Sequence[ChangeScene]) -> list[Change]:
    return [Change.model_validate(scene.model_dump()) for scene in scenes]


def _answer(vlog: Vlog, told: Story) -> Response:
    return _validated(answer(_body(vlog, told)), told)


def _validated(response: Response, told: Story) -> Response:
    response.set_etag(told.etag)
    return response


def _body(vlog: Vlog, told: Story) -> StoryboardBody:
    film = arranged(told, vlog.settings)
    shown = (card.id for card in told.cards if not card.left_out)
    scenes = dict(zip(shown, film.scenes, strict=True))
    return StoryboardBody(
        scenes=tuple(_scene(vlog, card, scenes.get(card.id)) for card in told.cards),
        seconds=plan(film, vlog.settings).seconds,
        max_seconds=vlog.settings.duration,
        music=MusicBody.model_validate(told.music.model_dump(exclude={"sha256"})) if told.music else None,
    )


def _scene(vlog: Vlog, card: Card, shown: Scene | None) -> SceneBody:
    """`shown`: as the film has it, unless it is left out."""
    return SceneBody(
        id=card.id,
        media_id=card.media_id,
        name=card.name,
        kind=card.kind,
        start=card.start,
        seconds=card.seconds,
        least=min(card.least / FPS, card.seconds),
        most=max(min(card.most / FPS, vlog.settings.duration), card.seconds),
        footage=card.footage if card.kind is Kind.CLIP else None,
        caption=card.caption,
        title=shown.title if shown else "",
        subtitle=shown.subtitle if shown else "",
        ending=shown.ending if shown else "",
        left_out=card.left_out,
        picture=f"/api/vlogs/{vlog.id}/scenes/{card.id}/picture" if card.picture else None,
    )
