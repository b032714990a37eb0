"""Sound of files, decoded as it is needed: 32-bit floats, 48 kHz, rows of left and right, by the picture's clock."""

from collections.abc import Generator, Iterable, Iterator
from pathlib import Path

import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray

from infra.decode.clips import begins_at, open_clip, packets_of, sound_of, sounds_in

Samples = NDArray[np.float32]
#: a piece of sound, and the sample at which it belongs
Placed = tuple[int, Samples]
RATE = 48_000
#: samples in which every sound comes and goes, lest it clicks
EDGE = RATE // 100
#: time stamps are rounded and drift; from here on a difference is a gap, in seconds: shorter than a frame of ours
_GAP = 0.025
#: four times what can be played: decoders go a little beyond it
_LOUDEST = np.float32(4)
#: decoders are right only after a while: Opus asks for 80 ms (RFC 7845 §4.6), MP3 borrows from 9 frames before
_WARM_UP = 0.3


def silence(count: int) -> Samples:
    return np.zeros((count, 2), np.float32)


def decoded(path: Path, start: float = 0.0) -> Generator[Samples, None, None]:
    """From `start` seconds after the picture begins (the sound, where there is no picture) to the end; nothing
    if the file has no sound. What begins late, and what is missing, is silence. Raises UnreadableMedia."""
    with path.open("rb") as source, open_clip(source) as container:
        stream = sound_of(container)
        if stream is not None:
            begin = begins_at(container) + start
            if start > _WARM_UP:
                container.seek(int((begin - _WARM_UP) * 1_000_000))
            frames = (frame for packet in packets_of(container, stream) for frame in sounds_in(packet))
            yield from joined(_placed(frames, begin))


def joined(pieces: Iterable[Placed]) -> Iterator[Samples]:
    """One after the other from sample 0 on. Silence fills gaps, what comes too early is cut off, and the sound
    falls before and rises after either, so the last `EDGE` samples are held until it is known what follows."""
    held, end, risen = silence(0), 0, 0
    for place, piece in pieces:
        samples = piece[max(0, end - place) :]
        if not len(samples):
            continue
        if place > end or not len(held):
            yield _falling(held)
            yield from _quiet(place - end)
            held, end, risen = silence(0), max(end, place), 0
        end += len(samples)
        run = np.concatenate((held, _rising(samples, risen)))
        risen += len(samples)
        held = run[-EDGE:]
        yield run[:-EDGE]
    yield _falling(held)


def _placed(frames: Iterable[AudioFrame], begin: float) -> Iterator[Placed]:
    """Counted from the sample that is heard `begin` seconds into the time stamps."""
    run: _Run | None = None
    for frame in frames:
        if run is None or not run.goes_on_with(frame):
            if run is not None:
                yield from run.resampled(None)
            run = _Run(frame, begin)
        yield from run.resampled(frame)
    if run is not None:
        yield from run.resampled(None)


class _Run:
    """Frames that follow one another without a gap, all of one kind."""

    def __init__(self, first: AudioFrame, begin: float) -> None:
        self._kind = _kind(first)
        self._due = begin if first.time is None else first.time
        self._place = round((self._due - begin) * RATE)
        self._resampler = AudioResampler("flt", "stereo", RATE)

    def goes_on_with(self, frame: AudioFrame) -> bool:
        return _kind(frame) == self._kind and (frame.time is None or abs(frame.time - self._due) < _GAP)

    def resampled(self, frame: AudioFrame | None) -> Iterator[Placed]:
        """What can be given now; with None, all that is left."""
        if frame is not None:
            self._due += frame.samples / frame.sample_rate
        for part in self._resampler.resample(frame):
            samples = _sane(part.to_ndarray().reshape(-1, 2).astype(np.float32, copy=False))
            yield self._place, samples
            self._place += len(samples)


def _kind(frame: AudioFrame) -> tuple[str, str, int]:
    """What may change in the middle of a file, and a resampler cannot follow."""
    return frame.format.name, frame.layout.name, frame.sample_rate


def _sane(samples: Samples) -> Samples:
    """Sound may be stored as numbers of any size, and as none: one such would spoil the whole film's."""
    return np.clip(np.nan_to_num(samples, nan=0.0, posinf=0.0, neginf=0.0), -_LOUDEST, _LOUDEST)


def _rising(samples: Samples, risen: int) -> Samples:
    """`risen` samples of the rise lie behind it."""
    if risen >= EDGE:
        return samples
    rise: Samples = np.arange(risen + 1, risen + 1 + len(samples), dtype=np.float32) / np.float32(EDGE)
    return samples * np.minimum(rise, np.float32(1))[:, None]


def _falling(samples: Samples) -> Samples:
    """To nothing, at its end."""
    fall = np.arange(len(samples) - 1, -1, -1, dtype=np.float32) / np.float32(EDGE)
    return samples * fall[:, None]


def _quiet(count: int) -> Iterator[Samples]:
    """A second at a time: a time stamp may claim anything."""
    for at in range(0, count, RATE):
        yield silence(min(RATE, count - at))
