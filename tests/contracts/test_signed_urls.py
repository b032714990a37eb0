"""Signed URLs of the media store: what they open, for how long, and to which pages."""

import io
import time
from datetime import timedelta
from urllib.parse import unquote, urlsplit

import pytest
import requests

from infra.media_store.r2 import R2MediaStore
from tests.stack import ObjectServer

HOUR = timedelta(hours=1)


def put(media: R2MediaStore, key: str, data: bytes, content_type: str = "video/mp4") -> None:
    media.put(key, io.BytesIO(data), content_type)


def test_a_signed_url_reads_the_object_with_its_type(media: R2MediaStore, key: str) -> None:
    put(media, key, b"0123456789")
    answer = requests.get(media.signed_get(key, HOUR), timeout=30)
    assert (answer.status_code, answer.content, answer.headers["Content-Type"]) == (200, b"0123456789", "video/mp4")


@pytest.mark.parametrize(
    ("wish", "status", "content", "span"),
    [
        ("bytes=2-4", 206, b"234", "bytes 2-4/10"),
        ("bytes=7-", 206, b"789", "bytes 7-9/10"),
        ("bytes=-3", 206, b"789", "bytes 7-9/10"),
        ("bytes=-99", 206, b"0123456789", "bytes 0-9/10"),
        ("bytes=8-99", 206, b"89", "bytes 8-9/10"),
        ("bytes=10-", 416, None, "bytes */10"),
        ("bytes=-0", 416, None, "bytes */10"),
        ("bytes=4-2", 200, b"0123456789", None),
        ("lines=1-2", 200, b"0123456789", None),
    ],
)
def test_ranges_are_answered_as_the_standard_says(
    media: R2MediaStore, key: str, wish: str, status: int, content: bytes | None, span: str | None
) -> None:
    put(media, key, b"0123456789")
    answer = requests.get(media.signed_get(key, HOUR), headers={"Range": wish}, timeout=30)
    assert (answer.status_code, answer.headers.get("Content-Range")) == (status, span)
    assert content is None or answer.content == content


def test_a_signed_url_expires(media: R2MediaStore, key: str) -> None:
    put(media, key, b"x")
    url = media.signed_get(key, timedelta(seconds=1))
    time.sleep(2.1)
    assert requests.get(url, timeout=30).status_code == 403


def test_a_signed_url_is_for_one_object_and_one_method(media: R2MediaStore, key: str) -> None:
    put(media, key, b"x")
    put(media, key + "2", b"other")
    url = media.signed_get(key, HOUR)
    flipped = url[:-1] + ("0" if url[-1] != "0" else "1")
    for wrong in (url.replace(key, key + "2"), flipped, url.replace("X-Amz-Expires=3600", "X-Amz-Expires=7200")):
        assert wrong != url
        assert requests.get(wrong, timeout=30).status_code == 403
    assert requests.put(url, data=b"y", timeout=30).status_code == 403
    assert requests.delete(url, timeout=30).status_code == 403
    assert requests.get(url.partition("?")[0], timeout=30).status_code == 403
    assert requests.get(url, timeout=30).content == b"x"


def test_an_object_can_be_asked_for_without_its_bytes(media: R2MediaStore, key: str) -> None:
    put(media, key, b"0123456789")
    url = media.signed_head(key, HOUR)
    answer = requests.head(url, timeout=30)
    assert (answer.status_code, answer.headers["Content-Length"], answer.content) == (200, "10", b"")
    assert answer.headers["Content-Type"] == "video/mp4"
    assert requests.get(url, timeout=30).status_code == 403


@pytest.mark.parametrize("name", ["京都の一日.mp4", 'a "quoted"\r\nSet-Cookie: x=1.mp4', "plain.mp4"])
def test_a_download_is_saved_under_the_wished_name(media: R2MediaStore, key: str, name: str) -> None:
    put(media, key, b"x")
    answer = requests.get(media.signed_get(key, HOUR, download_as=name), timeout=30)
    kind, _, encoded = answer.headers["Content-Disposition"].partition("filename*=UTF-8''")
    assert answer.status_code == 200
    assert kind.startswith("attachment;")
    assert unquote(encoded) == name
    assert "Set-Cookie" not in answer.headers


def test_a_signed_part_is_for_that_part_alone(media: R2MediaStore, key: str) -> None:
    upload = media.start_upload(key, "video/mp4")
    other = media.start_upload(key + "2", "video/mp4")
    url = media.signed_part(key, upload, 1, HOUR)
    swaps = (("partNumber=1", "partNumber=2"), (upload, other), (key, key + "2"), ("Expires=3600", "Expires=7200"))
    for given, wrong in swaps:
        assert given in url
        assert requests.put(url.replace(given, wrong), data=b"x", timeout=30).status_code == 403
    assert requests.get(url, timeout=30).status_code == 403
    assert requests.delete(url, timeout=30).status_code == 403
    for its_key, its_upload in ((key, upload), (key + "2", other)):
        assert media.parts(its_key, its_upload) == []
        media.abort_upload(its_key, its_upload)


def test_a_signed_part_expires(media: R2MediaStore, key: str) -> None:
    upload = media.start_upload(key, "video/mp4")
    url = media.signed_part(key, upload, 1, timedelta(seconds=1))
    time.sleep(2.1)
    assert requests.put(url, data=b"x", timeout=30).status_code == 403
    assert media.parts(key, upload) == []
    media.abort_upload(key, upload)


def test_only_our_own_page_may_read_and_upload_from_a_browser(r2: ObjectServer, media: R2MediaStore, key: str) -> None:
    put(media, key, b"x")
    url = media.signed_get(key, HOUR)
    ask = {"Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "content-type"}
    for origin, allowed in ((r2.origin, r2.origin), ("http://evil.example", None), ("null", None)):
        answer = requests.get(url, headers={"Origin": origin}, timeout=30)
        assert answer.headers.get("Access-Control-Allow-Origin") == allowed
        asked = requests.options(url, headers={"Origin": origin, **ask}, timeout=30)
        assert asked.headers.get("Access-Control-Allow-Origin") == allowed
        assert asked.ok is (allowed is not None)
    ours = requests.get(url, headers={"Origin": r2.origin}, timeout=30)
    assert "ETag" in ours.headers["Access-Control-Expose-Headers"]


def test_signing_asks_nobody(key: str) -> None:
    store = R2MediaStore("http://127.0.0.1:9", "media", "key", "secret")
    assert urlsplit(store.signed_get(key, HOUR)).path == f"/media/{key}"
    store.close()
