"""What a user uploads, what a look at its header tells, and what analysis finds in it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field

from internal.errors import Error


class Value(BaseModel):
    """A frozen value that goes to JSON and back unchanged; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @classmethod
    def kept(cls, json: Any) -> Self:
        """From a row: a newer version of this code may have written it, which runs beside this one or has been rolled
        back. Of fields that it alone knows nothing is said here."""
        return cls.model_validate(json, extra="ignore")


class Reason(Value):
    """Why something is not as it was asked for."""

    code: str = Field(description="A word for programs; empty of what was kept before there were any.")
    text: str = Field(description="A sentence for people.")
    usd: float | None = Field(default=None, description="The limit that is reached, where one is, in US dollars.")

    @classmethod
    def of(cls, error: Error) -> Self:
        return cls(code=error.code, text=str(error))


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


class Span(Value):
    """A stretch of a clip or of music, in seconds from its start."""

    start: float
    end: float


class Moment(Span):
    """How much a stretch of a clip deserves to be shown: `score`, 0 to 1."""

    score: float
    #: of its middle, as in `Analysis`
    fingerprint: str = ""
    palette: str = ""


class Place(Value):
    """The named place nearest to where a media was taken."""

    #: in the user's language
    name: str
    #: from where the media was taken to the place's middle; 0 inside the place
    kilometres: float
    #: IANA name of its time zone; "" when unknown
    zone: str = ""


class Analysis(Value):
    """What is known of one media after analysis. Times and places are as the camera wrote them.

    A time in UTC may be a camera that keeps no other clock: where it was taken, the clock on the wall may differ.
    """

    facts: Facts
    #: by the camera's clock; aware when that knew its zone
    taken_at: datetime | None = None
    latitude: float | None = Field(default=None, ge=-90, le=90)
    longitude: float | None = Field(default=None, ge=-180, le=180)
    #: 0 (blurred) to 1 (crisp)
    sharpness: float = 1.0
    #: 0 (black, or burnt out) to 1 (well exposed)
    exposure: float = 1.0
    #: 0 (grey) to 1 (vivid)
    colour: float = 0.5
    #: a photo's 64-bit difference hash, 16 hex digits: the fewer bits differ, the more two pictures look alike
    fingerprint: str = ""
    #: a photo's colours wherever they are in it, so that another crop has the same: a hex digit for each colour, 15
    #: times the root of its share
    palette: str = ""
    #: 0 (still) to 1; clips only
    motion: float = 0.0
    #: integrated loudness in LUFS; None for silence or no sound
    loudness: float | None = None
    best: tuple[Moment, ...] = ()
    #: where somebody talks; between two spans lies a pause in which the clip may be cut
    speech: tuple[Span, ...] = ()
    #: seconds at which another shot begins, in a clip that was put together before
    cuts: tuple[float, ...] = ()
    #: seconds of the beats; music only
    beats: tuple[float, ...] = ()
    caption: str = ""
    description: str = ""
    #: the same for other models, in English whatever language the rest is in
    depiction: str = ""
    objects: tuple[str, ...] = ()
    landmarks: tuple[str, ...] = ()
    activities: tuple[str, ...] = ()
    mood: str = ""
    #: why nobody could or would describe it; "" when it is described, and a mere sentence as it was kept before reasons
    #: had codes
    undescribed: Reason | str = ""


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
