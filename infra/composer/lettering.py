"""Words on the picture: drawn once with a soft shadow, then blended into each frame they are on."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from infra.composer.fonts import font, runs
from infra.composer.frames import Frame
from internal.film import OVERLAP, View

#: shares of the canvas' short side
_TITLE, _SUBTITLE, _CAPTION = 0.105, 0.048, 0.05
#: share of the width that stays free on either side: televisions and phones' corners cut there
_MARGIN = 0.07
#: where the middle of the title and the foot of the caption are, as shares of the height; upright screens
#: have buttons at the bottom
_TITLE_AT = 0.45
_CAPTION_AT, _CAPTION_AT_UPRIGHT = 0.92, 0.82
_MOST_LINES = 3
#: tried one after the other when there are more
_SIZES = (1.0, 0.8, 0.65, 0.5)
#: characters; no three lines hold more
_LONGEST_TEXT = 400
_IDEOGRAPHS = r"\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
#: one ideograph or kana, a word, or the space between words
_BREAKABLE = re.compile(rf"[{_IDEOGRAPHS}]|[^\s{_IDEOGRAPHS}]+|\s+")
#: frames
_FADE = 12
_LONGEST_TITLE = 105
_WHITE, _BLACK, _GREY = 235, 16, 128
_SHADOW = 0.8

Grey = NDArray[np.float32]


@dataclass(frozen=True)
class Words:
    """A block of text at `left`, `top` (even), opaque by `ink` (0 to 1) of brightness `light`, shown from
    frame `first` to `end` of its scene."""

    left: int
    top: int
    light: Grey
    ink: Grey
    first: int
    end: int

    def draw(self, number: int, frame: Frame) -> None:
        fade = min(_FADE, (self.end - self.first) / 4)
        strength = min(1.0, (number - self.first + 1) / fade, (self.end - number) / fade)
        if strength > 0:
            self._blend(frame.luma, self.left, self.top, self.light, self.ink * strength)
            for plane in (frame.blue, frame.red):
                self._blend(plane, self.left // 2, self.top // 2, _GREY, _halved(self.ink) * strength)

    @staticmethod
    def _blend(plane: NDArray[np.uint8], left: int, top: int, light: Grey | int, ink: Grey) -> None:
        under = plane[top : top + ink.shape[0], left : left + ink.shape[1]]
        under[:] = under + (light - under.astype(np.float32)) * ink + 0.5


def lettering(view: View, canvas: tuple[int, int]) -> list[Words]:
    """All words of the view's scene, none of them on during its transitions."""
    inset = min(OVERLAP, view.of // 3)
    frames = (inset, view.of - inset)
    return [*_opening(view, canvas, frames), *_caption(view, canvas, frames)]


def _opening(view: View, canvas: tuple[int, int], frames: tuple[int, int]) -> Iterator[Words]:
    frames = (0, min(frames[1], _LONGEST_TITLE))  # nothing comes before it
    title, subtitle = _block(view.scene.title, _TITLE, canvas), _block(view.scene.subtitle, _SUBTITLE, canvas)
    height = sum(block.height for block in (title, subtitle) if block)
    top = round(canvas[1] * _TITLE_AT) - height // 2
    for block in filter(None, (title, subtitle)):
        yield _words(block, (canvas[0] - block.width) // 2, top, canvas, frames)
        top += block.height


def _caption(view: View, canvas: tuple[int, int], frames: tuple[int, int]) -> Iterator[Words]:
    if block := _block(view.scene.caption, _CAPTION, canvas):
        foot = _CAPTION_AT if canvas[0] >= canvas[1] else _CAPTION_AT_UPRIGHT
        top = round(canvas[1] * foot) - block.height
        yield _words(block, (canvas[0] - block.width) // 2, top, canvas, frames)


# ---------------------------------------------------------------- drawing


def _block(text: str, share: float, canvas: tuple[int, int]) -> Image.Image | None:
    """The text as a grey image, centred in as many lines as the width asks for."""
    size, lines = _set(text, round(min(canvas) * share), round(canvas[0] * (1 - 2 * _MARGIN)))
    if not lines:
        return None
    # above and below a line there must be room for accents, and all around for the shadow
    pad, height = size // 2, round(size * 1.4)
    width = round(max(_width(line, size) for line in lines))
    image = Image.new("L", (_even(width + 2 * pad), _even(height * len(lines) + 2 * pad)))
    pen = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        _write(pen, line, size, (image.width - _width(line, size)) / 2, pad + number * height + size)
    return image


def _set(text: str, size: int, most: int) -> tuple[int, list[str]]:
    """In a size, this one or smaller, that needs few lines. What is still too much is left to the subtitles."""
    lines: list[str] = []
    for smaller in _SIZES:
        shrunk = max(6, round(size * smaller))
        lines = list(_lines(text, shrunk, most))
        if len(lines) <= _MOST_LINES:
            break
    return shrunk, lines[:_MOST_LINES]


def _lines(text: str, size: int, most: int) -> Iterator[str]:
    """Broken between words and between ideographs. A word too long for any line is broken anywhere."""
    line = ""
    for word in _BREAKABLE.findall(text[:_LONGEST_TEXT]):
        for piece in word if _width(word, size) > most else (word,):
            if line.strip() and _width(line + piece.rstrip(), size) > most:
                yield line.strip()
                line = ""
            line += piece
    if line.strip():
        yield line.strip()


def _width(line: str, size: int) -> float:
    return sum(font(face, size).getlength(run) for face, run in runs(line))


def _write(pen: ImageDraw.ImageDraw, line: str, size: int, left: float, baseline: float) -> None:
    for face, run in runs(line):
        pen.text((left, baseline), run, font=font(face, size), fill=255, anchor="ls")
        left += font(face, size).getlength(run)


def _words(block: Image.Image, left: int, top: int, canvas: tuple[int, int], frames: tuple[int, int]) -> Words:
    """With its shadow; what would stick out of the canvas is cut."""
    shadow = block.filter(ImageFilter.GaussianBlur(block.height / 40 + 1))
    letters = np.asarray(block, np.float32) / np.float32(255)
    under = np.minimum(np.asarray(shadow, np.float32) / 160, 1.0) * _SHADOW * (1 - letters)
    ink: Grey = (letters + under).astype(np.float32)
    light: Grey = ((_WHITE * letters + _BLACK * under) / np.maximum(ink, 1e-3)).astype(np.float32)
    left, top = max(0, left // 2 * 2), max(0, top // 2 * 2)
    seen = np.s_[: canvas[1] - top, : canvas[0] - left]
    return Words(left, top, light[seen], ink[seen], *frames)


def _halved(ink: Grey) -> Grey:
    """Averaged over each two by two pixels, as chroma is."""
    rows, columns = ink.shape
    halved: Grey = ink.reshape(rows // 2, 2, columns // 2, 2).mean((1, 3), dtype=np.float32)
    return halved


def _even(size: float) -> int:
    return 2 * round(size / 2)
