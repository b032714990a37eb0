"""How loud each sound of the film is before they are mixed, how it comes and goes, and when music steps back."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from infra.composer.sound.decoding import RATE, Samples
from internal.film import Film
from internal.media import Kind, Span
from internal.vlog import Scene

#: in LUFS: speech is brought here, and music; what is neither is only kept from being louder
SPEECH, MUSIC, AMBIENCE = -16.0, -18.0, -20.0
#: in dB: how far music steps back under speech, and under a clip that is to be heard
_UNDER_SPEECH, _UNDER_AMBIENCE = 12.0, 3.0
#: a clip of this volume is to be heard
_HEARD = 0.5
#: in seconds: it is back before the first word, and forward again after the last
_BACK, _FORWARD = 0.3, 0.8
#: in seconds: too short a pause for it to come forward
_PAUSE = 1.5
#: points of a curve in a second
_POINTS = 100


def gain_to(goal: float, loudness: float, most: float = 20.0) -> float:
    """What brings a sound of this loudness (in LUFS; -inf: who knows) there, as a factor; up by at most `most` dB,
    since the noise of a room comes with it."""
    return float(10 ** (min(goal - loudness, most) / 20)) if loudness > -math.inf else 1.0


def is_heard_speaking(scene: Scene) -> bool:
    return scene.kind is Kind.CLIP and scene.volume > 0 and bool(scene.speech)


@dataclass(frozen=True)
class Envelope:
    """Where a sound is heard, in samples of the film, and in how many it comes and goes. Two that fade into
    each other are together as loud as one (equal power)."""

    begin: int
    end: int
    fade_in: int
    fade_out: int

    def gains(self, at: int, count: int) -> Samples:
        """One for each sample from `at` on, in a column."""
        place = np.arange(at, at + count)
        rise = (place - self.begin) / max(1, self.fade_in)
        fall = (self.end - 1 - place) / max(1, self.fade_out)
        share = np.clip(np.minimum(rise, fall), 0, 1)
        return np.sin(share * (np.pi / 2))[:, None].astype(np.float32)


class Ducking:
    """How far music steps back, known for the whole film before it begins."""

    def __init__(self, film: Film, volume: float) -> None:
        """`volume`: the music's, 0 to 1: softer music has less far to go."""
        self._depths = np.zeros(round(film.seconds * _POINTS) + 2, np.float32)
        speech = max(_UNDER_AMBIENCE, _UNDER_SPEECH + 20 * float(np.log10(max(volume, 1e-3))))
        self._step_back(_merged(_spoken(film)), speech)
        self._step_back(_merged(_heard(film)), _UNDER_AMBIENCE)

    def gains(self, at: int, count: int) -> Samples:
        """One for each sample of the film from `at` on, in a column."""
        places = np.arange(at, at + count) * (_POINTS / RATE)
        depths = np.interp(places, np.arange(len(self._depths)), self._depths)
        gains: Samples = np.power(10, -depths / 20, dtype=np.float64)[:, None].astype(np.float32)
        return gains

    def _step_back(self, spans: Iterable[Span], depth: float) -> None:
        times = np.arange(len(self._depths)) / _POINTS
        for span in spans:
            back, forward = (times - span.start) / _BACK + 1, (span.end - times) / _FORWARD + 1
            np.maximum(self._depths, depth * np.clip(np.minimum(back, forward), 0, 1), out=self._depths)


def _spoken(film: Film) -> Iterator[Span]:
    """Where somebody is heard talking, in seconds of the film."""
    for scene, begin, end in _scenes(film):
        for span in scene.speech if is_heard_speaking(scene) else ():
            if begin + span.start < end:
                yield Span(start=begin + span.start, end=min(begin + span.end, end))


def _heard(film: Film) -> Iterator[Span]:
    for scene, begin, end in _scenes(film):
        if scene.kind is Kind.CLIP and scene.volume >= _HEARD:
            yield Span(start=begin, end=end)


def _scenes(film: Film) -> Iterator[tuple[Scene, float, float]]:
    """Each with its beginning and end, in seconds of the film."""
    for scene, first, count in zip(film.scenes, film.starts, film.counts, strict=True):
        yield scene, first / film.canvas.fps, (first + count) / film.canvas.fps


def _merged(spans: Iterable[Span]) -> Sequence[Span]:
    """In order, those with hardly a pause between them as one."""
    merged: list[Span] = []
    for span in sorted(spans, key=lambda span: span.start):
        if merged and span.start - merged[-1].end < _PAUSE:
            merged[-1] = Span(start=merged[-1].start, end=max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged
