"""What every MediaAnalyst does: measures what is there, believes no nonsense, refuses what cannot be decoded."""

from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest

from internal.errors import Stopped, StopReason, UnreadableMedia
from internal.ports import MediaAnalyst
from tests.contracts.looks import look
from tests.media import make_hostile, make_odd, make_tiny
from tests.media.clips import Take, write_clip
from tests.media.hostile import NEIGHBOUR
from tests.media.scenery import Scenery, draw

LOCAL = datetime(2024, 2, 29, 23, 59, 58)
ZONED = datetime.fromisoformat("2024-02-29T23:59:58-03:30")
PICTURE = draw(Scenery("town", 15.0, 6), 320, 240)


def test_it_has_a_name_with_a_version(analyst: MediaAnalyst) -> None:
    vendor, _, version = analyst.name.partition("/")
    assert vendor
    assert version


def test_a_moving_clip_shows_more_motion_than_a_still_one(analyst: MediaAnalyst, tmp_path: Path) -> None:
    make_odd(tmp_path)
    moving = look(analyst, tmp_path / "slow.mp4")
    still = look(analyst, write_clip(tmp_path / "still.mp4", Scenery("sea", 9, 1), Take(0.1, 160, 90, fps=10)))
    assert still.motion == 0 < moving.motion <= 1


def test_what_was_decoded_is_the_length(analyst: MediaAnalyst, tmp_path: Path) -> None:
    make_odd(tmp_path)
    for name, seconds in {"slow.mp4": 2.0, "matroska.mkv": 1.0, "hevc_turned.mov": 1.0}.items():
        assert look(analyst, tmp_path / name).facts.seconds == pytest.approx(seconds, abs=0.05)


def test_best_moments_lie_in_the_clip_apart_and_best_first(analyst: MediaAnalyst, tmp_path: Path) -> None:
    take = Take(12.5, 160, 90, fps=5)
    found = look(analyst, write_clip(tmp_path / "c.mp4", Scenery("town", 9, 1), take))
    scores = [moment.score for moment in found.best]
    by_time = sorted(found.best, key=lambda moment: moment.start)
    assert len(found.best) >= 2
    assert scores == sorted(scores, reverse=True)
    assert by_time[0].start >= 0
    assert by_time[-1].end <= found.facts.seconds + 0.001
    assert all(one.end <= other.start for one, other in pairwise(by_time))


def test_a_short_clip_is_one_moment(analyst: MediaAnalyst, tmp_path: Path) -> None:
    make_tiny(tmp_path)
    found = look(analyst, tmp_path / "tiny.mp4")
    assert [(moment.start, moment.end) for moment in found.best] == [(0.0, found.facts.seconds)]


def test_the_same_file_gets_the_same_answer(analyst: MediaAnalyst, tmp_path: Path) -> None:
    make_tiny(tmp_path)
    assert look(analyst, tmp_path / "tiny.mp4") == look(analyst, tmp_path / "tiny.mp4")


def test_every_hostile_file_is_refused(analyst: MediaAnalyst, tmp_path: Path) -> None:
    for path in make_hostile(tmp_path):
        if path.name != NEIGHBOUR:
            with pytest.raises(UnreadableMedia):
                look(analyst, path)


def test_what_check_raises_ends_the_analysis(analyst: MediaAnalyst, tmp_path: Path) -> None:
    make_tiny(tmp_path)

    def check() -> None:
        raise Stopped(StopReason.CANCELLED)

    with pytest.raises(Stopped):
        analyst.analyze(tmp_path / "tiny.mp4", check)
