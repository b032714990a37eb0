"""One day by the sea, from before sunrise to night: what `make vlog` films when it is given nothing."""

from datetime import datetime, timedelta, timezone
from pathlib import Path

from tests.media.clips import Take, write_clip
from tests.media.scenery import Scenery, draw
from tests.media.sounds import bells, waves
from tests.media.stills import Shot, write_photo

ZONE = timezone(timedelta(hours=9))
HARBOUR = (35.3001, 139.4803)
#: name, subject, hour, width, height, EXIF orientation
PHOTOS = (
    ("0615_balloons.jpg", "balloons", 6.25, 1600, 1200, 1),
    ("0740_meadow.jpg", "meadow", 7.67, 1200, 1600, 6),
    ("0905_bay.heic", "sea", 9.1, 1600, 1200, 1),
    ("1040_old_town.jpg", "town", 10.7, 1600, 1200, 3),
    ("1215_panorama.jpg", "meadow", 12.25, 2800, 800, 1),
    ("1350_balloons.webp", "balloons", 13.8, 1600, 1200, 1),
    ("1520_sailing.jpg", "sea", 15.3, 1200, 1600, 8),
    ("1745_golden_hour.jpg", "sea", 17.75, 1600, 1200, 1),
    ("1920_dusk.png", "meadow", 19.3, 1200, 900, 1),
    ("2110_night_town.jpg", "town", 21.2, 1600, 1200, 1),
)


def make_day(folder: Path) -> list[Path]:
    """Ten photos and three clips; under 20 MB."""
    return sorted([*_photos(folder), *_clips(folder)])


def make_tiny(folder: Path) -> list[Path]:
    """One photo and one clip of a second, 160 × 90."""
    photo = draw(Scenery("sea", 10.0, 1), 160, 90)
    take = Take(1.0, 160, 90, sound=waves(1.0, 2), taken_at=_at(11.0))
    return [
        write_photo(folder / "tiny.jpg", photo, Shot(_at(10.0), HARBOUR)),
        write_clip(folder / "tiny.mp4", Scenery("town", 11.0, 2), take),
    ]


def make_outing(folder: Path) -> list[Path]:
    """Three photos, 320 × 180, and a clip of three seconds: a story of four scenes that is told at once."""
    subjects = ("balloons", "meadow", "sea")
    photos = [
        write_photo(
            folder / f"{number}.jpg", draw(Scenery(subject, 9.0 + number, number), 320, 180), Shot(_at(9.0 + number))
        )
        for number, subject in enumerate(subjects, start=1)
    ]
    take = Take(3.0, 320, 180, sound=waves(3.0, 2), taken_at=_at(13.0))
    return [*photos, write_clip(folder / "4.mp4", Scenery("town", 13.0, 4), take)]


def _photos(folder: Path) -> list[Path]:
    return [
        write_photo(
            folder / name, draw(Scenery(subject, hour, seed), width, height), Shot(_at(hour), _near(seed), orientation)
        )
        for seed, (name, subject, hour, width, height, orientation) in enumerate(PHOTOS)
    ]


def _clips(folder: Path) -> list[Path]:
    """A phone's landscape HEVC, a phone's portrait H.264, and a silent one with few frames a second."""
    surf = Take(5.0, 960, 540, codec="libx265", sound=waves(5.0, 1), taken_at=_at(9.5), place=_near(3))
    tram = Take(4.0, 540, 960, rotation=-90, sound=bells(4.0, 2), taken_at=_at(11.2), place=_near(5))
    lapse = Take(4.0, 960, 540, fps=10, taken_at=_at(18.6), place=_near(8))
    return [
        write_clip(folder / "0930_surf.mov", Scenery("sea", 9.5, 21), surf),
        write_clip(folder / "1112_tram.mp4", Scenery("town", 11.2, 22), tram),
        write_clip(folder / "1836_sunset.mp4", Scenery("sea", 18.6, 23), lapse),
    ]


def _at(hour: float) -> datetime:
    return datetime(2025, 5, 17, tzinfo=ZONE) + timedelta(minutes=round(hour * 60))


def _near(step: int) -> tuple[float, float]:
    """A walk along the shore."""
    return round(HARBOUR[0] + 0.0021 * step, 6), round(HARBOUR[1] + 0.0037 * step, 6)
