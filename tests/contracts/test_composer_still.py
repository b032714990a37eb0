"""What every Composer makes of a photo that is to leave the house."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from internal.errors import Stopped, StopReason, UnreadableMedia
from internal.ports import Composer
from tests.contracts.small_films import nothing

#: EXIF 2.32: what it is called, and which way up it was taken (6: it lies on its right side)
TITLE, ORIENTATION = 0x010E, 0x0112


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """Lying as its camera was held: shown upright it is 200 wide and 400 high, its upper half red."""
    stored = Image.new("RGB", (400, 200), "blue")
    stored.paste("red", (0, 0, 200, 200))
    exif = Image.Exif()
    exif[TITLE], exif[ORIENTATION] = "where we live", 6
    stored.save(tmp_path / "photo.jpg", quality=95, exif=exif, comment=b"a comment", dpi=(72, 72))
    return tmp_path / "photo.jpg"


def test_it_is_upright_and_no_longer_than_asked(composer: Composer, photo: Path, tmp_path: Path) -> None:
    composer.still(photo, tmp_path / "still.jpg", 100, nothing)
    with Image.open(tmp_path / "still.jpg") as still:
        assert (still.format, still.size) == ("JPEG", (50, 100))
        pixels = np.asarray(still, int)
    assert abs(pixels[10, 25] - (255, 0, 0)).max() < 12
    assert abs(pixels[90, 25] - (0, 0, 255)).max() < 12


def test_nothing_is_in_it_but_the_picture(composer: Composer, photo: Path, tmp_path: Path) -> None:
    composer.still(photo, tmp_path / "still.jpg", 1536, nothing)
    data = (tmp_path / "still.jpg").read_bytes()
    assert not any(word in data for word in (b"Exif", b"where we live", b"a comment", b"ICC_PROFILE"))


def test_a_small_photo_is_not_made_larger(composer: Composer, photo: Path, tmp_path: Path) -> None:
    composer.still(photo, tmp_path / "still.jpg", 1536, nothing)
    with Image.open(tmp_path / "still.jpg") as still:
        assert still.size == (200, 400)


def test_equal_photos_have_equal_stills(composer: Composer, photo: Path, tmp_path: Path) -> None:
    for name in ("one.jpg", "other.jpg"):
        composer.still(photo, tmp_path / name, 120, nothing)
    assert (tmp_path / "one.jpg").read_bytes() == (tmp_path / "other.jpg").read_bytes()


def test_what_is_no_photo_is_unreadable_and_leaves_nothing(composer: Composer, tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"no photo")
    with pytest.raises(UnreadableMedia):
        composer.still(tmp_path / "photo.jpg", tmp_path / "still.jpg", 100, nothing)
    assert [path.name for path in tmp_path.iterdir()] == ["photo.jpg"]


def test_it_can_be_stopped(composer: Composer, photo: Path, tmp_path: Path) -> None:
    def stop() -> None:
        raise Stopped(StopReason.SHUTDOWN)

    with pytest.raises(Stopped):
        composer.still(photo, tmp_path / "still.jpg", 100, stop)
    assert not (tmp_path / "still.jpg").exists()
