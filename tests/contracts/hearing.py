"""Making small clips and music with any sound, films that play them, and measuring what is heard."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.filter import Graph
from numpy.typing import NDArray

from internal.film import Film
from internal.media import Span
from internal.vlog import Music

#: makes the film of these media
Play = Callable[[Film, dict[str, Path]], Path]
#: rows of left and right
Sound = NDArray[np.float32]
RATE = 48_000


# ---------------------------------------------------------------- sounds


def tone(seconds: float, pitch: float = 1000.0, level: float = 0.3, rate: int = RATE) -> Sound:
    wave = level * np.sin(2 * np.pi * pitch * np.arange(round(seconds * rate)) / rate)
    return np.stack((wave, wave), axis=1).astype(np.float32)


def nothing_heard(seconds: float, rate: int = RATE) -> Sound:
    return np.zeros((round(seconds * rate), 2), np.float32)


def babble(seconds: float, level: float = 0.3, seed: int = 1) -> Sound:
    """Noise in syllables, four a second, as loud and soft as speech."""
    random, count = np.random.default_rng(seed), round(seconds * RATE)
    spectrum = np.fft.rfft(random.normal(size=count))
    pitch = np.fft.rfftfreq(count, 1 / RATE)
    voice = np.fft.irfft(spectrum * (pitch > 150) * np.exp(-pitch / 900), count)
    voice *= np.abs(np.sin(2 * np.pi * 2 * np.arange(count) / RATE)) ** 1.5
    voice *= level / np.abs(voice).max()
    return np.stack((voice, voice), axis=1).astype(np.float32)


# ---------------------------------------------------------------- files


@dataclass(frozen=True)
class Clip:
    """A dark clip, full of key frames, white from second `flash` on for a tenth of one. `late`: seconds by which its
    sound begins after its picture; `hole`: seconds of the sound whose packets are missing, or nonsense if `spoilt`."""

    sound: Sound
    seconds: float
    rate: int = RATE
    layout: str = "stereo"
    codec: str = "aac"
    late: float = 0.0
    flash: float | None = None
    hole: tuple[float, float] = (0.0, 0.0)
    spoilt: bool = False
    frames: Sequence[float] = ()


def write_heard(path: Path, clip: Clip) -> Path:
    with av.open(str(path), "w") as container:
        picture = container.add_stream("libx264", rate=90, options={"preset": "ultrafast", "bf": "0", "g": "3"})
        picture.width, picture.height, picture.pix_fmt = 160, 90, "yuv420p"
        picture.codec_context.time_base = Fraction(1, 900)
        track = _track(container, clip)
        for at in clip.frames or [number / 30 for number in range(round(clip.seconds * 30))]:
            lit = clip.flash is not None and clip.flash <= at + 0.0005 < clip.flash + 0.1
            frame = av.VideoFrame.from_ndarray(np.full((90, 160), 255 * lit, np.uint8), format="gray")
            frame.pts, frame.time_base = round(at * 900), Fraction(1, 900)
            container.mux(picture.encode(frame))
        container.mux(picture.encode(None))
        _fill(container, track, clip)
    return path


def write_played(path: Path, sound: Sound) -> Path:
    """Music, in the format its name asks for."""
    clip = Clip(sound, 0, codec={".m4a": "aac", ".wav": "pcm_s16le", ".ogg": "libopus", ".mp3": "mp3"}[path.suffix])
    with av.open(str(path), "w") as container:
        _fill(container, _track(container, clip), clip)
    return path


def _track(container: OutputContainer, clip: Clip) -> AudioStream:
    return cast(AudioStream, container.add_stream(clip.codec, rate=clip.rate, layout=clip.layout))


def _fill(container: OutputContainer, track: AudioStream, clip: Clip) -> None:
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(clip.sound.T), format="fltp", layout="stereo")
    frame.sample_rate, frame.pts, frame.time_base = clip.rate, round(clip.late * clip.rate), Fraction(1, clip.rate)
    shape = track.codec_context.frame_size or 1024
    resampler = av.AudioResampler(track.format.name, clip.layout, clip.rate, frame_size=shape)
    for block in [*resampler.resample(frame), *resampler.resample(None), None]:
        for packet in track.encode(block):
            at = float(packet.pts * packet.time_base) if packet.pts is not None and packet.time_base else 0.0
            if clip.spoilt and clip.hole[0] <= at < clip.hole[1]:
                packet.update(b"\xff" * packet.size)
            if clip.spoilt or not clip.hole[0] <= at < clip.hole[1]:
                container.mux(packet)


# ---------------------------------------------------------------- films


def music_of(film: Film, **part: object) -> Film:
    return film.model_copy(update={"music": Music.model_validate({"sha256": "music", **part})})


def spoken(*spans: tuple[float, float]) -> tuple[Span, ...]:
    return tuple(Span(start=start, end=end) for start, end in spans)


# ---------------------------------------------------------------- measuring


def loudness(sound: Sound) -> float:
    """Integrated, in LUFS by EBU R 128; -70 for silence."""
    graph = Graph()
    source = graph.add_abuffer(sample_rate=RATE, format="flt", layout="stereo", time_base=Fraction(1, RATE))
    graph.link_nodes(source, graph.add("ebur128", "metadata=1"), graph.add("abuffersink")).configure()
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound).reshape(1, -1), format="flt", layout="stereo")
    frame.sample_rate, frame.pts, frame.time_base = RATE, 0, Fraction(1, RATE)
    graph.push(frame)
    graph.push(None)
    measured = -70.0
    while True:
        try:
            measured = float(graph.pull().metadata.get("lavfi.r128.I", measured))
        except (av.error.EOFError, av.error.BlockingIOError):
            return measured


def decibels(sound: Sound) -> float:
    return float(10 * np.log10((sound.astype(np.float64) ** 2).mean() + 1e-12))


def peak(sound: Sound) -> float:
    """In dBFS."""
    return float(20 * np.log10(np.abs(sound).max() + 1e-9))


def between(sound: Sound, start: float, end: float) -> Sound:
    """In seconds."""
    return sound[round(start * RATE) : round(end * RATE)]


def level_at(sound: Sound, pitch: float) -> float:
    """In dB: of what is heard at this pitch alone."""
    wave = sound.mean(axis=1) * np.hanning(len(sound))
    turning = np.exp(-2j * np.pi * pitch * np.arange(len(wave)) / RATE)
    return float(20 * np.log10(abs((wave * turning).sum()) * 4 / len(wave) + 1e-9))


def pitch_of(sound: Sound) -> float:
    """The loudest, in Hz."""
    wave = sound.mean(axis=1) * np.hanning(len(sound))
    return float(np.fft.rfftfreq(len(wave), 1 / RATE)[np.abs(np.fft.rfft(wave)).argmax()])


def roughest(sound: Sound) -> float:
    """The largest second difference: of deep tones it is tiny, of a click it is about as large as the click."""
    return float(np.abs(np.diff(sound, 2, axis=0)).max(initial=0))
