"""A file gets from one store to the other whole or not at all, whatever earlier deliveries left there, or still do."""

import io
import uuid
from collections.abc import Iterator
from datetime import datetime
from random import Random
from typing import Any

import pytest

from infra.media_store.r2 import R2MediaStore
from infra.work_store.gcs import GcsWorkStore
from internal.copying import Copier, incoming
from internal.errors import Damaged, NotFound, TemporaryFailure
from internal.uploads import PART
from tests.stack import ObjectServer

NAME = "film.mp4"


class Place:
    """A job's film in the work store, and where it goes in the media store."""

    def __init__(self, gcs: ObjectServer, work: GcsWorkStore, media: R2MediaStore) -> None:
        self.job_id = str(uuid.uuid4())
        self.source, self.folder = f"films/{self.job_id}/1/{NAME}", f"vlogs/{self.job_id}/1/"
        self.gcs, self.work, self.media = gcs, work, media

    def make(self, size: int, seed: int = 0) -> bytes:
        data = Random(seed).randbytes(size)
        self.work.put(self.source, io.BytesIO(data), "video/mp4")
        return data

    def copier(self, fence: int) -> Copier:
        return Copier.of(self.work, self.media, self.folder, self.job_id, fence)

    def copy(self, fence: int = 1) -> list[float]:
        """Returns what was said of how far it is."""
        said: list[float] = []
        self.copier(fence).copy(self.source, NAME, "video/mp4", said.append)
        return said

    def begin(self, fence: int, blocks: dict[int, bytes]) -> str:
        """What a delivery with that fence leaves that was killed after these parts; returns the upload's id."""
        key = f"{incoming(self.job_id)}{fence}/{NAME}"
        upload_id = self.media.start_upload(key, "video/mp4")
        for number, block in blocks.items():
            self.media.put_part(key, upload_id, number, io.BytesIO(block), len(block))
        return upload_id

    def arrived(self) -> bytes:
        """The film as it arrived, with nothing left beside it."""
        assert [found.key for found in self.media.list(self.folder)] == [self.folder + NAME]
        assert list(self.media.list(incoming(self.job_id))) == []
        assert list(self.media.uploads(incoming(self.job_id))) == []
        return self.content(self.folder + NAME)

    def content(self, key: str) -> bytes:
        body: Any = self.media._client.get_object(Bucket=self.media._bucket, Key=key)["Body"]
        data: bytes = body.read()
        return data


@pytest.fixture
def place(fake_gcs: ObjectServer, r2: ObjectServer) -> Iterator[Place]:
    work = GcsWorkStore(fake_gcs.endpoint, fake_gcs.bucket, fake_gcs.certificate)
    media = R2MediaStore(r2.endpoint, r2.bucket, r2.access_key, r2.secret_key)
    yield Place(fake_gcs, work, media)
    work.close()
    media.close()


@pytest.mark.parametrize("size", [0, 1, PART, PART + 1, 2 * PART, 2 * PART + 12345])
def test_a_file_arrives_as_it_was_made(place: Place, size: int) -> None:
    data = place.make(size)
    said = place.copy()
    assert place.arrived() == data
    assert said == sorted(said)
    assert said[-1] == 1.0


def test_parts_that_have_arrived_are_not_sent_again(place: Place) -> None:
    data = place.make(3 * PART + 5)
    upload_id = place.begin(1, {1: data[:PART], 3: data[2 * PART : 3 * PART]})
    before = put_times(place, upload_id)
    copier, during = place.copier(fence=2), {}
    copier.copy(place.source, NAME, "video/mp4", lambda done: during.update(put_times(place, upload_id)))
    assert place.arrived() == data
    assert before.items() <= during.items()
    assert sorted(during) == [1, 2, 3, 4]


def put_times(place: Place, upload_id: str) -> dict[int, datetime]:
    """When each part was last put; none once the upload is over."""
    uploads = [one for one in place.media.uploads(incoming(place.job_id)) if one.upload_id == upload_id]
    if not uploads:
        return {}
    answer = place.media._client.list_parts(Bucket=place.media._bucket, Key=uploads[0].key, UploadId=upload_id)
    return {part["PartNumber"]: part["LastModified"] for part in answer["Parts"]}


