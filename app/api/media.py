"""Media: what was uploaded, and what was found in it."""

from datetime import datetime
from typing import Annotated, Any, Self

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue
from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from app.api.answers import answer
from app.api.bodies import Given, Line, MediaBody, MediaPage, Page
from app.api.languages import LANGUAGES, preferred_language
from app.api.operations import operation
from app.api.reading import checked_id, read_json, read_query
from app.identity import current_user
from app.services import services
from internal import uploads
from internal.errors import Conflict
from internal.media import Analysis, Facts, Media
from internal.storyboard.changes import LONGEST_CAPTION

blueprint = Blueprint("media", __name__)


#: from before the first photo to when none can have been taken yet: a story's times stay within a calendar
FIRST_YEAR, LAST_YEAR = 1800, 2100


def _moment(given: object) -> object:
    return datetime.fromisoformat(given) if isinstance(given, str) else given


def _photographed(moment: datetime) -> datetime:
    if not FIRST_YEAR <= moment.year < LAST_YEAR:
        raise ValueError(f"should be from {FIRST_YEAR} or later, and before {LAST_YEAR}")
    return moment


Names = Annotated[tuple[Annotated[Line, Field(min_length=1, max_length=80)], ...], Field(max_length=20, strict=False)]


class Correction(Given):
    """What its owner knows better than whoever looked at it. Null: it is not known."""

    caption: Line = Field(default="", max_length=LONGEST_CAPTION)
    description: Line = Field(default="", max_length=1000)
    objects: Names = ()
    landmarks: Names = ()
    activities: Names = ()
    mood: Line = Field(default="", max_length=80)
    taken_at: Annotated[datetime, BeforeValidator(_moment), AfterValidator(_photographed)] | None = Field(
        default=None, description="By the clock on the wall; with a zone only if the camera's was another."
    )
    latitude: float | None = Field(default=None, ge=-90, le=90)
    longitude: float | None = Field(default=None, ge=-180, le=180)

    @model_validator(mode="after")
    def _whole_place(self) -> Self:
        given = {"latitude", "longitude"} & self.model_fields_set
        if len(given) == 1 or (self.latitude is None) != (self.longitude is None):
            raise ValueError("should have latitude and longitude together")
        return self


@blueprint.get("/api/media")
@operation("List media, newest first", {200: MediaPage}, refusals=(400, 503), query=Page)
def index() -> ResponseReturnValue:
    page = read_query(Page)
    found, total = services().store.media_list(current_user().id, page.limit, page.offset)
    return answer(MediaPage(items=tuple(map(body_of, found)), total=total))


@blueprint.get("/api/media/<media_id>")
@operation("See one", {200: MediaBody}, refusals=(404, 503))
def show(media_id: str) -> ResponseReturnValue:
    return answer(body_of(_mine(media_id)))


@blueprint.delete("/api/media/<media_id>")
@operation("Delete one", {204: None}, refusals=(404, 409, 503))
def delete(media_id: str) -> ResponseReturnValue:
    """Refused while a vlog that is being made needs it. Finished films keep what they show."""
    uploads.remove(services(), current_user().id, checked_id(media_id, "media"))
    return Response(status=204)


@blueprint.get("/api/media/<media_id>/analytics")
@operation("See what was found in one", {200: Analysis}, refusals=(404, 409, 503))
def analytics(media_id: str) -> ResponseReturnValue:
    """Known once a vlog has been made of it."""
    return answer(_known(_mine(media_id))[1])


@blueprint.put("/api/media/<media_id>/analytics")
@operation(
    "Correct what was found in one",
    {200: Analysis},
    refusals=(400, 404, 409, 413, 415, 503),
    json=Correction,
)
def correct(media_id: str) -> ResponseReturnValue:
    """Fields that are given take the place of what was found, whatever is found later; the others stay. Vlogs made
    from now on are made with it."""
    given, media = read_json(Correction), _mine(media_id)
    sha256, _ = _known(media)
    services().store.correct_analysis(media.owner_id, sha256, given.model_dump(mode="json", exclude_unset=True))
    return answer(_known(media)[1])


def _known(media: Media) -> tuple[str, Analysis]:
    """Its content's hash, and what was found in that. Raises Conflict."""
    found = _analysis(media, media.sha256) if media.sha256 else None
    if not (media.sha256 and found):
        raise Conflict("Nothing is known of it yet: make a vlog of it first.")
    return media.sha256, found


def _analysis(media: Media, sha256: str) -> Analysis | None:
    """In the asker's language if it is known in that; else in any."""
    names = dict.fromkeys(map(services().analyst.name, (preferred_language(), *LANGUAGES)))
    kept = (services().store.analysis(media.owner_id, sha256, name) for name in names)
    return next(filter(None, kept), None)


def body_of(media: Media) -> MediaBody:
    return MediaBody(
        id=media.id,
        name=media.name,
        size=media.size,
        state=media.state,
        sha256=media.sha256,
        created_at=media.created_at,
        **(_of_facts(media.facts) if media.facts else {}),
    )


def _of_facts(facts: Facts) -> dict[str, Any]:
    return {
        "kind": facts.kind,
        "content_type": facts.content_type,
        "width": facts.width,
        "height": facts.height,
        "duration": facts.seconds,
        "has_sound": facts.has_sound,
    }


def _mine(media_id: str) -> Media:
    return services().store.media(current_user().id, checked_id(media_id, "media"))
