"""What requests and answers about a vlog's story and its versions carry."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from app.api.bodies import Given, Line, VlogJson
from internal.media import Kind, Value
from internal.storyboard.changes import LONGEST_CAPTION

#: in one request: more than any film has room for
MOST_SCENES = 400


class SceneBody(Value):
    """One scene. Times are seconds; of a clip, `start` and `footage` are the clip's own."""

    id: int = Field(description="Its own within this storyboard, wherever it is moved.")
    media_id: str
    name: str = Field(description="The file's name.")
    kind: Kind
    start: float
    seconds: float = Field(description="How long it is on screen, transitions included.")
    least: float = Field(description="The shortest that it may be.")
    most: float = Field(description="The longest that it may be.")
    footage: float | None = Field(description="How long the whole clip is; null for a photo.")
    caption: str
    title: str
    subtitle: str
    ending: str
    left_out: bool
    picture: str | None = Field(description="Address of a small JPEG, if there is one.")


class MusicBody(Value):
    track: str = Field(description="Name of the built-in track; empty for a file of the user's own.")
    start: float
    end: float | None
    loop: bool
    volume: float
    fade: float


class StoryboardBody(Value):
    """The scenes in the order of the film, also those that are left out of it."""

    scenes: tuple[SceneBody, ...]
    seconds: float = Field(description="Of the film as it is told now.")
    max_seconds: int
    music: MusicBody | None


class ChangeScene(Given):
    """What is not given stays as it is."""

    id: int
    caption: Line | None = Field(default=None, max_length=LONGEST_CAPTION)
    start: float | None = Field(default=None, ge=0, le=3600)
    seconds: float | None = Field(default=None, gt=0, le=3600)
    left_out: bool | None = None


_SCENES = "Each scene once, in the order of the film."


class ChangeStoryboard(Given):
    scenes: tuple[ChangeScene, ...] = Field(min_length=1, max_length=MOST_SCENES, strict=False, description=_SCENES)


class MakeVersion(Given):
    """What is not given stays as it is."""

    scenes: tuple[ChangeScene, ...] | None = Field(
        default=None, min_length=1, max_length=MOST_SCENES, strict=False, description=_SCENES
    )
    settings: VlogJson = Field(
        default_factory=VlogJson, description="Those that change. `style`, `language` and `review` cannot."
    )


class VersionBody(Value):
    id: str
    number: int
    title: str
    status: Literal["pending", "processing", "completed", "failed"]
    created_at: datetime


class VersionPage(Value):
    """Those that are not deleted, by number."""

    items: tuple[VersionBody, ...]
    total: int
