"""What the media store does beyond an object store: uploads in parts, copies."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests

from infra.media_store.r2 import R2MediaStore
from internal.errors import Damaged, InvalidInput, NotFound, TemporaryFailure
from internal.etags import possible
from internal.ports import Part
from internal.streaming import Stretch
from internal.uploads import PART
from tests.stack import ObjectServer

HOUR = timedelta(hours=1)


def put(media: R2MediaStore, key: str, data: bytes, content_type: str = "video/mp4") -> None:
    media.put(key, io.BytesIO(data), content_type)


def put_part(media: R2MediaStore, key: str, upload_id: str, number: int, data: bytes) -> Part:
    return media.put_part(key, upload_id, number, io.BytesIO(data), len(data))


def test_parts_put_by_a_client_become_one_object(media: R2MediaStore, key: str, tmp_path: Path) -> None:
    upload = media.start_upload(key, "video/quicktime")
    blocks = {1: b"a" * PART, 2: b"b" * PART, 3: b"end"}
    for number in (3, 1):
        url = media.signed_part(key, upload, number, HOUR)
        assert requests.put(url, data=blocks[number], timeout=30).status_code == 200
    second = put_part(media, key, upload, 2, blocks[2])
    arrived = media.parts(key, upload)
    assert [(part.number, part.size) for part in arrived] == [(1, PART), (2, PART), (3, 3)]
    assert arrived[1] == second
    assert media.info(key) is None
    media.finish_upload(key, upload, arrived)
    media.get(key, tmp_path / "joined")
    assert (tmp_path / "joined").read_bytes() == b"".join(blocks[number] for number in (1, 2, 3))
    assert requests.head(media.signed_get(key, HOUR), timeout=30).status_code == 403  # signed for GET alone
    assert requests.get(media.signed_get(key, HOUR), timeout=30).headers["Content-Type"] == "video/quicktime"
    with pytest.raises(NotFound):
        media.parts(key, upload)


@pytest.mark.parametrize("key", ["", "/abs", "../up", "a//b", "a\nb", "a%2e"])
def test_a_hostile_key_is_neither_signed_nor_uploaded_to_nor_copied(media: R2MediaStore, key: str) -> None:
    for use in (
        lambda: media.signed_get(key, HOUR),
        lambda: media.signed_part(key, "upload", 1, HOUR),
        lambda: media.start_upload(key, "video/mp4"),
        lambda: put_part(media, key, "upload", 1, b"x"),
        lambda: media.parts(key, "upload"),
        lambda: media.finish_upload(key, "upload", []),
        lambda: media.abort_upload(key, "upload"),
        lambda: media.copy(key, "sound"),
        lambda: media.copy("sound", key),
    ):
        with pytest.raises(InvalidInput):
            use()


def broken_off() -> Iterator[bytes]:
    yield b"x" * 1000
    raise TemporaryFailure("the source broke off")


def test_a_part_whose_source_breaks_off_has_not_arrived(media: R2MediaStore, key: str) -> None:
    upload = media.start_upload(key, "video/mp4")
    with pytest.raises(TemporaryFailure):
        media.put_part(key, upload, 1, io.BufferedReader(Stretch(broken_off(), PART)), PART)
    assert media.parts(key, upload) == []
    media.abort_upload(key, upload)


def test_an_object_is_named_by_the_md5_of_what_it_holds(media: R2MediaStore, key: str) -> None:
    for size in (0, 5, PART, 2 * PART + 5):
        data = b"z" * size
        put(media, key, data)
        info = media.info(key)
        assert info is not None
        assert info.etag in possible([data[start : start + PART] for start in range(0, size, PART)], PART)
        assert [found.etag for found in media.list(key)] == [info.etag]


def test_a_part_sent_again_replaces_the_first(media: R2MediaStore, key: str, tmp_path: Path) -> None:
    upload = media.start_upload(key, "video/mp4")
    put_part(media, key, upload, 1, b"first")
    again = put_part(media, key, upload, 1, b"second")
    assert media.parts(key, upload) == [again]
    media.finish_upload(key, upload, [again])
    media.get(key, tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == b"second"


def test_an_aborted_upload_is_gone_and_may_be_aborted_again(media: R2MediaStore, key: str) -> None:
    upload = media.start_upload(key, "video/mp4")
    part = put_part(media, key, upload, 1, b"x")
    media.abort_upload(key, upload)
    media.abort_upload(key, upload)
    for use in (
        lambda: media.parts(key, upload),
        lambda: put_part(media, key, upload, 2, b"y"),
        lambda: media.finish_upload(key, upload, [part]),
    ):
        with pytest.raises(NotFound):
            use()
    assert media.info(key) is None


def test_a_part_that_differs_from_what_was_sent_is_never_joined(media: R2MediaStore, key: str) -> None:
    upload = media.start_upload(key, "video/mp4")
    put_part(media, key, upload, 1, b"x")
    with pytest.raises(Damaged):
        media.finish_upload(key, upload, [Part(1, 1, "0" * 32)])
    assert media.info(key) is None
    media.abort_upload(key, upload)


def test_unfinished_uploads_are_found_by_their_prefix(media: R2MediaStore, key: str) -> None:
    upload, other = media.start_upload(f"{key}/a", "video/mp4"), media.start_upload(f"{key}b", "video/mp4")
    (found,) = media.uploads(f"{key}/")
    assert (found.key, found.upload_id) == (f"{key}/a", upload)
    assert abs(found.started_at - datetime.now(UTC)) < timedelta(minutes=5)
    assert {upload, other} <= {one.upload_id for one in media.uploads("")}
    media.abort_upload(f"{key}/a", upload)
    media.abort_upload(f"{key}b", other)
    assert list(media.uploads(key)) == []


@pytest.mark.parametrize("size", [5, PART + 5])
def test_a_copy_is_the_same_object_under_another_key(media: R2MediaStore, key: str, size: int, tmp_path: Path) -> None:
    put(media, key, b"z" * size, "image/jpeg")
    media.copy(key, key + ".copy")
    media.delete(key)
    media.get(key + ".copy", tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == b"z" * size
    assert requests.get(media.signed_get(key + ".copy", HOUR), timeout=30).headers["Content-Type"] == "image/jpeg"


def test_a_copy_of_nothing_is_not_found(media: R2MediaStore, key: str) -> None:
    with pytest.raises(NotFound):
        media.copy(key, key + ".copy")


@pytest.mark.parametrize("damage", [b"", b"other bytes", b"0123456789longer"])
def test_a_damaged_object_is_noticed(
    r2: ObjectServer, media: R2MediaStore, key: str, damage: bytes, tmp_path: Path
) -> None:
    put(media, key, b"0123456789!")
    (r2.folder / r2.bucket / key).write_bytes(damage)
    with pytest.raises(Damaged):
        media.get(key, tmp_path / "file")
    assert list(tmp_path.iterdir()) == []


def test_wrong_keys_open_nothing(r2: ObjectServer, key: str) -> None:
    stranger = R2MediaStore(r2.endpoint, r2.bucket, r2.access_key, "wrong")
    with pytest.raises(Exception, match="SignatureDoesNotMatch"):
        put(stranger, key, b"x")
    stranger.close()


def test_a_put_that_may_not_replace_does_not(media: R2MediaStore, key: str) -> None:
    client = media._client
    client.put_object(Bucket=media._bucket, Key=key, Body=b"first", IfNoneMatch="*")
    with pytest.raises(client.exceptions.ClientError, match="PreconditionFailed"):
        client.put_object(Bucket=media._bucket, Key=key, Body=b"second", IfNoneMatch="*")
    assert requests.get(media.signed_get(key, HOUR), timeout=30).content == b"first"
