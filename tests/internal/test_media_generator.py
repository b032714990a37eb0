"""The sample media are what they claim to be, and the same every time."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.media import make_day, make_hostile, make_odd, make_tiny

MB = 1_000_000


@pytest.mark.parametrize("make", [make_tiny, make_odd, make_hostile])
def test_the_same_bytes_come_out_every_time(make: Callable[[Path], list[Path]], tmp_path: Path) -> None:
    once, again = make(tmp_path / "once"), make(tmp_path / "again")
    assert [path.name for path in once] == [path.name for path in again]
    assert [path.read_bytes() for path in once] == [path.read_bytes() for path in again]


def test_the_tiny_pair_is_one_photo_and_one_clip(tmp_path: Path) -> None:
    assert [path.name for path in make_tiny(tmp_path)] == ["tiny.jpg", "tiny.mp4"]
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < MB // 10


def test_the_day_has_ten_photos_and_three_clips_in_order(tmp_path: Path) -> None:
    paths = make_day(tmp_path)
    clips = [path for path in paths if path.suffix in (".mp4", ".mov")]
    assert (len(paths), len(clips)) == (13, 3)
    assert [path.name for path in paths] == sorted(path.name for path in tmp_path.iterdir())
    assert sum(path.stat().st_size for path in paths) < 20 * MB
