"""The film's thumbnail, drawn in a child process: of its key frames the one that shows most, well lit."""

from collections.abc import Iterator
from pathlib import Path

import av
import cv2
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from numpy.typing import NDArray
from PIL import Image

from infra.composer.encoder import translate_errors

WIDTH = 640
#: the part of the film to choose from: the opening title has gone, the ending has not come
_FROM, _TO = 0.15, 0.85
#: seconds for which the longest opening is there; in a short film, at most half of it
_OPENING = 5.0
#: looked at, at most
_MOST_FRAMES = 24
#: across, in pixels: detail that is finer will not be seen
_COARSE = 320


def draw(film: str, out: str) -> None:
    """Called in a child, with JSON: paths. Writes a JPEG with nothing in it but the picture."""
    with translate_errors():
        picture = Image.fromarray(_best(Path(film)).to_ndarray(format="rgb24"))
        height = max(1, round(picture.height * WIDTH / picture.width))
        picture.resize((WIDTH, height), Image.Resampling.LANCZOS).save(out, "JPEG", quality=85, optimize=True)


def _best(film: Path) -> VideoFrame:
    with av.open(str(film)) as container:
        seconds = (container.duration or 0) / 1_000_000
        begin = max(_FROM * seconds, min(_OPENING, seconds / 2))
        return max(_key_frames(container), key=lambda frame: ((frame.time or 0) >= begin, _worth(_luma(frame))))


def _key_frames(container: InputContainer) -> Iterator[VideoFrame]:
    """Evenly over the film. There is one at least, as the film begins with one."""
    stream = container.streams.video[0]
    stream.codec_context.skip_frame = "NONKEY"
    seen: set[int | None] = set()
    for due in np.linspace(_FROM, _TO, _MOST_FRAMES) * (container.duration or 0):
        container.seek(int(due))
        frame = next(container.decode(stream))
        if frame.pts not in seen:
            seen.add(frame.pts)
            yield frame


def _luma(frame: VideoFrame) -> NDArray[np.uint8]:
    """Small."""
    grey = frame.reformat(format="gray").to_ndarray()
    return np.asarray(cv2.resize(grey, (_COARSE, _COARSE * frame.height // frame.width), interpolation=cv2.INTER_AREA))


def _worth(luma: NDArray[np.uint8]) -> float:
    """How much there is to see: edges, as far as it is neither dark nor burnt out. A half-blended picture and one on
    its blurred copy have fewer."""
    edges = float(np.abs(cv2.Laplacian(luma, cv2.CV_32F)).mean())
    lit = float(((luma > 40) & (luma < 240)).mean())
    return (1 + min(edges, 20.0)) * lit
