"""What every MediaAnalyst does: measures what is there, believes no nonsense, refuses what cannot be decoded."""

from datetime import datetime
from pathlib import Path

import pytest

from internal.errors import Stopped, StopReason, UnreadableMedia
from internal.ports import MediaAnalyst
from tests.contracts.looks import look, spent
from tests.media import make_hostile, make_tiny
from tests.media.hostile import NEIGHBOUR
from tests.media.scenery import Scenery, draw

LOCAL = datetime(2024, 2, 29, 23, 59, 58)
ZONED = datetime.fromisoformat("2024-02-29T23:59:58-03:30")
PICTURE = draw(Scenery("town", 15.0, 6), 320, 240)


def test_it_has_a_name_with_a_version(analyst: MediaAnalyst) -> None:
    vendor, _, version = analyst.name("en").partition("/")
    assert vendor
    assert version


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
        analyst.analyze(tmp_path / "tiny.mp4", "en", check, spent)
