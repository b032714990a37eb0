"""A film: every frame a pure function of (film, frame number), cut into chunks that are rendered alone.

A chunk names all that it shows, relative to its own scenes, and nothing else. So equal
chunks are equal files, whichever film or run they come from. The sound is one more piece.

    scene 0   ├──── body ────┼ transition ┤
    scene 1                  ├ transition ┼──── body ────┼ transition ┤
    scene 2                                              ├ transition ┼── …
"""

import hashlib
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise

from internal.media import Kind, Value
from internal.vlog import Aspect, Music, Resolution, Scene, Storyboard, Transition, VlogSettings

FPS = 30
#: frames of a transition between two scenes that are long enough for it
OVERLAP = FPS // 2
#: a longer body is cut, so that a crash loses little and no core waits long for another
LONGEST_CHUNK = 3 * FPS

_SHORT_SIDES: dict[Resolution, int] = {"480p": 480, "720p": 720, "1080p": 1080}
_SHAPES: dict[Aspect, tuple[int, int]] = {"16:9": (16, 9), "9:16": (9, 16), "1:1": (1, 1)}


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
    renderer: int = 3

    @property
    def frames(self) -> int:
        return self.views[0].count

    @property
    def name(self) -> str:
        """Hash of everything shown; 40 hex digits."""
        return _hash_of(self)

    @property
    def media(self) -> frozenset[str]:
        """Content hashes of what it needs."""
        return frozenset(view.scene.sha256 for view in self.views)


class Film(Value):
    """Scenes one after the other, neighbours overlapping by a transition of at most `overlap` frames."""

    canvas: Canvas
    scenes: tuple[Scene, ...]
    transition: Transition
    overlap: int = OVERLAP
    music: Music | None = None

    @property
    def counts(self) -> tuple[int, ...]:
        """Frames of each scene, transitions included."""
        return tuple(frames_in(scene.seconds, self.canvas.fps) for scene in self.scenes)

    @property
    def overlaps(self) -> tuple[int, ...]:
        """Frames each scene shares with the next; one fewer than there are scenes."""
        return overlaps(self.counts, self.overlap)

    @property
    def starts(self) -> tuple[int, ...]:
        """The film's frame at which each scene begins."""
        steps = (count - shared for count, shared in zip(self.counts, self.overlaps, strict=False))
        return tuple(accumulate(steps, initial=0))

    @property
    def frames(self) -> int:
        return total(self.counts, self.overlap)

    @property
    def seconds(self) -> float:
        return self.frames / self.canvas.fps

    @property
    def chunks(self) -> tuple[Chunk, ...]:
        """In the order they are shown; their frames add up to the film's."""
        return tuple(self._cut())

    @property
    def soundtrack(self) -> "Soundtrack":
        """With all that changes no sound made equal, so that it changes no name either."""
        heard = (
            Scene(
                kind=scene.kind,
                sha256=scene.sha256 if scene.is_heard else "",
                start=scene.start if scene.is_heard else 0.0,
                seconds=count / self.canvas.fps,
                volume=scene.volume if scene.is_heard else 0.0,
                speech=scene.speech if scene.is_heard else (),
            )
            for scene, count in zip(self.scenes, self.counts, strict=True)
        )
        blank = Canvas(width=2, height=2, fps=self.canvas.fps)
        film = self.model_copy(update={"canvas": blank, "scenes": tuple(heard), "transition": Transition.FADE})
        return Soundtrack(film=film)

    @property
    def pieces(self) -> "tuple[Piece, ...]":
        """All that it is joined from; its sound first, which takes longest."""
        return (self.soundtrack, *self.chunks)

    def _cut(self) -> Iterator[Chunk]:
        counts, shared = self.counts, (0, *self.overlaps, 0)
        for number, (before, after) in enumerate(pairwise(shared)):
            yield from self._body(number, before, counts[number] - after)
            if after:
                ending = self._view(number, counts[number] - after, after)
                opening = self._view(number + 1, 0, after)
                yield Chunk(canvas=self.canvas, views=(ending, opening), transition=self.transition)

    def _body(self, number: int, first: int, end: int) -> Iterator[Chunk]:
        """Frames `first` to `end - 1` of a scene, in equal pieces none too long."""
        pieces = -(-(end - first) // LONGEST_CHUNK)
        cuts = [first + (end - first) * piece // pieces for piece in range(pieces)] if pieces else []
        for start, stop in pairwise([*cuts, end]):
            yield Chunk(canvas=self.canvas, views=(self._view(number, start, stop - start),))

    def _view(self, number: int, first: int, count: int) -> View:
        """With all that changes no pixel made equal, so that it changes no name either."""
        scene, of = self.scenes[number], self.counts[number]
        shown = scene.model_copy(update={"volume": 1.0, "speech": (), "seconds": of / self.canvas.fps})
        if scene.kind is Kind.CLIP:
            shown = shown.model_copy(update={"variation": 0})
        if not scene.words:
            shown = shown.model_copy(update={"language": "en"})
        return View(scene=shown, first=first, count=count, of=of)


class Soundtrack(Value):
    """All that is heard in a film, in one piece: it must be known as a whole before it can be levelled."""

    film: Film
    #: raised when the same sound would be mixed or encoded differently
    renderer: int = 2

    @property
    def name(self) -> str:
        """Hash of everything heard; 40 hex digits."""
        return _hash_of(self)

    @property
    def media(self) -> frozenset[str]:
        """Content hashes of what it needs."""
        clips = {scene.sha256 for scene in self.film.scenes if scene.is_heard}
        return frozenset(clips | ({self.film.music.sha256} if self.film.music else set()))


#: what is rendered alone, named by what it shows or lets hear, and kept
Piece = Chunk | Soundtrack


def plan(storyboard: Storyboard, settings: VlogSettings, short_side: int | None = None) -> Film:
    """The film that tells the storyboard."""
    return Film(
        canvas=canvas_of(settings, short_side),
        scenes=storyboard.scenes,
        transition=settings.joined_by,
        music=storyboard.music,
    )


def canvas_of(settings: VlogSettings, short_side: int | None = None) -> Canvas:
    """The picture's size; `short_side`, in pixels, overrides the resolution that was chosen."""
    short = short_side or _SHORT_SIDES[settings.resolution]
    across, down = _SHAPES[settings.aspect]
    unit = short / min(across, down)
    return Canvas(width=_even(across * unit), height=_even(down * unit))


def frames_in(seconds: float, fps: int = FPS) -> int:
    """At least one: a scene is never invisible."""
    return max(1, round(seconds * fps))


def overlaps(counts: Sequence[int], most: int = OVERLAP) -> tuple[int, ...]:
    """Frames each scene shares with the next: never more than a third of either, so that each keeps a body."""
    return tuple(min(most, min(here, there) // 3) for here, there in pairwise(counts))


def total(counts: Sequence[int], most: int = OVERLAP) -> int:
    """Frames of a film whose scenes have these."""
    return sum(counts) - sum(overlaps(counts, most))


def _hash_of(piece: Value) -> str:
    return hashlib.sha256(piece.model_dump_json().encode()).hexdigest()[:40]


def _even(size: float) -> int:
    """Chroma is kept for each two by two pixels."""
    return max(2, 2 * round(size / 2))
