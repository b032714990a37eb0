"""What the story is told from: the media, as they were found, and the music."""

from internal.film import FPS
from internal.media import Analysis, Kind, Place, Span, Value
from internal.vlog import Music

#: how much each counts in a photo's worth
_SHARPNESS, _EXPOSURE, _COLOUR = 0.6, 0.25, 0.15


class Found(Value):
    """One media, and what is known of it."""

    #: the user's own name for it
    name: str
    media_id: str
    #: of the content; hex
    sha256: str
    analysis: Analysis
    #: where it was taken, if that is known and anywhere near a place with a name
    place: Place | None = None

    @property
    def kind(self) -> Kind:
        return self.analysis.facts.kind

    @property
    def frames(self) -> int:
        """Whole frames of a clip."""
        return int(self.analysis.facts.seconds * FPS + 1e-6)

    @property
    def talks(self) -> tuple[Span, ...]:
        """Where somebody talks, up to the last whole frame: who still talks there is not cut by us."""
        end = self.frames / FPS
        return tuple(Span(start=min(talk.start, end), end=min(talk.end, end)) for talk in self.analysis.speech)

    @property
    def worth(self) -> float:
        """How much it deserves to be shown among its own kind, 0 to 1: a clip by its best moment."""
        analysis = self.analysis
        picture = _SHARPNESS * analysis.sharpness + _EXPOSURE * analysis.exposure + _COLOUR * analysis.colour
        return max((moment.score for moment in analysis.best), default=picture)


class Tune(Value):
    """The film's music, and what is known of its file."""

    music: Music
    analysis: Analysis
