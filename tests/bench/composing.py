"""`python -m tests.bench.composing FOLDER RESOLUTION composer|x264`: make the sample film in one of two ways, with two
processes, and print what it took, as JSON.

`x264` is the bound: the frames that the composer draws, encoded with its settings and nothing else, half of the film
by each process. Drawing them is not part of what is measured.
"""

import json
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from itertools import islice
from pathlib import Path

import numpy as np

from infra.composer.chunks import Studio
from infra.composer.encoder import Quality, encode
from infra.composer.picture.frames import Frame
from infra.composer.pyav import PyavComposer
from infra.decode.spawn import FORKSERVER
from internal.film import Chunk
from tests.bench.children import cpu_of_tree
from tests.bench.sample_film import SampleFilm, sample_film

CORES = 2
#: frames drawn ahead, so that drawing leaves nothing of the encoder in the processor's caches only this often
_AHEAD = 60
Figures = dict[str, float]


def composed(sample: SampleFilm, folder: Path) -> Figures:
    """All of it: chunks, sound, joined."""
    composer = PyavComposer(cores=CORES)
    FORKSERVER.warm()
    list(composer.render(sample.film.chunks[:1], sample.media, folder, _go_on))  # every import is done
    began, before = time.monotonic(), cpu_of_tree()
    with closing(composer.render(sample.film.pieces, sample.media, folder, _go_on)) as rendered:
        files = {piece.name: path for piece, path in rendered}
    drawn = time.monotonic()
    composer.join(sample.film, files, folder / "film.mp4", _go_on)
    ended = time.monotonic()
    return {
        "seconds": ended - began,
        "joining": ended - drawn,
        "cpu": cpu_of_tree() - before,
        "bytes": (folder / "film.mp4").stat().st_size,
    }


def encoded(sample: SampleFilm, folder: Path) -> Figures:
    """x264 alone."""
    media = {name: str(path) for name, path in sample.media.items()}
    with multiprocessing.get_context("spawn").Pool(CORES) as pool:
        halves = pool.starmap(_half, [(sample, media, number, folder) for number in range(CORES)])
    return {"seconds": max(half[0] for half in halves), "cpu": sum(half[1] for half in halves)}


def _half(sample: SampleFilm, media: Mapping[str, str], number: int, folder: Path) -> tuple[float, float]:
    """Seconds and CPU seconds of encoding it."""
    share = sample.film.frames // CORES
    drawn = _Unmeasured(islice(_frames(sample.film.chunks, media), number * share, (number + 1) * share))
    began, before = time.monotonic(), time.process_time()
    encode(drawn, folder / f"half-{number}.mp4", sample.film.canvas, Quality())
    return time.monotonic() - began - drawn.seconds, time.process_time() - before - drawn.cpu


def _frames(chunks: tuple[Chunk, ...], media: Mapping[str, str]) -> Iterator[Frame]:
    with Studio(media) as studio:
        for chunk in chunks:
            yield from studio.frames(chunk)


class _Unmeasured:
    """Frames, copied ahead; how long that took is known, to be subtracted."""

    def __init__(self, frames: Iterator[Frame]) -> None:
        self._frames = frames
        self.seconds = self.cpu = 0.0

    def __iter__(self) -> Iterator[Frame]:
        while ahead := self._draw():
            yield from ahead

    def _draw(self) -> list[Frame]:
        began, before = time.monotonic(), time.process_time()
        ahead = [_copy(frame) for frame in islice(self._frames, _AHEAD)]
        self.seconds += time.monotonic() - began
        self.cpu += time.process_time() - before
        return ahead


def _copy(frame: Frame) -> Frame:
    copy = Frame.empty(*frame.size)
    np.copyto(copy.buffer, frame.buffer)
    return copy


def _go_on() -> None:
    """Nothing stops a measurement."""


WAYS: Mapping[str, Callable[[SampleFilm, Path], Figures]] = {"composer": composed, "x264": encoded}


def main() -> None:
    place, resolution, way = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(WAYS[way](sample_film(Path(place), resolution), Path(folder))))


if __name__ == "__main__":
    main()
