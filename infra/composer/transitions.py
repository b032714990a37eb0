"""From one shot to the next: fade, slide, zoom, on whole frames."""

import cv2
import numpy as np

from infra.composer.frames import Frame
from internal.vlog import Transition

#: how far into the old picture a zoom goes
_DEEPEST = 1.35


def blend(transition: Transition, old: Frame, new: Frame, share: float) -> None:
    """Draw the transition into `old`, when `share` (0 to 1, ends excluded) of it has passed."""
    match transition:
        case Transition.FADE:
            _fade(old, new, share)
        case Transition.SLIDE:
            _slide(old, new, share * share * (3 - 2 * share))
        case Transition.ZOOM:
            _zoom(old, _DEEPEST**share)
            _fade(old, new, share * share)


def _fade(old: Frame, new: Frame, share: float) -> None:
    cv2.addWeighted(old.buffer, 1 - share, new.buffer, share, 0, dst=old.buffer)


def _slide(old: Frame, new: Frame, share: float) -> None:
    """The new picture pushes the old one out to the left."""
    for target, coming in zip(old.planes, new.planes, strict=True):
        width = target.shape[1]
        shift = round(share * width)
        target[:] = np.concatenate((target[:, shift:], coming[:, :shift]), axis=1)


def _zoom(frame: Frame, zoom: float) -> None:
    for plane in frame.planes:
        height, width = plane.shape
        matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), 0.0, zoom)
        plane[:] = cv2.warpAffine(plane, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
