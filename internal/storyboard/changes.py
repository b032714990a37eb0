"""What an owner may make of a story: another order, fewer scenes, other stretches, other captions."""

import math
from collections.abc import Sequence
from typing import Any

from internal.errors import InvalidInput
from internal.film import FPS, frames_in, total
from internal.media import Kind, Value
from internal.storyboard.cards import Card, Story
from internal.vlog import VlogSettings

#: characters of a caption: as many as an analyst may say
LONGEST_CAPTION = 120
#: in seconds: a start that differs less was only rounded on its way, and stays as it is
_ROUNDED = 0.002
#: what a float may be wrong by, in frames
_EXACT = 1e-6


class Change(Value):
    """What is asked of one scene; None: as it is."""

    id: int
    caption: str | None = None
    #: in seconds of the clip
    start: float | None = None
    seconds: float | None = None
    left_out: bool | None = None


def changed(story: Story, changes: Sequence[Change], settings: VlogSettings) -> Story:
    """The story in the order of `changes`, which name each of its scenes once. Lengths become whole frames. Raises
    InvalidInput, whose field is the path of what is at fault, such as `scenes.3.seconds`."""
    _each_once(story, changes)
    by_id = {card.id: card for card in story.cards}
    cards = tuple(_changed(by_id[change.id], change, f"scenes.{at}") for at, change in enumerate(changes))
    within_limits(cards, settings)
    return story.model_copy(update={"cards": cards})


def within_limits(cards: Sequence[Card], settings: VlogSettings) -> None:
    """Raises InvalidInput when nothing would be shown, or more than may be."""
    shown = [card for card in cards if not card.left_out]
    if not shown:
        raise InvalidInput("Nothing is left to show: keep at least one scene.", "scenes")
    seconds = total([frames_in(card.seconds) for card in shown]) / FPS
    if seconds > settings.duration:
        raise InvalidInput(
            f"Together the scenes last {seconds:.1f} seconds, and the vlog may last {settings.duration}: "
            "shorten some, or leave some out.",
            "scenes",
        )


def _each_once(story: Story, changes: Sequence[Change]) -> None:
    left = {card.id for card in story.cards}
    for at, change in enumerate(changes):
        if change.id not in left:
            known = any(card.id == change.id for card in story.cards)
            reason = "is named twice" if known else "is not in this storyboard"
            raise InvalidInput(f"Scene {change.id} {reason}.", f"scenes.{at}.id")
        left.remove(change.id)
    if left:
        missing = ", ".join(map(str, sorted(left)))
        raise InvalidInput(f"Name every scene once; missing: {missing}. To keep one out, give left_out.", "scenes")


def _changed(card: Card, change: Change, path: str) -> Card:
    updates: dict[str, Any] = {}
    if change.caption is not None:
        updates["caption"] = _caption(change.caption, f"{path}.caption")
    if change.left_out is not None:
        updates["left_out"] = change.left_out
    start = _start(card, change.start, f"{path}.start")
    frames = _frames(card, change.seconds, f"{path}.seconds")
    if (start, frames) != (card.start, frames_in(card.seconds)):
        updates |= _stretch(card, start, frames, path)
    return card.model_copy(update=updates)


def _caption(given: str, path: str) -> str:
    caption = given.strip()
    if len(caption) > LONGEST_CAPTION:
        raise InvalidInput(f"A caption has at most {LONGEST_CAPTION} characters.", path)
    return caption


def _start(card: Card, given: float | None, path: str) -> float:
    if given is None or abs(given - card.start) < _ROUNDED:
        return card.start
    if card.kind is not Kind.CLIP:
        raise InvalidInput(f"{card.name} is a photo: it has no start.", path)
    if not math.isfinite(given) or given < 0:
        raise InvalidInput("A clip begins at 0 seconds or later.", path)
    return round(given, 6)


def _frames(card: Card, given: float | None, path: str) -> int:
    """A length as it was told may be shorter or longer than what may be asked for."""
    now = frames_in(card.seconds)
    if given is None or abs(given - card.seconds) < _ROUNDED:
        return now
    if not math.isfinite(given) or not card.least - 0.5 <= given * FPS <= card.most + 0.5:
        raise InvalidInput(
            f"{card.name} can be shown for {card.least / FPS:.4g} to {card.most / FPS:.4g} seconds.", path
        )
    return frames_in(given)


def _stretch(card: Card, start: float, frames: int, path: str) -> dict[str, float]:
    """A length that was rounded up may need the start one frame earlier."""
    if card.kind is Kind.CLIP:
        latest = (card.frames - frames) / FPS
        if start > latest + 1 / FPS + _EXACT:
            raise InvalidInput(
                f"{card.name} is over after {card.footage:.4g} seconds: begin earlier, or show less of it.",
                f"{path}.seconds",
            )
        start = max(0.0, min(start, latest))
    return {"start": start, "seconds": frames / FPS}
