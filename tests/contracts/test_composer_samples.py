"""What every Composer must show of media that real cameras wrote. They are not ours to keep: where they are missing,
nothing is asserted, and nothing of them is stored."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from internal.film import FPS
from internal.media import Kind
from internal.vlog import Scene
from tests.contracts.small_films import film_of, frames, render
from tests.samples import needs_samples, sample

CLIPS = (".mp4", ".mov")


@needs_samples
@pytest.mark.parametrize("aspect", ["16:9", "9:16", "1:1"])
def test_a_whole_day_as_cameras_wrote_it_is_shown(composer, tmp_path, aspect):
    media = {path.name: path for path in sorted(sample("day").iterdir())}
    film = film_of(*(glimpse(path) for path in media.values()), aspect=aspect)
    chunks = render(composer, film, media, tmp_path)
    for chunk in film.chunks:
        (frame,) = frames(chunks[chunk.name])
        path = media[chunk.views[0].scene.sha256]
        assert frame.shape == (film.canvas.height, film.canvas.width, 3)
        if path.suffix.lower() not in CLIPS:
            assert abs(colour(frame) - colour(upright(path))).max() < 48, path.name
        elif path.name != "speech_slides.mp4":  # which begins with one colour
            assert frame.std() > 5, path.name


def glimpse(path: Path) -> Scene:
    kind = Kind.CLIP if path.suffix.lower() in CLIPS else Kind.PHOTO
    return Scene(kind=kind, sha256=path.name, seconds=1 / FPS, start=1.0 if kind is Kind.CLIP else 0.0)


def upright(path: Path) -> np.ndarray:
    with Image.open(path) as photo:
        photo.draft("RGB", (640, 640))
        return np.asarray(ImageOps.exif_transpose(photo).convert("RGB").resize((64, 64)))


def colour(pixels: np.ndarray) -> np.ndarray:
    """The mean of its middle."""
    height, width = pixels.shape[:2]
    middle = pixels[height // 3 : height - height // 3, width // 3 : width - width // 3]
    return middle.reshape(-1, 3).mean(axis=0)
