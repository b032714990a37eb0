"""What requests and answers carry, as the API's clients see it. The OpenAPI description is made from these."""

import re
import unicodedata
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from internal.accounts import Role
from internal.media import Kind, MediaState, Value
from internal.notes import Note
from internal.uploads import LONGEST_NAME
from internal.vlog import Transition, VlogSettings


def _one_line(text: str) -> str:
    """Control characters (line ends too) break databases, headers and subtitles; lone surrogates are no text."""
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in text):
        raise ValueError("should be one line of text without control characters")
    return text


def _date(given: object) -> object:
    return date.fromisoformat(given) if isinstance(given, str) and _DATE.fullmatch(given) else given


Line = Annotated[str, AfterValidator(_one_line)]
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
IsoDate = Annotated[date, BeforeValidator(_date)]


class Given(BaseModel):
    """What a client sends: exactly these fields, of exactly these types."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


# ---------------------------------------------------------------- vlogs


class VlogFields(VlogSettings):
    """A vlog's settings, by the names that requests and answers use."""

    model_config = ConfigDict(alias_generator=to_camel)

    title: Line = Field(default="", max_length=120)
    destination: Line = Field(default="", max_length=120)


_FILES = {"type": "array", "items": {"type": "string", "format": "binary"}, "maxItems": 100}
_IDS = {"type": "array", "items": {"type": "string", "format": "uuid"}, "maxItems": 100}


def _with_media(schema: dict[str, Any]) -> None:
    """Media come beside the fields: files in parts of their own, ids as often as there are media."""
    schema["properties"] |= {
        "files": _FILES | {"description": "Photos and clips. `files[]` means the same."},
        "files[]": _FILES,
        "mediaIds": _IDS | {"description": "Media uploaded before. `mediaIds[]` means the same."},
        "mediaIds[]": _IDS,
        "music": {"type": "string", "format": "binary", "description": "A file with sound, instead of `musicId`."},
    }


class CreateVlog(VlogFields):
    """Give photos and clips as files or as ids of media uploaded before; everything else has a default. A field left
    empty counts as not given."""

    model_config = ConfigDict(json_schema_extra=_with_media)


class Accepted(Value):
    vlogId: str
    status: Literal["processing"] = "processing"


class VlogJson(VlogFields):
    """A vlog's settings, as JSON."""

    model_config = ConfigDict(strict=True)

    # what JSON has no type for
    travel_date: IsoDate | None = None
    transition: Transition | None = Field(default=None, strict=False)


class EstimateVlog(VlogJson):
    """A vlog's settings, and its media: by id, or how many there will be."""

    media_ids: tuple[str, ...] = Field(default=(), max_length=100, strict=False, description="Media uploaded before.")
    photos: int = Field(default=0, ge=0, le=100)
    clips: int = Field(default=0, ge=0, le=100)


class Dollars(Value):
    low: float
    high: float


class Scenes(Value):
    """How many photos are brought to life, and what one of them costs."""

    low: int
    high: int
    price: Dollars


class EstimateBody(Dollars):
    """US dollars in all. `reasons` are sentences for people."""

    currency: Literal["USD"] = "USD"
    scenes: Scenes
    reasons: tuple[str, ...]


class Segment(Value):
    """One scene of the film; times are seconds of the film."""

    start: float
    end: float
    kind: Kind
    caption: str
    #: the file's name
    media: str
    media_id: str


class Location(Value):
    name: str
    latitude: float
    longitude: float


class Analytics(Value):
    """What was seen in the media; all but `mediaCount` is empty until the vlog is complete."""

    locations: tuple[Location, ...] = ()
    activities: tuple[str, ...] = ()
    mood: str = ""
    highlights: tuple[str, ...] = ()
    mediaCount: int


class VlogBody(Value):
    """A vlog as it stands. Addresses of its files are ours and stay; each leads to a signed one good for 5 minutes."""

    id: str
    video_id: str | None = None
    video_url: str | None = None
    share_url: str | None = Field(default=None, description="By which anybody may watch it now.")
    share_expires_at: datetime | None = None
    duration: float | None = Field(default=None, description="Seconds.")
    thumbnail: str | None = None
    status: Literal["pending", "processing", "completed", "failed"]
    error_message: str | None = None
    progress: float = Field(ge=0, le=1)
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None = None
    completed_at: datetime | None = None
    step: str
    message: str
    title: str
    settings: VlogFields
    segments: tuple[Segment, ...] = ()
    subtitles_url: str | None = None
    analytics: Analytics
    warnings: tuple[str, ...] = Field(default=(), description="The text of each of its `notes`.")
    notes: tuple[Note, ...] = Field(default=(), description="What was left out, or is not as asked for, and why.")
    needs: Literal["review"] | None = Field(default=None, description="What the vlog waits for its owner to do.")
    cost: float = Field(
        default=0.0,
        description="US dollars spent so far, to the hundredth of a cent; what may have been charged counts.",
    )
    error_code: str | None = Field(
        default=None,
        description="A word for programs; `partial`, beside a film, when a retry may bring what is missing.",
    )
    eta_seconds: int | None = Field(default=None, description="A guess; changes without a new ETag.")
    version: int = Field(default=1, description="Its number among the versions of one vlog.")


class VlogPage(Value):
    items: tuple[VlogBody, ...]
    total: int


# ---------------------------------------------------------------- media


class MediaBody(Value):
    id: str
    name: str
    size: int = Field(description="Bytes.")
    state: MediaState
    kind: Kind | None = None
    content_type: str | None = None
    width: int | None = None
    height: int | None = None
    duration: float | None = Field(default=None, description="Seconds.")
    has_sound: bool | None = None
    sha256: str | None = Field(default=None, description="Of the content; known once a vlog has been made of it.")
    created_at: datetime | None = None


class MediaPage(Value):
    items: tuple[MediaBody, ...]
    total: int


class StartUpload(Given):
    name: Line = Field(min_length=1, max_length=LONGEST_NAME)
    size: int = Field(ge=0, le=2**63 - 1, description="Bytes.")


class PartToSend(Value):
    number: int
    url: str = Field(description="PUT the part's bytes here within the hour.")


class UploadBody(Value):
    """`parts` are those still to be sent: each `partSize` bytes, but the last, which has the rest."""

    uploadId: str
    mediaId: str
    name: str
    size: int
    partSize: int
    parts: tuple[PartToSend, ...]
    arrived: tuple[int, ...]


# ---------------------------------------------------------------- accounts


class IdToken(Given):
    id_token: str = Field(min_length=1, max_length=8192, description="From the sign-in, for this service's client id.")


class Token(Value):
    """RFC 6749 §5.1."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the kind of token, not one
    expires_in: int = Field(description="Seconds.")


class UserBody(Value):
    id: str
    email: str
    name: str
    role: Role


class MeBody(Value):
    user: UserBody


# ---------------------------------------------------------------- shared


class Page(Given):
    limit: int = Field(default=20, ge=1, le=100)
    offset: int = Field(default=0, ge=0, le=2**31)


class Download(Given):
    download: bool = Field(default=False, description="Save it as a file named after the vlog's title.")


class Nothing(Given):
    """No query at all."""


class FieldError(Value):
    field: str
    name: str | None = None
    detail: str


class Problem(Value):
    """RFC 9457. `detail` is one sentence for people, `code` a stable word for programs."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    field: str | None = None
    errors: tuple[FieldError, ...] | None = None
