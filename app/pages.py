"""The page people use: choose files, watch the vlog being made, play it, keep it."""

from collections.abc import Sequence
from typing import Any, get_args
from urllib.parse import urlsplit

from flask import Blueprint, Response, render_template

from app.services import web
from internal.vlog import Aspect, Mood, Resolution, Style, Theme, Transition, VlogSettings

blueprint = Blueprint("pages", __name__)

#: how the form words what the API calls by a shorter name
WORDS = {
    "16:9": "16:9 wide",
    "9:16": "9:16 tall",
    "1:1": "1:1 square",
    "none": "No music",
    "footage": "Panned over",
    "generated": "Brought to life",
}


@blueprint.get("/")
def index() -> str:
    """With `?vlog=<id>` in the address the script shows that vlog, so that a reload loses nothing."""
    limit = f"{web().settings.vlog_cost:.2f}"
    return render_template("index.html", choices=choices(), defaults=defaults(), limit=limit)


@blueprint.after_request
def allow_only_ours(response: Response) -> Response:
    """Nothing inline, nothing from elsewhere; media come from and go to the media store directly."""
    media = origin(web().settings.media_endpoint)
    response.headers["Content-Security-Policy"] = "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            f"img-src 'self' {media}",
            f"media-src 'self' {media}",
            f"connect-src 'self' {media}",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )
    return response


def origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def choices() -> dict[str, Sequence[tuple[str, str]]]:
    """Value and words of each choice, by form field."""
    values: dict[str, Sequence[str]] = {
        "theme": get_args(Theme),
        "musicMood": [*get_args(Mood), "none"],
        "transition": [transition.value for transition in Transition],
        "resolution": get_args(Resolution),
        "aspect": get_args(Aspect),
        "style": get_args(Style),
    }
    return {name: [(value, WORDS.get(value, value.capitalize())) for value in of] for name, of in values.items()}


def defaults() -> dict[str, Any]:
    settings = VlogSettings()
    return {
        "theme": settings.theme,
        "resolution": settings.resolution,
        "aspect": settings.aspect,
        "style": settings.style,
        "duration": settings.duration,
    }
