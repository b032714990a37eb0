"""The film's thumbnail, drawn in a child process."""

from pathlib import Path

import av
from av.video.frame import VideoFrame
from PIL import Image

from infra.composer.encoder import translate_errors

WIDTH = 640
#: the opening title has gone by then
_SHARE = 1 / 3


def draw(film: str, out: str) -> None:
    """Called in a child, with JSON: paths. Writes a JPEG with nothing in it but the picture."""
    with translate_errors():
        picture = Image.fromarray(_frame(Path(film)).to_ndarray(format="rgb24"))
        height = max(1, round(picture.height * WIDTH / picture.width))
        picture.resize((WIDTH, height), Image.Resampling.LANCZOS).save(out, "JPEG", quality=85, optimize=True)


def _frame(film: Path) -> VideoFrame:
    """The first one decoded at or after that share of the film."""
    with av.open(str(film)) as container:
        stream = container.streams.video[0]
        due = (container.duration or 0) / 1_000_000 * _SHARE
        container.seek(int(due * 1_000_000))
        frames = container.decode(stream)
        shown = next(frames)
        while (shown.time or 0) < due and (later := next(frames, None)) is not None:
            shown = later
        return shown
