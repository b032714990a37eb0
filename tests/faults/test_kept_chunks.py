"""What is rendered again after an edit or an end half way: counted in the step that composes, with the real stores."""

import uuid
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from internal import uploads
from internal.errors import Stopped, StopReason
from internal.film import Piece
from internal.jobs import Job
from internal.media import Analysis, Facts, Kind
from internal.pipelines.vlog.compose import compose
from internal.ports import Composer, JobTx, Services
from internal.storyboard import Found
from internal.vlog import Scene, Storyboard, VlogSettings
from tests.faults.house import House
from tests.media.scenery import Scenery, draw
from tests.media.stills import write_photo

SCENES = 20
CORES = 2


@dataclass
class Composing:
    """Fills `Run`, for the step alone: nobody leases, and whoever stops it says so."""

    job: Job
    services: Services
    outputs: Mapping[str, Any]
    folder: Path
    stop: Callable[[], None]

    def progress(self, fraction: float, message: str = "") -> None:
        self.stop()

    def check(self) -> None:
        pass

    def write(self) -> AbstractContextManager[JobTx]:
        raise AssertionError("composing writes no rows")


@dataclass
class Counting:
    """A composer that remembers what it was asked to render."""

    composer: Composer
    #: so that no other test's chunks are found in the store
    name: str = field(default_factory=lambda: f"counting-{uuid.uuid4()}")
    asked: list[Piece] = field(default_factory=list)

    def render(
        self, pieces: Iterable[Piece], media: Mapping[str, Path], folder: Path, check: Callable[[], None]
    ) -> Generator[tuple[Piece, Path], None, None]:
        self.asked = list(pieces)
        return self.composer.render(self.asked, media, folder, check)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.composer, name)


class Day:
    """Twenty scenes of one photo, and the step that composes them."""

    def __init__(self, services: Services, folder: Path) -> None:
        self.counting = Counting(services.composer)
        self._services = replace(services, composer=self.counting)
        self._folder = folder
        path = write_photo(folder / "photo.jpg", draw(Scenery("sea", 9.0, 1), 160, 90))
        with path.open("rb") as data:
            media = uploads.receive(services, self.owner, path.name, data, path.stat().st_size)
        self._found = Found(name=path.name, media_id=media.id, sha256="a" * 64, analysis=seen())

    owner = "owner-of-twenty-scenes"

    def scenes(self) -> list[Scene]:
        return [
            Scene(kind=Kind.PHOTO, sha256=self._found.sha256, seconds=1.0, variation=number, caption=f"{number}:00")
            for number in range(SCENES)
        ]

    def rendered(self, scenes: list[Scene], stop: Callable[[], None] = lambda: None, **wishes: Any) -> list[Piece]:
        """What composing them rendered, rather than found."""
        folder = self._folder / str(uuid.uuid4())
        folder.mkdir()
        settings = VlogSettings.model_validate({"music_mood": "none", **wishes})
        job = Job(str(uuid.uuid4()), "vlog", self.owner, {"settings": settings.model_dump(mode="json")})
        told = {
            "analyze": {"found": [self._found.model_dump(mode="json")], "left_out": [], "tune": None},
            "storyboard": Storyboard(scenes=tuple(scenes)).model_dump(mode="json"),
            "generate": {"clips": {}},
        }
        compose(Composing(job, self._services, told, folder, stop))
        return self.counting.asked


def seen() -> Analysis:
    return Analysis(facts=Facts(kind=Kind.PHOTO, content_type="image/jpeg", width=160, height=90))


@pytest.fixture(scope="module")
def day(house: House, tmp_path_factory: pytest.TempPathFactory) -> Day:
    """Its film was made once."""
    made = Day(house.connect(short_side=90, render_cores=CORES), tmp_path_factory.mktemp("day"))
    assert len(made.rendered(made.scenes())) == 2 * SCENES
    return made


def test_one_caption_changed_leaves_all_other_bodies(day: Day) -> None:
    scenes = day.scenes()
    scenes[7] = scenes[7].model_copy(update={"caption": "Later"})
    assert sorted(len(chunk.views) for chunk in day.rendered(scenes)) == [1, 2, 2], (
        "a body, and what leads there and on"
    )


def test_other_music_or_volume_renders_nothing(day: Day) -> None:
    assert day.rendered([scene.model_copy(update={"volume": 0.5}) for scene in day.scenes()], theme="relaxing") == []


def test_another_order_renders_transitions_alone(day: Day) -> None:
    scenes = day.scenes()
    scenes[4], scenes[5] = scenes[5], scenes[4]
    assert [len(chunk.views) for chunk in day.rendered(scenes)] == [2, 2, 2]


def test_ended_half_way_at_most_the_chunks_in_flight_are_rendered_again(day: Day) -> None:
    scenes = [scene.model_copy(update={"caption": "Another day"}) for scene in day.scenes()]
    kept = 0

    def stop() -> None:
        nonlocal kept
        kept += 1
        if kept == SCENES:
            raise Stopped(StopReason.SHUTDOWN)

    with pytest.raises(Stopped):
        day.rendered(scenes, stop)
    chunks = 2 * SCENES - 1  # their sound is kept from the day before: captions are not heard
    assert len(day.rendered(scenes)) == chunks - SCENES
