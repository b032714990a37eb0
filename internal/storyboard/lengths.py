"""How long each scene lasts: the room is used up, no word is cut, and scenes change on the beat where they can."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from internal.film import FPS, overlaps, total
from internal.storyboard.shots import Shot, nearest

#: how much it costs to change scenes off the beat; to be a second early or late in the film; a second long or short
_OFF_BEAT, _EARLY, _LONG = 1.0, 0.02, 0.1
#: how far a beat may be from the frame that shows it, in frames
_ON_BEAT = 0.5 + 1e-6
#: ways to tell the film so far that are followed at once
_WAYS = 24


def lengths(shots: Sequence[Shot], frames: int, beats: Sequence[float]) -> list[int]:
    """In frames, one of the shot's own `lengths` each; never more than `frames` in all, where they fit at their
    shortest."""
    wishes = _wishes(shots, frames)
    return _Plan(shots, wishes, frames, beats).best()


def _wishes(shots: Sequence[Shot], limit: int) -> list[int]:
    """All drawn out by the same share: to their usual length, and from there to their longest, as the limit allows.

    Longer scenes overlap no less, so measuring the room before they are drawn out is safe.
    """
    usual = [shot.usual for shot in shots]
    if total(usual) <= limit:
        return _drawn(usual, [shot.lengths[-1] for shot in shots], limit)
    return _drawn([shot.lengths[0] for shot in shots], usual, limit)


def _drawn(short: Sequence[int], long: Sequence[int], limit: int) -> list[int]:
    room, wish = limit - total(short), sum(long) - sum(short)
    share = min(1.0, room / wish) if wish else 0.0
    return [here + int(share * (there - here)) for here, there in zip(short, long, strict=True)]


@dataclass(frozen=True)
class _Way:
    """Lengths of the first scenes, and what they cost: the film begins its next scene at frame `at`."""

    at: int
    cost: float
    lengths: tuple[int, ...]


class _Plan:
    """Dynamic programming over the frame at which each scene begins; few ways are kept, those that cost least."""

    def __init__(self, shots: Sequence[Shot], wishes: Sequence[int], frames: int, beats: Sequence[float]) -> None:
        self._shots, self._wishes, self._beats = shots, wishes, beats
        self._options = [frozenset(shot.lengths) for shot in shots]
        #: the frame from which on there is no beat to keep to
        self._quiet = beats[-1] if beats else 0
        #: by how much each scene runs into the next. Scenes short enough to change that have one length only
        self._shared = (*overlaps(wishes), 0)
        steps = [wish - shared for wish, shared in zip(wishes, self._shared, strict=True)]
        #: where each scene ends if all goes as wished, and the last frame at which it may
        self._ends = list(accumulate(steps))
        shortest = [shot.lengths[0] - shared for shot, shared in zip(shots, self._shared, strict=True)]
        self._latest = [frames - sum(shortest[number + 1 :]) for number in range(len(shots))]

    def best(self) -> list[int]:
        ways = [_Way(0, 0.0, ())]
        for number in range(len(self._shots)):
            ways = self._fewer(way for before in ways for way in self._onward(before, number))
        return list(ways[0].lengths)

    @staticmethod
    def _fewer(ways: Iterator[_Way]) -> list[_Way]:
        """The cheapest to each frame, the cheapest first."""
        best: dict[int, _Way] = {}
        for way in sorted(ways, key=lambda way: (way.cost, way.lengths)):
            best.setdefault(way.at, way)
        return list(best.values())[:_WAYS]

    def _onward(self, before: _Way, number: int) -> Iterator[_Way]:
        shared, is_last = self._shared[number], number + 1 == len(self._shots)
        changes = set(() if is_last else self._on_beat(before.at, number))
        for length in {self._back_to_plan(before.at, number), *self._options[number].intersection(changes)}:
            at = before.at + length - shared
            if at <= self._latest[number]:
                off_beat = not is_last and at < self._quiet and length not in changes
                cost = before.cost + self._cost(number, length, at) + _OFF_BEAT * off_beat
                yield _Way(at, cost, (*before.lengths, length))

    def _back_to_plan(self, at: int, number: int) -> int:
        """The length that ends nearest to the plan, and leaves room for the rest."""
        allowed, shared = self._shots[number].lengths, self._shared[number]
        fitting = allowed[: bisect_right(allowed, self._latest[number] + shared - at)]
        return nearest(fitting, self._ends[number] + shared - at)

    def _on_beat(self, at: int, number: int) -> Iterator[int]:
        """Lengths with which the transition to the next scene has its middle on a beat."""
        allowed, half = self._shots[number].lengths, self._shared[number] / 2
        first, last = (bisect_left(self._beats, at + length - half - 1) for length in (allowed[0], allowed[-1] + 2))
        return (math.ceil(beat + half - _ON_BEAT) - at for beat in self._beats[first:last])

    def _cost(self, number: int, length: int, at: int) -> float:
        early, long = (at - self._ends[number]) / FPS, (length - self._wishes[number]) / FPS
        return _EARLY * abs(early) + _LONG * long**2
