"""Uploads in parts, media, and JSON bodies that are not what they should be."""

import hashlib

import pytest
import requests
from flask.testing import FlaskClient

from internal.ports import Services
from internal.uploads import MOST_BYTES, PART
from tests.app.asking import ABSENT, OWNER, STRANGER, Media, asked, stored, uploaded, work


def begin(client: FlaskClient, name: str, size: int) -> dict:
    answer = client.post("/api/uploads", json={"name": name, "size": size})
    assert answer.status_code == 201, answer.data
    assert answer.headers["Location"] == f"/api/uploads/{answer.json['uploadId']}"
    return answer.json


def send(upload: dict, data: bytes, numbers: list[int] | None = None) -> None:
    for part in upload["parts"]:
        if numbers is None or part["number"] in numbers:
            start = (part["number"] - 1) * upload["partSize"]
            assert requests.put(part["url"], data=data[start : start + upload["partSize"]], timeout=30).ok


def test_a_file_goes_straight_to_the_media_store_in_parts(client: FlaskClient, media: Media) -> None:
    data = media.files["tiny.jpg"]
    data += bytes(2 * PART + 5 - len(data))
    upload = begin(client, "day.jpg", len(data))
    where = f"/api/uploads/{upload['uploadId']}"
    assert (upload["partSize"], [part["number"] for part in upload["parts"]]) == (PART, [1, 2, 3])
    send(upload, data, [1, 3])
    early = client.post(f"{where}/complete")
    assert (early.status_code, early.json["field"]) == (400, "parts")
    rest = client.get(where).json
    assert (rest["arrived"], [part["number"] for part in rest["parts"]]) == ([1, 3], [2])
    send(rest, data)
    ready = client.post(f"{where}/complete")
    assert ready.status_code == 200
    shown = {name: ready.json[name] for name in ("id", "name", "size", "state", "kind", "content_type")}
    assert shown == {
        "id": upload["mediaId"],
        "name": "day.jpg",
        "size": len(data),
        "state": "ready",
        "kind": "photo",
        "content_type": "image/jpeg",
    }
    assert client.post(f"{where}/complete").json == ready.json
    assert client.get(where).status_code == client.delete(where).status_code == 409


@pytest.mark.parametrize(
    ("size", "parts", "times"), [(1, 1, 1), (32 * PART, 32, 1), (32 * PART + 1, 17, 2), (MOST_BYTES, 64, 4)]
)
def test_a_larger_file_is_sent_in_larger_parts(client: FlaskClient, size: int, parts: int, times: int) -> None:
    upload = begin(client, "day.mov", size)
    assert (len(upload["parts"]), upload["partSize"]) == (parts, times * PART)
    assert client.delete(f"/api/uploads/{upload['uploadId']}").status_code == 204


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("playlist.mp4", "unknown_media"),
        ("text.jpg", "unknown_media"),
        ("cut_early.mp4", "unreadable_media"),
        ("huge.png", "heavy_media"),
    ],
)
def test_a_hostile_file_is_refused_with_the_reason_and_removed(
    client: FlaskClient, services: Services, media: Media, name: str, code: str
) -> None:
    before = stored(services)
    upload = begin(client, name, len(media.files[name]))
    send(upload, media.files[name])
    answer = client.post(f"/api/uploads/{upload['uploadId']}/complete")
    assert (answer.status_code, answer.json["code"]) == (422, code)
    assert answer.json["detail"]
    assert client.get(f"/api/media/{upload['mediaId']}").status_code == 404
    assert stored(services) == before


def test_an_upload_given_up_leaves_nothing(client: FlaskClient, services: Services) -> None:
    before = stored(services)
    upload = begin(client, "given up.mp4", 3 * PART)
    send(upload, bytes(3 * PART), [1])
    assert client.delete(f"/api/uploads/{upload['uploadId']}").status_code == 204
    assert client.get(f"/api/uploads/{upload['uploadId']}").status_code == 404
    assert not requests.put(upload["parts"][1]["url"], data=bytes(PART), timeout=30).ok
    assert stored(services) == before


@pytest.mark.parametrize(
    ("size", "status"), [(0, 422), (-1, 400), (2 * 1024**3 + 1, 413), (2**63, 400), (1.5, 400), ("9", 400), (True, 400)]
)
def test_a_size_that_cannot_be_is_refused(client: FlaskClient, services: Services, size: object, status: int) -> None:
    before = stored(services)
    answer = client.post("/api/uploads", json={"name": "a.mp4", "size": size})
    assert (answer.status_code, answer.json["field"]) == (status, "size")
    assert stored(services) == before


