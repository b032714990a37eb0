"""How long analysis takes: of photos, and of clips against their length; also by itself:
`python -m tests.bench.analysing`.
"""

import time
from collections.abc import Iterator
from pathlib import Path

from infra.analyst.measured import MeasuredAnalyst
from tests.bench.children import cpu_of_tree
from tests.bench.rendering import FOLDER
from tests.bench.rows import Row
from tests.media.clips import Take, write_clip
from tests.media.lens import MARGIN, Lens
from tests.media.scenery import Scenery, draw
from tests.media.sounds import waves
from tests.media.stills import write_photo

#: name, and width and height in pixels
PHOTOS = (("12mp.jpg", 4032, 3024), ("12mp.heic", 4032, 3024), ("48mp.jpg", 8064, 6048))
_SECONDS = 6.0
CLIPS = (
    ("1080p30-h264.mp4", Take(_SECONDS, 1920, 1080, sound=waves(_SECONDS, 1), handheld=True)),
    ("4k30-hevc.mov", Take(_SECONDS, 3840, 2160, codec="libx265", sound=waves(_SECONDS, 2), handheld=True)),
)


def measure() -> Iterator[Row]:
    folder = FOLDER / "analysis"
    analyst = MeasuredAnalyst()
    for name, width, height in PHOTOS:
        path = folder / name
        if not path.exists():
            picture = draw(Scenery("town", 11.0, 3), width + 2 * MARGIN, height + 2 * MARGIN)
            write_photo(path, Lens(width, height, 3).seen(picture))
        wall, cpu = _taken(analyst, path)
        yield Row(f"analysis of {name}", f"{wall:.2f} s (CPU {cpu:.2f} s)", "≤ 1 s")
    for name, take in CLIPS:
        path = folder / name
        if not path.exists():
            write_clip(path, Scenery("town", 11.0, 3), take)
        wall, cpu = _taken(analyst, path)
        long = take.seconds
        yield Row(f"analysis of {name}", f"{wall / long:.2f} × its length (CPU {cpu / long:.2f} ×)", "≤ 0.5 ×")


def _taken(analyst: MeasuredAnalyst, path: Path) -> tuple[float, float]:
    """Seconds and CPU seconds, once everything is imported."""
    analyst.measure(path, _go_on)
    began, before = time.monotonic(), cpu_of_tree()
    analyst.measure(path, _go_on)
    return time.monotonic() - began, cpu_of_tree() - before


def _go_on() -> None:
    """Nothing stops a measurement."""


if __name__ == "__main__":
    for row in measure():
        print(row, flush=True)
