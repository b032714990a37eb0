"""Words on the picture: drawn once with a soft shadow, then blended into each frame they are on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from infra.composer.picture.frames import Frame, Plane
from infra.composer.words.typesetting import Setting, Style, setting
from internal.film import View
from internal.words import Role, Showing, showings

_TITLE = Style(0.105, 700, 0.025, 1.22, ((1.25, 1), (1.0, 2), (0.8, 3), (0.65, 3), (0.5, 3)))
_SUBTITLE = Style(0.044, 600, 0.05, 1.4, ((1.0, 2), (0.8, 2)))
_ENDING = Style(0.075, 650, 0.04, 1.25, ((1.0, 2), (0.75, 3), (0.55, 3)))
_CAPTION = Style(0.047, 600, 0.0, 1.36, ((1.0, 2), (0.9, 3), (0.75, 3)))
#: a line as wide and as thick as these shares of the short side parts title and subtitle, with space around it
_RULE, _HAIR, _ROOM = 0.11, 0.004, 0.03


@dataclass(frozen=True)
class Safe:
    """Shares of the canvas that stay free of words."""

    sides: float
    top: float
    bottom: float


#: televisions cut up to 5 % off (EBU R 95)
_SAFE = Safe(0.07, 0.07, 0.075)
#: on upright screens names and buttons lie over the head and the foot of the picture
_SAFE_UPRIGHT = Safe(0.09, 0.14, 0.22)
#: where the middle of titles is, as a share of the height
_MIDDLE = 0.46
#: frames that words take to appear, and to go; less where that were more than this share of their time
_FADE, _FADING = 14, 1 / 8
_WHITE, _BLACK, _GREY = 235, 16, 128
#: (blur as a share of the letters' size, how much denser than the blurred letters, darkest): one shadow makes
#: their edges clear, the other calms what is around them. Small letters need more of both
_SOFT, _FIRM = ((0.05, 2.4, 0.5), (0.5, 2.2, 0.4)), ((0.08, 3.0, 0.6), (0.45, 2.8, 0.5))
#: share of the short side
_LARGE = 0.08
#: of the letters' size: how far shadows reach
_REACH = 1.5

Grey = NDArray[np.float32]


class Words:
    """A block of text whose `letters` (0 to 1) are white and whose `shadow` (0 to 1) is black, `left` and `top`
    (even) of the canvas, shown from frame `first` to `end` of its scene."""

    def __init__(self, letters: Grey, shadow: Grey, left: int, top: int, first: int, end: int) -> None:
        self._first, self._end = first, end
        ink = letters + shadow * (1 - letters)
        light = _WHITE * letters + _BLACK * (ink - letters)
        self._luma = _Layer(ink, light, left, top)
        self._chroma = _Layer(_halved(ink), _GREY * _halved(ink), left // 2, top // 2)

    def draw(self, number: int, frame: Frame) -> None:
        """Appearing and going softly."""
        fade = min(_FADE, _FADING * (self._end - self._first))
        share = min(1.0, (number - self._first + 1) / fade, (self._end - number) / fade)
        if share > 0:
            strength = share * share * (3 - 2 * share)
            self._luma.blend(frame.luma, strength)
            for plane in (frame.blue, frame.red):
                self._chroma.blend(plane, strength)


class _Layer:
    """`light` is what it adds where `ink` (0 to 1) covers what was there."""

    def __init__(self, ink: Grey, light: Grey, left: int, top: int) -> None:
        self._ink, self._light = ink * 255, light
        self._place = np.s_[top : top + ink.shape[0], left : left + ink.shape[1]]

    def blend(self, plane: Plane, strength: float) -> None:
        under = plane[self._place]
        kept = cv2.convertScaleAbs(self._ink, alpha=-strength, beta=255)
        cv2.multiply(under, kept, dst=under, scale=1 / 255)
        cv2.add(under, cv2.convertScaleAbs(self._light, alpha=strength), dst=under)


def lettering(view: View, canvas: tuple[int, int]) -> list[Words]:
    """All words that are on at some time of the view."""
    shown = [
        one for one in showings(view.scene, view.of) if one.first < view.first + view.count and view.first < one.end
    ]
    return [words for showing in shown for words in _drawn(showing, view, canvas)]


def _drawn(showing: Showing, view: View, canvas: tuple[int, int]) -> Iterator[Words]:
    """Nothing if there is no letter that can be drawn."""
    safe = _SAFE if canvas[0] >= canvas[1] else _SAFE_UPRIGHT
    most = canvas[0] * (1 - 2 * safe.sides)
    styles = _STYLES[showing.role]
    tried = (
        setting(text, view.scene.language, style, min(canvas), most)
        for text, style in zip(showing.lines, styles, strict=False)
    )
    if texts := [text for text in tried if text.lines]:
        column = _Column(texts, min(canvas))
        foot = canvas[1] * (1 - safe.bottom) - column.height
        middle = canvas[1] * _MIDDLE - column.height / 2
        top = foot if showing.role == "caption" else max(canvas[1] * safe.top, min(middle, foot))
        yield column.words(top, canvas, showing)


_STYLES: dict[Role, tuple[Style, ...]] = {
    "opening": (_TITLE, _SUBTITLE),
    "caption": (_CAPTION,),
    "ending": (_ENDING,),
}


class _Column:
    """Texts one under the other, a rule between them; lengths in pixels."""

    def __init__(self, texts: Sequence[Setting], short_side: int) -> None:
        self._texts = texts
        self._rule, self._hair = short_side * _RULE, max(1, round(short_side * _HAIR))
        self._gap, self._large = 2 * short_side * _ROOM, short_side * _LARGE
        self.height = sum(text.height for text in texts) + self._gap * (len(texts) - 1)

    def words(self, top: float, canvas: tuple[int, int], showing: Showing) -> Words:
        """Centred. The box holds the letters and all that their shadow reaches."""
        reach, width = _REACH * self._texts[0].size, max(text.width for text in self._texts)
        left, right = (_even_within(canvas[0] / 2 + side * (width / 2 + reach), canvas[0]) for side in (-1, 1))
        above, below = _even_within(top - reach, canvas[1]), _even_within(top + self.height + reach, canvas[1])
        letters: Grey = np.zeros((below - above, right - left), np.float32)
        clear = np.ones_like(letters)
        for text, drawn in self._drawn((right - left, below - above), canvas[0] / 2 - left, top - above):
            np.maximum(letters, drawn, out=letters)
            clear *= _light(drawn, text.size, self._large <= text.size)
        return Words(letters, 1 - clear, left, above, showing.first, showing.end)

    def _drawn(self, box: tuple[int, int], middle: float, top: float) -> Iterator[tuple[Setting, Grey]]:
        """Each text alone in a box of this size; the rule with what is under it."""
        for number, text in enumerate(self._texts):
            image = Image.new("L", box)
            pen = ImageDraw.Draw(image)
            if number:
                line = round(top + self._gap / 2)
                pen.rectangle((middle - self._rule / 2, line, middle + self._rule / 2, line + self._hair - 1), fill=255)
                top += self._gap
            text.write(pen, middle, top)
            top += text.height
            yield text, np.asarray(image, np.float32) / np.float32(255)


def _light(letters: Grey, size: int, large: bool) -> Grey:
    """What their shadows leave of it."""
    left = np.ones_like(letters)
    for blur, density, darkest in _SOFT if large else _FIRM:
        around = _blurred(letters, max(0.8, blur * size))
        left *= 1 - np.minimum(around * density, 1) * np.float32(darkest)
    return left


def _blurred(letters: Grey, sigma: float) -> Grey:
    """Much of it is done small, where it is cheap and looks the same."""
    height, width = letters.shape
    step = max(1, int(sigma / 3))
    small = cv2.resize(letters, (-(-width // step), -(-height // step)), interpolation=cv2.INTER_AREA)
    blurred = cv2.GaussianBlur(small, (0, 0), sigma / step)
    return np.asarray(cv2.resize(blurred, (width, height), interpolation=cv2.INTER_CUBIC), np.float32).clip(0, 1)


def _halved(ink: Grey) -> Grey:
    """Averaged over each two by two pixels, as chroma is."""
    return np.asarray(cv2.resize(ink, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.float32)


def _even_within(at: float, side: int) -> int:
    """Chroma is kept for each two by two pixels."""
    return max(0, min(side, 2 * round(at / 2)))
