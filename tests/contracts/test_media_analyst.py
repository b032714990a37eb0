"""What every MediaAnalyst does: measures what is there, believes no nonsense, refuses what cannot be decoded."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest

from infra.analyst.measured import MeasuredAnalyst
from infra.work_store.gcs import GcsWorkStore
from internal.errors import Stopped, StopReason, UnreadableMedia
from internal.ports import MediaAnalyst, Usage
from tests.contracts.looks import look, spent
from tests.contracts.questions import gemini
from tests.contracts.small_films import nothing, write_tone
from tests.media import make_hostile, make_tiny
from tests.media.hostile import NEIGHBOUR
from tests.media.scenery import Scenery, draw
from tests.vertex import Vertex

LOCAL = datetime(2024, 2, 29, 23, 59, 58)
ZONED = datetime.fromisoformat("2024-02-29T23:59:58-03:30")
PICTURE = draw(Scenery("town", 15.0, 6), 320, 240)


@pytest.fixture(params=["measured", "gemini"])
def analyst(request: pytest.FixtureRequest) -> MediaAnalyst:
    """What all others of this contract's files ask is only measured, by whomever."""
    if request.param == "measured":
        return MeasuredAnalyst()
    work: GcsWorkStore = request.getfixturevalue("work")
    stand_in: Vertex = request.getfixturevalue("stand_in")
    return gemini(work, stand_in.url)


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


def test_what_is_measured_is_the_same_whoever_describes_it(analyst: MediaAnalyst, tmp_path: Path) -> None:
    write_tone(tmp_path / "tone.m4a", 1.0)
    for path in (*make_tiny(tmp_path), tmp_path / "tone.m4a"):
        alone = MeasuredAnalyst().measure(path, nothing)
        assert analyst.measure(path, nothing) == alone
        told = {"best", "caption", "description", "depiction", "objects", "landmarks", "activities", "mood"}
        assert look(analyst, path).model_dump(exclude=told) == alone.model_dump(exclude=told)


def test_several_are_looked_at_at_once(analyst: MediaAnalyst, tmp_path: Path) -> None:
    paths = make_tiny(tmp_path) * 2
    with ThreadPoolExecutor(analyst.at_once) as pool:
        assert list(pool.map(partial(look, analyst), paths)) == [look(analyst, path) for path in paths]


def test_it_says_beforehand_whether_anything_will_be_charged(analyst: MediaAnalyst, tmp_path: Path) -> None:
    write_tone(tmp_path / "tone.m4a", 1.0)
    for path in (*make_tiny(tmp_path), tmp_path / "tone.m4a"):
        usages: list[Usage] = []
        found = analyst.analyze(path, "en", nothing, usages.append)
        assert (analyst.price(found.facts) > 0) == (sum(usage.usd for usage in usages) > 0)
