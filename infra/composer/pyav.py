"""The port `Composer`, filled with PyAV, OpenCV and Pillow in child processes."""

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from infra.composer import chunks as rendering
from infra.composer import joining, pictures, soundtrack, thumbnail
from infra.composer.files import file_of, unfinished
from infra.composer.runs import Runs
from infra.decode import stills
from infra.decode.child import POLL, Child, Limits, run
from internal.errors import TemporaryFailure
from internal.film import Chunk, Film, Piece, Soundtrack

MIB = 1024 * 1024
#: address space, of which little is ever touched: libraries, fonts, a photo of 100 megapixels
_RENDER = Limits(memory=4096 * MIB, cpu=600, wall=1800.0, file=512 * MIB)
_SOUND = Limits(memory=2048 * MIB, cpu=600, wall=1800.0, file=4096 * MIB, open_files=256)
_JOIN = Limits(memory=2048 * MIB, cpu=300, wall=1800.0, file=4096 * MIB)
_THUMBNAIL = Limits(memory=2048 * MIB, cpu=30, wall=120.0, file=16 * MIB)
#: of all scenes of a film
_PICTURES = Limits(memory=4096 * MIB, cpu=300, wall=600.0, file=16 * MIB)


class PyavComposer:
    """`preset` and `crf` are x264's; `cores` children at a time."""

    def __init__(self, preset: str = "veryfast", crf: float = 21.0, cores: int | None = None) -> None:
        self._preset, self._crf = preset, crf
        self._cores = cores or os.cpu_count() or 1

    @property
    def name(self) -> str:
        return f"pyav-{self._preset}-{self._crf:g}"

    def render(
        self, pieces: Iterable[Piece], media: Mapping[str, Path], folder: Path, check: Callable[[], None]
    ) -> Generator[tuple[Piece, Path], None, None]:
        waiting = Runs(pieces, self._cores)
        running: list[_Rendering] = []
        try:
            while waiting or running:
                while waiting and len(running) < self._cores:
                    running.append(self._begin(waiting.next(), media, folder))
                check()
                wait([one.child.fileno() for one in running], POLL)
                for one in list(running):
                    yield from one.arrived()
                running = [one for one in running if not one.over]
        finally:
            for one in running:
                one.abandon()

    def _begin(self, run: Sequence[Piece], media: Mapping[str, Path], folder: Path) -> "_Rendering":
        needed = {name: str(media[name]) for piece in run for name in sorted(piece.media)}
        arguments: dict[str, Any] = {"media": needed, "folder": str(folder)}
        pieces = [piece.model_dump(mode="json") for piece in run]
        if isinstance(run[0], Soundtrack):
            return _Rendering(run, folder, soundtrack.render, {"soundtrack": pieces[0], **arguments}, _SOUND)
        quality = {"preset": self._preset, "crf": self._crf}
        return _Rendering(run, folder, rendering.render, {"chunks": pieces, **arguments, **quality}, _RENDER)

    def join(self, film: Film, pieces: Mapping[str, Path], out: Path, check: Callable[[], None]) -> None:
        with _whole(out) as new:
            arguments = {
                "chunks": [str(pieces[chunk.name]) for chunk in film.chunks],
                "soundtrack": str(pieces[film.soundtrack.name]),
                "fps": film.canvas.fps,
                "out": str(new),
            }
            run(joining.join, arguments, _JOIN, check)

    def thumbnail(self, film: Path, out: Path, check: Callable[[], None]) -> None:
        with _whole(out) as new:
            run(thumbnail.draw, {"film": str(film), "out": str(new)}, _THUMBNAIL, check)

    def pictures(
        self, chunks: Mapping[Path, Chunk], media: Mapping[str, Path], check: Callable[[], None]
    ) -> Mapping[Path, str]:
        arguments = {
            "chunks": {str(out): chunk.model_dump(mode="json") for out, chunk in chunks.items()},
            "media": {name: str(path) for name, path in media.items()},
        }
        failed: Mapping[str, str] = run(pictures.draw, arguments, _PICTURES, check)
        return {out: failed[str(out)] for out in chunks if str(out) in failed}

    def still(self, photo: Path, out: Path, longest: int, check: Callable[[], None]) -> None:
        with _whole(out) as new:
            arguments = {"path": str(photo), "out": str(new), "longest": longest}
            run(stills.still, arguments, stills.LIMITS, check)


class _Rendering:
    """A run of pieces on its way: its child, and the files it writes one after the other."""

    def __init__(
        self,
        run: Sequence[Piece],
        folder: Path,
        function: Callable[..., Any],
        arguments: Mapping[str, Any],
        limits: Limits,
    ) -> None:
        self.over = False
        self._due = deque((piece, file_of(piece, folder)) for piece in run)
        for _, out in self._due:
            out.unlink(missing_ok=True)  # from before: it is not what will arrive
        self.child = Child(function, arguments, limits)

    def arrived(self) -> Iterator[tuple[Piece, Path]]:
        """What is whole by now. Raises as `Composer.render` when the child has failed."""
        self.over = self.child.finished()
        while self._due and self._due[0][1].exists():
            yield self._due.popleft()
        if self.over:
            self._end()

    def _end(self) -> None:
        try:
            self.child.result()
            if self._due:
                raise TemporaryFailure("Pieces of the film were not written.")
        finally:
            self.abandon()

    def abandon(self) -> None:
        self.child.kill()
        for _, out in self._due:
            out.unlink(missing_ok=True)
            unfinished(out).unlink(missing_ok=True)


@contextmanager
def _whole(out: Path) -> Iterator[Path]:
    """A place to write to; what is there at the end gets the name `out`, unless something went wrong."""
    new = unfinished(out)
    try:
        yield new
        new.replace(out)
    finally:
        new.unlink(missing_ok=True)
