"""The object stores die, or lose and spoil what they were given: no film is handed over that is not whole."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from internal.jobs import ATTEMPTS, Status
from tests.faults.house import House, soon
from tests.faults.worker import Worker

SLOW = {"SHORT_SIDE": "480", "RENDER_CORES": "1"}


@pytest.fixture
def worker(house: House) -> Iterator[Worker]:
    with house.worker(**SLOW) as worker:
        yield worker


@pytest.mark.parametrize("store", ["fake_gcs", "r2"])
def test_a_film_survives_a_store_being_killed(house: House, worker: Worker, store: str) -> None:
    before = len(house.chunks())
    film = house.film()
    soon(lambda: len(house.chunks()) > before)
    house.kill(store)
    job = house.complete(film)
    house.whole_film(job)


def shorten(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def corrupt(path: Path) -> None:
    spoilt = bytearray(path.read_bytes())
    spoilt[len(spoilt) // 2] ^= 0xFF
    path.write_bytes(spoilt)


def lose(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("spoil", [lose, shorten, corrupt])
def test_a_film_spoilt_before_it_is_handed_over_is_made_again(house: House, spoil: Callable[[Path], None]) -> None:
    """Its worker dies when compose is done, and the next dispatch is held back meanwhile."""
    with house.worker(CRASH_AT="checkpoint kept:4"):
        with house.struck(house.film) as film:
            spoil(in_work_store(house, f"films/{film}/1/film.mp4"))
            kept = house.chunks()
        job = house.complete(film)
    # that it is gone shows before transfer is tried, that it is damaged only in reading it
    assert house.events(film).count("backed off") == (spoil is not lose)
    assert house.events(film).count("step done") == 6
    house.whole_film(job)
    assert house.chunks() == kept


@pytest.mark.parametrize("spoil", [lose, corrupt])
def test_a_chunk_spoilt_meanwhile_is_rendered_again(house: House, spoil: Callable[[Path], None]) -> None:
    before = house.chunks()
    with house.worker(CRASH_AT="film joined"), house.struck(house.film) as film:
        spoilt, *others = sorted(house.chunks().keys() - before.keys())
        kept = house.chunks()
        spoil(in_work_store(house, spoilt))
    with house.worker():
        house.whole_film(house.complete(film))
    after = house.chunks()
    assert after[spoilt] > kept[spoilt]
    assert {key: after[key] for key in others} == {key: kept[key] for key in others}


def test_a_photo_lost_in_the_media_store_is_named_in_the_warnings(house: House, worker: Worker) -> None:
    with house.paused_queue():
        film = house.film()
        owner = house.row(film).owner_id
        lost = house.services.store.media(owner, house.row(film).params["media"][0])
        house.services.media.delete(lost.key)
    job = house.finished(film)
    assert job.status is Status.PARTIAL
    assert job.result
    assert any(lost.name in warning for warning in job.result["warnings"])


def test_a_photo_lost_after_it_was_looked_at_is_left_out_by_name(house: House) -> None:
    """Its worker dies when the storyboard is kept, and the next dispatch is held back meanwhile."""
    with house.worker(CRASH_AT="checkpoint kept:2"):
        with house.struck(house.film) as film:
            owner = house.row(film).owner_id
            media = [house.services.store.media(owner, one) for one in house.row(film).params["media"]]
            house.services.media.delete(media[0].key)
        job = house.finished(film)
    assert job.status is Status.PARTIAL
    assert job.result
    assert [warning for warning in job.result["warnings"] if warning.startswith(f"{media[0].name}: ")]
    assert [segment["media"] for segment in job.result["segments"]] == [one.name for one in media[1:]]


def test_what_stays_spoilt_is_left_out_by_name_after_the_last_attempt(house: House) -> None:
    """The media store holds other bytes than were uploaded: that may pass, so four attempts are made."""
    with house.worker(), house.paused_queue():
        film = house.film()
        owner = house.row(film).owner_id
        media = house.services.store.media(owner, house.row(film).params["media"][0])
        corrupt(in_media_store(house, media.key))
    with house.worker():
        job = house.finished(film)
    assert job.status is Status.PARTIAL, (job.error, house.events(film))
    assert house.events(film).count("backed off") == ATTEMPTS - 1
    assert job.result
    assert [warning for warning in job.result["warnings"] if warning.startswith(f"{media.name}: It was damaged")]


def in_work_store(house: House, key: str) -> Path:
    return house.state / "work_store" / house.settings.work_bucket / key


def in_media_store(house: House, key: str) -> Path:
    return house.state / "media_store" / house.settings.media_bucket / key
