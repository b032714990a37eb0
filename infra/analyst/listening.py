"""How loud a clip or a piece of music is, as a whole in LUFS and step by step; and handing its sound to other ears."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Protocol

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.filter import Graph
from numpy.typing import NDArray

from infra.decode.budgets import LONGEST_SECONDS
from infra.decode.clips import begins_at, packets_of, sound_of, sounds_in
from internal.errors import UnreadableMedia

RATE = 48_000
#: what ears hear: samples a second
EAR_RATE = 16_000
#: of one loudness reading, in seconds
STEP = 0.5
#: ITU-R BS.1770-4 gates at -70 LUFS: a file that never gets there is silent
SILENCE = -69.9
#: time stamps are rounded; a gap longer than this, in seconds, is a damaged stretch or a late beginning
GAP = 0.05


class Ear(Protocol):
    """Understands sound, or some of it."""

    def hear(self, samples: NDArray[np.float32]) -> None:
        """Mono, -1 to 1, `EAR_RATE`; what follows on what came before."""
        ...


@dataclass(frozen=True)
class Heard:
    """`levels`: loudness (RMS, 0 to 1) of each `STEP`; `loudness`: integrated, in LUFS, None for silence;
    `seconds`: how much sound there was, 0 when none could be decoded."""

    loudness: float | None = None
    levels: tuple[float, ...] = ()
    seconds: float = 0.0


def listen(container: InputContainer, ear: Ear) -> Heard:
    """Decode all its sound, in memory bounded by one step. FFmpeg's ebur128 filter measures the loudness by
    EBU R 128. What cannot be decoded is silent."""
    sound = sound_of(container)
    if sound is None:
        return Heard()
    meter = _Meter()
    stereo = AudioResampler("flt", "stereo", RATE, frame_size=int(RATE * STEP))
    mono = AudioResampler("flt", "mono", EAR_RATE, frame_size=int(EAR_RATE * STEP))
    for frame in chain(_frames(container, sound), (None,)):
        for block in stereo.resample(frame):
            meter.hear(block)
        for block in mono.resample(frame):
            ear.hear(block.to_ndarray().ravel().astype(np.float32, copy=False))
    return meter.heard()


def _frames(container: InputContainer, sound: AudioStream) -> Iterator[AudioFrame]:
    """Without holes: silence stands where packets are missing or damaged, and before what begins late."""
    start, shape, heard = begins_at(container), None, 0
    for packet in packets_of(container, sound):
        for frame in sounds_in(packet):
            shape = shape or _shape(frame)
            if _shape(frame) != shape:
                continue  # a header that was hit: what it says of the rest cannot be believed
            late = 0.0 if frame.time is None else frame.time - start - heard / frame.sample_rate
            for silence in _silence(frame, late if late > GAP else 0.0):
                heard += silence.samples
                yield silence
            heard += frame.samples
            if heard > LONGEST_SECONDS * frame.sample_rate:
                raise UnreadableMedia("This file has far more sound than its header says.")
            yield frame


def _shape(frame: AudioFrame) -> tuple[str, str, int]:
    return frame.format.name, frame.layout.name, frame.sample_rate


def _silence(like: AudioFrame, seconds: float) -> Iterator[AudioFrame]:
    """A second at a time."""
    rest = round(min(seconds, LONGEST_SECONDS) * like.sample_rate)
    while rest > 0:
        silence = AudioFrame(like.format.name, like.layout.name, min(rest, like.sample_rate))
        silence.sample_rate = like.sample_rate
        for plane in silence.planes:
            plane.update(bytes(plane.buffer_size))
        rest -= silence.samples
        yield silence


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
