"""What every Composer must do with colours: a chart comes out of the film as it went in, however it was written."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import get_args

import numpy as np
import pillow_heif
import pytest
from PIL import Image

from internal.film import FPS, plan
from internal.ports import Composer
from internal.vlog import Aspect, Scene, Storyboard, VlogSettings
from tests.contracts.charts import (
    COLOURS,
    SIZE,
    TO_BT2020,
    TO_P3,
    Coding,
    Values,
    chart,
    colours_of,
    differences,
    display_p3,
    hlg,
    linear,
    pq,
    srgb,
    write_chart_clip,
    write_chart_photo,
)
from tests.contracts.small_films import clip, frames, photo, render, write_flat

#: in P3's own numbers
IN_P3 = srgb(linear(COLOURS) @ TO_P3.T)
GREYS = slice(0, 8)


def seen(composer: Composer, scene: Callable[..., Scene], path: Path) -> Values:
    """The chart's colours in the film."""
    film = plan(Storyboard(scenes=(scene("chart", 1 / FPS),)), VlogSettings(), short_side=SIZE[1])
    (chunk,) = render(composer, film, {"chart": path}, path.parent).values()
    return colours_of(chunk)


def assert_alike(seen: Values, wanted: Values = COLOURS) -> None:
    """As near as 8 bits of limited range allow, give or take a code."""
    assert differences(seen, wanted).max() < 5
    assert differences(seen, wanted).mean() < 1.5
    assert abs(seen - wanted)[GREYS].max() <= 4


# ---------------------------------------------------------------- photos


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.webp", "a.heic", "a.avif"])
def test_a_photos_colours_are_kept(composer, tmp_path, name):
    assert_alike(seen(composer, photo, write_chart_photo(tmp_path / name)))


@pytest.mark.parametrize("short_side", [90, 480, 720])
@pytest.mark.parametrize("aspect", get_args(Aspect))
def test_colours_are_where_they_belong_in_every_size_of_film(composer, tmp_path, aspect, short_side):
    film = plan(
        Storyboard(scenes=(photo("red", 1 / FPS),)), VlogSettings.model_validate({"aspect": aspect}), short_side
    )
    media = {"red": write_flat(tmp_path / "red.png", "#c02010", (film.canvas.width, film.canvas.height))}
    ((picture,),) = map(frames, render(composer, film, media, tmp_path).values())
    assert picture.shape == (film.canvas.height, film.canvas.width, 3)
    assert abs(picture.astype(int) - (0xC0, 0x20, 0x10)).max() < 8


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.webp", "a.heic", "a.avif"])
def test_colours_of_display_p3_as_phones_write_them_are_brought_into_ours(composer, tmp_path, name):
    path = write_chart_photo(tmp_path / name, IN_P3, icc_profile=display_p3())
    assert_alike(seen(composer, photo, path))


def test_display_p3_that_a_heic_says_without_a_profile_is_brought_into_ours(composer, tmp_path):
    picture = pillow_heif.from_pillow(Image.fromarray(chart(IN_P3).round().astype(np.uint8)))
    how = {"color_primaries": 12, "transfer_characteristics": 13, "matrix_coefficients": 6}
    picture.save(tmp_path / "a.heic", quality=98, chroma=444, **how)
    assert_alike(seen(composer, photo, tmp_path / "a.heic"))


@pytest.mark.parametrize(("transfer", "signal_of"), [(18, hlg), (16, pq)], ids=["HLG", "PQ"])
def test_a_photo_of_high_dynamic_range_is_as_bright_as_its_light_was(composer, tmp_path, transfer, signal_of):
    signal = signal_of(203 * (chart() / 255) ** 2.4 @ TO_BT2020.T)
    picture = pillow_heif.from_pillow(Image.fromarray((255 * signal).round().astype(np.uint8)))
    how = {"color_primaries": 9, "transfer_characteristics": transfer, "matrix_coefficients": 9}
    picture.save(tmp_path / "a.heic", quality=98, chroma=444, **how)
    shown = seen(composer, photo, tmp_path / "a.heic")
    moderate = COLOURS.max(axis=1) <= 178
    assert differences(shown, COLOURS)[moderate].mean() < 3
    assert abs(shown - COLOURS)[GREYS][:6].max() <= 4
    assert 216 <= shown[7].min() <= shown[7].max() <= 236


@pytest.mark.parametrize("profile", [b"nonsense", display_p3()[:200], display_p3()[:132] + bytes(600)])
def test_a_broken_profile_is_as_good_as_none(composer, tmp_path, profile):
    assert_alike(seen(composer, photo, write_chart_photo(tmp_path / "a.jpg", icc_profile=profile)))


