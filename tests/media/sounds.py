"""Sounds made of numbers: waves on a shore, a town's bells, and a small tune."""

import math
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from numpy.typing import NDArray

#: stereo, two rows of samples from -1 to 1
Sound = NDArray[np.float32]
RATE = 48_000
#: two bars each of I, vi, IV, V in C, as semitones above middle C
_CHORDS = ((0, 4, 7, 12), (-3, 0, 4, 9), (-7, 0, 5, 9), (-5, 2, 7, 11))
_BEAT = 60 / 92


def waves(seconds: float, seed: int) -> Sound:
    """Noise that falls off with pitch, swelling like surf."""
    random, length = np.random.default_rng(seed), round(seconds * RATE)
    spectrum = np.exp(1j * random.uniform(0, 2 * math.pi, (2, length // 2 + 1)))
    pitch = np.fft.rfftfreq(length, 1 / RATE)
    noise = np.fft.irfft(spectrum / (60 + pitch) * (pitch < 6000), length)
    swell = 0.35 + 0.65 * np.sin(np.linspace(0, math.pi * seconds / 3, length)) ** 2
    return _levelled(noise * swell, 0.35)


def bells(seconds: float, seed: int) -> Sound:
    """Three tones now and then over a soft hum."""
    random, length = np.random.default_rng(seed), round(seconds * RATE)
    sound = waves(seconds, seed) * 0.2
    for at in np.arange(0.2, seconds, 0.7):
        _add_note(sound, round(at * RATE), int(random.choice([7, 11, 14])), 0.25)
    return _levelled(sound[:, :length], 0.4)


def tune(seconds: float) -> Sound:
    """Broken chords over a slow bass; it fades at its end."""
    length = round(seconds * RATE)
    sound = np.zeros((2, length), np.float32)
    for beat in range(int(seconds / _BEAT) + 1):
        chord = _CHORDS[beat // 8 % len(_CHORDS)]
        at = round(beat * _BEAT * RATE)
        if beat % 4 == 0:
            _add_note(sound, at, chord[0] - 24, 0.5)
        _add_note(sound, at, chord[(beat * 3) % 4], 0.3)
        _add_note(sound, at + round(_BEAT * RATE / 2), chord[(beat * 3 + 2) % 4], 0.2)
    fade = np.minimum(1, np.linspace(seconds / 2, 0, length))
    return _levelled(sound * fade, 0.7)


def write_music(path: Path, seconds: float = 20.0) -> Path:
    """The tune, in the format its name asks for: .m4a, .mp3, .wav, .flac or .ogg."""
    codec = {".m4a": "aac", ".mp3": "libmp3lame", ".wav": "pcm_s16le", ".flac": "flac", ".ogg": "libopus"}[path.suffix]
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w", options={"fflags": "+bitexact"}) as container:
        fill(container, add_sound_stream(container, codec), tune(seconds))
    return path


def add_sound_stream(container: OutputContainer, codec: str) -> AudioStream:
    """All streams of a container are added before any is filled."""
    return cast(AudioStream, container.add_stream(codec, rate=RATE, layout="stereo"))


def fill(container: OutputContainer, stream: AudioStream, sound: Sound) -> None:
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound), format="fltp", layout="stereo")
    frame.sample_rate, frame.pts, frame.time_base = RATE, 0, Fraction(1, RATE)
    resampler = av.AudioResampler(stream.format.name, "stereo", RATE, frame_size=stream.codec_context.frame_size)
    for block in [*resampler.resample(frame), *resampler.resample(None)]:
        container.mux(stream.encode(block))
    container.mux(stream.encode(None))


def _add_note(sound: Sound, at: int, semitones: int, volume: float) -> None:
    """A plucked string: four harmonics, the higher the sooner gone."""
    length = min(sound.shape[1] - at, round(1.6 * RATE))
    if length <= 0:
        return
    time = np.arange(length) / RATE
    pitch = 261.63 * 2 ** (semitones / 12)
    parts = (np.sin(2 * math.pi * pitch * n * time) * np.exp(-time * (2.5 + n)) / n**1.5 for n in range(1, 5))
    attack = np.minimum(1, time / 0.006)
    sound[:, at : at + length] += (sum(parts) * attack * volume).astype(np.float32)


def _levelled(sound: NDArray[np.float32] | NDArray[np.float64], peak: float) -> Sound:
    loudest = float(np.abs(sound).max()) or 1.0
    return (sound * (peak / loudest)).astype(np.float32)