@pytest.mark.parametrize("name", ["", " ", "a\x00b", "a\nb", "\ud800", "x" * 256, 5, None, ["a"], {"a": "b"}])
def test_a_name_that_cannot_be_is_refused(client: FlaskClient, services: Services, name: object) -> None:
    before = stored(services)
    answer = client.post("/api/uploads", json={"name": name, "size": 9})
    assert (answer.status_code, answer.json["field"]) == (400, "name")
    assert stored(services) == before


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"{",
        b'{"name": "a", "size": 1} x',
        b'{"name": "a", "size": 1, "size": 2}',
        b'{"name": "a", "size": NaN}',
        b'{"name": "a", "size": Infinity}',
        b'{"name": "a", "size": 1e400}',
        b'{"name": "a", "size": ' + b"9" * 5000 + b"}",
        b'{"name": "a", "size": 1, "owner_id": "x"}',
        b'{"name": "a", "size": 1, "\\ud800": 1}',
        b'{"name": "a\x01", "size": 1}',
        b'{"name": "\xff\xfe", "size": 1}',
        '{"name": "a", "size": 1}'.encode("utf-16"),
        b"\xef\xbb\xbf" + b'{"name": "a", "size": 1}',
        b"[" * 60_000,
        b'{"name":' * 7_000,
    ],
    ids=range(19),
)
def test_json_that_parsers_disagree_on_is_refused(client: FlaskClient, services: Services, body: bytes) -> None:
    before = stored(services)
    answer = client.post("/api/uploads", data=body, content_type="application/json")
    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")
    assert stored(services) == before


def test_very_large_json_is_refused_unread(client: FlaskClient) -> None:
    body = b'{"name": "' + b"a" * 70_000 + b'", "size": 1}'
    assert client.post("/api/uploads", data=body, content_type="application/json").status_code == 413


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_json_under_another_name_is_refused(client: FlaskClient, kind: str) -> None:
    answer = client.post("/api/uploads", data=b'{"name": "a", "size": 1}', content_type=kind)
    assert (answer.status_code, answer.content_type) == (415, "application/problem+json")


# ---------------------------------------------------------------- media


def test_media_are_listed_newest_first_and_deleted(client: FlaskClient, services: Services, media: Media) -> None:
    first, second = uploaded(services, media), uploaded(services, media, "tiny.mp4")
    page = client.get("/api/media?limit=2").json
    assert [item["id"] for item in page["items"]] == [second, first]
    clip = page["items"][0]
    assert (clip["kind"], clip["width"], clip["height"], clip["has_sound"]) == ("clip", 160, 90, True)
    assert clip["duration"] == pytest.approx(1.0, abs=0.2)
    assert client.delete(f"/api/media/{first}").status_code == 204
    assert client.get(f"/api/media/{first}").status_code == 404
    assert client.get("/api/media").json["total"] == page["total"] - 1
    assert f"media/{OWNER}/{first}" not in stored(services)[1]


def test_media_a_vlog_needs_cannot_be_deleted(client: FlaskClient, services: Services, media: Media) -> None:
    needed = uploaded(services, media)
    vlog_id = asked(services, [needed])
    assert client.delete(f"/api/media/{needed}").status_code == 409
    client.post(f"/api/vlogs/{vlog_id}/cancel")
    assert client.delete(f"/api/media/{needed}").status_code == 204


def test_what_was_found_is_shown_once_it_is_known(client: FlaskClient, services: Services, media: Media) -> None:
    seen = uploaded(services, media)
    assert client.get(f"/api/media/{seen}/analytics").status_code == 409
    work(services, asked(services, [seen]))
    found = client.get(f"/api/media/{seen}/analytics").json
    assert (found["facts"]["kind"], round(found["latitude"], 2)) == ("photo", 35.3)
    assert client.get(f"/api/media/{seen}").json["sha256"] == hashlib.sha256(media.files["tiny.jpg"]).hexdigest()


@pytest.mark.parametrize(
    ("method", "route"),
    [
        ("GET", "/api/media/{}"),
        ("DELETE", "/api/media/{}"),
        ("GET", "/api/media/{}/analytics"),
        ("GET", "/api/uploads/{}"),
        ("DELETE", "/api/uploads/{}"),
        ("POST", "/api/uploads/{}/complete"),
    ],
)
def test_anothers_media_and_absent_ones_are_the_same(
    client: FlaskClient, services: Services, media: Media, method: str, route: str
) -> None:
    theirs = uploaded(services, media, owner_id=STRANGER)
    given = (theirs, ABSENT, "x", "..%2f..%2fx", "%00", "A" * 3000)
    answers = [client.open(route.format(each), method=method) for each in given]
    assert {answer.status_code for answer in answers} == {404}
    assert answers[0].data == answers[1].data == answers[2].data
    assert services.store.media(STRANGER, theirs).id == theirs
