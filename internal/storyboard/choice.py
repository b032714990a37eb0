"""Chooses what is shown when not everything fits: what is worth it, and from all of the day."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median

from internal.film import FPS, OVERLAP, total
from internal.storyboard.looks import colours_alike, direction, shapes_alike
from internal.storyboard.shots import Shot

#: what counts when the next is chosen: being worth it, against being like what was chosen before
_WORTH, _LIKENESS = 0.4, 0.6
#: what makes two shots alike: time, place, kind, looks
_TIME, _PLACE, _KIND, _LOOK = 0.4, 0.15, 0.1, 0.35
#: two stretches of one clip, far from one another
_ONE_CLIP = 0.6
#: frames by which the first and the last scene, which carry the opening and the ending, are longer than the shortest
_OPENING, _CLOSING = FPS, 3 * FPS // 2
#: an ending is given so much of a film at most: a short one rather shows one more
_SHORT = 20
#: the first and the last of the day that are worth the second are favoured by the first
_ENDS, _WORTHY = 0.5, 0.5


@dataclass(frozen=True)
class Room:
    """What the film has: frames in all, and between the beats of its music (0 without)."""

    frames: int
    beat: float = 0.0

    def beside_words(self) -> "Room":
        """Without what an opening takes more than any other scene; and an ending too, where there are beats that
        scenes drawn together to make room for it would miss."""
        closing = min(_CLOSING, self.frames // _SHORT) if self.beat else 0
        return replace(self, frames=self.frames - _OPENING - closing)

    def snug(self, shot: Shot) -> int:
        """How long a shot lasts when many want to be shown; from beat to beat where there are beats."""
        return self._on_beat(shot, (shot.lengths[0] + shot.usual) // 2)

    def usual(self, shot: Shot) -> int:
        return self._on_beat(shot, shot.usual)

    def holds(self, lengths: Sequence[int]) -> bool:
        """With a beat to spare, so that the first change can wait for one."""
        return len(lengths) == 1 or total(lengths) <= self.frames - self.beat

    def _on_beat(self, shot: Shot, frames: int) -> int:
        if not self.beat:
            return frames
        beats = math.ceil((frames - OVERLAP) / self.beat)
        longer = math.ceil(beats * self.beat) + OVERLAP
        return longer if longer <= shot.lengths[-1] else frames


def choose(shots: Sequence[Shot], room: Room) -> list[Shot]:
    """In the order of the day, so many that all fit. Every media has its turn before any is shown again: that
    happens only at the usual pace."""
    best = _best_of_each(shots)
    chooser = _Chooser(shots, _worths(shots, best), room)
    chooser.add(best, room.snug)
    chooser.add(range(len(shots)), room.usual)
    return [shots[number] for number in sorted(chooser.chosen)]


def _best_of_each(shots: Sequence[Shot]) -> list[int]:
    """Positions of each media's best shot."""
    best: dict[str, int] = {}
    for number, shot in enumerate(shots):
        if shot.worth > shots[best.setdefault(shot.found.sha256, number)].worth:
            best[shot.found.sha256] = number
    return sorted(best.values())


class _Chooser:
    """Takes again and again what adds most: maximal marginal relevance (Carbonell & Goldstein, "The use of MMR,
    diversity-based reranking", SIGIR 1998), but what is like many chosen shots adds less than what is like one."""

    def __init__(self, shots: Sequence[Shot], worths: Sequence[float], room: Room) -> None:
        self.chosen: list[int] = []
        self._shots, self._worths, self._room = shots, worths, room
        self._alike = _Alike(shots, room)
        self._likeness = [0.0] * len(shots)

    def add(self, numbers: Iterable[int], length: Callable[[Shot], int]) -> None:
        """Of these, in the order of their gain, those that fit at this length."""
        lengths = [length(shot) for shot in self._shots]
        left = set(numbers).difference(self.chosen)
        while left:
            number = max(left, key=lambda number: (self._gain(number), -number))
            left.remove(number)
            if self._room.holds([lengths[each] for each in sorted([*self.chosen, number])]):
                self._take(number)
            else:  # nor would what is longer
                left = {each for each in left if lengths[each] < lengths[number]}

    def _gain(self, number: int) -> float:
        return _WORTH * self._worths[number] - _LIKENESS * self._likeness[number]

    def _take(self, number: int) -> None:
        self.chosen.append(number)
        self._likeness = [before + self._alike.between(number, each) ** 2 for each, before in enumerate(self._likeness)]


class _Alike:
    """How much two shots of a day are alike, 0 to 1."""

    def __init__(self, shots: Sequence[Shot], room: Room) -> None:
        self._shots = shots
        times = [shot.taken.seconds for shot in shots]
        self._times = times if times[-1] > times[0] else [float(number) for number in range(len(shots))]
        #: as far apart as two scenes would be if they were spread evenly
        scenes = room.frames / median(shot.usual for shot in shots)
        self._apart = max(1.0, (self._times[-1] - self._times[0]) / scenes)
        self._colours = [direction(shot.palette) for shot in shots]

    def between(self, one: int, other: int) -> float:
        here, there = self._shots[one], self._shots[other]
        if here.found.sha256 == there.found.sha256:
            return _ONE_CLIP + (1 - _ONE_CLIP) * _near(here.window.start - there.window.start, here.stay.most)
        return (
            _TIME * _near(self._times[one] - self._times[other], self._apart)
            + _PLACE * (_place(here) == _place(there) != "")
            + _KIND * (here.is_clip == there.is_clip)
            + _LOOK * self._looks(one, other)
        )

    def _looks(self, one: int, other: int) -> float:
        """By their shapes, or, as under another crop, by their colours."""
        shapes = shapes_alike(self._shots[one].fingerprint, self._shots[other].fingerprint)
        return max(shapes, colours_alike(self._colours[one], self._colours[other]))


def _near(distance: float, far: float) -> float:
    """From 1 for no distance over a half for `far`."""
    return far / (far + abs(distance))


def _place(shot: Shot) -> str:
    return shot.found.place.name if shot.found.place else ""


def _worths(shots: Sequence[Shot], best: Sequence[int]) -> list[float]:
    """The share of its own kind that is worth no more than its media: what photos and clips measure does not
    compare. Less for another shot of the same clip; more for the first and the last of the day."""
    standing = {shots[number].found.sha256: _standing(shots[number], [shots[each] for each in best]) for number in best}
    most = {shots[number].found.sha256: shots[number].worth for number in best}
    worths = [
        standing[shot.found.sha256] * (shot.worth / most[shot.found.sha256] if most[shot.found.sha256] else 1.0)
        for shot in shots
    ]
    worthy = [number for number in best if worths[number] >= _WORTHY]
    for number in {worthy[0], worthy[-1]}:
        worths[number] += _ENDS
    return worths


def _standing(shot: Shot, shots: Sequence[Shot]) -> float:
    """Between the share of its kind that is worth no more, and its share of the worthiest."""
    kind = [other.worth for other in shots if other.is_clip == shot.is_clip]
    rank = sum(worth <= shot.worth for worth in kind) / len(kind)
    return (rank + (shot.worth / max(kind) if max(kind) else 1.0)) / 2
