"""Media that is right but unusual: every orientation, every format, odd rates, no sound, small and long shapes."""

from pathlib import Path

from PIL import Image

from tests.media.clips import Take, write_clip
from tests.media.scenery import Scenery, draw
from tests.media.sounds import waves, write_music
from tests.media.stills import Shot, write_photo

FORMATS = ("jpg", "png", "webp", "heic", "avif", "gif")


def make_odd(folder: Path) -> list[Path]:
    return [*_orientations(folder), *_formats(folder), *_clips(folder), write_music(folder / "music.mp3", 3.0)]


def _orientations(folder: Path) -> list[Path]:
    """All upright they show the same 160 × 120."""
    picture = draw(Scenery("balloons", 9.0, 5), 160, 120)
    return [write_photo(folder / f"turned_{n}.jpg", picture, Shot(orientation=n)) for n in range(1, 9)]


def _formats(folder: Path) -> list[Path]:
    picture = draw(Scenery("town", 15.0, 6), 160, 120)
    glass = picture.convert("RGBA")
    glass.putalpha(Image.linear_gradient("L").resize(glass.size))
    return [
        *(write_photo(folder / f"format.{suffix}", picture) for suffix in FORMATS),
        write_photo(folder / "transparent.png", glass),
        write_photo(folder / "grey.jpg", picture.convert("L")),
        write_photo(folder / "palette.png", picture.quantize(16)),
        write_photo(folder / "one_pixel.png", picture.crop((0, 0, 1, 1))),
    ]


def _clips(folder: Path) -> list[Path]:
    scenery, small = Scenery("sea", 12.0, 7), (160, 90)
    return [
        write_clip(folder / "slow.mp4", scenery, Take(2.0, *small, fps=10)),
        write_clip(folder / "uneven.mp4", scenery, Take(2.0, *small, uneven=True, sound=waves(2.0, 1))),
        write_clip(folder / "hevc_turned.mov", scenery, Take(1.0, 90, 160, codec="libx265", rotation=-90)),
        write_clip(folder / "upside_down.mp4", scenery, Take(1.0, *small, rotation=180)),
        write_clip(folder / "matroska.mkv", scenery, Take(1.0, *small, sound=waves(1.0, 2))),
    ]
