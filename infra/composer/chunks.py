"""Rendering a run of chunks, in a child process: shots, words and transitions, each chunk encoded to its file."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Protocol, Self

import cv2

from infra.composer.encoder import Quality, encode
from infra.composer.files import file_of, unfinished
from infra.composer.picture.clips import ClipShot
from infra.composer.picture.frames import Frame
from infra.composer.picture.photos import PhotoShot
from infra.composer.picture.transitions import blend, go_black
from infra.composer.words.lettering import Words, lettering
from infra.decode.clips import open_clip
from internal.errors import UnreadableMedia
from internal.film import Canvas, Chunk, View
from internal.media import Kind

cv2.setNumThreads(1)  # one child per core already


class Shot(Protocol):
    def draw(self, number: int, frame: Frame) -> None:
        """Show that frame of the shot's scene."""
        ...


def render(chunks: Sequence[Mapping[str, Any]], media: Mapping[str, str], folder: str, preset: str, crf: float) -> None:
    """Called in a child, with JSON. `media`: paths by content hash. Each chunk's file gets its name, in `folder`, when
    it is whole. Raises UnreadableMedia whose `field` is the content hash of the media at fault."""
    with Studio(media) as studio:
        for chunk in map(Chunk.model_validate, chunks):
            new = unfinished(file_of(chunk, Path(folder)))
            encode(studio.frames(chunk), new, chunk.canvas, Quality(preset, crf))
            new.replace(file_of(chunk, Path(folder)))


class Studio:
    """Draws chunks. What was opened for one is there for the next if that goes on with the same scene: loading a photo
    or finding the place in a clip costs as much as drawing many frames."""

    def __init__(self, media: Mapping[str, str]) -> None:
        """`media`: paths by content hash."""
        self._media = media
        self._scenes: list[_Scene] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._keep([])

    def frames(self, chunk: Chunk) -> Iterator[Frame]:
        """All its frames, each in the same buffer, drawn anew. Raises UnreadableMedia."""
        scenes = self._set_up(chunk)
        frames = [Frame.empty(chunk.canvas.width, chunk.canvas.height) for _ in scenes]
        for number in range(chunk.frames):
            for scene, frame in zip(scenes, frames, strict=True):
                scene.draw(frame)
            if chunk.transition:
                blend(chunk.transition, frames[0], frames[1], (number + 1) / (chunk.frames + 1))
            yield frames[0]

    def _set_up(self, chunk: Chunk) -> "list[_Scene]":
        self._keep([scene for scene in self._scenes if any(scene.goes_on(view, chunk.canvas) for view in chunk.views)])
        return [self._scene(view, chunk.canvas) for view in chunk.views]

    def _scene(self, view: View, canvas: Canvas) -> "_Scene":
        known = next((scene for scene in self._scenes if scene.goes_on(view, canvas)), None)
        if known:
            known.turn_to(view)
            return known
        self._scenes.append(_Scene(view, canvas, Path(self._media[view.scene.sha256])))
        return self._scenes[-1]

    def _keep(self, scenes: "list[_Scene]") -> None:
        for scene in self._scenes:
            if scene not in scenes:
                scene.close()
        self._scenes = scenes


class _Scene:
    """A scene's shot and words, drawn frame by frame from the view's first on."""

    def __init__(self, view: View, canvas: Canvas, path: Path) -> None:
        self._view, self._canvas, self._next = view, canvas, view.first
        self._open = ExitStack()
        with self._reading():
            self._shot = _shot(self._open, view, canvas, path)
        self.turn_to(view)

    def goes_on(self, view: View, canvas: Canvas) -> bool:
        """Whether the view begins with the frame that comes next."""
        mine = (self._canvas, self._view.scene, self._view.of, self._next)
        return mine == (canvas, view.scene, view.of, view.first)

    def turn_to(self, view: View) -> None:
        """Only what is written in a view is drawn for it."""
        self._words: list[Words] = lettering(view, (self._canvas.width, self._canvas.height))

    def draw(self, frame: Frame) -> None:
        with self._reading():
            self._shot.draw(self._next, frame)
        go_black(frame, self._view, self._next, self._canvas.fps)
        for words in self._words:
            words.draw(self._next, frame)
        self._next += 1

    def close(self) -> None:
        self._open.close()

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """What goes wrong passes whatever has the media open, which says it in our words, and is told whose it is."""
        try:
            with ExitStack() as failing:
                failing.push(self._open)
                yield
                failing.pop_all()
        except UnreadableMedia as error:
            error.field = error.field or self._view.scene.sha256
            raise


def _shot(opened: ExitStack, view: View, canvas: Canvas, path: Path) -> Shot:
    size = (canvas.width, canvas.height)
    if view.scene.kind is Kind.PHOTO:
        return PhotoShot(path, view, size)
    container = opened.enter_context(open_clip(opened.enter_context(path.open("rb"))))
    return ClipShot(container, view, size, canvas.fps)
