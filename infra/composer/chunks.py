"""Rendering one chunk, in a child process: its shots, its words, its transition, encoded to a file."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Protocol

import cv2

from infra.composer.clips import ClipShot
from infra.composer.encoder import Quality, encode
from infra.composer.frames import Frame
from infra.composer.lettering import Words, lettering
from infra.composer.photos import PhotoShot
from infra.composer.transitions import blend, go_black
from infra.decode.clips import open_clip
from internal.errors import UnreadableMedia
from internal.film import Chunk, View
from internal.media import Kind

cv2.setNumThreads(1)  # one child per core already


class Shot(Protocol):
    def draw(self, number: int, frame: Frame) -> None:
        """Show that frame of the shot's scene."""
        ...


def render(chunk: dict[str, Any], media: Mapping[str, str], out: str, preset: str, crf: float) -> dict[str, str]:
    """Called in a child, with JSON. `media`: paths by content hash. What cannot be read is answered as
    {"unreadable": content hash, "reason": sentence}, so that the asker knows which it was."""
    wanted = Chunk.model_validate(chunk)
    try:
        encode(frames_of(wanted, media), Path(out), wanted.canvas, Quality(preset, crf))
    except UnreadableMedia as error:
        return {"unreadable": error.field or "", "reason": str(error)}
    return {}


def frames_of(chunk: Chunk, media: Mapping[str, str]) -> Iterator[Frame]:
    """All its frames, each in the same buffer, drawn anew. `media`: paths by content hash. Raises UnreadableMedia."""
    canvas = (chunk.canvas.width, chunk.canvas.height)
    with ExitStack() as stack:
        shots = [_Scene(stack, view, chunk, Path(media[view.scene.sha256])) for view in chunk.views]
        frames = [Frame.empty(*canvas) for _ in chunk.views]
        for number in range(chunk.frames):
            for shot, frame in zip(shots, frames, strict=True):
                shot.draw(number, frame)
            if chunk.transition:
                blend(chunk.transition, frames[0], frames[1], (number + 1) / (chunk.frames + 1))
            yield frames[0]


class _Scene:
    """A view's shot and words; `draw` counts from the view's first frame."""

    def __init__(self, stack: ExitStack, view: View, chunk: Chunk, path: Path) -> None:
        canvas = (chunk.canvas.width, chunk.canvas.height)
        self._view, self._fps = view, chunk.canvas.fps
        with _naming(view):
            self._shot = _shot(stack, view, chunk, path)
        self._words: list[Words] = lettering(view, canvas)

    def draw(self, number: int, frame: Frame) -> None:
        with _naming(self._view):
            self._shot.draw(self._view.first + number, frame)
        go_black(frame, self._view, self._view.first + number, self._fps)
        for words in self._words:
            words.draw(self._view.first + number, frame)


def _shot(stack: ExitStack, view: View, chunk: Chunk, path: Path) -> Shot:
    canvas = (chunk.canvas.width, chunk.canvas.height)
    if view.scene.kind is Kind.PHOTO:
        return PhotoShot(path, view, canvas)
    container = stack.enter_context(open_clip(stack.enter_context(path.open("rb"))))
    return ClipShot(container, view, canvas, chunk.canvas.fps)


@contextmanager
def _naming(view: View) -> Iterator[None]:
    """Say which media it was."""
    try:
        yield
    except UnreadableMedia as error:
        raise UnreadableMedia(str(error), error.field or view.scene.sha256) from error
