"""Media and films: looking at what came in, and making what goes out."""

from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from internal.film import Chunk, Film, Piece
from internal.media import Analysis, Facts
from internal.vlog import Language, Mood


class MediaProbe(Protocol):
    def probe(self, url: str, size: int) -> Facts:
        """Look at the header and the first frames of an object by ranged reads, in a limited child.
        Raises UnreadableMedia with the reason in one sentence."""
        ...


@dataclass(frozen=True)
class Usage:
    """What one question to a model cost, in US dollars."""

    model: str
    tokens_in: int
    tokens_out: int
    usd: float


class MediaAnalyst(Protocol):
    @property
    def at_once(self) -> int:
        """How many media it is best given at a time."""
        ...

    def name(self, language: Language) -> str:
        """Analyst, model, prompt version, and the language if its words are in one: answers are kept under it."""
        ...

    def price(self, facts: Facts) -> float:
        """What `analyze` costs for such a media, about, in US dollars."""
        ...

    def analyze(
        self, path: Path, language: Language, check: Callable[[], None], spend: Callable[[Usage], None]
    ) -> Analysis:
        """Measure the whole file, in a limited child, and say what is in it. `spend` is told of each question that
        was charged. What nobody could or would describe has its reason in `undescribed`. Raises UnreadableMedia;
        TemporaryFailure while a model is out of reach, PermanentFailure when this service is not set up to ask it."""
        ...

    def measure(self, path: Path, check: Callable[[], None]) -> Analysis:
        """Only what can be found without asking anybody. Raises UnreadableMedia."""
        ...


class MusicLibrary(Protocol):
    """Built-in music, free to use in any film."""

    def tracks(self, mood: Mood) -> tuple[str, ...]:
        """Their names, always in the same order."""
        ...

    def path(self, track: str) -> Path:
        """The file of a track that `tracks` named. Raises NotFound."""
        ...


class Composer(Protocol):
    """Decodes, draws and encodes, in child processes. `check` is called often and may raise Stopped, which
    ends the children. Raises UnreadableMedia, whose `field` is the content hash of the media at fault where
    that is known, and StorageFull."""

    @property
    def name(self) -> str:
        """Program and quality: only chunks of one name can be joined."""
        ...

    def render(
        self, pieces: Iterable[Piece], media: Mapping[str, Path], folder: Path, check: Callable[[], None]
    ) -> Generator[tuple[Piece, Path], None, None]:
        """Render each to a file in `folder`, one child per core; yields them as they finish. `media`: by content
        hash. Closing the generator ends the children."""
        ...

    def join(self, film: Film, pieces: Mapping[str, Path], out: Path, check: Callable[[], None]) -> None:
        """Put the film's pieces (by name) together by stream copy: an mp4 that starts playing at once."""
        ...

    def thumbnail(self, film: Path, out: Path, check: Callable[[], None]) -> None:
        """A JPEG 640 pixels wide."""
        ...

    def pictures(
        self, chunks: Mapping[Path, Chunk], media: Mapping[str, Path], check: Callable[[], None]
    ) -> Mapping[Path, str]:
        """Of each chunk its first frame, as a JPEG without any tag, at that path. `media`: by content hash. Answers
        which could not be drawn, and why; raises UnreadableMedia when drawing had to end before all were."""
        ...

    def still(self, photo: Path, out: Path, longest: int, check: Callable[[], None]) -> None:
        """A JPEG of the photo as it is shown, upright and in sRGB, its longer side at most `longest` pixels, without
        any tag."""
        ...
