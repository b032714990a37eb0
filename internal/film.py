"""A film: every frame a pure function of (film, frame number), cut into chunks that are rendered alone.

A chunk names all that it shows, relative to its own scenes, and nothing else. So equal
chunks are equal files, whichever film or run they come from.
"""

import hashlib

from internal.media import Value
from internal.vlog import Scene, Transition

FPS = 30


class Canvas(Value):
    """Even sizes, in pixels; frames a second."""

    width: int
    height: int
    fps: int = FPS


class View(Value):
    """Frames `first` to `first + count - 1` of a scene that has `of` frames in all."""

    scene: Scene
    first: int
    count: int
    of: int


class Chunk(Value):
    """One view: a scene's body or part of it. Two views of equal count: a transition from one to the other."""

    canvas: Canvas
    views: tuple[View, ...]
    transition: Transition | None = None
    #: raised when the same chunk would be drawn or encoded differently
    renderer: int = 1

    @property
    def frames(self) -> int:
        return self.views[0].count

    @property
    def name(self) -> str:
        """Hash of everything shown; 40 hex digits."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:40]


class Film(Value):
    """Scenes one after the other, neighbours overlapping by `overlap` frames of transition."""

    canvas: Canvas
    scenes: tuple[Scene, ...]
    transition: Transition
    overlap: int
    #: content hash of the music, if any
    music: str | None = None
