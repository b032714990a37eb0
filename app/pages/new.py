"""The page where a vlog begins: files, wishes, what it may cost."""

from collections.abc import Sequence
from typing import Any, get_args

from flask import Blueprint

from app.pages import words
from app.services import web
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


@blueprint.get("/")
def index() -> str:
    limit = f"{web().settings.vlog_cost:.2f}"
    return words.page("new.html", "new", "upload", choices=CHOICES, defaults=defaults(), limit=limit)


def defaults() -> dict[str, Any]:
    settings = VlogSettings()
    return {
        "theme": settings.theme,
        "resolution": settings.resolution,
        "aspect": settings.aspect,
        "style": settings.style,
        "duration": settings.duration,
    }
