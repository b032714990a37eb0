"""Clips put together from several shots, as an editing app saves them; clips with damage, and with odd sound."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import numpy as np
from av.video.stream import VideoStream
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from tests.media.clips import Take, write_clip
from tests.media.scenery import Scenery, draw
from tests.media.sounds import Sound, add_sound_stream, fill, waves


@dataclass(frozen=True)
class Part:
    """A shot that pans over a still picture. `pan`: pixels a second; `shake`: pixels from frame to frame, at random;
    `blur`: in pixels; `light`: 1 as it is, 0 black, 30 burnt out; `flash`: the frame that is white."""

    scenery: Scenery
    seconds: float
    pan: float = 20.0
    shake: float = 0.0
    blur: float = 0.0
    light: float = 1.0
    flash: int = -1


@dataclass(frozen=True)
class Coding:
    """`gop`: frames from one key frame to the next, at most; `enlarged`: so many times 192 × 108."""

    fps: int = 30
    codec: str = "libx264"
    gop: int = 250
    enlarged: int = 1


def write_reel(path: Path, parts: Sequence[Part], coding: Coding, sound: Sound | None = None) -> Path:
    """One part after the other without transition."""
    fps, quiet = coding.fps, {"x265-params": "log-level=none:pools=none:frame-threads=1"}
    options = {"preset": "ultrafast", "g": str(coding.gop), **(quiet if coding.codec == "libx265" else {})}
    with av.open(str(path), "w", options={"fflags": "+bitexact"}) as container:
        stream = cast(VideoStream, container.add_stream(coding.codec, rate=fps, options=options))
        stream.width, stream.height, stream.pix_fmt = 192 * coding.enlarged, 108 * coding.enlarged, "yuv420p"
        heard = add_sound_stream(container, "aac") if sound is not None else None
        number = 0
        for part in parts:
            for picture in _frames(part, fps):
                frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
                frame = frame.reformat(width=stream.width, height=stream.height, format="yuv420p")
                frame.pts, frame.time_base = number, Fraction(1, fps)
                container.mux(stream.encode(frame))
                number += 1
        container.mux(stream.encode(None))
        if heard is not None and sound is not None:
            fill(container, heard, sound)
    return path


def damaged(path: Path, kind: str, chosen: Sequence[int] | slice) -> Path:
    """Zeros instead of the packets of that kind whose numbers are chosen."""
    with av.open(str(path)) as container:
        packets = [packet for packet in container.demux() if packet.stream.type == kind and packet.pos is not None]
        places = [(packet.pos, packet.size) for packet in packets if packet.size]
    content = bytearray(path.read_bytes())
    for at, size in places[chosen] if isinstance(chosen, slice) else (places[number] for number in chosen):
        content[at : at + size] = bytes(size)
    path.write_bytes(content)
    return path


def write_odd_sound(path: Path) -> Path:
    """A second of picture with sound in a code that few players know, as phones write beside the usual one."""
    write_clip(path.with_stem("silent"), Scenery("sea", 9.0, 1), Take(1.0, 160, 90, fps=10))
    with av.open(str(path.with_stem("silent"))) as given, av.open(str(path), "w") as container:
        picture = container.add_stream_from_template(given.streams.video[0])
        sound = add_sound_stream(container, "tta")
        for packet in given.demux(video=0):
            if packet.dts is not None:
                packet.stream = picture
                container.mux(packet)
        fill(container, sound, waves(1.0, 1))
    return path


def leafy(picture: Image.Image, seed: int) -> Image.Image:
    """With as much fine detail as the world has: noise that falls off with its fineness."""
    random, (width, height) = np.random.default_rng(seed), picture.size
    down, across = np.meshgrid(np.fft.fftfreq(height), np.fft.rfftfreq(width), indexing="ij")
    spectrum = np.exp(2j * np.pi * random.random(down.shape)) / np.maximum(np.hypot(down, across), 1 / 64)
    leaves = np.fft.irfft2(spectrum, (height, width))
    shown = np.asarray(picture, dtype=np.float32) + (leaves / leaves.std() * 40)[:, :, None]
    return Image.fromarray(np.clip(shown, 0, 255).astype(np.uint8))


def _frames(part: Part, fps: int) -> list[NDArray[np.uint8]]:
    seed = sum(map(ord, part.scenery.subject)) + part.scenery.seed
    wide = leafy(draw(part.scenery, 320, 180), seed).filter(ImageFilter.GaussianBlur(part.blur))
    seen = np.clip(np.asarray(wide, dtype=np.float32) * part.light, 0, 255).astype(np.uint8)
    random, count = np.random.default_rng(1), round(part.seconds * fps)
    frames = []
    for number in range(count):
        across, down = 64 + part.pan * (number / fps - part.seconds / 2), 36.0
        across, down = (at + random.normal(0, 1) * part.shake for at in (across, down))
        left, top = (int(min(max(at, 0), most)) for at, most in ((across, 127), (down, 71)))
        white = number == part.flash
        frames.append(
            np.full((108, 192, 3), 255, np.uint8) if white else seen[top : top + 108, left : left + 192].copy()
        )
    return frames
