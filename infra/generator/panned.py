"""Panning over the photo, as the composer does it in any film: at no cost, without asking anybody."""

import hashlib
import math
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from internal.errors import PermanentFailure, UnreadableMedia
from internal.film import Chunk, View, canvas_of, frames_in
from internal.jobs import JobError
from internal.media import Kind
from internal.ports import Composer, Made, NotMade, Order, WorkStore
from internal.vlog import Scene, VlogSettings

_LOST = JobError("operation_lost", "The clip is not there any more.")


class PannedGenerator:
    """Fills `SceneGenerator`. It makes the clip while it takes the order; the operation's name is the clip's key.
    Equal orders make equal files. `short_side`, in pixels, overrides the order's resolution."""

    name = "panned"

    def __init__(self, composer: Composer, work: WorkStore, short_side: int | None = None) -> None:
        self._composer, self._work, self._short_side = composer, work, short_side

    def seconds(self, least: float) -> int:
        return max(1, math.ceil(least))

    def price(self, seconds: int, resolution: Literal["720p", "1080p"]) -> float:
        """Nothing, whatever is ordered."""
        return 0.0

    def start(self, order: Order, prefix: str) -> str:
        chunk = self._chunk(order)
        key = f"{prefix}clip.mp4"
        with TemporaryDirectory(prefix="daylog-panned-") as folder:
            self._keep(key, self._rendered(chunk, order.photo, Path(folder)))
        return key

    def poll(self, operation: str) -> Made | NotMade | None:
        return Made(operation) if self._work.info(operation) else NotMade(_LOST)

    def _chunk(self, order: Order) -> Chunk:
        """One photo scene, whole."""
        sha256 = hashlib.sha256(order.photo.read_bytes()).hexdigest()
        scene = Scene(kind=Kind.PHOTO, sha256=sha256, seconds=order.seconds, variation=order.seed)
        canvas = canvas_of(VlogSettings(aspect=order.aspect, resolution=order.resolution), self._short_side)
        count = frames_in(order.seconds, canvas.fps)
        return Chunk(canvas=canvas, views=(View(scene=scene, first=0, count=count, of=count),))

    def _rendered(self, chunk: Chunk, photo: Path, folder: Path) -> Path:
        try:
            ((_, clip),) = self._composer.render([chunk], dict.fromkeys(chunk.media, photo), folder, _never_stops)
        except UnreadableMedia as error:
            raise PermanentFailure(error.code, str(error)) from error
        return clip

    def _keep(self, key: str, clip: Path) -> None:
        with clip.open("rb") as file:
            self._work.put(key, file, "video/mp4")


def _never_stops() -> None:
    """What is ordered is made: whoever ordered it may be gone by then."""
