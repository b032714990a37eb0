"""Pictures of scenes, drawn in a child process as the film shows them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace
from PIL import Image

from infra.composer.chunks import Studio
from infra.composer.encoder import translate_errors
from infra.composer.picture.frames import Frame
from internal.errors import UnreadableMedia
from internal.film import Chunk

cv2.setNumThreads(1)  # as where chunks are drawn: this child may be one of several
_QUALITY = 80


def draw(chunks: Mapping[str, Any], media: Mapping[str, str]) -> dict[str, str]:
    """Called in a child, with JSON. `chunks`: by the path to write to, the chunk whose first frame is drawn there, a
    JPEG with nothing in it but the picture; `media`: paths by content hash. Answers which could not be drawn, and
    why."""
    failed: dict[str, str] = {}
    with Studio(media) as studio:
        for out, chunk in chunks.items():
            try:
                _write(next(studio.frames(Chunk.model_validate(chunk))), Path(out))
            except UnreadableMedia as error:
                failed[out] = str(error)
    return failed


def _write(frame: Frame, out: Path) -> None:
    with translate_errors():
        Image.fromarray(_rgb(frame)).save(out, "JPEG", quality=_QUALITY, optimize=True)


def _rgb(frame: Frame) -> "np.typing.NDArray[np.uint8]":
    picture = VideoFrame.from_ndarray(frame.buffer, format="yuv420p")
    shown = picture.reformat(
        format="rgb24",
        src_colorspace=Colorspace.ITU709,
        dst_colorspace=Colorspace.ITU709,
        src_color_range=ColorRange.MPEG,
        dst_color_range=ColorRange.JPEG,
    )
    return np.asarray(shown.to_ndarray(), np.uint8)
