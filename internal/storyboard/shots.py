"""What may become a scene: a photo, or a stretch of a clip, and how long it may last."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from internal.film import FPS
from internal.media import Kind, Moment, Span
from internal.storyboard.found import Found
from internal.storyboard.pace import Pace, Stay
from internal.storyboard.pauses import Freedom, freedoms
from internal.storyboard.stretches import best_in, parts, room, stretches
from internal.storyboard.times import Taken

#: of the freedoms a stretch of a clip may be left: with up to this one, no word is cut
_NO_WORD_CUT = 1
#: of a photo
_NOWHERE = Span(start=0, end=0)


@dataclass(frozen=True)
class Shot:
    taken: Taken
    stay: Stay
    #: 0 to 1, among its own kind
    worth: float
    fingerprint: str = ""
    palette: str = ""
    #: where in the clip it may lie, and between which of its cuts
    window: Span = _NOWHERE
    part: Span = _NOWHERE
    #: the second of the clip that should be in its middle
    centre: float = 0.0
    #: frames it should last at least, if it may
    at_least: int = 0

    @property
    def found(self) -> Found:
        return self.taken.found

    @property
    def is_clip(self) -> bool:
        return self.found.kind is Kind.CLIP

    @cached_property
    def lengths(self) -> tuple[int, ...]:
        """All it may last, in frames, shortest first."""
        least, _, most = self.stay.frames
        allowed = self._freedom[2] if self.is_clip else tuple(range(least, most + 1))
        return allowed[bisect_left(allowed, self.at_least) :] or allowed

    @property
    def usual(self) -> int:
        """How long it lasts when nothing else decides, in frames."""
        return nearest(self.lengths, self.stay.frames[1])

    @property
    def cuts_words(self) -> int:
        """0 for none; the more, the worse."""
        return max(0, self._freedom[0] - _NO_WORD_CUT) if self.is_clip else 0

    def start(self, frames: int) -> float:
        """Where in the clip it begins if it is to last so many frames, one of `lengths`; in seconds."""
        return self._freedom[1].start(frames, self.centre) if self.is_clip else 0.0

    def staying(self, stay: Stay) -> "Shot":
        """The same, so long, if it may be."""
        return replace(self, at_least=stay.frames[0]) if self.is_clip else replace(self, stay=stay)

    @cached_property
    def _freedom(self) -> tuple[int, Freedom, tuple[int, ...]]:
        """The best that leaves it any length: (its number, itself, the lengths)."""
        least, _, most = self.stay.frames
        longest = int((self.window.end - self.window.start) * FPS + 1e-6)
        each = enumerate(freedoms(self.window, self.found.talks))
        lengths = ((number, freedom, freedom.lengths(min(least, longest), most)) for number, freedom in each)
        return next(found for found in lengths if found[2])


def shots_of(day: Sequence[Taken], pace: Pace) -> tuple[Shot, ...]:
    """In order of the day, and of the clip."""
    return tuple(
        shot
        for one in day
        for shot in (_of_clip(one, pace.clip) if one.found.kind is Kind.CLIP else _of_photo(one, pace.photo))
    )


def with_room(chosen: Sequence[Shot]) -> list[Shot]:
    """Each may lie anywhere in its part of the clip that no other was chosen for."""
    around = zip((None, *chosen), chosen, (*chosen[1:], None), strict=False)
    return [_widened(before, shot, after) if shot.is_clip else shot for before, shot, after in around]


def nearest(lengths: Sequence[int], wish: int) -> int:
    return min(lengths, key=lambda length: (abs(length - wish), length))


def _of_photo(one: Taken, stay: Stay) -> list[Shot]:
    photo = one.found.analysis
    return [Shot(one, stay, one.found.worth, photo.fingerprint, photo.palette)]


def _of_clip(one: Taken, stay: Stay) -> list[Shot]:
    """Those that cut the fewest words; each part is one large stretch where no smaller one holds whole words."""
    clip = one.found.analysis
    whole = parts(clip, one.found.frames / FPS, stay)
    shots = [_shot(one, stay, part, *stretch) for part in whole for stretch in stretches(clip, part, stay)]
    if all(shot.cuts_words for shot in shots):
        shots = min(shots, [_shot(one, stay, part, part, best_in(part, clip)) for part in whole], key=_fewest)
    return [shot for shot in shots if shot.cuts_words == _fewest(shots)]


def _fewest(shots: Sequence[Shot]) -> int:
    return min(shot.cuts_words for shot in shots)


def _shot(one: Taken, stay: Stay, part: Span, window: Span, moment: Moment) -> Shot:
    centre = (moment.start + moment.end) / 2
    return Shot(one, stay, moment.score, moment.fingerprint, moment.palette, window, part, centre)


def _widened(before: Shot | None, shot: Shot, after: Shot | None) -> Shot:
    def in_part(other: Shot | None) -> Span | None:
        same = other and other.found.sha256 == shot.found.sha256 and other.part == shot.part
        return other.window if other and same else None

    return replace(shot, window=room(shot.window, shot.part, in_part(before), in_part(after), shot.stay))
