"""What the work store does beyond an object store: reading in blocks, and noticing damage."""

import io
import uuid
from pathlib import Path

import pytest
import requests

from infra.work_store.gcs import GcsWorkStore
from internal.errors import InvalidInput, NotFound, TemporaryFailure
from tests.stack import ObjectServer


@pytest.fixture
def key() -> str:
    return f"chunks/{uuid.uuid4()}"


def test_models_are_told_of_an_object_or_of_a_place_for_several(work: GcsWorkStore, fake_gcs: ObjectServer) -> None:
    assert work.uri("proxies/1.mp4") == f"gs://{fake_gcs.bucket}/proxies/1.mp4"
    assert work.uri("veo/1/") == f"gs://{fake_gcs.bucket}/veo/1/"


@pytest.mark.parametrize("key", ["", "/", "../1", "veo//", "a\nb"])
def test_models_are_told_of_no_hostile_key(work: GcsWorkStore, key: str) -> None:
    with pytest.raises(InvalidInput):
        work.uri(key)


@pytest.mark.parametrize(("size", "blocks"), [(0, []), (1, [1]), (10, [10]), (11, [10, 1]), (30, [10, 10, 10])])
def test_an_object_is_read_in_equal_blocks(work: GcsWorkStore, key: str, size: int, blocks: list[int]) -> None:
    data = bytes(range(size))
    work.put(key, io.BytesIO(data), "video/mp4")
    read = list(work.read(key, 10))
    assert [len(block) for block in read] == blocks
    assert b"".join(read) == data


def test_reading_an_unknown_key_is_not_found(work: GcsWorkStore, key: str) -> None:
    with pytest.raises(NotFound):
        next(work.read(key, 10))


def test_an_object_replaced_while_it_is_read_is_noticed(work: GcsWorkStore, key: str) -> None:
    work.put(key, io.BytesIO(b"a" * 30), "video/mp4")
    reading = work.read(key, 10)
    next(reading)
    work.put(key, io.BytesIO(b"b" * 30), "video/mp4")
    with pytest.raises(TemporaryFailure):
        list(reading)


@pytest.mark.parametrize("damage", [b"", b"0123", b"other bytes"])
def test_a_damaged_object_is_noticed(
    fake_gcs: ObjectServer, work: GcsWorkStore, key: str, damage: bytes, tmp_path: Path
) -> None:
    work.put(key, io.BytesIO(b"0123456789!"), "video/mp4")
    (file,) = (path for path in fake_gcs.folder.rglob("*") if path.is_file() and key.partition("/")[2] in path.name)
    file.write_bytes(damage)
    with pytest.raises(TemporaryFailure):
        list(work.read(key, 4))
    with pytest.raises(TemporaryFailure):
        work.get(key, tmp_path / "file")
    assert list(tmp_path.iterdir()) == []


def test_who_does_not_know_its_certificate_cannot_talk_to_it(fake_gcs: ObjectServer, key: str) -> None:
    stranger = GcsWorkStore(fake_gcs.endpoint, fake_gcs.bucket)
    with pytest.raises(TemporaryFailure):
        stranger.info(key)
    stranger.close()
    plain = fake_gcs.endpoint.replace("https://", "http://")
    assert requests.get(f"{plain}/storage/v1/b", timeout=30).status_code == 400
