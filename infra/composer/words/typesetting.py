"""Text in lines: how large, where each line ends, where each letter stands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from PIL import ImageDraw

from infra.composer.words.breaking import balanced, filled, pieces
from infra.composer.words.fonts import Face, Letter, font, joined, letters, runs
from internal.vlog import Language

#: characters; no three lines hold more
_LONGEST_TEXT = 400
#: pixels; smaller ones cannot be read
_SMALLEST = 6
#: where letters are set apart, or may be, none are drawn as one
_LOOSE = ["-liga", "-clig"]
#: of the size: the height of capitals and ideographs above the baseline, and what hangs below it
_ABOVE, _BELOW = 0.88, 0.26


@dataclass(frozen=True)
class Style:
    """`size` as a share of the canvas' short side; `tracking`, the space put between letters, and `leading`, from
    line to line, as shares of the size. `fits`: pairs of (share of the size, most lines at it), in the order they
    are tried."""

    size: float
    weight: int
    tracking: float
    leading: float
    fits: tuple[tuple[float, int], ...]


@dataclass(frozen=True)
class Setting:
    """Lines of letters; lengths in pixels."""

    lines: tuple[tuple[Letter, ...], ...]
    size: int
    weight: int
    tracking: float
    leading: float

    @property
    def width(self) -> float:
        return max(map(self.measure, self.lines), default=0.0)

    @property
    def height(self) -> float:
        """From the top of the first line's letters to the foot of the last one's."""
        return self.leading * (len(self.lines) - 1) + self.size * (_ABOVE + _BELOW) if self.lines else 0.0

    def measure(self, line: Sequence[Letter]) -> float:
        return sum(self._length(face, run) for face, run in runs(line)) - (self.tracking if line else 0.0)

    def write(self, pen: ImageDraw.ImageDraw, middle: float, top: float) -> None:
        """In white, centred on `middle`."""
        for number, line in enumerate(self.lines):
            left, baseline = middle - self.measure(line) / 2, top + self.size * _ABOVE + number * self.leading
            for face, run in runs(line):
                for shift, text in self._apart(face, run):
                    drawn = font(face, self.size, self.weight)
                    pen.text((left + shift, baseline), text, font=drawn, fill=255, anchor="ls", features=_LOOSE)
                left += self._length(face, run)

    def _apart(self, face: Face, run: Sequence[Letter]) -> Iterator[tuple[float, str]]:
        """What is drawn in one go, and how far from the run's begin."""
        if not self.tracking:
            yield 0.0, "".join(letter.text for letter in run)
            return
        for number, letter in enumerate(run):
            yield self._length(face, run[:number]), letter.text

    def _length(self, face: Face, run: Sequence[Letter]) -> float:
        """With the space after its last letter."""
        text = "".join(letter.text for letter in run)
        return font(face, self.size, self.weight).getlength(text, features=_LOOSE) + self.tracking * len(run)


def setting(text: str, language: Language, style: Style, short_side: int, most: float) -> Setting:
    """In the first size that needs few enough lines of at most `most` pixels. What is too much even for the last
    is cut off: the subtitle files have it."""
    shown = letters(text[:_LONGEST_TEXT], language)
    parts = pieces(shown)
    for share, count in style.fits:
        tried = _blank(style, short_side * style.size * share, not joined(shown))
        if lines := balanced(parts, tried.measure, most, count):
            return replace(tried, lines=tuple(map(tuple, lines)))
    return replace(tried, lines=tuple(map(tuple, filled(parts, tried.measure, most, count))))


def _blank(style: Style, size: float, tracked: bool) -> Setting:
    pixels = max(_SMALLEST, round(size))
    return Setting((), pixels, style.weight, style.tracking * pixels * tracked, style.leading * pixels)
