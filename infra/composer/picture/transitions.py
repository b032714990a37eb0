"""From one shot to the next: fade, slide, zoom, on whole frames; and from the last one to black."""

import cv2
import numpy as np

from infra.composer.picture.frames import Frame, Plane
from infra.composer.picture.window import around_middle, look
from internal.film import View
from internal.vlog import Transition

#: how far into the old picture a zoom goes, and from how far the new one comes
_DEEPEST, _FARTHEST = 2.0, 0.75
#: the old picture moves out more slowly than the new one slides over it: it seems to lie behind
_BEHIND = 0.3
#: of the width: the new picture's shadow on the old one; and how much light it takes at its darkest
_SHADOW, _SHADE = 0.06, 0.5
#: seconds in which the film goes to black, if its last scene is long enough
_TO_BLACK = 0.8
#: in limited range
_BLACK, _GREY = 16, 128


def blend(transition: Transition, old: Frame, new: Frame, share: float) -> None:
    """Draw the transition into `old`, when `share` (0 to 1, ends excluded) of it has passed."""
    match transition:
        case Transition.FADE:
            _fade(old, new, _eased(share))
        case Transition.SLIDE:
            _slide(old, new, _eased(share))
        case Transition.ZOOM:
            _zoom(old, _DEEPEST ** (share * share))
            _zoom(new, _FARTHEST ** ((1 - share) ** 2))
            _fade(old, new, _eased(share))


def go_black(frame: Frame, view: View, number: int, fps: int) -> None:
    """Darken frame `number` of the view's scene, if that ends the film: its last frame is black."""
    if not view.scene.last:
        return
    frames = min(round(_TO_BLACK * fps), view.of // 2)
    left = view.of - 1 - number
    if left < frames:
        light = _eased(left / frames)
        for plane, black in zip(frame.planes, (_BLACK, _GREY, _GREY), strict=True):
            cv2.convertScaleAbs(plane, dst=plane, alpha=light, beta=black * (1 - light))


def _eased(share: float) -> float:
    """Beginning and ending softly."""
    return share * share * (3 - 2 * share)


def _fade(old: Frame, new: Frame, share: float) -> None:
    cv2.addWeighted(old.buffer, 1 - share, new.buffer, share, 0, dst=old.buffer)


def _slide(old: Frame, new: Frame, share: float) -> None:
    """The new picture comes from the right, over the old one."""
    width = old.size[0]
    covered, moved = (2 * round(part * width / 2) for part in (share, share * _BEHIND))
    for target, coming in zip(old.planes, new.planes, strict=True):
        part = width // target.shape[1]
        left = (width - covered) // part
        target[:, :left] = target[:, moved // part : moved // part + left].copy()
        target[:, left:] = coming[:, : target.shape[1] - left]
    _shade(old.luma[:, max(0, width - covered - round(_SHADOW * width)) : width - covered], 4 * share * (1 - share))


def _shade(luma: Plane, strength: float) -> None:
    """Darker towards the right, but nowhere at the transition's ends."""
    dark = np.square(np.linspace(0, 1, luma.shape[1], dtype=np.float32)) * np.float32(_SHADE * strength)
    luma[:] = luma - (luma.astype(np.float32) - _BLACK) * dark


def _zoom(frame: Frame, zoom: float) -> None:
    """About its middle. Where it does not reach, its mirror image is seen: all but transparent by then."""
    seen = Frame.empty(*frame.size)
    look(frame, seen, around_middle(frame.size, 1 / zoom), cv2.BORDER_REFLECT_101)
    np.copyto(frame.buffer, seen.buffer)
