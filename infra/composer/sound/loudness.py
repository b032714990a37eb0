"""How loud a sound is, and FFmpeg's filters over sounds of any length."""

import math
from collections.abc import Iterable, Iterator
from fractions import Fraction

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.filter import Graph

from infra.composer.sound.decoding import RATE, Samples

#: one of FFmpeg's: its name and its options
Filter = tuple[str, str]
#: below this EBU R 128 hears nothing, in LUFS
_GATE = -69.0


def loudness(sound: Iterable[Samples], *through: Filter) -> float:
    """Integrated, in LUFS by EBU R 128, of what comes out of these filters; -inf for silence, and for less than
    the 0.4 s that it takes to tell."""
    measured = -math.inf
    for frame in filtered(sound, *through, ("ebur128", "metadata=1")):
        measured = float(frame.metadata.get("lavfi.r128.I", measured))
    return measured if measured > _GATE else -math.inf


def filtered(sound: Iterable[Samples], *filters: Filter) -> Iterator[AudioFrame]:
    """Through one after the other."""
    graph = Graph()
    source = graph.add_abuffer(sample_rate=RATE, format="flt", layout="stereo", time_base=Fraction(1, RATE))
    chain = [source, *(graph.add(name, options) for name, options in filters), graph.add("abuffersink")]
    graph.link_nodes(*chain).configure()
    at = 0
    for samples in sound:
        graph.push(_frame(samples, at))
        at += len(samples)
        yield from _pulled(graph)
    graph.push(None)
    yield from _pulled(graph)


def _frame(samples: Samples, at: int) -> AudioFrame:
    frame = AudioFrame.from_ndarray(np.ascontiguousarray(samples).reshape(1, -1), format="flt", layout="stereo")
    frame.sample_rate, frame.pts, frame.time_base = RATE, at, Fraction(1, RATE)
    return frame


def _pulled(graph: Graph) -> Iterator[AudioFrame]:
    """What is ready now."""
    while True:
        try:
            frame = graph.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return
        if isinstance(frame, AudioFrame):
            yield frame
