"""What a picture or a clip shows, as far as colours tell: enough for captions that differ and fit."""

import io
from dataclasses import dataclass

import av
import cv2
import numpy as np

from tests.vertex.clips import Pixels, picture
from tests.vertex.refusal import Refusal

#: names of hues, by their last degree of 180 (OpenCV's)
HUES = ((10, "red"), (22, "orange"), (33, "yellow"), (80, "green"), (100, "turquoise"), (128, "blue"), (155, "violet"))
#: below: no hue to speak of; dark; above: bright
GREY, DARK, BRIGHT = 40, 60, 190


@dataclass(frozen=True)
class Look:
    """The colours from top to bottom; the length of a clip in seconds, 0 of a picture."""

    colours: tuple[str, ...]
    seconds: float


def look_at(data: bytes, mime_type: str) -> Look:
    """Raises Refusal for what cannot be decoded."""
    shown, seconds = _first_frame(data) if mime_type.startswith("video/") else (picture(data), 0.0)
    thirds = np.array_split(shown, 3)
    return Look(tuple(dict.fromkeys(colour(part) for part in thirds)), seconds)


def colour(part: Pixels) -> str:
    """Of the most of it."""
    hue, saturation, value = (np.median(one) for one in cv2.split(cv2.cvtColor(part, cv2.COLOR_BGR2HSV)))
    if value < DARK:
        return "black"
    if saturation < GREY:
        return "white" if value > BRIGHT else "grey"
    return next((name for last, name in HUES if hue <= last), "red")


def _first_frame(data: bytes) -> tuple[Pixels, float]:
    try:
        with av.open(io.BytesIO(data), format="mp4") as film:
            frame = next(film.decode(video=0))
            return frame.to_ndarray(format="bgr24"), (film.duration or 0) / av.time_base
    except (av.error.FFmpegError, StopIteration) as error:
        raise Refusal(400, "Unable to process input video.") from error
