"""`python -m tests.sheets FILM OUT`: a film at a glance, a frame every few seconds with its time beneath."""

import argparse
import math
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
from PIL import Image, ImageDraw, ImageFont

#: pixels: the long side of one frame, the space around it, the strip for its time
LONG_SIDE, GAP, STRIP = 320, 6, 18
COLUMNS, FRAMES = 5, 30
_PAPER, _INK = (24, 24, 26), (214, 214, 218)


def sheet(film: Path, columns: int = COLUMNS, most: int = FRAMES, every: float | None = None) -> Image.Image:
    """Frames `every` so many seconds, by default so that there are at most `most`; upright, never distorted."""
    pictures = list(_frames(film, most, every))
    width = max(picture.width for _, picture in pictures)
    height = max(picture.height for _, picture in pictures)
    rows = math.ceil(len(pictures) / columns)
    paper = Image.new("RGB", (GAP + columns * (width + GAP), GAP + rows * (height + STRIP + GAP)), _PAPER)
    pen, font = ImageDraw.Draw(paper), ImageFont.load_default(12)
    for number, (at, picture) in enumerate(pictures):
        left = GAP + number % columns * (width + GAP)
        top = GAP + number // columns * (height + STRIP + GAP)
        paper.paste(picture, (left, top))
        pen.text((left + 2, top + height + 2), f"{at // 60:02.0f}:{at % 60:05.2f}", _INK, font)
    return paper


def _frames(film: Path, most: int, every: float | None) -> Iterator[tuple[float, Image.Image]]:
    """With their times in seconds. The first one stands a little in, where the title is already there."""
    with av.open(str(film)) as container:
        seconds = float(container.duration or 0) / 1_000_000
        step = every or max(0.5, seconds / most)
        due = min(step, seconds) / 2
        for frame in container.decode(video=0):
            at = float(frame.time or 0)
            if at + 0.001 >= due:
                yield at, _small(frame)
                due += step


def _small(frame: av.VideoFrame) -> Image.Image:
    pixels = np.rot90(frame.to_ndarray(format="rgb24"), frame.rotation // 90)
    picture = Image.fromarray(np.ascontiguousarray(pixels))
    picture.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS)
    return picture


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.sheets", description="A film as one picture.")
    parser.add_argument("film", type=Path)
    parser.add_argument("out", type=Path, help="a .png or .jpg")
    parser.add_argument("--columns", type=int, default=COLUMNS)
    parser.add_argument("--frames", type=int, default=FRAMES, help="at most so many (default: %(default)s)")
    parser.add_argument("--every", type=float, help="seconds from frame to frame, instead")
    chosen = parser.parse_args()
    sheet(chosen.film, chosen.columns, chosen.frames, chosen.every).save(chosen.out, quality=88)
    print(chosen.out)


if __name__ == "__main__":
    main()
