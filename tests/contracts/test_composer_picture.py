"""What every Composer must do with shapes and motion: nothing distorted, nothing jerky, whatever the film's shape."""

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from infra.composer.pyav import PyavComposer
from internal.film import FPS, Film, plan
from internal.ports import Composer
from internal.vlog import Scene, Storyboard, Transition, VlogSettings
from tests.contracts.pictures import (
    Planes,
    centres,
    diameters,
    disc,
    place,
    planes,
    slope,
    spot,
    unevenness,
    write_still,
)
from tests.contracts.small_films import clip, film_of, photo, render, write_flat

ASPECTS = ("16:9", "9:16", "1:1")
#: one frame: such scenes share none with their neighbours
GLIMPSE = 1 / FPS


@pytest.fixture(params=[lambda: PyavComposer(crf=1.0)], ids=["pyav"])
def exact(request: pytest.FixtureRequest) -> Composer:
    """Encodes with next to no loss, so that what was drawn can be measured."""
    make: Callable[[], Composer] = request.param
    return make()


def film_in(short_side: int, aspect: str, *scenes: Scene, transition: Transition = Transition.FADE) -> Film:
    settings = VlogSettings.model_validate({"aspect": aspect, "transition": transition})
    return plan(Storyboard(scenes=scenes), settings, short_side)


def shown(composer: Composer, film: Film, media: dict[str, Path], folder: Path) -> list[Planes]:
    """Every frame of the film."""
    chunks = render(composer, film, media, folder)
    return [frame for chunk in film.chunks for frame in planes(chunks[chunk.name])]


# ---------------------------------------------------------------- shapes


@pytest.mark.parametrize("aspect", ASPECTS)
@pytest.mark.parametrize("short_side", [240, 480, 720, 1080])
def test_a_circle_in_a_photo_stays_one_in_every_shape_of_film(exact, tmp_path, aspect, short_side):
    sizes = [(640, 480), (480, 640), (640, 360), (500, 500), (1600, 400), (300, 1200), (301, 203)]
    media = {}
    for size in sizes:
        media[str(size)] = tmp_path / f"{size}.png"
        disc(size).save(media[str(size)])
    film = film_in(short_side, aspect, *(photo(name, GLIMPSE) for name in media))
    for size, frame in zip(sizes, shown(exact, film, media, tmp_path), strict=True):
        assert_round(frame, size)


@pytest.mark.parametrize("aspect", ASPECTS)
def test_a_circle_in_a_clip_stays_one_whatever_its_pixels_and_however_the_phone_was_held(exact, tmp_path, aspect):
    #: stored size, shape of the pixels, and by how much a player must turn it
    stored = [
        ((320, 180), Fraction(1), 0),
        ((180, 320), Fraction(1), 0),
        ((320, 180), Fraction(1), -90),
        ((320, 180), Fraction(1), 90),
        ((240, 180), Fraction(1), 180),
        ((180, 144), Fraction(64, 45), 0),  # PAL's wide screen
        ((144, 96), Fraction(32, 27), 0),  # NTSC's
        ((240, 180), Fraction(4, 3), 0),  # HDV
        ((240, 180), Fraction(4, 3), -90),
    ]
    media = {
        str(number): write_still(
            tmp_path / f"{number}.mp4", disc(size, wide=float(1 / shape)), shape=shape, rotation=turn
        )
        for number, (size, shape, turn) in enumerate(stored)
    }
    film = film_in(360, aspect, *(clip(name, GLIMPSE) for name in media))
    for how, frame in zip(stored, shown(exact, film, media, tmp_path), strict=True):
        assert_round(frame, how)


def assert_round(frame: Planes, what: object) -> None:
    width, height = diameters(frame.luma)
    assert width > 8, what
    assert width == pytest.approx(height, rel=0.01, abs=0.5), what


def test_a_picture_that_does_not_fill_the_canvas_lies_on_a_dim_blurred_copy_of_itself(composer, tmp_path):
    media = {
        "tall": write_flat(tmp_path / "tall.jpg", "white", (90, 160)),
        "clip": write_still(tmp_path / "clip.mp4", disc((90, 160)).point(lambda _: 255)),
    }
    film = film_of(photo("tall", GLIMPSE), clip("clip", GLIMPSE))
    for frame in shown(composer, film, media, tmp_path):
        assert frame.luma[45, 80] > 230
        assert 120 < frame.luma[45, 10] < 200


# ---------------------------------------------------------------- motion


