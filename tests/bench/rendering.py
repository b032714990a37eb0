"""Rendering a film, against x264 alone on the same frames and against moviepy.

Also by itself: `python -m tests.bench.rendering [480p] [720p] [1080p]`.
"""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import get_args

from internal.vlog import Resolution
from tests.bench import peers
from tests.bench.children import Taken, watched
from tests.bench.rows import Row
from tests.bench.sample_film import sample_film

#: sample media are kept here
FOLDER = Path(".daylog/bench")
SECONDS = 60


def measure(resolutions: Sequence[Resolution] = get_args(Resolution)) -> Iterator[Row]:
    """The largest first, and it alone against moviepy."""
    for resolution in sorted(resolutions, key=lambda name: -int(name[:-1])):
        sample_film(FOLDER, resolution)  # drawn before anything is measured
        ours = _made(resolution, "composer")
        yield _rendered(resolution, ours, _figures(_made(resolution, "x264")))
        if resolution == "1080p":
            yield peers.moviepy(sample_film(FOLDER, resolution), _figures(ours)["seconds"] / SECONDS)


def _rendered(resolution: Resolution, taken: Taken, bare: dict[str, float]) -> Row:
    ours = _figures(taken)
    return Row(
        f"a minute of {resolution}, sound and joining included, by two processes",
        f"wall {ours['seconds'] / bare['seconds']:.2f} × x264 alone ({ours['seconds']:.1f} against "
        f"{bare['seconds']:.1f} s), CPU {ours['cpu'] / bare['cpu']:.2f} × ({ours['cpu']:.1f} against "
        f"{bare['cpu']:.1f} s); RSS at most {taken.rss:.0f} MiB (shared pages once: {taken.pss:.0f})",
        "wall and CPU ≤ 1.35 ×, ≤ 900 MB",
    )


def _made(resolution: Resolution, way: str) -> Taken:
    return watched([sys.executable, "-m", "tests.bench.composing", str(FOLDER), resolution, way], dict(os.environ))


def _figures(taken: Taken) -> dict[str, float]:
    figures: dict[str, float] = json.loads(taken.printed)
    return figures


if __name__ == "__main__":
    chosen = [name for name in get_args(Resolution) if name in sys.argv[1:]]
    for row in measure(chosen or get_args(Resolution)):
        print(row, flush=True)
