"""What every Composer must show: whatever a camera roll holds, upright, and of each clip the frame that was due."""

import cv2
import numpy as np
import pytest
from PIL import Image

from internal.film import FPS
from tests.contracts.marked import Roll, assert_upright, marked, write_roll
from tests.contracts.small_films import brightness, clip, film_of, frames, luma, photo, render
from tests.media.stills import Shot, write_photo

QUIET = {"x265-params": "log-level=none:pools=none:frame-threads=1"}
FAST = {"deadline": "realtime", "cpu-used": "8", "b": "1M"}


def every(rate: float, seconds: float = 2.5) -> tuple[float, ...]:
    return tuple(number / rate for number in range(round(seconds * rate)))


def unevenly() -> tuple[float, ...]:
    """As phones film in the dark, and as some write a frame only when something moved."""
    steps = np.random.default_rng(3).choice([1 / 60, 1 / 30, 2 / 30, 7 / 30], 40)
    return 0.0, *(float(at) for at in np.cumsum(steps))


ROLLS = {
    "H.264": Roll(),
    "H.264 with frames out of order": Roll(options={"bf": "3", "g": "250"}),
    "H.264 in MOV": Roll("mov"),
    "H.264 in Matroska": Roll("mkv"),
    "H.264 in MPEG-TS, which begins late": Roll("ts", begin=3600.0),
    "HEVC as an iPhone writes it": Roll("mov", "libx265", options=QUIET),
    "HEVC of 10 bits": Roll("mp4", "libx265", format="yuv420p10le", options=QUIET),
    "VP9 in WebM": Roll("webm", "libvpx-vp9", options=FAST),
    "VP8 in WebM": Roll("webm", "libvpx", options=FAST),
    "AV1": Roll("mp4", "libsvtav1", every(30, 1.5), options={"preset": "12", "svtav1-params": "lp=1"}),
    "MPEG-4 in AVI, as old cameras wrote it": Roll("avi", "mpeg4", ticks=30, options={"b": "4M"}),
    "Motion JPEG, as older ones did": Roll("mov", "mjpeg", every(10), format="yuvj420p", options={"b": "4M"}),
    "ProRes": Roll("mov", "prores_ks", every(25), format="yuv422p10le"),
    "4:2:2": Roll(format="yuv422p"),
    "4:4:4": Roll(format="yuv444p"),
    "10 frames a second": Roll(times=every(10)),
    "24 frames a second": Roll(times=every(24)),
    "NTSC's 29.97": Roll(times=every(30000 / 1001)),
    "60 frames a second": Roll(times=every(60)),
    "60 frames a second out of order": Roll(times=every(60), options={"bf": "3", "g": "60"}),
    "120 frames a second": Roll(times=every(120)),
    "uneven times": Roll(times=unevenly()),
    "uneven times out of order": Roll(times=unevenly(), options={"bf": "3", "g": "250"}),
    "uneven times, HEVC": Roll("mov", "libx265", unevenly(), options=QUIET),
    "uneven times in WebM": Roll("webm", "libvpx-vp9", unevenly(), options=FAST),
    "held upright": Roll(rotation=-90),
    "held the other way": Roll(rotation=90),
    "held upside down": Roll(rotation=180),
    "HEVC held upright": Roll("mov", "libx265", rotation=-90, options=QUIET),
}


@pytest.mark.parametrize("roll", ROLLS.values(), ids=list(ROLLS))
def test_a_clip_is_shown_upright_and_as_its_camera_saw_it_at_that_time(composer, tmp_path, roll):
    media = {"roll": write_roll(tmp_path / f"roll.{roll.suffix}", roll)}
    (path,) = render(composer, film_of(clip("roll", 0.6, start=0.7)), media, tmp_path).values()
    assert_upright(frames(path)[0])
    for number, seen in enumerate(luma(path)):
        shown = [at for at in roll.times if at <= 0.7 + number / FPS + 0.0015]
        assert seen == pytest.approx(brightness(shown[-1]), abs=2.5), number


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "avif"])
def test_a_photo_is_shown_upright_however_the_camera_was_held(composer, tmp_path, suffix, orientation):
    media = {"photo": write_photo(tmp_path / f"a.{suffix}", marked(), Shot(orientation=orientation))}
    (path,) = render(composer, film_of(photo("photo", 1 / FPS)), media, tmp_path).values()
    assert_upright(frames(path)[0])


@pytest.mark.parametrize(
    "name", ["a.heic", "a.gif", "palette.png", "moving.gif", "moving.webp", "moving.png", "16.png"]
)
def test_a_photo_is_shown_in_whatever_it_was_saved_as_and_of_several_the_first(composer, tmp_path, name):
    path = tmp_path / name
    if name.startswith("moving"):
        marked().save(path, save_all=True, append_images=[marked().rotate(180)], duration=100)
    elif name == "palette.png":
        marked().quantize(16).save(path)
    elif name == "16.png":
        deep = np.asarray(marked().convert("RGB"), np.uint16)[..., ::-1] * 257
        assert cv2.imwrite(str(path), deep), "blue comes first there"
    else:
        write_photo(path, marked())
    (film,) = render(composer, film_of(photo("photo", 1 / FPS)), {"photo": path}, tmp_path).values()
    assert_upright(frames(film)[0])


@pytest.mark.parametrize("suffix", ["png", "webp", "avif", "gif"])
def test_what_is_transparent_is_shown_on_white(composer, tmp_path, suffix):
    layer = marked().convert("RGBA")
    layer.paste((0, 0, 0, 0), (60, 30, 100, 60))
    layer.save(tmp_path / f"a.{suffix}")
    media = {"photo": tmp_path / f"a.{suffix}"}
    (path,) = render(composer, film_of(photo("photo", 1 / FPS)), media, tmp_path).values()
    assert_upright(frames(path)[0])
    assert frames(path)[0][40:50, 70:90].min() > 240


@pytest.mark.parametrize("size", [(1, 1), (2000, 1), (1, 2000)])
def test_a_photo_of_one_pixel_and_one_of_a_line_are_shown(composer, tmp_path, size):
    media = {"thin": tmp_path / "thin.png"}
    Image.new("RGB", size, "orange").save(media["thin"])
    (path,) = render(composer, film_of(photo("thin", 1 / FPS)), media, tmp_path).values()
    red, green, blue = frames(path)[0][45, 80]
    assert red > green + 50 > blue + 50


def test_the_frames_of_a_clip_go_on_from_chunk_to_chunk(composer, day, tmp_path):
    film = film_of(photo("red"), clip("ramp", 1.5), photo("blue"))
    chunks = render(composer, film, day, tmp_path)
    body = [chunk for chunk in film.chunks if chunk.views[0].scene.sha256 == "ramp" and not chunk.transition]
    assert luma(chunks[body[0].name])[0] == pytest.approx(brightness(body[0].views[0].first / 30), abs=2)


def test_a_clip_that_ends_early_holds_its_last_picture(composer, day, tmp_path):
    (path,) = render(composer, film_of(clip("ramp", 1.0, start=1.5)), day, tmp_path).values()
    assert luma(path)[-1] == pytest.approx(brightness(59 / 30), abs=2)