def test_of_several_uploads_the_latest_goes_on_and_none_is_left(place: Place) -> None:
    data = place.make(2 * PART)
    place.begin(1, {1: data[:PART]})
    upload_id = place.begin(2, {1: data[:PART]})
    sent = []
    place.copier(fence=3).copy(
        place.source, NAME, "video/mp4", lambda done: sent.append(sorted(put_times(place, upload_id)))
    )
    assert sent == [[1], [1, 2], []]
    assert place.arrived() == data


def test_a_part_that_arrived_short_is_sent_again(place: Place) -> None:
    data = place.make(2 * PART)
    place.begin(1, {1: data[:100]})
    place.copy(fence=2)
    assert place.arrived() == data


def test_parts_of_another_film_are_given_up(place: Place) -> None:
    former = place.make(2 * PART, seed=1)
    place.begin(1, {1: former[:PART]})
    data = place.make(2 * PART, seed=2)
    with pytest.raises(TemporaryFailure):
        place.copy(fence=2)
    place.copy(fence=2)
    assert place.arrived() == data


@pytest.mark.parametrize("size", [5, PART + 5])
def test_what_arrived_whole_gets_its_final_key_without_being_sent(place: Place, size: int) -> None:
    data = place.make(size)
    key = f"{incoming(place.job_id)}1/{NAME}"
    place.media.put(key, io.BytesIO(data), "video/mp4")
    assert place.copy(fence=2) == [1.0]
    assert place.arrived() == data


def test_what_has_its_final_key_is_left_alone(place: Place) -> None:
    data = place.make(PART + 5)
    place.copy(fence=1)
    before = place.media.info(place.folder + NAME)
    assert place.copy(fence=2) == []
    assert place.media.info(place.folder + NAME) == before
    assert place.arrived() == data


@pytest.mark.parametrize("size", [5, PART + 5])
def test_other_bytes_of_the_same_size_are_replaced(place: Place, size: int) -> None:
    for key in (f"{incoming(place.job_id)}1/{NAME}", place.folder + NAME):
        place.media.put(key, io.BytesIO(Random(1).randbytes(size)), "video/mp4")
    data = place.make(size, seed=2)
    place.copy(fence=2)
    assert place.arrived() == data


def test_an_upload_ended_by_another_delivery_is_a_passing_fault(place: Place) -> None:
    """One that has lost its lease finishes the very upload that the next one goes on with."""
    data = place.make(2 * PART)
    upload_id = place.begin(1, {1: data[:PART]})
    key = f"{incoming(place.job_id)}1/{NAME}"
    late = place.copier(fence=2)
    place.media.finish_upload(key, upload_id, place.media.parts(key, upload_id))
    with pytest.raises(TemporaryFailure):
        late.copy(place.source, NAME, "video/mp4", print)
    place.copy(fence=2)
    assert place.arrived() == data


def test_a_late_delivery_finds_nothing_to_put_in_the_films_place(place: Place) -> None:
    place.make(PART + 5, seed=1)
    key, late = f"{incoming(place.job_id)}1/{NAME}", place.copier(fence=1)
    place.media.put(key, io.BytesIO(Random(1).randbytes(PART + 5)), "video/mp4")
    data = place.make(PART + 5, seed=2)
    place.copy(fence=2)
    with pytest.raises(NotFound):
        late.media.copy(key, place.folder + NAME)
    assert place.arrived() == data


@pytest.mark.parametrize("size", [5, PART + 5])
def test_what_is_damaged_at_its_source_gets_no_final_key(place: Place, size: int) -> None:
    place.make(size)
    (place.gcs.folder / place.gcs.bucket / place.source).write_bytes(b"x" * size)
    with pytest.raises(Damaged):
        place.copy()
    assert list(place.media.list(place.folder)) == []


def test_what_is_not_there_cannot_be_copied(place: Place) -> None:
    with pytest.raises(NotFound):
        place.copy()
    assert list(place.media.uploads(incoming(place.job_id))) == []


def test_who_must_stop_leaves_what_has_arrived(place: Place) -> None:
    class Stop(Exception):
        pass

    def stop(_done: float) -> None:
        raise Stop

    data = place.make(2 * PART)
    with pytest.raises(Stop):
        place.copier(fence=1).copy(place.source, NAME, "video/mp4", stop)
    (upload,) = place.media.uploads(incoming(place.job_id))
    assert [part.size for part in place.media.parts(upload.key, upload.upload_id)] == [PART]
    place.copy(fence=2)
    assert place.arrived() == data
