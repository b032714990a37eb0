"""How loud a clip or a piece of music is: as a whole in LUFS, and second by second."""

from dataclasses import dataclass

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.container import InputContainer
from av.filter import Graph

from infra.decode.clips import sound_of

RATE = 48_000
#: of one loudness reading, in seconds
STEP = 0.5
#: ITU-R BS.1770-4 gates at -70 LUFS: a file that never gets there is silent
SILENCE = -69.9


@dataclass(frozen=True)
class Heard:
    """`levels`: loudness (RMS, 0 to 1) of each `STEP`; `loudness`: integrated, in LUFS, None for silence;
    `seconds`: how much sound there was."""

    loudness: float | None = None
    levels: tuple[float, ...] = ()
    seconds: float = 0.0


def listen(container: InputContainer) -> Heard:
    """Decode all its sound, in memory bounded by one step. FFmpeg's ebur128 filter measures the loudness by
    EBU R 128."""
    sound = sound_of(container)
    if sound is None:
        return Heard()
    meter = _Meter()
    resampler = av.AudioResampler("flt", "stereo", RATE, frame_size=int(RATE * STEP))
    for frame in container.decode(sound):
        for block in resampler.resample(frame):
            meter.hear(block)
    for block in resampler.resample(None):
        meter.hear(block)
    return meter.heard()


class _Meter:
    def __init__(self) -> None:
        self._graph = Graph()
        source = self._graph.add_abuffer(sample_rate=RATE, format="flt", layout="stereo", time_base=None)
        self._graph.link_nodes(
            source, self._graph.add("ebur128", "metadata=1"), self._graph.add("abuffersink")
        ).configure()
        self._levels: list[float] = []
        self._samples = 0
        self._loudness = SILENCE

    def hear(self, block: AudioFrame) -> None:
        values = block.to_ndarray()
        self._levels.append(min(1.0, round(float(np.sqrt(np.mean(np.square(values)))), 4)))
        block.pts = self._samples
        self._samples += block.samples
        self._graph.push(block)
        self._read()

    def heard(self) -> Heard:
        self._graph.push(None)
        self._read()
        loudness = None if self._loudness <= SILENCE else round(self._loudness, 2)
        return Heard(loudness, tuple(self._levels), self._samples / RATE)

    def _read(self) -> None:
        while True:
            try:
                frame = self._graph.pull()
            except (av.error.BlockingIOError, av.error.EOFError):
                return
            self._loudness = float(frame.metadata.get("lavfi.r128.I", self._loudness))
