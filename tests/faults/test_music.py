"""The music of a whole vlog: built in, the user's own, and what is said when it cannot play as asked."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from internal import uploads
from internal.jobs import Job, Status
from internal.vlog import VlogSettings
from internal.vlogs import create
from tests.contracts.hearing import loudness
from tests.contracts.small_films import sound
from tests.faults.house import House, new_owner
from tests.faults.worker import Worker
from tests.media.sounds import write_music


@pytest.fixture(scope="module")
def worker(house: House) -> Iterator[Worker]:
    with house.worker() as worker:
        yield worker


def received(house: House, owner: str, path: Path) -> str:
    with path.open("rb") as data:
        return uploads.receive(house.services, owner, path.name, data, path.stat().st_size).id


def of_a_photo(house: House, owner: str, **wishes: Any) -> Job:
    """A film in which nothing but music can be heard."""
    photo = next(path for path in house.tiny if path.suffix == ".jpg")
    settings = VlogSettings.model_validate({"title": owner, **wishes})
    return house.finished(create(house.services, owner, settings, [received(house, owner, photo)]).id)


def heard(house: House, job: Job, folder: Path) -> float:
    """How loud its film is, in LUFS."""
    assert job.result, job.error
    house.services.media.get(f"{job.result['folder']}/film.mp4", folder / "film.mp4")
    return loudness(sound(folder / "film.mp4"))


def test_a_film_plays_built_in_music_of_its_mood(house: House, worker: Worker, tmp_path: Path) -> None:
    job = of_a_photo(house, new_owner(), music_mood="calm")
    assert job.status is Status.COMPLETED
    assert heard(house, job, tmp_path) == pytest.approx(-14, abs=0.5)


def test_a_film_plays_the_part_of_the_users_own_music(house: House, worker: Worker, tmp_path: Path) -> None:
    owner = new_owner()
    song = received(house, owner, write_music(tmp_path / "song.m4a", 8.0))
    job = of_a_photo(house, owner, music_id=song, music_start=1.0, music_end=2.5)
    assert job.status is Status.COMPLETED
    assert heard(house, job, tmp_path) == pytest.approx(-14, abs=0.5)


def test_music_that_is_over_before_it_should_begin_is_told(house: House, worker: Worker, tmp_path: Path) -> None:
    owner = new_owner()
    song = received(house, owner, write_music(tmp_path / "song.m4a", 3.0))
    job = of_a_photo(house, owner, music_id=song, music_start=3.5)
    assert job.status is Status.PARTIAL
    assert job.result
    assert [warning for warning in job.result["warnings"] if warning.startswith("Music: It is over")]
    assert heard(house, job, tmp_path) < -60