@pytest.mark.parametrize("variation", range(4))
@pytest.mark.parametrize(
    ("size", "aspect"),
    [((1280, 720), "16:9"), ((1600, 400), "16:9"), ((600, 800), "16:9"), ((600, 1200), "1:1"), ((1600, 400), "9:16")],
)
def test_pans_and_zooms_are_smooth_to_a_twentieth_of_a_pixel_and_never_fast(exact, tmp_path, size, aspect, variation):
    media = {"spot": tmp_path / "spot.png"}
    spot(size).save(media["spot"])
    film = film_in(240, aspect, photo("spot", 3.0, variation=variation))
    paths = np.array([centres(frame) for frame in shown(exact, film, media, tmp_path)])
    middle = paths[FPS // 2 + 8 : -FPS // 2 - 8]  # without its soft ends, whose curves are others
    for plane in range(3):
        assert max(unevenness(middle[:, plane, axis]) for axis in (0, 1)) <= 0.05
    canvas = np.array([film.canvas.width, film.canvas.height])
    assert (abs(np.diff(middle[:, 0], axis=0)).mean(axis=0) * FPS <= 0.27 * canvas).all()
    assert abs(middle[:, 1:] - middle[:, :1]).mean(axis=0).max() < 0.05, "colours lie where brightness does"


@pytest.mark.parametrize("variation", [0, 1])
def test_fine_detail_does_not_flicker_while_the_window_moves(exact, tmp_path, variation):
    media = {"leaves": tmp_path / "leaves.png"}
    noise = np.random.default_rng(1).normal(128, 120, (1080, 1920))
    Image.fromarray(np.clip(cv2.GaussianBlur(noise, (0, 0), 0.8), 0, 255).astype(np.uint8)).save(media["leaves"])
    film = film_in(240, "16:9", photo("leaves", 3.0, variation=variation))
    detail = [
        float(cv2.Laplacian(frame.luma.astype(np.float32), cv2.CV_32F).var())
        for frame in shown(exact, film, media, tmp_path)
    ]
    assert max(abs(after / before - 1) for before, after in pairwise(detail)) < 0.1


@pytest.mark.parametrize("aspect", ASPECTS)
def test_a_panorama_is_panned_across_and_a_tall_one_along(exact, tmp_path, aspect):
    """By turns in either direction."""
    media = {"wide": tmp_path / "wide.png", "tall": tmp_path / "tall.png"}
    slope((1600, 400)).save(media["wide"])
    slope((400, 1600)).save(media["tall"])
    for name, axis in (("wide", 0), ("tall", 1)):
        turns = []
        for variation in (0, 1, 2, 3):
            film = film_in(120, aspect, photo(name, 4.0, variation=variation))
            first, *_, last = shown(exact, film, media, tmp_path)
            ends = [looked_at(frame, axis) for frame in (first, last)]
            seen = max(end for _, end in ends) - min(begin for begin, _ in ends)
            assert seen > 0.6, (name, variation)
            turns.append(ends[1][0] > ends[0][0])
        assert set(turns) == {True, False}


def looked_at(frame: Planes, axis: int) -> tuple[float, float]:
    """From where to where on the slope, through the middle."""
    height, width = frame.luma.shape
    line = frame.luma[height // 2] if axis == 0 else frame.luma[:, width // 2]
    return place(np.median(line[:3])), place(np.median(line[-3:]))


def test_a_portrait_on_a_wide_canvas_moves_gently_and_stays_in_sight(exact, tmp_path):
    media = {"tall": tmp_path / "tall.png"}
    disc((300, 400)).save(media["tall"])
    film = film_in(240, "16:9", photo("tall", 3.0))
    first, *_, last = (diameters(frame.luma) for frame in shown(exact, film, media, tmp_path))
    assert 1.03 < last[0] / first[0] < 1.08
    assert first[0] == pytest.approx(240 * 3 / 4 / 2, rel=0.03)


# ---------------------------------------------------------------- transitions


@pytest.mark.parametrize("transition", Transition)
def test_a_transition_leads_from_one_picture_to_the_other_without_a_jump(composer, tmp_path, transition):
    media = {"one": write_flat(tmp_path / "one.jpg", "red"), "other": tmp_path / "other.png"}
    slope((640, 360)).save(media["other"])
    film = film_of(photo("one", 2.0), photo("other", 2.0), transition=transition)
    seen = [frame.luma.astype(float) for frame in shown(composer, film, media, tmp_path)]
    changes = [float(abs(after - before).mean()) for before, after in pairwise(seen)]
    begin, end = film.starts[1], film.counts[0]
    passage = changes[begin - 1 : end]
    assert max(passage[0], passage[-1]) < 0.4 * max(passage)
    assert max(changes[: begin - 1] + changes[end:]) < 0.4 * max(passage)
    assert abs(seen[begin - 1] - seen[0]).mean() < 3
    likeness = [float(abs(frame - seen[end]).mean()) for frame in seen[begin - 1 : end + 1]]
    assert all(after < before + 1 for before, after in pairwise(likeness)), "nearer with every frame"


def test_a_zoom_stays_centred_to_a_fraction_of_a_pixel(exact, tmp_path):
    media = {"spot": write_still(tmp_path / "spot.mp4", spot((320, 180)), 2.0)}
    film = film_in(180, "16:9", clip("spot", 1.5), clip("spot", 1.5), transition=Transition.ZOOM)
    paths = np.array([centres(frame) for frame in shown(exact, film, media, tmp_path)])
    passage = paths[film.starts[1] : film.counts[0]]
    assert abs(passage - paths[:10].mean(axis=0)).max() < 0.1


def test_the_last_scene_goes_to_black_and_no_other_does(exact, tmp_path):
    media = {"grey": write_flat(tmp_path / "grey.png", "orange")}
    lasting, ending = (
        [
            [float(plane.mean()) for plane in frame]
            for frame in shown(exact, film_in(90, "16:9", photo("grey", 2.0, last=last)), media, tmp_path)
        ]
        for last in (False, True)
    )
    assert np.ptp([luma for luma, _, _ in lasting]) < 1
    assert ending[-1] == [16, 128, 128]
    brightness = [luma for luma, _, _ in ending]
    assert brightness[:36] == pytest.approx([luma for luma, _, _ in lasting][:36], abs=1)
    assert all(after < before + 0.2 for before, after in pairwise(brightness[36:]))
    assert max(before - after for before, after in pairwise(brightness)) < 15, "not at once"
