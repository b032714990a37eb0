"""Media and films: looking at what came in, and making what goes out."""

from collections.abc import Callable, Generator, Iterable, Mapping
from pathlib import Path
from typing import Protocol

from internal.film import Film, Piece
from internal.media import Analysis, Facts
from internal.vlog import Mood


class MediaProbe(Protocol):
    def probe(self, url: str, size: int) -> Facts:
        """Look at the header and the first frames of an object by ranged reads, in a limited child.
        Raises UnreadableMedia with the reason in one sentence."""
        ...


class MediaAnalyst(Protocol):
    @property
    def name(self) -> str:
        """Analyst, model and prompt version: answers are kept under it."""
        ...

    def analyze(self, path: Path, check: Callable[[], None]) -> Analysis:
        """Decode and measure the whole file, in a limited child. Raises UnreadableMedia."""
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
