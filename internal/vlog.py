"""A vlog: what the user wants it to be, and the ordered scenes it is told in."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from pydantic import Field

from internal.media import Kind, Value

Theme = Literal["adventure", "relaxing", "romantic", "family"]
Mood = Literal["calm", "energetic", "happy", "nostalgic", "tender"]
Resolution = Literal["480p", "720p", "1080p"]
Aspect = Literal["16:9", "9:16", "1:1"]
Style = Literal["footage", "generated"]


class Transition(StrEnum):
    FADE = "fade"
    SLIDE = "slide"
    ZOOM = "zoom"


class VlogSettings(Value):
    title: str = Field(default="", max_length=120)
    travel_date: date | None = None
    destination: str = Field(default="", max_length=120)
    theme: Theme = "relaxing"
    music_mood: Mood | None = None
    #: media id of the user's own music
    music_id: str | None = None
    #: the longest the film may be, in seconds
    duration: int = Field(default=60, ge=10, le=180)
    transition: Transition = Transition.FADE
    resolution: Resolution = "720p"
    aspect: Aspect = "16:9"
    captions: bool = True
    style: Style = "footage"
    #: the most that may be spent on generated scenes, in US dollars
    max_cost: float | None = Field(default=None, ge=0, le=1000)
    #: park before rendering, for the user to review the storyboard
    review: bool = False


@dataclass(frozen=True)
class Vlog:
    """`id` is also its job's: a vlog is what one job makes."""

    id: str
    owner_id: str
    settings: VlogSettings
    media_ids: tuple[str, ...]
    created_at: datetime | None = None


class Scene(Value):
    """One shot of the vlog. Depends on nothing outside itself, so that its frames can be kept."""

    kind: Kind
    #: content hash of the media shown; hex
    sha256: str
    #: where in the clip it begins, in seconds; 0 for photos
    start: float = Field(default=0.0, ge=0)
    #: how long it is on screen, transitions included
    seconds: float = Field(gt=0)
    #: the opening title, drawn large over the first scene
    title: str = ""
    subtitle: str = ""
    #: drawn small, low on the screen
    caption: str = ""
    #: varies how a photo is panned; fixed by the scene's place in the story
    variation: int = 0
    #: 0 to 1: how loud the clip's own sound is
    volume: float = Field(default=1.0, ge=0, le=1)


class Storyboard(Value):
    scenes: tuple[Scene, ...]
    #: what was left out, by media name, and why; sentences for the user
    warnings: tuple[str, ...] = ()
