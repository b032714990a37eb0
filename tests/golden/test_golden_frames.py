"""Films go on showing what somebody looked at and found right."""

from collections.abc import Mapping
from itertools import combinations
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageFilter

from tests.golden import REFERENCES
from tests.golden.films import DAY, GOLDEN, kept, make_media, path_of, take
from tests.golden.similarity import likeness


@pytest.fixture(scope="module")
def media(tmp_path_factory) -> Mapping[str, Path]:
    return make_media(tmp_path_factory.mktemp("golden"))


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: golden.name)
def test_a_frame_looks_as_it_did(golden, media, tmp_path):
    seen = take(golden, media, tmp_path)
    seen.save(tmp_path / "seen.png")
    alike = likeness(kept(golden), seen)
    assert alike.good, f"{alike}: compare {tmp_path / 'seen.png'}; if it is right, `python -m tests.golden` renews all"


def test_every_reference_is_small_and_used():
    assert set(REFERENCES.iterdir()) == {path_of(golden) for golden in GOLDEN}
    assert len(GOLDEN) <= 15
    assert sum(path_of(golden).stat().st_size for golden in GOLDEN) < 400_000
    assert all(kept(golden).width <= 320 for golden in GOLDEN)


# ---------------------------------------------------------------- what the comparison notices


def test_no_reference_passes_for_another():
    pictures = [kept(golden) for golden in GOLDEN]
    assert not any(likeness(one, other).good for one, other in combinations(pictures, 2))


def test_equal_pictures_are_alike_and_so_are_two_encodings_of_one(tmp_path):
    for golden in GOLDEN:
        kept(golden).save(tmp_path / "again.jpg", quality=85, subsampling=0)
        assert likeness(kept(golden), kept(golden)).mean == pytest.approx(1)
        with Image.open(tmp_path / "again.jpg") as again:
            assert likeness(kept(golden), again).good


@pytest.mark.parametrize("golden", GOLDEN[:1] + GOLDEN[10:], ids=lambda golden: golden.name)
def test_a_picture_moved_blurred_or_tinted_is_not_alike(golden):
    right = kept(golden)
    red, green, blue = right.split()
    assert not likeness(right, ImageChops.offset(right, 3, 0)).good
    assert not likeness(right, right.filter(ImageFilter.GaussianBlur(2))).good
    assert not likeness(right, Image.merge("RGB", (red, green, blue.point(lambda value: value * 0.7)))).good


@pytest.mark.parametrize("shows", ["title", "clip-with-caption", "ending", "ending-over-black"])
def test_words_that_are_missing_are_noticed(media, tmp_path, shows):
    golden = next(golden for golden in GOLDEN if golden.shows == shows)
    silent = {"title": "", "subtitle": "", "caption": "", "ending": ""}
    without = take(golden, media, tmp_path, tuple(scene.model_copy(update=silent) for scene in DAY))
    assert not likeness(kept(golden), without).good