@pytest.mark.parametrize("mode", ["L", "I;16"])
def test_grey_photos_are_grey_and_as_bright(composer, tmp_path, mode):
    grey = Image.fromarray(chart().round().astype(np.uint8)).convert("L")
    wanted = np.asarray(grey, float)[22::45, 20::40].reshape(-1, 1).repeat(3, axis=1)
    path = tmp_path / "grey.png"
    (grey if mode == "L" else Image.fromarray(np.asarray(grey, np.uint16) * 257)).save(path)
    assert_alike(seen(composer, photo, path), wanted)


def test_a_photo_in_cmyk_is_shown_in_its_colours(composer, tmp_path):
    """Without a profile, as Pillow reads its own: nothing more is known of the ink."""
    picture = Image.fromarray(chart().round().astype(np.uint8)).convert("CMYK")
    picture.save(tmp_path / "a.jpg", quality=98, subsampling=0)
    assert_alike(seen(composer, photo, tmp_path / "a.jpg"))


# ---------------------------------------------------------------- clips

SDR = {
    "BT.709, said": Coding(),
    "standard definition that says nothing": Coding(primaries=2, transfer=2, matrix=2, really=6),
    "NTSC, said": Coding(primaries=6, transfer=6, matrix=6, really=6),
    "full range": Coding(format="yuvj420p", full=True),
    "full range, NTSC's matrix": Coding(format="yuvj420p", matrix=6, full=True, really=6),
    "10 bits": Coding(codec="libx265", format="yuv420p10le"),
    "10 bits, full range": Coding(codec="libx265", format="yuv420p10le", full=True),
    "HEVC": Coding(codec="libx265"),
}


@pytest.mark.parametrize("coding", SDR.values(), ids=list(SDR))
def test_a_clips_colours_are_kept_however_they_are_coded(composer, tmp_path, coding):
    assert_alike(seen(composer, clip, write_chart_clip(tmp_path / "a.mp4", chart() / 255, coding)))


def test_a_clip_in_the_colours_of_display_p3_is_brought_into_ours(composer, tmp_path):
    light = (chart() / 255) ** 2.4 @ TO_P3.T
    coding = Coding(codec="libx265", format="yuv420p10le", primaries=12)
    assert_alike(seen(composer, clip, write_chart_clip(tmp_path / "a.mp4", light ** (1 / 2.4), coding)))


@pytest.mark.parametrize(
    ("transfer", "signal_of"), [(18, hlg), (16, pq)], ids=["HLG, as phones film", "PQ, as HDR10 has it"]
)
def test_high_dynamic_range_looks_as_its_light_did_beside_diffuse_white(composer, tmp_path, transfer, signal_of):
    """Rep. ITU-R BT.2408-7: diffuse white at 203 cd/m². What is no brighter than faces comes out as in a good SDR
    version, and above that nothing is clipped."""
    light = 203 * (chart() / 255) ** 2.4 @ TO_BT2020.T
    coding = Coding("libx265", "yuv420p10le", 9, transfer, 9, really=9)
    shown = seen(composer, clip, write_chart_clip(tmp_path / "a.mp4", signal_of(light), coding))
    moderate = COLOURS.max(axis=1) <= 178
    assert moderate.sum() > 12
    assert differences(shown, COLOURS)[moderate].max() < 4
    assert abs(shown - COLOURS)[GREYS][:6].max() <= 3
    assert 222 <= shown[7].min() <= shown[7].max() <= 236, "diffuse white is bright, with room above"
    assert differences(shown, COLOURS).max() < 20, "all else is but darkened a little"


@pytest.mark.parametrize(("transfer", "signal_of"), [(18, hlg), (16, pq)], ids=["HLG", "PQ"])
def test_highlights_above_white_keep_their_differences(composer, tmp_path, transfer, signal_of):
    levels = np.geomspace(1, 1000, 32)
    greys = chart(np.repeat(levels[:, None], 3, axis=1))
    coding = Coding("libx265", "yuv420p10le", 9, transfer, 9, really=9)
    shown = seen(composer, clip, write_chart_clip(tmp_path / "a.mp4", signal_of(greys), coding))
    assert np.ptp(shown, axis=1).max() <= 2, "grey stays grey"
    brightness = shown.mean(axis=1)
    assert all(after > before for before, after in pairwise(brightness[levels < 600]))
    assert brightness[-1] > 253
