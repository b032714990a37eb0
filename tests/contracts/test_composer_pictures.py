"""What every Composer draws of a scene for its owner to know it by."""

from pathlib import Path

import numpy as np
from PIL import Image

from internal.film import Canvas, Chunk, View
from internal.ports import Composer
from internal.vlog import Scene
from tests.contracts.small_films import brightness, clip, nothing, photo, write_flat, write_ramp

CANVAS = Canvas(width=160, height=90)


def middle(scene: Scene) -> Chunk:
    frames = round(scene.seconds * CANVAS.fps)
    return Chunk(canvas=CANVAS, views=(View(scene=scene, first=frames // 2, count=1, of=frames),))


def test_a_photo_is_in_its_own_colours_and_nothing_else_is_in_the_file(composer: Composer, tmp_path: Path) -> None:
    media = {name: write_flat(tmp_path / f"{name}.png", name) for name in ("red", "blue")}
    wanted = {tmp_path / f"{name}.jpg": middle(photo(name)) for name in media}
    assert composer.pictures(wanted, media, nothing) == {}
    for path, colour in zip(wanted, ((255, 0, 0), (0, 0, 255)), strict=True):
        with Image.open(path) as picture:
            assert (picture.format, picture.size, dict(picture.getexif())) == ("JPEG", (160, 90), {})
            assert abs(np.asarray(picture, int)[45, 80] - colour).max() < 12
        assert b"ICC_PROFILE" not in path.read_bytes()


def test_a_clip_is_shown_at_its_own_moment(composer: Composer, tmp_path: Path) -> None:
    media = {"ramp": write_ramp(tmp_path / "ramp.mp4", [number / 30 for number in range(90)])}
    wanted = {tmp_path / f"{start}.jpg": middle(clip("ramp", start=start)) for start in (0.0, 1.0, 2.0)}
    assert composer.pictures(wanted, media, nothing) == {}
    for path, start in zip(wanted, (0.0, 1.0, 2.0), strict=True):
        with Image.open(path) as picture:
            seen = float(np.asarray(picture.convert("L"), float).mean())
        expected = (brightness(start + 0.5) - 16) * 255 / 219
        assert abs(seen - expected) < 6, (start, seen, expected)


def test_what_cannot_be_drawn_is_told_and_the_others_are_drawn(composer: Composer, tmp_path: Path) -> None:
    media = {"bad": tmp_path / "bad", "red": write_flat(tmp_path / "red.png", "red")}
    media["bad"].write_bytes(b"no photo")
    bad, good = tmp_path / "bad.jpg", tmp_path / "good.jpg"
    failed = composer.pictures({bad: middle(photo("bad")), good: middle(photo("red"))}, media, nothing)
    assert list(failed) == [bad]
    assert failed[bad].endswith(".")
    assert good.exists()
    assert not bad.exists()
