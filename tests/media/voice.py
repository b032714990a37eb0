"""A voice made of numbers, enough like one to be taken for speech: syllables by three formants, with pauses between."""

import math

import numpy as np
from numpy.typing import NDArray

from tests.media.sounds import RATE, Sound

#: hertz of the first three formants of each vowel (Peterson and Barney 1952, men)
_FORMANTS = {
    "a": (730, 1090, 2440),
    "e": (530, 1840, 2480),
    "i": (270, 2290, 3010),
    "o": (570, 840, 2410),
    "u": (300, 870, 2240),
}
_STRENGTHS, _WIDTHS = (1.0, 0.5, 0.25), (60, 90, 120)
#: seconds of a consonant's hiss and of a vowel
_HISS, _VOWEL = 0.05, 0.18
#: seconds of one syllable, and of the pause that a space is
SYLLABLE, PAUSE = _HISS + _VOWEL, 0.5


def talk(vowels: str, pitch: float = 120.0, volume: float = 0.5) -> Sound:
    """A syllable for each vowel of "aeiou", a pause for each space."""
    random = np.random.default_rng(1)
    parts = [_silence() if vowel == " " else _syllable(vowel, pitch, at, random) for at, vowel in enumerate(vowels)]
    mono = np.concatenate(parts) * volume
    return np.stack([mono, mono]).astype(np.float32)


def spoken(vowels: str) -> list[tuple[float, float]]:
    """When it begins and ends to talk, in seconds."""
    spans, at = [], 0.0
    for word in vowels.split(" "):
        if word:
            spans.append((at, at + len(word) * SYLLABLE))
        at += len(word) * SYLLABLE + PAUSE
    return spans


def _syllable(vowel: str, pitch: float, number: int, random: np.random.Generator) -> NDArray[np.float64]:
    hiss = np.diff(random.normal(0, 0.05, round(_HISS * RATE)), prepend=0)
    return np.concatenate([hiss * np.hanning(len(hiss)), _vowel(vowel, pitch, number)])


def _vowel(vowel: str, pitch: float, number: int) -> NDArray[np.float64]:
    """Harmonics of a voice that rises and falls, each as strong as the formants near it make it."""
    time = np.arange(round(_VOWEL * RATE)) / RATE
    tone = pitch * (1 + 0.15 * math.sin(number * 1.3)) * (1 - 0.15 * time / _VOWEL)
    turned = 2 * math.pi * np.cumsum(tone) / RATE
    sound = np.zeros_like(time)
    for harmonic in range(1, int(4500 / pitch)):
        sound += _strength(vowel, harmonic * tone) / harmonic**0.3 * np.sin(harmonic * turned)
    edges = np.minimum(1, np.minimum(time / 0.03, (_VOWEL - time) / 0.05))
    return np.asarray(sound * edges / np.abs(sound).max())


def _strength(vowel: str, hertz: NDArray[np.float64]) -> NDArray[np.float64]:
    parts = zip(_FORMANTS[vowel], _STRENGTHS, _WIDTHS, strict=True)
    return np.asarray(sum(most / (1 + ((hertz - middle) / width) ** 2) for middle, most, width in parts))


def _silence() -> NDArray[np.float64]:
    return np.zeros(round(PAUSE * RATE))
