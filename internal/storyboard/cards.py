"""A story as it lies before its owner: a card for each scene that was told, to be moved, trimmed or left out."""

import hashlib

from internal.film import FPS
from internal.media import Kind, Span, Value
from internal.notes import Note
from internal.vlog import Music

#: in frames: no scene is made shorter, unless its clip is; no photo is looked at longer
LEAST, MOST_OF_PHOTO = FPS, 10 * FPS


def picture_folder(vlog_id: str) -> str:
    """Where the media store keeps a vlog's pictures: beside its films, so that they go with the vlog."""
    return f"vlogs/{vlog_id}/scenes/"


def picture_key(vlog_id: str, name: str) -> str:
    return f"{picture_folder(vlog_id)}{name}.jpg"


class Card(Value):
    """A scene as its owner wants it, and all of its media that telling it again takes: nothing that is left out or cut
    off is lost."""

    #: its number when the story was told, from 1; it stays when cards are moved
    id: int
    kind: Kind
    #: content hash of the media shown; hex
    sha256: str
    media_id: str
    #: the user's own name for the media
    name: str
    #: of the whole clip; 0 for photos
    frames: int = 0
    has_sound: bool = False
    #: where somebody talks, in seconds of the clip
    talks: tuple[Span, ...] = ()
    #: shown when the vlog has captions
    caption: str = ""
    #: where in the clip it begins, in seconds; 0 for photos
    start: float = 0.0
    #: how long it is on screen, transitions included: whole frames
    seconds: float
    left_out: bool = False
    #: name of its picture among the vlog's; "" when there is none
    picture: str = ""

    @property
    def variation(self) -> int:
        """Of how a photo is panned: as when it was told, wherever it is now."""
        return self.id - 1

    @property
    def footage(self) -> float:
        """Seconds of the whole clip; 0 for photos."""
        return self.frames / FPS

    @property
    def least(self) -> int:
        """Frames that it may have, at least."""
        return min(LEAST, self.most)

    @property
    def most(self) -> int:
        """Frames that it may have, at most."""
        return self.frames if self.kind is Kind.CLIP else MOST_OF_PHOTO


class Story(Value):
    """What was told, with what its owner made of it."""

    #: in the order of the film, also those that are left out of it
    cards: tuple[Card, ...]
    title: str = ""
    subtitle: str = ""
    ending: str = ""
    music: Music | None = None
    #: what was left out before anybody was asked, and why
    warnings: tuple[Note, ...] = ()
    #: its words and its music are known; those of a new version are once it is told
    told: bool = True
    #: its owner has seen it: it is not theirs to review any more
    approved: bool = False

    @property
    def etag(self) -> str:
        """Another one whenever anything of it has changed; 32 hex digits."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:32]
