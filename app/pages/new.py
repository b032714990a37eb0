"""The page where a vlog begins: files, wishes, what it may cost, and a taste of the built-in music."""

from collections.abc import Sequence
from typing import Any, get_args

from flask import Blueprint, Response, send_file

from app.pages import words
from app.services import services, web
from internal.errors import NotFound
from internal.vlog import Aspect, Mood, Resolution, Style, Theme, Transition, VlogSettings

blueprint = Blueprint("new", __name__)

#: what can be chosen, by form field
CHOICES: dict[str, Sequence[str]] = {
    "theme": get_args(Theme),
    "musicMood": [*get_args(Mood), "none"],
    "transition": [transition.value for transition in Transition],
    "resolution": get_args(Resolution),
    "aspect": get_args(Aspect),
    "style": get_args(Style),
}
#: what captions can be written in, each by its own name
SPOKEN = {str(code): name for code, name in words.LANGUAGES.items()} | {"zh-Hans": "简体中文", "ko": "한국어"}
#: seconds: the same track has the same address until it is replaced by another release
HEARD_AGAIN = 24 * 3600


@blueprint.get("/")
def index() -> str:
    limit = f"{web().settings.vlog_cost:.2f}"
    tracks = {mood: len(services().music.tracks(mood)) for mood in get_args(Mood)}
    return words.page(
        "new.html", "new", "upload", choices=CHOICES, defaults=defaults(), spoken=SPOKEN, tracks=tracks, limit=limit
    )


def defaults() -> dict[str, Any]:
    settings = VlogSettings()
    return {
        "theme": settings.theme,
        "resolution": settings.resolution,
        "aspect": settings.aspect,
        "style": settings.style,
        "duration": settings.duration,
        "musicVolume": settings.music_volume,
        "musicFade": settings.music_fade,
    }


@blueprint.get(f"/music/<any{get_args(Mood)}:mood>/<int:number>")
def listen(mood: Mood, number: int) -> Response:
    """A built-in track of a mood, counted from 1; any range of it. Of nobody in particular, so it may be kept."""
    tracks = services().music.tracks(mood)
    if not 1 <= number <= len(tracks):
        raise NotFound("There is no built-in music of this number.")
    return send_file(services().music.path(tracks[number - 1]), "audio/ogg", max_age=HEARD_AGAIN)
