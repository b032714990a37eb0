"""Where a clip may begin and end without cutting a word.

A word is cut when the begin or the end lies strictly inside a stretch of speech. Where that
cannot be helped, as in a speech without any pause, one of both keeps clear of it at least.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from internal.film import FPS
from internal.media import Span

#: seconds left before the first word and after the last, where the pause has them, for the transition
_BREATH = 0.25
#: what a float may be wrong by, in frames
_EXACT = 1e-6


@dataclass(frozen=True)
class Freedom:
    """Pairs of stretches: a scene may begin anywhere in the first and end anywhere in the second."""

    pairs: tuple[tuple[Span, Span], ...]

    def lengths(self, least: int, most: int) -> tuple[int, ...]:
        """All it may have, in frames, shortest first."""
        found: set[int] = set()
        for begin, end in self.pairs:
            shortest = math.ceil((end.start - begin.end) * FPS - _EXACT)
            longest = math.floor((end.end - begin.start) * FPS + _EXACT)
            found.update(range(max(least, shortest), min(most, longest) + 1))
        return tuple(sorted(found))

    def start(self, frames: int, centre: float) -> float:
        """Where a scene of one of `lengths` begins, in seconds, so that its middle is as near `centre` as may be."""
        seconds = frames / FPS
        wish = centre - seconds / 2
        starts = [min(max(wish, first), last) for first, last in self._starts(seconds)]
        start = min(starts, key=lambda start: (abs(start - wish), start))
        return math.floor(start * 1e6 + _EXACT) / 1e6

    def _starts(self, seconds: float) -> Iterator[tuple[float, float]]:
        for begin, end in self.pairs:
            first, last = max(begin.start, end.start - seconds), min(begin.end, end.end - seconds)
            if first - last <= _EXACT / FPS:
                yield first, max(first, last)


def freedoms(window: Span, speech: Sequence[Span]) -> Iterator[Freedom]:
    """In one part of a clip, the best first: with a breath beside the words; without cutting a word; cutting one
    at one end; anywhere."""
    silent = pauses(window, speech)
    yield _between([_breathing(pause, window) for pause in silent])
    yield _between(silent)
    yield Freedom(tuple((pause, window) for pause in silent) + tuple((window, pause) for pause in silent))
    yield Freedom(((window, window),))


def pauses(window: Span, speech: Sequence[Span]) -> list[Span]:
    """Stretches of the window in which nobody talks; between two that talk at once, a single point."""
    silent, free = [], window.start
    heard = (talk for talk in speech if max(talk.start, window.start) < min(talk.end, window.end))
    for talk in sorted(heard, key=lambda talk: (talk.start, talk.end)):
        if talk.start >= free:
            silent.append(Span(start=free, end=talk.start))
        free = max(free, talk.end)
    return [*silent, Span(start=free, end=window.end)] if free <= window.end else silent


def _breathing(pause: Span, window: Span) -> Span:
    """Without its edges, where words are."""
    breath = min(_BREATH, (pause.end - pause.start) / 3)
    start = pause.start if pause.start == window.start else pause.start + breath
    return Span(start=start, end=pause.end if pause.end == window.end else pause.end - breath)


def _between(silent: Sequence[Span]) -> Freedom:
    return Freedom(tuple((begin, end) for number, begin in enumerate(silent) for end in silent[number:]))
