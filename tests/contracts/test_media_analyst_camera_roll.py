"""Whatever a camera roll holds, every MediaAnalyst measures it, and finds the same picture in it."""

from pathlib import Path

import pytest

from internal.media import Kind
from internal.ports import MediaAnalyst
from tests.contracts.looks import bits_apart, look
from tests.media.clips import Take, write_clip
from tests.media.reels import leafy
from tests.media.scenery import Scenery, draw
from tests.media.sounds import waves
from tests.media.stills import Shot, write_photo
from tests.samples import needs_samples, sample

#: a folder of real media, where there is one
SCENERY = Scenery("town", 15.0, 6)
PICTURE = leafy(draw(SCENERY, 192, 144), 3)
#: bits of a fingerprint that lossy formats may change
NEAR = 6


def check_photo(analyst: MediaAnalyst, path: Path) -> None:
    """It shows `PICTURE`."""
    plain, found = (look(analyst, one) for one in (write_photo(path.parent / "plain.png", PICTURE), path))
    assert (found.facts.kind, found.facts.width, found.facts.height) == (Kind.PHOTO, 192, 144)
    assert bits_apart(found.fingerprint, plain.fingerprint) <= NEAR
    assert found.sharpness == pytest.approx(plain.sharpness, abs=0.15)
    assert found.exposure == pytest.approx(plain.exposure, abs=0.1)


@pytest.mark.parametrize("suffix", ["jpg", "heic", "avif", "webp", "png", "gif"])
def test_a_photo_in_any_format(analyst: MediaAnalyst, tmp_path: Path, suffix: str) -> None:
    check_photo(analyst, write_photo(tmp_path / f"p.{suffix}", PICTURE))


@pytest.mark.parametrize("orientation", range(2, 9))
def test_a_photo_in_any_orientation(analyst: MediaAnalyst, tmp_path: Path, orientation: int) -> None:
    check_photo(analyst, write_photo(tmp_path / "p.jpg", PICTURE, Shot(orientation=orientation)))


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_a_jpeg_in_other_inks(analyst: MediaAnalyst, tmp_path: Path, mode: str) -> None:
    PICTURE.convert(mode).save(tmp_path / "p.jpg", quality=95)
    check_photo(analyst, tmp_path / "p.jpg")


@pytest.mark.parametrize("suffix", ["webp", "gif", "png", "mpo"])
def test_of_several_pictures_in_one_file_the_first(analyst: MediaAnalyst, tmp_path: Path, suffix: str) -> None:
    """Animations, and the second picture that phones add to a JPEG for its brightest parts."""
    other = [draw(Scenery("sea", 20.0, 1), 192, 144)] * 2
    PICTURE.save(tmp_path / f"p.{suffix}", save_all=True, append_images=other, quality=95)
    check_photo(analyst, tmp_path / f"p.{suffix}")


@pytest.mark.parametrize("size", [(2000, 200), (200, 2000), (9, 7), (1, 1)], ids=["panorama", "tower", "tiny", "dot"])
def test_a_photo_of_any_shape(analyst: MediaAnalyst, tmp_path: Path, size: tuple[int, int]) -> None:
    found = look(analyst, write_photo(tmp_path / "p.jpg", PICTURE.resize(size)))
    assert (found.facts.width, found.facts.height) == size
    assert len(found.fingerprint) == 16


@pytest.mark.parametrize(
    ("codec", "suffix"),
    [
        ("libx264", "mp4"),
        ("libx264", "ts"),
        ("libx264", "mkv"),
        ("libx265", "mov"),
        ("libvpx-vp9", "webm"),
        ("libvpx", "webm"),
        ("mpeg4", "avi"),
        ("h263", "3gp"),
    ],
)
def test_a_clip_of_any_make(analyst: MediaAnalyst, tmp_path: Path, codec: str, suffix: str) -> None:
    take = Take(1.0, 176, 144, fps=10, codec=codec)
    found = look(analyst, write_clip(tmp_path / f"c.{suffix}", SCENERY, take))
    assert (found.facts.kind, found.facts.height, found.facts.has_sound) == (Kind.CLIP, 144, False)
    assert found.facts.seconds == pytest.approx(1.0, abs=0.11)
    assert (found.taken_at, found.latitude, found.cuts) == (None, None, ())
    assert found.best


@pytest.mark.parametrize("name", ["旅行 2024年の夏.mp4", "quote's; rm -rf $HOME; %d,[a]=b:c.mp4", "-i.mp4", "x" * 200])
def test_a_name_says_nothing(analyst: MediaAnalyst, tmp_path: Path, name: str) -> None:
    clip = write_clip(tmp_path / "c.mp4", SCENERY, Take(0.3, 176, 144, sound=waves(0.3, 1)))
    assert look(analyst, clip.rename(tmp_path / name)).facts.has_sound


@needs_samples
def test_a_real_day_is_measured_as_a_person_would_judge_it(analyst: MediaAnalyst) -> None:
    day = sample("day")
    found = {path.name: look(analyst, path) for path in sorted(day.glob("*.[jhwJHW]*"))}
    assert min(one.sharpness for one in found.values()) > 0.35
    assert min(one.exposure for one in found.values()) > 0.4
    assert (
        found["portrait_two_faces.jpg"].colour
        < 0.05
        < min(one.colour for name, one in found.items() if name != "portrait_two_faces.jpg")
    )
    prints = [one.fingerprint for one in found.values()]
    assert min(bits_apart(one, other) for at, one in enumerate(prints) for other in prints[:at]) > 12
    assert [found[f"DSCN00{at}.jpg"].taken_at for at in (10, 12, 21, 25, 27, 42)] == sorted(
        one.taken_at for name, one in found.items() if name.startswith("DSCN") and one.taken_at
    )
