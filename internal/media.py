"""What a user uploads, what a look at its header tells, and what analysis finds in it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class Value(BaseModel):
    """A frozen value that goes to JSON and back unchanged; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Kind(StrEnum):
    PHOTO = "photo"
    CLIP = "clip"
    MUSIC = "music"


class MediaState(StrEnum):
    UPLOADING = "uploading"
    READY = "ready"


class Facts(Value):
    """What the header and the first frames say. Sizes are upright, as shown."""

    kind: Kind
    #: by content, never by name: "image/jpeg", "video/mp4", …
    content_type: str
    width: int = 0
    height: int = 0
    #: length of a clip or of music; 0 for photos
    seconds: float = 0.0
    has_sound: bool = False


class Moment(Value):
    """A stretch of a clip, in seconds from its start, and how much it deserves to be shown (0 to 1)."""

    start: float
    end: float
    score: float


class Analysis(Value):
    """What is known of one media after analysis. Times and places are as the camera wrote them."""

    facts: Facts
    #: local time where it was taken; aware when the camera knew its zone
    taken_at: datetime | None = None
    latitude: float | None = Field(default=None, ge=-90, le=90)
    longitude: float | None = Field(default=None, ge=-180, le=180)
    #: 0 (blurred) to 1 (crisp)
    sharpness: float = 1.0
    #: 0 (still) to 1; clips only
    motion: float = 0.0
    #: integrated loudness in LUFS; None for silence or no sound
    loudness: float | None = None
    best: tuple[Moment, ...] = ()
    caption: str = ""
    description: str = ""
    objects: tuple[str, ...] = ()
    landmarks: tuple[str, ...] = ()
    activities: tuple[str, ...] = ()
    mood: str = ""


@dataclass(frozen=True)
class Media:
    id: str
    owner_id: str
    #: in the media store
    key: str
    #: the user's own file name: shown, never used as a path
    name: str
    size: int
    state: MediaState = MediaState.UPLOADING
    facts: Facts | None = None
    #: of the content, once a worker has read all of it; hex
    sha256: str | None = None
    #: the media store's name for an unfinished upload
    upload_id: str | None = None
    part_size: int = 0
    created_at: datetime | None = None
