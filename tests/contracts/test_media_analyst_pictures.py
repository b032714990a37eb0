"""What every MediaAnalyst finds in the pixels: sharp or blurred, well or badly exposed, grey or vivid, alike or not."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageFilter

from internal.media import Analysis
from internal.ports import MediaAnalyst
from tests.contracts.looks import bits_apart, look
from tests.media.reels import leafy
from tests.media.scenery import Scenery, draw
from tests.media.stills import Shot, write_photo

#: fewer bits apart is the same shot, more is another
NEAR, FAR = 6, 16


def place(subject: str, width: int = 640, height: int = 480) -> Image.Image:
    return leafy(draw(Scenery(subject, 15.0, 6), 640, 480), 3).resize((width, height), Image.Resampling.BICUBIC)


PICTURE = place("town")


def shown(analyst: MediaAnalyst, folder: Path, picture: Image.Image, name: str = "p.png") -> Analysis:
    return look(analyst, write_photo(folder / name, picture))


def shaken(picture: Image.Image, pixels: int) -> Image.Image:
    """As by a hand that moved sideways."""
    rows = np.asarray(picture, dtype=np.float32)
    moved = sum(np.roll(rows, shift, axis=1) for shift in range(pixels)) / pixels
    return Image.fromarray(np.asarray(moved).astype(np.uint8))


def soft_behind(picture: Image.Image) -> Image.Image:
    """Crisp in its middle only, as a lens with a wide aperture draws it."""
    width, height = picture.size
    middle = (width // 3, height // 3, 2 * width // 3, 2 * height // 3)
    soft = picture.filter(ImageFilter.GaussianBlur(12))
    soft.paste(picture.crop(middle), middle)
    return soft


def test_sharper_pictures_score_higher(analyst: MediaAnalyst, tmp_path: Path) -> None:
    softer = (PICTURE.filter(ImageFilter.GaussianBlur(blur)) for blur in (8, 4, 2, 1, 0))
    scores = [shown(analyst, tmp_path, picture).sharpness for picture in softer]
    assert scores == sorted(scores)
    assert 0 <= scores[0] < 0.2
    assert 0.5 < scores[-1] <= 1


@pytest.mark.parametrize("contrast", [1.0, 0.4])
@pytest.mark.parametrize("subject", ["town", "balloons", "sea", "meadow"])
def test_a_shaken_photo_is_told_from_one_with_a_soft_background(
    analyst: MediaAnalyst, tmp_path: Path, subject: str, contrast: float
) -> None:
    """Whatever it shows, and on a hazy day too."""
    crisp = ImageEnhance.Contrast(place(subject)).enhance(contrast)
    blurred = shown(analyst, tmp_path, shaken(crisp, 12)).sharpness
    portrait = shown(analyst, tmp_path, soft_behind(crisp)).sharpness
    assert blurred < 0.4 < portrait


def test_a_larger_copy_is_as_sharp(analyst: MediaAnalyst, tmp_path: Path) -> None:
    large = place("town", 1920, 1440)
    sizes = [large, large.resize((960, 720), Image.Resampling.LANCZOS)]
    one, other = (shown(analyst, tmp_path, picture).sharpness for picture in sizes)
    assert one == pytest.approx(other, abs=0.05)


@pytest.mark.parametrize("level", [0, 6, 252, 255])
def test_a_black_or_burnt_out_picture_is_badly_exposed(analyst: MediaAnalyst, tmp_path: Path, level: int) -> None:
    assert shown(analyst, tmp_path, Image.new("RGB", (160, 120), (level,) * 3)).exposure < 0.1


def test_a_day_is_well_exposed_and_a_night_with_lights_is_not_bad(analyst: MediaAnalyst, tmp_path: Path) -> None:
    day, night = (shown(analyst, tmp_path, draw(Scenery("town", hour, 6), 320, 240)).exposure for hour in (13.0, 22.0))
    assert day > 0.6
    assert 0.1 < night < day


def test_vivid_is_more_colourful_than_pale_and_pale_than_grey(analyst: MediaAnalyst, tmp_path: Path) -> None:
    seen = (ImageEnhance.Color(PICTURE).enhance(share) for share in (0.0, 0.3, 1.0, 2.0))
    scores = [shown(analyst, tmp_path, picture).colour for picture in seen]
    assert scores == sorted(set(scores))
    assert scores[0] == 0
    assert scores[-1] < 1


def test_a_fingerprint_knows_a_shot_again(analyst: MediaAnalyst, tmp_path: Path) -> None:
    first = shown(analyst, tmp_path, PICTURE).fingerprint
    again = [
        shown(analyst, tmp_path, PICTURE.resize((320, 240))).fingerprint,
        shown(analyst, tmp_path, ImageEnhance.Brightness(PICTURE).enhance(0.8)).fingerprint,
        shown(analyst, tmp_path, PICTURE, "p.jpg").fingerprint,
        shown(analyst, tmp_path, PICTURE.crop((4, 3, 640, 480))).fingerprint,
    ]
    other = [shown(analyst, tmp_path, draw(Scenery(what, 15.0, 6), 640, 480)) for what in ("balloons", "sea", "meadow")]
    assert len(first) == 16
    assert max(bits_apart(first, one) for one in again) <= NEAR
    assert min(bits_apart(first, one.fingerprint) for one in other) >= FAR


def test_a_fingerprint_says_which_neighbour_is_brighter(analyst: MediaAnalyst, tmp_path: Path) -> None:
    """Bit by bit, row after row, from the upper left."""
    ramp = np.tile(np.arange(180, dtype=np.uint8), (160, 1))
    assert shown(analyst, tmp_path, Image.fromarray(ramp)).fingerprint == "ffffffffffffffff"
    ramp[:20] = ramp[:20, ::-1]
    assert shown(analyst, tmp_path, Image.fromarray(ramp)).fingerprint == "00ffffffffffffff"


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_fingerprint_is_of_the_upright_picture(analyst: MediaAnalyst, tmp_path: Path, orientation: int) -> None:
    upright = shown(analyst, tmp_path, PICTURE).fingerprint
    turned = look(analyst, write_photo(tmp_path / "t.png", PICTURE, Shot(orientation=orientation)))
    assert bits_apart(upright, turned.fingerprint) <= 2


def test_a_palette_knows_a_motif_under_another_crop(analyst: MediaAnalyst, tmp_path: Path) -> None:
    sights = {what: draw(Scenery(what, 15.0, 6), 640, 480) for what in ("town", "sea", "meadow")}
    palettes = {what: shown(analyst, tmp_path, sight).palette for what, sight in sights.items()}
    for what, sight in sights.items():
        for box in ((0, 0, 480, 480), (200, 60, 640, 400), (60, 100, 520, 480)):
            crop = shown(analyst, tmp_path, sight.crop(box).resize((640, 480))).palette
            alike = {other: cosine(crop, palette) for other, palette in palettes.items()}
            assert max(alike, key=lambda other: alike[other]) == what
            assert alike[what] > 0.9


def test_a_palette_counts_the_colours_there_are(analyst: MediaAnalyst, tmp_path: Path) -> None:
    """Six hues from red on, then greys; dark, middle and bright of each."""
    halves = Image.new("RGB", (160, 120), (250, 20, 20))
    halves.paste((20, 20, 120), (80, 0, 160, 120))
    assert shown(analyst, tmp_path, halves).palette == "00b" + "000" * 3 + "0b0" + "000" * 2
    greys = Image.new("RGB", (160, 120), (240, 240, 240))
    greys.paste((3, 3, 10), (0, 0, 160, 30))
    assert shown(analyst, tmp_path, greys).palette == "000" * 6 + "80d"


def cosine(one: str, other: str) -> float:
    here, there = (np.array([int(digit, 16) for digit in palette]) for palette in (one, other))
    return float(here @ there / np.sqrt((here @ here) * (there @ there)))


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "I;16"])
def test_a_photo_may_hold_its_colours_in_any_way(analyst: MediaAnalyst, tmp_path: Path, mode: str) -> None:
    grey = PICTURE.convert("L")
    deep = Image.fromarray(np.asarray(grey).astype(np.uint16) * 257)
    (deep if mode == "I;16" else grey.convert(mode)).save(tmp_path / "p.png")
    plain, found = shown(analyst, tmp_path, grey, "grey.png"), look(analyst, tmp_path / "p.png")
    assert found.sharpness == pytest.approx(plain.sharpness, abs=0.02)
    assert found.exposure == pytest.approx(plain.exposure, abs=0.02)
    assert bits_apart(found.fingerprint, plain.fingerprint) <= 2
