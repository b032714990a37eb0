"""Sound of files, decoded as it is needed: 32-bit floats, 48 kHz, rows of left and right."""

from collections.abc import Generator, Iterator
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer
from numpy.typing import NDArray

from infra.decode.clips import open_clip, sound_of
from internal.errors import UnreadableMedia

Samples = NDArray[np.float32]
RATE = 48_000


def silence(count: int) -> Samples:
    return np.zeros((count, 2), np.float32)


def decoded(path: Path, start: float = 0.0) -> Generator[Samples, None, None]:
    """From `start` seconds to the end; nothing if the file has no sound. Raises UnreadableMedia."""
    with path.open("rb") as source, open_clip(source) as container:
        stream = sound_of(container)
        if stream is not None:
            yield from _samples(container, stream, start)


def looped(path: Path) -> Generator[Samples, None, None]:
    """Over and over, without end. Raises UnreadableMedia when there is nothing to hear."""
    while True:
        heard = False
        for samples in decoded(path):
            heard = heard or len(samples) > 0
            yield samples
        if not heard:
            raise UnreadableMedia("There is no sound in the music file. Choose another.")


class Reader:
    """Takes as many samples at a time as asked for from a source that gives what it likes."""

    def __init__(self, source: Generator[Samples, None, None]) -> None:
        self._source = source
        self._rest = silence(0)

    def take(self, count: int) -> Samples:
        """Silence follows the end."""
        pieces, missing = [self._rest], count - len(self._rest)
        while missing > 0:
            piece = next(self._source, None)
            pieces.append(silence(missing) if piece is None else piece)
            missing -= len(pieces[-1])
        joined = np.concatenate(pieces)
        self._rest = joined[count:]
        return joined[:count]

    def close(self) -> None:
        self._source.close()


def _samples(container: InputContainer, stream: AudioStream, start: float) -> Iterator[Samples]:
    """Picture and sound share one clock, and neither need begin at 0: what is too early is cut off, and
    what begins late is preceded by silence."""
    begin = (container.start_time or 0) / 1_000_000 + start
    if start > 0:
        container.seek(int(begin * 1_000_000))
    resampler = AudioResampler("flt", "stereo", RATE)
    early: int | None = None
    for frame in _frames(container, stream):
        if early is None:
            early = round((begin - (frame.time if frame.time is not None else begin)) * RATE)
            if early < 0:
                yield silence(-early)
        for part in resampler.resample(frame):
            samples: Samples = part.to_ndarray().reshape(-1, 2).astype(np.float32, copy=False)
            if len(samples) > early:
                yield samples[max(0, early) :]
            early -= len(samples)


def _frames(container: InputContainer, stream: AudioStream) -> Iterator[AudioFrame]:
    """A damaged packet is skipped, as players do."""
    for packet in container.demux(stream):
        try:
            yield from packet.decode()
        except av.error.InvalidDataError:
            continue
