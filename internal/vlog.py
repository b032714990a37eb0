"""A vlog: what the user wants it to be, and the ordered scenes it is told in."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from pydantic import Field, ValidationInfo, field_validator

from internal.media import Kind, Span, Value
from internal.notes import Note

Theme = Literal["adventure", "relaxing", "romantic", "family"]
Mood = Literal["calm", "energetic", "happy", "nostalgic", "tender"]
Language = Literal["en", "ja", "zh-Hant", "zh-Hans", "ko"]
Resolution = Literal["480p", "720p", "1080p"]
Aspect = Literal["16:9", "9:16", "1:1"]
Style = Literal["footage", "generated"]


#: seconds that it takes to read an opening or an ending
READABLE = 2.5
#: seconds in which one round of looped music goes over into the next: it begins again so long before its file ends
SEAM = 0.03


class Transition(StrEnum):
    FADE = "fade"
    SLIDE = "slide"
    ZOOM = "zoom"


_MOODS: dict[Theme, Mood] = {
    "adventure": "energetic",
    "relaxing": "calm",
    "romantic": "tender",
    "family": "happy",
}
_TRANSITIONS: dict[Theme, Transition] = {
    "adventure": Transition.SLIDE,
    "relaxing": Transition.FADE,
    "romantic": Transition.FADE,
    "family": Transition.ZOOM,
}


class VlogSettings(Value):
    title: str = Field(default="", max_length=120)
    travel_date: date | None = None
    destination: str = Field(default="", max_length=120)
    theme: Theme = "relaxing"
    #: of the built-in music; None: as the theme has it
    music_mood: Literal[Mood, "none"] | None = None
    #: media id of the user's own music, instead
    music_id: str | None = None
    #: the part of it to play, in seconds; None: to its end
    music_start: float = Field(default=0.0, ge=0, le=3600)
    music_end: float | None = Field(default=None, gt=0, le=3600)
    #: begin that part again when it is over before the film is
    music_loop: bool = True
    music_volume: float = Field(default=1.0, ge=0, le=1)
    #: seconds in which it fades at the end of the film
    music_fade: float = Field(default=2.5, ge=0, le=10)
    #: the longest the film may be, in seconds
    duration: int = Field(default=60, ge=10, le=180)
    #: None: as the theme has it
    transition: Transition | None = None
    resolution: Resolution = "720p"
    aspect: Aspect = "16:9"
    captions: bool = True
    #: of captions, titles and place names
    language: Language = "en"
    style: Style = "footage"
    #: the most that may be spent on it, in US dollars
    max_cost: float | None = Field(default=None, ge=0, le=1000)
    #: park before rendering, for the user to review the storyboard
    review: bool = False

    @field_validator("music_end")
    @classmethod
    def _after_its_start(cls, end: float | None, info: ValidationInfo) -> float | None:
        if end is not None and end <= info.data.get("music_start", 0.0):
            raise ValueError("should be later than where the music starts")
        return end

    @property
    def mood(self) -> Mood | None:
        """Of the built-in music to play; None when none is wanted."""
        if self.music_id or self.music_mood == "none":
            return None
        return self.music_mood or _MOODS[self.theme]

    @property
    def joined_by(self) -> Transition:
        return self.transition or _TRANSITIONS[self.theme]


@dataclass(frozen=True)
class Vlog:
    """`id` is also its job's: a vlog is what one job makes."""

    id: str
    owner_id: str
    settings: VlogSettings
    media_ids: tuple[str, ...]
    created_at: datetime | None = None
    #: US dollars charged for it so far
    cost: float = 0.0
    #: id of the first of the versions it is one of; None for a first one
    family: str | None = None
    #: among its family, from 1
    number: int = 1
    #: of the link by which anybody may watch it now, and when that ends
    share_token: str | None = None
    share_expires_at: datetime | None = None


@dataclass(frozen=True)
class Share:
    """A link by which anybody may watch one film, until it expires or is revoked."""

    #: who knows it may watch
    token: str
    vlog_id: str
    created_at: datetime
    #: None: only when it is revoked
    expires_at: datetime | None = None
    revoked_at: datetime | None = None

    def open(self, now: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


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
    #: another scene comes before: the opening waits until that has gone
    waits: bool = False
    #: drawn small, low on the screen
    caption: str = ""
    #: the film's last words, drawn large while the last scene goes
    ending: str = ""
    #: which drawing of the characters that China, Japan and Korea share
    language: Language = "en"
    #: the film's last scene: it fades to black
    last: bool = False
    #: varies how a photo is panned; fixed by the scene's place in the story
    variation: int = 0
    #: 0 to 1: how loud the clip's own sound is
    volume: float = Field(default=1.0, ge=0, le=1)
    #: where somebody talks, in seconds from the scene's start: music steps back there
    speech: tuple[Span, ...] = ()

    @property
    def is_heard(self) -> bool:
        return self.kind is Kind.CLIP and self.volume > 0

    @property
    def words(self) -> tuple[str, ...]:
        """All that is written on it, in the order it is read."""
        return tuple(filter(None, (self.title, self.subtitle, self.caption, self.ending)))

    @property
    def readable(self) -> bool:
        """Whether an opening or an ending can be read on it."""
        return self.seconds >= READABLE


class Music(Value):
    """What plays under the film."""

    #: of the file; hex
    sha256: str
    #: name of the built-in track; "" for the user's own file
    track: str = ""
    #: the part that plays, in seconds of the file; None: to its end
    start: float = 0.0
    end: float | None = None
    #: begin that part again when it is over before the film is
    loop: bool = True
    volume: float = 1.0
    #: seconds in which it fades at the end of the film
    fade: float = 2.5


class Storyboard(Value):
    scenes: tuple[Scene, ...]
    music: Music | None = None
    #: what was left out, and why
    warnings: tuple[Note, ...] = ()

    def without(self, sha256: str) -> "Storyboard":
        """As it is when that media cannot be shown or heard after all: an opening on it moves to the scene that comes
        next, and what the last scene has to the one that is last then, but no ending that could not be read there.
        It may have no scene left."""
        music = None if self.music and self.music.sha256 == sha256 else self.music
        scenes = [scene for scene in self.scenes if scene.sha256 != sha256]
        if scenes:
            opens = next((number for number, scene in enumerate(self.scenes) if scene.title or scene.subtitle), 0)
            opening, last = self.scenes[opens], self.scenes[-1]
            before = sum(scene.sha256 != sha256 for scene in self.scenes[:opens])
            now = min(before, len(scenes) - 1)
            words = {"title": opening.title, "subtitle": opening.subtitle, "waits": opening.waits and now > 0}
            scenes[now] = scenes[now].model_copy(update=words)
            ending = last.ending if scenes[-1].readable or last.sha256 != sha256 else ""
            scenes[-1] = scenes[-1].model_copy(update={"ending": ending, "last": last.last})
        return self.model_copy(update={"scenes": tuple(scenes), "music": music})
