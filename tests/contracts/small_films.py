"""Films small and seconds long, for the contract of Composer: their media, how they are made, what is in them."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from internal.film import Film, Piece, plan
from internal.media import Kind
from internal.ports import Composer
from internal.vlog import Music, Scene, Storyboard, VlogSettings

Pixels = NDArray[np.uint8]
RATE = 48_000


def nothing() -> None:
    """A check that never stops anything."""


# ---------------------------------------------------------------- media


def write_flat(path: Path, colour: str, size: tuple[int, int] = (160, 90)) -> Path:
    Image.new("RGB", size, colour).save(path, quality=95)
    return path


def brightness(seconds: float) -> int:
    """Of the ramp clip at that time."""
    return round(40 + 50 * seconds)


def write_ramp(path: Path, times: list[float], loud: bool = False) -> Path:
    """Frames at these times, each as bright as its time says; with a tone if loud."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=90, options={"crf": "1", "bf": "0"})
        stream.width, stream.height, stream.pix_fmt = 160, 90, "yuv420p"
        stream.codec_context.time_base = Fraction(1, 90)
        sound = container.add_stream("aac", rate=RATE, layout="stereo") if loud else None
        for at in times:
            frame = av.VideoFrame.from_ndarray(np.full((135, 160), 128, np.uint8), format="yuv420p")
            np.frombuffer(memoryview(frame.planes[0]), np.uint8)[:] = brightness(at)
            frame.pts, frame.time_base = round(at * 90), Fraction(1, 90)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if sound is not None:
            container.mux([packet for frame in tone(times[-1]) for packet in sound.encode(frame)])
            container.mux(sound.encode(None))
    return path


def tone(seconds: float, level: float = 0.3) -> Iterator[av.AudioFrame]:
    for at in range(0, int(seconds * RATE), 1024):
        wave = level * np.sin(2 * np.pi * 1000 * np.arange(at, at + 1024) / RATE)
        frame = av.AudioFrame.from_ndarray(np.stack((wave, wave)).astype(np.float32), format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = RATE, at, Fraction(1, RATE)
        yield frame


def write_tone(path: Path, seconds: float) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=RATE, layout="stereo")
        for frame in tone(seconds):
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


# ---------------------------------------------------------------- films


def photo(name: str, seconds: float = 1.0, **more: object) -> Scene:
    return Scene.model_validate({"kind": Kind.PHOTO, "sha256": name, "seconds": seconds, **more})


def clip(name: str, seconds: float = 1.0, **more: object) -> Scene:
    return Scene.model_validate({"kind": Kind.CLIP, "sha256": name, "seconds": seconds, **more})


def film_of(*scenes: Scene, music: str | None = None, **wishes: object) -> Film:
    played = Music(sha256=music) if music else None
    return plan(Storyboard(scenes=scenes, music=played), VlogSettings.model_validate(wishes), short_side=90)


def render(composer: Composer, film: Film, media: dict[str, Path], folder: Path) -> dict[str, Path]:
    """Its chunks."""
    return rendered(composer, film.chunks, media, folder)


def rendered(composer: Composer, pieces: Sequence[Piece], media: dict[str, Path], folder: Path) -> dict[str, Path]:
    return {piece.name: path for piece, path in composer.render(pieces, media, folder, nothing)}


def make(composer: Composer, film: Film, media: dict[str, Path], folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    out = folder / "film.mp4"
    composer.join(film, rendered(composer, film.pieces, media, folder), out, nothing)
    return out


def frames(path: Path) -> list[Pixels]:
    """In RGB."""
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def luma(path: Path) -> list[float]:
    """Of the middle of each frame."""
    with av.open(str(path)) as container:
        planes = [frame.to_ndarray()[: frame.height] for frame in container.decode(video=0)]
    return [float(plane[30:60, 60:100].mean()) for plane in planes]


def sound(path: Path) -> NDArray[np.float32]:
    """Rows of left and right."""
    with av.open(str(path)) as container:
        return np.concatenate([frame.to_ndarray().T for frame in container.decode(audio=0)])


def whole_day(**wishes: object) -> Film:
    return film_of(photo("red"), clip("ramp", 1.5), photo("blue"), music="music", **wishes)
